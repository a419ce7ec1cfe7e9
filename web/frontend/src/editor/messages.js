/* Every text of the editors, in both languages of the office. {name} stands for a value. What bpmn.io draws by itself is in translation.js. */

import { language } from "../language.js";

/** @import { Language } from "../../types/page" */

/** @type {Record<Language, Record<string, string>>} */
export const TEXTS = {
  zh: {
    // frame
    diagram: "流程图", decisions: "决策表", forms: "表单", tabs: "编辑内容", loading: "正在打开草稿…", load_failed: "草稿暂时打不开，请刷新页面再试。",
    editor_failed: "这一部分暂时打不开，请刷新页面再试。", save: "保存", undo: "撤销", redo: "重做", search: "查找", whole: "全图", publish: "查看改动并发布", try: "试办", tools: "编辑工具",
    nothing_to_undo: "没有可撤销的改动", nothing_to_redo: "没有可重做的改动", map: "小地图", map_hint: "打开或收起右边的小地图", smaller: "缩小", larger: "放大", whole_hint: "看全图", nothing_found: "没有找到。可以用中文或英文名称、编号查找。", search_hint: "名称或编号", names_shown: "图上名称", names_hint: "图上显示并修改的是这种语言的名称；没有英文时显示中文。还没有名称的元素，第一次填的名称两种语言都用。",
    // saving
    saved: "已保存 {time}", saved_by: "{who} 保存于 {time}", not_stored: "还没有改动", unsaved: "有未保存的改动", saving: "正在保存…",
    offline: "没有连上服务器，改动留在这个浏览器里，稍后自动再存。", session: "登录已过期。请在新窗口登录后点“再存一次”；改动留在这个浏览器里。", log_in: "去登录", again: "再存一次",
    refused: "这次没有存上：{why} 改动留在这个浏览器里。", conflict: "{who} 在 {time} 保存过这份草稿，您的改动还没有存进去。", conflict_own: "您在另一个窗口里在 {time} 保存过这份草稿，这里的改动还没有存进去。",
    comma: "、", costs_approval: "这份草稿由{who}绘制。您一旦保存改动，就不能再批准它；之后能批准的有：{left}。", costs_last_approval: "这份草稿由{who}绘制，只有您还能批准。您一旦保存改动，就没有人能批准它了。要改的地方请告诉{who}；草稿提交审批后，也可以退回并写明原因。",
    returned: "{who} 于 {time} 退回了这份草稿：{reason}", withdraws: "{who} 已于 {time} 提交这份草稿审批。保存您的改动会撤回提交；在您决定之前，改动只存在本浏览器里。", withdraw: "撤回提交并保存", leave_submitted: "保持已提交（我的改动留在本浏览器）",
    conflict_published: "这份草稿已由 {who} 于 {time} 发布为第 {n} 版。您的改动不在其中；若保留，将以这些改动新建草稿。", conflict_discarded: "{who} 于 {time} 放弃了这份草稿。您的改动没有丢失；若保留，将以这些改动新建草稿。", keep_mine_anew: "用我改的文件新建草稿", take_published: "用现行版本（我的改动留在本浏览器）", just_now: "刚才",
    lost: "保留您的文件会覆盖对方在 {files} 里的改动；从对方的到您的：", nothing_lost: "对方改的是别的文件；保留您的文件不会覆盖对方的改动。", more_changes: "还有 {n} 处", recover_theirs: "{who} 于 {time} 保存、被您覆盖的内容（{files}）留在本浏览器里。放回会替换这些文件。",
    keep_mine: "保留我改过的文件", take_theirs: "用对方的版本（我的改动留在浏览器里）", submitted: "{who} 于 {time} 提交了这份草稿审批。保存改动会撤回提交，事先会问您。",
    recover: "这个浏览器里还有 {time} 没存上的改动（{files}）。放回后，这些文件以它为准。", put_back: "放回草稿", discard: "不要了", no_room: "这个浏览器放不下备份，请及时保存。", mended: "打开时改正了这份草稿：", comments: "文件里有写在代码中的注释（<!-- -->），在这里保存后就没有了；要留就先下载原文件。", understood: "知道了", nobody: "另一个人",
    // problems
    problems: "问题", checking: "正在检查…", unknown: "还没有检查：没有连上服务器", no_problems: "没有问题", problem_count: "{n} 个问题", warning: "提醒", warning_count: "{n} 条提醒", problems_and_warnings: "{problems}，{warnings}", warnings_only: "{warnings}（可以发布，请先看过）", in_fen: "分", go: "定位", line: "第 {line} 行", hide_list: "收起", show_list: "展开", no_problems_hint: "画法、表单、决策和表达式都能执行。",
    // panel
    general: "名称", name_zh: "名称", name_en: "英文名称", element_id: "编号", id_hint: "用英文单词，长期不变：案件记录、场景和译文都用它。", name_bad: "“{name}”里的“{found}”不能用：名称只用字母、数字和下划线，不以数字开头。", not_a_count: "“{text}”不是整数，不会起作用。请写数字，例如 200；不限就留空。", box_refused: "有一处填写没有存进草稿", not_taken: "“{label}”里填的“{text}”没有存进草稿，原来的值还在：{why}", id_bad: "只能用字母、数字、下划线、点和连字符，以字母或下划线开头。",
    id_taken: "这个编号已经用过。", id_reserved: "这个编号留给系统用。", manual: "手册条款", manual_ref: "条款编号", manual_hint: "可以写几条，用逗号分开。", manual_unknown: "手册里没有 {id}。",
    task: "人工任务", form: "表单", none: "（未选）", new_form: "新建表单…", form_hint: "内容在“表单”页里改。", group: "办理部门", group_lane: "（同泳道）", due: "办理时限", due_hint: "例如 same_day(entered_at)、entered_at + duration(\"PT24H\")。",
    group_from: "部门由变量决定", group_from_hint: "FEEL 表达式，得出部门代码，如 order_department；没有结果时由上面的部门办理。", skipped_when: "什么时候不必办", skipped_when_hint: "FEEL 表达式，到达时为真就直接过去，不问任何人；如由原流程答复的：reply_by_caller = true。", due_group: "与同组任务共用时限", customer_waits: "等候时暂停计时", awaits_customer: "只等客户答复（联系不上可结案）", case_due: "整个案件的时限", case_due_hint: "从受理起算；没有自己时限的步骤都用它。", case_limit: "办完就算在案件时限内答复了客户", approves: "批准（批准书的名称）", approves_hint: "填了就是审批任务，须写明不能由同一人办理；批准的金额、款项和收款号码以后不能超出。", approved_when: "什么时候算批准", approved_amount: "批准的金额（分）", approved_kind: "批准的款项", approved_payee: "批准的收款号码", approved_lines: "批准的明细", not_by: "不能由同一人办理", not_by_hint: "写另一任务的编号：办过那一步的人不能办这一步；写 * 表示经办过本案的人都不能办。", tries: "提交前先试办", tries_hint: "写后面服务任务的编号：填的内容会被它退回时，这里就告诉办理人。", tries_when: "什么情况下试办", papers: "打印的表单", papers_hint: "写表单的编号，如 refund_form；几张用逗号隔开。办理这一步时可以打印。", watch: "办理要点", watch_zh: "给办理人的话", watch_en: "英文", subject_en: "标题中固定文字的英文",
    operator: "自动处理", topic: "处理项目", operator_errors: "可能退回：{codes}。可用错误边界事件接住。", no_errors: "不会退回。", outside: "在系统之外办理，会自动重试。", result_variable: "结果变量",
    parameter: "{title}（{type}）", required_parameter: "{title}（{type}，必填）", must_fill: "请填写。", unit_fen: "单位：分", decision: "业务规则", decision_table: "决策表", decision_hint: "内容在“决策表”页里改。",
    call: "调用流程", called: "被调流程", inputs: "带入", outputs: "带回", mapping_hint: "每行一项：变量 = 表达式。", mapping_bad: "第 {line} 行要写成：变量 = 表达式。", mappings: "变量",
    items: "逐项办理", repeated: "办理几次", once: "一次", items_parallel: "清单每项一次，同时", items_sequential: "清单每项一次，依次", items_list: "清单", items_list_hint: "得出清单的表达式，例如 disputed_positions；最多 100 项。", items_name: "每项在里面的名称",
    items_results: "结果清单的名称", items_result: "每项的结果", items_result_hint: "在这一项里看到的值；这一项写的其他变量不带出来。", items_until: "什么条件下不再办其余各项", items_until_hint: "每办完一项就看一次，例如 numberOfCompletedInstances = 2。",
    event: "事件", timer: "到什么时候", timer_hint: "FEEL 日期时间或时长，例如 next_month(now(), 26)。", timer_kind: "时间", time_date: "时刻", time_duration: "时长", time_cycle: "反复（例如 R8/PT30M）", message: "消息名称", correlation: "对应关系", correlation_hint: "消息凭这个值找到案件。",
    error_code: "错误代码", error_any: "（任何错误）", interrupting: "中断原来的步骤", condition: "条件", condition_feel: "满足什么条件走这条线", default_flow: "其余情况走这条线", default_hint: "网关的每条出线都要有条件，只有一条走其余情况。",
    process: "流程", process_zh: "流程名称", process_about: "流程说明", process_about_en: "流程说明（英文）", lane: "泳道", lane_department: "部门", not_there: "这里不能放：步骤、网关和事件都要在泳池里。", no_selection: "请在图上选一个元素。", several: "选中了几个元素，请只选一个。", diagram_unread: "图里有 {n} 处读不出来，保存后就没有了（{why}）。请先下载原文件留存。", known: "此处可用的变量（{n} 个）", none_known: "此处还没有已知的变量。",
    type_string: "文字", type_number: "数字", type_boolean: "是或否", type_date: "日期", type_money: "金额", type_list: "清单", type_any: "任意", type_time: "时间", type_date_and_time: "日期时间", type_days_and_time_duration: "时长", type_years_and_months_duration: "时长（年、月）", type_context: "结构", feel: "FEEL 表达式",
    // decisions
    columns_english: "各列的英文名称", columns_hint: "英文界面里，问题、试办和案件页上用这些名称。", decision_list: "决策表", rule_number: "规则序号", no_decisions: "这个流程没有决策表。在图上放一个业务规则任务，再从这里新建。", new_decision: "新建决策表", decision_key: "决策表编号", used_in: "用于：{names}", not_used: "还没有用到", create: "新建", cancel: "取消",
    decision_broken: "这个文件不是能打开的决策表。", decision_of_file: "文件里的哪一张表", decision_unread: "文件里有 {n} 处读不出来，保存后就没有了（{why}）。请先下载原文件留存。", key_taken: "已经有这个编号。", key_hint: "用英文小写单词和下划线。", key_bad: "“{id}”不能用：编号只用英文小写字母、数字和下划线，不以数字开头，例如 refund_check。", key_missing: "请先填编号。", delete_form: "删除表单", delete_decision: "删除决策表", file_deleted: "已删除 {id}", file_back: "放回",
    // forms
    form_list: "表单", no_forms: "这个流程还没有表单。", form_key: "表单编号", form_broken: "这个文件不是能打开的表单。", form_manual: "手册条款", fields: "字段", add_field: "添加字段", remove_field: "删除字段", up: "上移", down: "下移", into_group: "移入组", out_of_group: "移出组", no_group_before: "上面紧挨着的不是组。", in_no_group: "这个字段不在组里。", went_in: "已移入组 {label}", went_out: "已移出组 {label}", field_details: "字段内容",
    no_fields: "还没有字段，请先添加。", choose_field: "请在左边选一个字段。", label_zh: "标签", label_en: "英文标签", hint_zh: "提示", hint_en: "英文提示", key: "变量名", type: "类型", required: "必填", personal: "个人信息（加密保存，可删除）", decides: "本步的决定（办完后告诉办理人）",
    text_zh: "文字", text_en: "英文文字", min: "最小", max: "最大", limit_hint: "数字或 FEEL，例如 disputed_amount。", limit_fen: "金额按分计：128.50 元写 12850。", money: "金额（元），按分保存", decimals: "小数位数", prefill: "预填", prefill_hint: "FEEL 表达式，例如 refund_kind。", prefill_fen: "FEEL 表达式，金额按分计，例如 disputed_amount 或 12850（128.50 元）。",
    min_length: "最少字数", max_length: "最多字数", pattern: "格式（正则表达式）", hide: "什么条件下不显示", hide_hint: "FEEL 表达式，能用上面已填的字段。", as_boolean: "存成是或否（选项值为 yes 和 no）", options: "选项", option_value: "值", option_zh: "文字", option_en: "英文", add_option: "添加选项", remove_option: "删除这个选项",
    preview: "办理人看到的样子", preview_wait: "正在画预览…", preview_failed: "预览暂时画不出来。", untitled: "（无标签）", group_of: "组：{label}", moved: "已移到第 {n} 位", removed: "已删除 {label}", added: "已添加 {label}",
    field_textfield: "单行文字", field_textarea: "多行文字", field_number: "数字", field_select: "下拉选择", field_radio: "单选", field_checkbox: "勾选", field_checklist: "多选", field_datetime: "日期", field_lines: "费用项目", field_text: "说明文字", field_group: "组", field_separator: "分隔线", field_spacer: "空行",
    // difference
    before: "改动前", after: "改动后", legend: "图例", added_mark: "新增", removed_mark: "删去", changed_mark: "改动", moved_mark: "移动", show: "在图上看", pictures: "两个版本的流程图，一起移动和缩放", difference_failed: "改动暂时看不到，请刷新页面再试。",
  },
  en: {
    diagram: "Diagram", decisions: "Decisions", forms: "Forms", tabs: "What is edited", loading: "Opening the draft …", load_failed: "The draft cannot be opened now. Please reload the page.",
    editor_failed: "This part cannot be opened now. Please reload the page.", save: "Save", undo: "Undo", redo: "Redo", search: "Search", whole: "Zoom to fit", publish: "Review and publish", try: "Try it", tools: "Editing tools",
    nothing_to_undo: "Nothing to undo", nothing_to_redo: "Nothing to redo", map: "Minimap", map_hint: "Open or close the minimap on the right", smaller: "Zoom out", larger: "Zoom in", whole_hint: "Fit the whole diagram into the window", nothing_found: "Nothing found. Search for a name in Chinese or English, or for an id.", search_hint: "Name or id", names_shown: "Names on the drawing", names_hint: "Names are shown and changed on the drawing in this language; where there is no English, the Chinese is shown. The first name of an element is used in both languages.",
    saved: "Last saved {time}", saved_by: "{who} saved at {time}", not_stored: "No changes yet", unsaved: "Unsaved changes", saving: "Saving …",
    offline: "The server could not be reached. Your changes are kept in this browser and saved as soon as it answers.", session: "You are no longer logged in. Log in in a new window, then save again; your changes are kept in this browser.", log_in: "Log in", again: "Save again",
    refused: "This could not be saved: {why} Your changes are kept in this browser.", conflict: "{who} saved this draft at {time}. Your changes are not in it yet.", conflict_own: "You saved this draft at {time} in another window. What you changed here is not in it yet.",
    comma: ", ", costs_approval: "{who} drew this draft. Once you save a change in it you can no longer approve it; these still can: {left}.", costs_last_approval: "{who} drew this draft, and only you are left to approve it. Once you save a change in it nobody can. Tell {who} what is to be different; a draft that has been submitted you can also give back with a reason.",
    returned: "{who} gave this draft back at {time}: {reason}", withdraws: "{who} submitted this draft for approval at {time}. Saving your changes takes the submission back; until you decide, they are kept in this browser only.", withdraw: "Take the submission back and save", leave_submitted: "Leave it submitted (mine stay in this browser)",
    conflict_published: "This draft was put in force as version {n} by {who} at {time}. Your changes are not in it; kept, they begin a new draft.", conflict_discarded: "{who} discarded this draft at {time}. Your changes are not lost; kept, they begin a new draft.", keep_mine_anew: "Begin a new draft with the files I changed", take_published: "Take what is in force (mine stay in this browser)", just_now: "just now",
    lost: "Keeping yours overwrites what they changed in {files}; from theirs to yours:", nothing_lost: "They changed other files than you; keeping yours overwrites nothing of theirs.", more_changes: "and {n} more", recover_theirs: "What {who} had saved at {time} and you overwrote ({files}) is kept in this browser. Put back, it takes the place of these files.",
    keep_mine: "Keep the files I changed", take_theirs: "Take theirs (mine stay in this browser)", submitted: "{who} submitted this draft for approval at {time}. Saving a change takes the submission back; you are asked before.",
    recover: "This browser still holds changes from {time} that were not saved ({files}). Put back, they take the place of these files.", put_back: "Put them back", discard: "Discard them", no_room: "This browser has no room for a copy; please save often.", mended: "This draft was set right when it was opened:", comments: "The text of the file holds comments (<!-- -->), which a save made here leaves out; download the original first to keep them.", understood: "Got it", nobody: "Somebody else",
    problems: "Problems", checking: "Checking …", unknown: "Not checked: the server could not be reached", no_problems: "No problems", problem_count: "{n} problems", problem_count_one: "1 problem", warning: "Warning", warning_count: "{n} warnings", warning_count_one: "1 warning", problems_and_warnings: "{problems}, {warnings}", warnings_only: "{warnings}: can be published, please look first", in_fen: "fen", go: "Show", line: "line {line}", hide_list: "Hide", show_list: "Show", no_problems_hint: "Drawing, forms, decisions and expressions can all be executed.",
    general: "Name", name_zh: "Name (Chinese)", name_en: "Name (English)", element_id: "Id", id_hint: "English words, stable for life: histories, scenarios and translations use it.", name_bad: "“{found}” in “{name}” cannot be used: a name has letters, digits and underscores only and does not begin with a digit.", not_a_count: "“{text}” is no whole number and has no effect. Enter digits, for example 200; leave it empty for no limit.", box_refused: "One box is not in the draft", not_taken: "“{text}” at “{label}” is not in the draft; the former value is still there. {why}", id_bad: "Letters, digits, underscore, dot and hyphen only, beginning with a letter or underscore.",
    id_taken: "This id is in use already.", id_reserved: "This id is reserved.", manual: "Manual", manual_ref: "Manual reference", manual_hint: "Several are separated by commas.", manual_unknown: "The manual has no {id}.",
    task: "User task", form: "Form", none: "(none)", new_form: "New form …", form_hint: "Its fields are edited under Forms.", group: "Department", group_lane: "(that of the lane)", due: "Due date", due_hint: "For example same_day(entered_at), entered_at + duration(\"PT24H\").",
    group_from: "Department from a variable", group_from_hint: "FEEL that gives the code of a department, such as order_department; where it gives none, the department above has the task.", skipped_when: "Not asked when", skipped_when_hint: "FEEL: where it holds when the step is reached, nobody is asked and the case goes on, such as when the caller replies: reply_by_caller = true.", due_group: "Shares its limit with the group", customer_waits: "The clock pauses meanwhile", awaits_customer: "Waits for the customer alone (may be closed when they cannot be reached)", case_due: "Limit of the whole case", case_due_hint: "Counted from acceptance; steps without a limit of their own go by it.", case_limit: "Once done, the customer has been answered within the case's limit", approves: "Approves (name of the approval)", approves_hint: "Makes this a step that approves; who may not do it has to be said. Nothing beyond the approved amount, kind and payee is carried out later.", approved_when: "Approved when", approved_amount: "Approved amount (fen)", approved_kind: "Approved kind", approved_payee: "Approved payee", approved_lines: "Approved lines", not_by: "Not by the same person as", not_by_hint: "The id of another task: whoever did that one may not do this one; * stands for everybody who worked on the case.", tries: "Tries before it is submitted", tries_hint: "The id of a later service task: what it would refuse is told here already.", tries_when: "Tries them when", papers: "Papers printed here", papers_hint: "The keys of papers such as refund_form, separated by commas; they can be printed at this step.", watch: "What to watch", watch_zh: "For the person at this step (Chinese)", watch_en: "The same in English", subject_en: "The fixed text of the subject in English",
    operator: "Service task", topic: "Operation", operator_errors: "May refuse with: {codes}. Catch it with an error boundary event.", no_errors: "Never refuses.", outside: "Reaches outside; tried again by itself.", result_variable: "Result variable",
    parameter: "{title} ({type})", required_parameter: "{title} ({type}, required)", must_fill: "Please fill this in.", unit_fen: "in fen", decision: "Business rule", decision_table: "Decision table", decision_hint: "Its rules are edited under Decisions.",
    call: "Called process", called: "Process", inputs: "Goes in", outputs: "Comes back", mapping_hint: "One per line: variable = expression.", mapping_bad: "Line {line} must read: variable = expression.", mappings: "Variables",
    items: "Multi-instance", repeated: "Repetition", once: "Once", items_parallel: "Parallel multi-instance", items_sequential: "Sequential multi-instance", items_list: "Input collection", items_list_hint: "An expression that gives a list, for example disputed_positions; at most 100 items.", items_name: "Input element",
    items_results: "Output collection", items_result: "Output element", items_result_hint: "A value seen inside the item; nothing else that the item writes gets out.", items_until: "Completion condition", items_until_hint: "Asked whenever an item is done, for example numberOfCompletedInstances = 2.",
    event: "Event", timer: "When", timer_hint: "A FEEL date and time or duration, for example next_month(now(), 26).", timer_kind: "Time", time_date: "At an instant", time_duration: "After a duration", time_cycle: "Again and again (such as R8/PT30M)", message: "Message name", correlation: "Correlation key", correlation_hint: "The value by which a message finds its case.",
    error_code: "Error code", error_any: "(any error)", interrupting: "Ends the step it is attached to", condition: "Condition", condition_feel: "Taken when", default_flow: "Taken in every other case", default_hint: "Every flow out of a gateway has a condition; one is taken in every other case.",
    process: "Process", process_zh: "Process name (Chinese)", process_about: "About the process (Chinese)", process_about_en: "About the process (English)", lane: "Lane", lane_department: "Department", not_there: "This cannot be put there: tasks, gateways and events lie inside the pool.", no_selection: "Select an element of the diagram.", several: "Several elements are selected. Select one.", diagram_unread: "Parts of this diagram cannot be read ({n}) and would be gone after a save ({why}). Download the original first.", known: "Variables known here ({n})", none_known: "No variables are known here yet.",
    type_string: "text", type_number: "number", type_boolean: "yes or no", type_date: "date", type_money: "money", type_list: "list", type_any: "any", type_time: "time", type_date_and_time: "date and time", type_days_and_time_duration: "duration", type_years_and_months_duration: "duration (years, months)", type_context: "object", feel: "FEEL expression",
    columns_english: "English titles of the columns", columns_hint: "Problems, tries and cases use these on English pages.", decision_list: "Decision tables", rule_number: "Number of the rule", no_decisions: "This process has no decision table. Put a business rule task in the diagram, then add one here.", new_decision: "New decision table", decision_key: "Id of the decision table", used_in: "Used by: {names}", not_used: "Not used yet", create: "Create", cancel: "Cancel",
    decision_broken: "This file is not a decision table that can be opened.", decision_of_file: "Which table of the file", decision_unread: "Parts of this file cannot be read ({n}) and would be gone after a save ({why}). Download the original first.", key_taken: "This id is in use already.", key_hint: "Small English words joined by underscores.", key_bad: "“{id}” cannot be used: an id has small English letters, digits and underscores only and begins with no digit, for example refund_check.", key_missing: "Enter an id first.", delete_form: "Delete form", delete_decision: "Delete table", file_deleted: "{id} is deleted", file_back: "Put it back",
    form_list: "Forms", no_forms: "This process has no form yet.", form_key: "Id of the form", form_broken: "This file is not a form that can be opened.", form_manual: "Manual reference", fields: "Fields", add_field: "Add field", remove_field: "Remove field", up: "Up", down: "Down", into_group: "Into group", out_of_group: "Out of group", no_group_before: "No group stands right before it.", in_no_group: "This field is in no group.", went_in: "Moved into group {label}", went_out: "Moved out of group {label}", field_details: "The field",
    no_fields: "No fields yet; add one first.", choose_field: "Select a field on the left.", label_zh: "Label (Chinese)", label_en: "Label (English)", hint_zh: "Hint (Chinese)", hint_en: "Hint (English)", key: "Variable", type: "Type", required: "Required", personal: "Personal (stored encrypted, can be erased)", decides: "What the step decides (told after it)",
    text_zh: "Text (Chinese)", text_en: "Text (English)", min: "Minimum", max: "Maximum", limit_hint: "A number or FEEL, for example disputed_amount.", limit_fen: "Amounts are in fen: 128.50 yuan is 12850.", money: "Money (yuan), stored in fen", decimals: "Decimals", prefill: "Prefilled with", prefill_hint: "A FEEL expression, for example refund_kind.", prefill_fen: "A FEEL expression; amounts are in fen, for example disputed_amount, or 12850 for 128.50 yuan.",
    min_length: "Minimum length", max_length: "Maximum length", pattern: "Format (regular expression)", hide: "Hidden when", hide_hint: "A FEEL expression; it may use the fields above.", as_boolean: "Stored as true or false (values yes and no)", options: "Options", option_value: "Value", option_zh: "Chinese", option_en: "English", add_option: "Add option", remove_option: "Remove this option",
    preview: "As the clerk sees it", preview_wait: "Drawing the preview …", preview_failed: "The preview cannot be drawn now.", untitled: "(no label)", group_of: "Group: {label}", moved: "Moved to place {n}", removed: "Removed {label}", added: "Added {label}",
    field_textfield: "Text field", field_textarea: "Text area", field_number: "Number", field_select: "Select", field_radio: "Radio group", field_checkbox: "Checkbox", field_checklist: "Checkbox group", field_datetime: "Date", field_lines: "Disputed lines", field_text: "Paragraph (text to read)", field_group: "Group", field_separator: "Separator", field_spacer: "Spacer",
    before: "Before", after: "After", legend: "Legend", added_mark: "added", removed_mark: "removed", changed_mark: "changed", moved_mark: "moved", show: "Show", pictures: "The diagrams of both versions, moved and zoomed together", difference_failed: "The change cannot be shown now. Please reload the page.",
  },
};

export { language };

/**
 * The text of a name in the language of the page; NAME_one, where there is one, for n = 1.
 * @param {string} name
 * @param {Record<string, string | number | undefined>} values
 */
export function say(name, values = {}) {
  const texts = TEXTS[language()];
  const text = (values.n === 1 && texts[`${name}_one`]) || (texts[name] ?? name);
  return text.replace(/{(\w+)}/g, (whole, value) => String(values[value] ?? whole));
}

/**
 * Whichever of two texts belongs to the page's language; the Chinese one when there is no English.
 * @param {string | null | undefined} chinese
 * @param {unknown} english
 */
export function either(chinese, english) {
  return language() === "en" && english ? String(english) : (chinese ?? "");
}

const ZONE = "Asia/Shanghai";

/**
 * 16:32 on the day itself, else 11-23 16:32. Instants are ISO 8601.
 * @param {string} instant
 */
export function clock(instant) {
  const at = new Date(instant);
  /** @param {Date} when */
  const day = (when) => new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short" }).format(when);
  const time = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, timeStyle: "short" }).format(at);
  return day(at) === day(new Date()) ? time : `${day(at).slice(5)} ${time}`;
}
