import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/node_modules/"] },
  js.configs.recommended,
  {
    files: ["**/*.js"],
    rules: {
      eqeqeq: "error",
      "no-control-regex": "off", // what people paste is cleaned of them
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-shadow": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["**/src/**"], languageOptions: { globals: globals.browser } },
  { files: ["**/tests/**", "**/*.config.js"], languageOptions: { globals: globals.node } },
];
