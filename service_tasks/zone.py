"""The zone of the office: the one place that says which. Days, months and what people read off a clock are reckoned in it."""

from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
