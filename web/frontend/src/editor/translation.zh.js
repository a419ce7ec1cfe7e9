/* Our Chinese for what bpmn.io's editors say in English: drawing, the head of the panel, the decision table. */

export const DRAWING = {
  "User task": "人工任务", "Service task": "自动处理", "Business rule task": "业务规则", "Call activity": "调用流程", "Receive task": "等待消息", "Send task": "发送消息",
  "Timer intermediate catch event": "等到时间", "Message intermediate catch event": "等待消息", "Error boundary event": "错误边界事件",
  "Timer boundary event": "定时边界事件", "Message boundary event": "消息边界事件", "Timer boundary event (non-interrupting)": "定时边界事件（不中断）", "Message boundary event (non-interrupting)": "消息边界事件（不中断）",
  "Error end event": "错误结束事件", "Terminate end event": "终止结束事件", "Start event": "开始事件", "End event": "结束事件", "Sub-process (expanded)": "子流程", "Boundary event": "边界事件",
  "Exclusive gateway": "排他网关", "Parallel gateway": "并行网关", "Inclusive gateway": "包容网关", "Event-based gateway": "事件网关", "Event based gateway": "事件网关", "Sequence flow": "顺序流", "Default flow": "其余情况",
  "Search in diagram": "在图中查找", "Results": "可选项", "No matching elements found": "没有找到", "Toggle minimap": "小地图", "Open minimap": "打开小地图", "Close minimap": "收起小地图", "Open {element}": "打开 {element}",
  "Delete": "删除", "Change element": "更改元素", "Connect to other element": "连到另一个元素", "Add text annotation": "添加说明", "Align elements ": "对齐",
  "Create start event": "开始事件", "Create end event": "结束事件", "Create gateway": "网关", "Create expanded sub-process": "子流程",
  "Activate hand tool": "移动画面", "Activate lasso tool": "框选", "Activate create/remove space tool": "增减空间", "Activate global connect tool": "连线",
  "Parallel multi-instance": "清单每项一次（同时）", "Sequential multi-instance": "清单每项一次（依次）",
  "Append end event": "接结束事件", "Append gateway": "接网关", "Add lane above": "在上面加泳道", "Add lane below": "在下面加泳道", "Divide into two lanes": "分成两条泳道", "Divide into three lanes": "分成三条泳道",
};

export const PANEL = {
  "User Task": "人工任务", "Service Task": "自动处理", "Business Rule Task": "业务规则", "Call Activity": "调用流程", "Receive Task": "等待消息", "Sub Process": "子流程", "Expanded Sub Process": "子流程", "Collapsed Sub Process": "子流程（折叠）",
  "Task": "任务", "Script Task": "脚本任务", "Send Task": "发送任务", "Manual Task": "手工任务", "Transaction": "事务", "Ad Hoc Sub Process": "特别子流程", "Event Sub Process": "事件子流程",
  "Sequence Flow": "顺序流", "Conditional Flow": "条件流", "Default Flow": "其余情况", "Exclusive Gateway": "排他网关", "Parallel Gateway": "并行网关", "Inclusive Gateway": "包容网关", "Event Based Gateway": "事件网关", "Complex Gateway": "复杂网关",
  "Start Event": "开始事件", "End Event": "结束事件", "Boundary Event": "边界事件", "Intermediate Throw Event": "中间抛出事件", "Intermediate Catch Event": "中间捕获事件", "Message Start Event": "消息开始事件", "Timer Start Event": "定时开始事件",
  "Error End Event": "错误结束事件", "Terminate End Event": "终止结束事件", "Error Boundary Event": "错误边界事件", "Timer Boundary Event": "定时边界事件", "Message Boundary Event": "消息边界事件",
  "Timer Boundary Event (Non Interrupting)": "定时边界事件（不中断）", "Message Boundary Event (Non Interrupting)": "消息边界事件（不中断）", "Timer Intermediate Catch Event": "等到时间", "Message Intermediate Catch Event": "等待消息",
  "Participant": "流程", "Expanded Pool": "流程", "Empty Pool": "空的池", "Lane": "泳道", "Process": "流程", "Collaboration": "流程", "Text Annotation": "说明", "Data Object Reference": "数据对象", "Data Store Reference": "数据存储", "Association": "关联", "Group": "组",
  "Open documentation": "打开说明", "Toggle section": "展开或收起", "Section contains an error": "这一组里有错误", "Section contains edits": "这一组填过", "<empty>": "（空）", "Toggle list item": "展开或收起", "Delete item": "删除", "Create new list item": "添加", "Create": "添加",
  "Open pop-up editor": "在窗口里编辑", "Opened in editor": "正在窗口里编辑", "FEEL expression is mandatory": "这里写 FEEL 表达式", "Click to set a dynamic value with FEEL expression": "点击改用 FEEL 表达式", "Click to remove dynamic value with FEEL expression": "点击取消 FEEL 表达式", "Unparsable FEEL expression.": "这个 FEEL 表达式读不懂。",
  "Select an element to edit its properties.": "请在图上选一个元素。", "Multiple elements are selected. Select a single element to edit its properties.": "选中了几个元素，请只选一个。", "Properties panel": "属性",
};

