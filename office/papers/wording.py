"""What papers say in so many words: they are Chinese, whoever prints them."""

from __future__ import annotations

COMPANY = "珠海移动公司"
COPY = "副本，号码从略　"
UNTIL = "记录截至 {at}"
REASON = "原因"
CUSTOMER, NUMBER, ACCEPTED, PROCESS = "客户姓名", "手机号码", "受理时间", "投诉流程"
CLERK = "经办人"
CAPITALS = "人民币{words}"
VERSION, ENTRY, FINGERPRINT = "{process} · 流程第 {version} 版", "记录第 {seq} 条", "指纹 {hash}"
REFUSED, AGREED, AGREED_UP_TO = "不同意", "同意", "同意，{yuan} 元以内"
NOTE = "版次：{edition}。依据：{basis}。本表按投诉记录打印；大写与小写金额不一致的无效，涂改无效。"
