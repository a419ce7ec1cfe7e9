"""What the CDR analyses take and return.

Every one says in `examined` how many records it had to look at; verdict and amount are null when there was none, and a form that is filled in
beforehand with a verdict then stands open.
"""

from __future__ import annotations

from marshmallow import Schema

from service_tasks import schemas

DAYS = 30


class BorderRoamingParameters(schemas.Parameters):
    """What cdr_analysis/border_roaming takes; without dates, the last DAYS days."""

    msisdn = schemas.msisdn(required=True)
    since = schemas.day("起始日期", "From", load_default=None, allow_none=True)
    until = schemas.day("截止日期", "To", load_default=None, allow_none=True)
    window_minutes = schemas.number("频繁变换的时间窗", "Window", unit="min", least=1, load_default=60)
    alternations = schemas.number("时间窗内变换次数", "Changes within the window", least=1, load_default=3)
    max_speed_kmh = schemas.number(
        "合理的最高移动速度", "Fastest plausible travel", unit="km/h", least=1, load_default=200
    )
    period_days = schemas.number("周期性变换的连续天数", "Days in a row", unit="d", least=1, load_default=3)


class RoamingCall(Schema):
    """One side of a pair."""

    start = schemas.instant("通话时间", "Start")
    kind = schemas.text("类型", "Kind")
    other_party = schemas.text("对方号码", "Other party", personal=True)
    cell = schemas.text("小区", "Cell")
    place = schemas.text("地点", "Place")
    network = schemas.text("网络", "Network")
    border = schemas.flag("边界小区", "Border cell")
    duration_s = schemas.number("时长", "Duration", unit="s")
    charge = schemas.fen("费用", "Charge")
    roaming = schemas.fen("漫游费", "Roaming charge")


class RoamingPair(Schema):
    """An offending pair of calls."""

    first = schemas.one("前一次通话", "First call", RoamingCall)
    second = schemas.one("后一次通话", "Second call", RoamingCall)
    minutes = schemas.number("间隔", "Apart", unit="min")
    distance_m = schemas.number("距离", "Distance", unit="m")
    charge = schemas.fen("计入的漫游费", "Roaming charge counted")
    reason = schemas.text("理由", "Reason")


class BorderRoamingResult(Schema):
    """What cdr_analysis/border_roaming returns."""

    established = schemas.flag("初步成立", "Established at first sight")
    examined = schemas.examined()
    reasons = schemas.texts("理由", "Reasons")
    pairs = schemas.rows("相关通话", "Pairs of calls", RoamingPair, personal=True)
    amount = schemas.fen("边界漫游费用", "Amount")
    parameters = schemas.mapping("判断参数", "Parameters used")


class UltraShortParameters(schemas.Parameters):
    """What cdr_analysis/ultra_short takes; without dates, the last DAYS days."""

    msisdn = schemas.msisdn(required=True)
    since = schemas.day("起始日期", "From", load_default=None, allow_none=True)
    until = schemas.day("截止日期", "To", load_default=None, allow_none=True)
    limit_s = schemas.number("超短时长", "Ultra-short up to", unit="s", least=0, load_default=3)


class UltraShortCall(Schema):
    """A call to be credited with its four components."""

    start = schemas.instant("通话时间", "Start")
    other_party = schemas.text("对方号码", "Other party", personal=True)
    duration_s = schemas.number("时长", "Duration", unit="s")
    long_distance = schemas.fen("长途通话费", "Long-distance charge")
    ip = schemas.fen("IP话费", "IP charge")
    basic = schemas.fen("基本移动话费", "Basic mobile charge")
    forwarding = schemas.fen("呼叫转移基本费", "Call-forwarding basic charge")
    amount = schemas.fen("应冲减", "To be credited")


class UltraShortResult(Schema):
    """What cdr_analysis/ultra_short returns."""

    found = schemas.flag("有超短话单", "Found")
    examined = schemas.examined()
    calls = schemas.rows("超短话单", "Ultra-short calls", UltraShortCall, personal=True)
    amount = schemas.fen("应冲减金额", "Amount")


class OrphanParameters(schemas.Parameters):
    """What cdr_analysis/orphan_monternet takes."""

    msisdn = schemas.msisdn(required=True)


class OrphanCharge(Schema):
    """A charge that came after the number could no longer be used."""

    at = schemas.instant("发生时间", "At")
    msisdn = schemas.msisdn()
    site = schemas.text("网站", "Site")
    amount = schemas.fen("信息费", "Amount")
    after = schemas.text("发生在", "After")
    paid = schemas.flag("已缴费", "Paid")


class OrphanResult(Schema):
    """What cdr_analysis/orphan_monternet returns; `site` names the providers, of all Monternet charges when none is an orphan.

    `paid` is null while there is no orphan charge.
    """

    orphan = schemas.flag("无主话单", "Orphan charges found")
    examined = schemas.examined()
    charges = schemas.rows("无主话单明细", "Orphan charges", OrphanCharge, personal=True)
    amount = schemas.fen("无主话单金额", "Amount")
    paid = schemas.flag("已缴费", "Paid")
    site = schemas.text("网站", "Site")