export const DECISIONS = {
  "Move Input": "移动输入列", "Move Output": "移动输出列", "Decision table context menu": "决策表菜单",
  "Add input": "添加输入", "Add output": "添加输出", "Add rule": "添加规则", "Add rule above": "在上面加规则", "Add rule below": "在下面加规则", "Remove rule": "删除规则", "Copy rule": "复制规则", "Cut rule": "剪切规则", "Paste rule above": "粘贴到上面", "Paste rule below": "粘贴到下面", "Move rule": "移动规则",
  "Copy input column": "复制输入列", "Cut input column": "剪切输入列", "Paste input column left": "在左边粘贴输入列", "Paste input column right": "在右边粘贴输入列", "Add input column left": "在左边加输入列", "Add input column right": "在右边加输入列", "Remove input column": "删除输入列",
  "Copy output column": "复制输出列", "Cut output column": "剪切输出列", "Paste output column left": "在左边粘贴输出列", "Paste output column right": "在右边粘贴输出列", "Add output column left": "在左边加输出列", "Add output column right": "在右边加输出列", "Remove output column": "删除输出列",
  "When": "如果", "Then": "那么", "And": "并且", "Input": "输入", "Output": "输出", "Annotations": "说明", "Annotation": "说明", "Resize": "调整宽度", "Hit policy": "命中方式", "Hit policy:": "命中方式：",
  "Input label": "输入的名称", "Input label: ": "输入的名称：", "Input expression": "输入表达式", "Input expression: ": "输入表达式：", "Input values": "可取的值", "Input type": "输入类型", "Edit input": "编辑输入",
  "Output label": "输出的名称", "Output label: ": "输出的名称：", "Output name": "输出变量", "Output name: ": "输出变量：", "Output values": "可取的值", "Output type": "输出类型", "Edit output": "编辑输出",
  "Expression": "表达式", "Enter expression": "填写表达式", "Expression language": "表达式语言", "Expression language: {expressionLanguageLabel}": "表达式语言：{expressionLanguageLabel}", "Change cell expression language": "更改表达式语言", "Editing not supported for set expression language": "这种表达式语言不能在这里编辑",
  "Decision name": "决策表名称", "Decision name: ": "决策表名称：", "Add cell description": "添加单元格说明", "Remove cell description": "删除单元格说明", "View DRD": "查看关系图",
  "Predefined values": "预设值", "No values": "没有值", "Clear predefined values": "清除预设值", "Add predefined values": "添加预设值", '"value", "value", ...': '"值", "值", …', '"value"': '"值"', "Strings must be in double quotes": "文字要放在双引号里", "Add values": "添加值", "Values": "值", "Value": "值", "Custom values": "自定的值",
  "Yes": "是", "No": "否", "Set value": "设定值", "Boolean value": "是或否", "String value": "文字", "Exactly": "等于", "Before": "早于", "After": "晚于", "Between": "介于", "Test type": "比较方式", "Type": "类型", "Edit": "编辑",
  "Edit boolean": "编辑是或否", "Edit number": "编辑数字", "Edit string": "编辑文字", "Edit date": "编辑日期", "Edit start date": "编辑开始日期", "Edit end date": "编辑结束日期", "Set date": "设定日期", "Start date": "开始日期", "End date": "结束日期", "Date": "日期", "Date value": "日期", "Use today": "用今天", "e.g. { sample }": "例如 { sample }", "e.g. { example } ": "例如 { example } ",
  "Edit date and time": "编辑日期时间", "Edit start date and time": "编辑开始时间", "Edit end date and time": "编辑结束时间", "Set date and time": "设定日期时间", "Start date and time": "开始时间", "End date and time": "结束时间", "Date and time": "日期时间", "Date and time value": "日期时间",
  "Edit time": "编辑时间", "Edit start time": "编辑开始时间", "Edit end time": "编辑结束时间", "Set time": "设定时间", "Start time": "开始时间", "End time": "结束时间", "Time": "时间", "Time value": "时间", "Use now": "用现在",
  "Edit duration": "编辑时长", "Set duration": "设定时长", "Duration value": "时长", "Equals": "等于", "Less": "小于", "Less or equals": "小于等于", "Greater": "大于", "Greater or equals": "大于等于", "Comparison operator": "比较", "Comparison": "比较", "Range": "范围",
  "Include": "包含", "Exclude": "不含", "Start value": "起", "End value": "止", "Range start operator": "起点是否包含", "Range start value": "起点", "Range end operator": "终点是否包含", "Range end value": "终点", "Match one": "是其中之一", "Match none": "都不是",
  "Unique": "唯一", "First": "第一条", "Priority": "优先", "Collect": "收集", "Collect (Sum)": "收集（合计）", "Collect (Min)": "收集（最小）", "Collect (Max)": "收集（最大）", "Collect (Count)": "收集（个数）", "Rule order": "按规则顺序", "Output order": "按输出顺序",
  "No overlap is possible and all rules are disjoint. Only a single rule can be matched": "规则互不重叠，最多命中一条", "Rules may overlap. The first matching rule will be chosen": "规则可以重叠，取最先命中的一条", "Rules may overlap. The one with the highest priority will be chosen": "规则可以重叠，取优先级最高的一条",
  "Rules may overlap. Their output have to match": "规则可以重叠，结果必须一致", "Collects the values of all matching rules": "收集所有命中规则的值", "Collects the values of all matching rules and sums up to a single value": "所有命中规则的值相加", "Collects the values of all matching rules and uses the lowest value": "取命中规则中最小的值",
  "Collects the values of all matching rules and uses the highest value": "取命中规则中最大的值", "Collects the values of all matching rules and counts the number of them": "数命中的规则", "Collects the values of all matching rules in rule order": "按规则顺序收集命中的值", "Collects the values of all matching rules in decreasing output priority order": "按输出优先级收集命中的值",
  "string": "文字", "boolean": "是或否", "number": "数字", "date": "日期", "time": "时间", "dateTime": "日期时间", "dayTimeDuration": "时长（天、小时）", "yearMonthDuration": "时长（年、月）", "Any": "任意", "any": "任意", "duration": "时长", "context": "结构", "list": "清单",
  "Must match PnYnM": "要写成 PnYnM", "Must match PnDTnH": "要写成 PnDTnH", "Type:": "类型：",
};
