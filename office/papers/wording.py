"""What papers say in so many words: they are Chinese, whoever prints them."""

from __future__ import annotations

COMPANY = "珠海移动公司"
COPY = "副本，号码从略　"
UNTIL = "记录截至 {at}"
REASON = "原因"
CUSTOMER, NUMBER, ACCEPTED, PROCESS = "客户姓名", "手机号码", "受理时间", "投诉流程"
CLERK = "经办人"
QUESTION = "须查明的问题"
CAPITALS = "人民币{words}"
VERSION, ENTRY, FINGERPRINT = "{process} · 流程第 {version} 版", "记录第 {seq} 条", "指纹 {hash}"
REFUSED, AGREED, AGREED_UP_TO = "不同意", "同意", "同意，{yuan} 元以内"
NOTE = "版次：{edition}。依据：{basis}。本表按投诉记录打印；大写与小写金额不一致的无效，涂改无效。"
ORDER_NOTE = "版次：{edition}。依据：{basis}。本单按工单记录打印，涂改无效。"
DEPARTMENT, ABOUT, SENT, OPENED, STATE = "承办部门", "事项类别", "派出", "签收", "状态"
DUE, DUE_WHOLE, CHASED, TIMES = "答复时限", "整体时限", "催办", "{n} 次"
CASES, BETWEEN, FOUND, PROPOSAL, LIABLE = "投诉", "；", "查明的情况", "处理意见", "责任"
PER_LINE, YUAN, WITH_REASON = "每项建议退还", "{amount} 元", "{what}：{why}"
WAITING = {None: "等待答复", "answered": "已答复", "left": "已退出"}
IN_CASH, FALLS = "退还现金", "冲减未缴话费"
TAKEN_BACK, TAKEN_BACK_AT = "后已冲回", "{amount} 元，{at}"
