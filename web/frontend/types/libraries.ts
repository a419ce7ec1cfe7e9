/* Libraries that come without types: what of them is used here. */

declare module "*.css" {}

declare module "bpmn-js-i18n-zh/lib/bpmn-js/index.js" {
  const words: Record<string, string>;
  export default words;
}

declare module "diagram-js-minimap" {
  const minimap: import("didi").ModuleDeclaration;
  export default minimap;
}

declare module "bpmn-js-properties-panel" {
  export const BpmnPropertiesPanelModule: import("didi").ModuleDeclaration;
  /** Inside a component only. */
  export function useService<Name extends keyof import("./drawing").Services>(name: Name): import("./drawing").Services[Name];
}

declare module "@bpmn-io/properties-panel" {
  type EntryComponent<Properties> = import("./panel").EntryComponent<Properties>;
  type EntryProperties<Value extends string | boolean> = import("./panel").EntryProperties<Value>;
  type IsEdited = (control: HTMLElement) => boolean;
  export const CheckboxEntry: EntryComponent<EntryProperties<boolean>>;
  export const FeelTextAreaEntry: EntryComponent<EntryProperties<string>>;
  export const SelectEntry: EntryComponent<EntryProperties<string>>;
  export const TextAreaEntry: EntryComponent<EntryProperties<string>>;
  export const TextFieldEntry: EntryComponent<EntryProperties<string>>;
  export const Group: EntryComponent<object>;
  export const isCheckboxEntryEdited: IsEdited;
  export const isFeelEntryEdited: IsEdited;
  export const isSelectEntryEdited: IsEdited;
  export const isTextAreaEntryEdited: IsEdited;
  export const isTextFieldEntryEdited: IsEdited;
}

declare module "@bpmn-io/properties-panel/preact" {
  type EntryComponent<Properties> = import("./panel").EntryComponent<Properties>;
  type Rendered = import("./panel").Rendered;
  export function h<Properties>(component: EntryComponent<Properties>, properties: Properties): Rendered;
  export function h(tag: string, attributes: Record<string, string>, ...children: (Rendered | string)[]): Rendered;
}

declare module "@bpmn-io/properties-panel/preact/hooks" {
  export function useState<Value>(first: Value): [Value, (value: Value) => void];
  export function useEffect(act: () => (() => void) | void, watched: unknown[]): void;
}

declare module "dmn-js-shared/lib/base/EditingManager" {
  type View = import("./tables").View;
  /** dmn-js over one file; a subclass says which views it offers. */
  export default class EditingManager {
    constructor(options: { container: HTMLElement; decisionTable?: { additionalModules: import("didi").ModuleDeclaration[] } });
    importXML(xml: string): Promise<{ warnings: { message: string }[] }>;
    saveXML(options: { format: boolean }): Promise<{ xml: string }>;
    getViews(): View[];
    getActiveView(): View | undefined;
    getActiveViewer(): import("./tables").Viewer | undefined;
    open(view: View): Promise<unknown>;
    destroy(): void;
    _getViewProviders(): import("./tables").ViewProvider[];
  }
}

declare module "dmn-js-shared/lib/util/ModelUtil" {
  export function is(element: object | undefined, type: string): boolean;
}

declare module "dmn-js-decision-table/lib/Editor" {
  const DecisionTableEditor: new () => object;
  export default DecisionTableEditor;
}
