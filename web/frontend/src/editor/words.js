/* What bpmn.io's own editors say, in Chinese: the community's words for bpmn-js, ours over them and for the decision table. */
import community from "bpmn-js-i18n-zh/lib/bpmn-js/index.js";
import { language } from "./texts.js";

const OWN = {
  "User task": "人工任务", "Service task": "自动处理", "Business rule task": "业务规则", "Call activity": "调用流程", "Receive task": "等待消息",
  "Timer intermediate catch event": "等到时间", "Message intermediate catch event": "等待消息", "Error boundary event": "错误边界事件",
  "Search in diagram": "在图中查找", "No matching elements found": "没有找到", "Toggle minimap": "小地图", "Open minimap": "打开小地图", "Close minimap": "收起小地图",
  "Delete": "删除", "Change element": "更改元素", "Connect to other element": "连到另一个元素", "Add text annotation": "添加说明",
  "Append user task": "接人工任务", "Create start event": "开始事件", "Create end event": "结束事件", "Create gateway": "网关", "Create expanded sub-process": "子流程",
  "Activate hand tool": "移动画面", "Activate lasso tool": "框选", "Activate create/remove space tool": "增减空间", "Activate global connect tool": "连线",
  "Append end event": "接结束事件", "Append gateway": "接网关", "Add lane above": "在上面加泳道", "Add lane below": "在下面加泳道", "Divide into two lanes": "分成两条泳道", "Divide into three lanes": "分成三条泳道",
};

const DECISIONS = {
  "Add input": "添加输入", "Add output": "添加输出", "Add rule": "添加规则", "Add rule above": "在上面加规则", "Add rule below": "在下面加规则", "Remove rule": "删除规则", "Copy rule": "复制规则", "Cut rule": "剪切规则",
};

const zh = { ...community, ...OWN, ...DECISIONS };
export const missing = new Set();

/** Translate as diagram-js wants it; what has no Chinese is remembered in `missing`. */
export function translate(template, replacements = {}) {
  if (language() === "zh" && !(template in zh) && /[A-Za-z]/.test(template)) missing.add(template);
  const text = language() === "zh" ? (zh[template] ?? template) : template;
  return text.replace(/{([^}]+)}/g, (whole, name) => replacements[name] ?? whole);
}

export const translation = { translate: ["value", translate] };
