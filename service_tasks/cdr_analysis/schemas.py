"""What the CDR analyses take and return.

Every one says in `examined` how many records it had to look at; verdict and amount are null when there was none, and a form that is filled in
beforehand with a verdict then stands open.
"""

from __future__ import annotations

from marshmallow import Schema

from service_tasks import schemas
from service_tasks.lines import Part

DAYS = 30


class BorderRoamingParameters(schemas.Parameters):
    """What cdr_analysis/border_roaming takes; without dates, the last DAYS days."""

    msisdn = schemas.msisdn(required=True)
    since = schemas.day("起始日期", "From", load_default=None, allow_none=True)
    until = schemas.day("截止日期", "To", load_default=None, allow_none=True)
    window_minutes = schemas.number("频繁变换的时间窗", "Window", unit="min", least=1, load_default=60)
    alternations = schemas.number("时间窗内变换次数", "Changes within the window", least=1, load_default=3)
    max_speed_kmh = schemas.number(
        "地面最快速度", "Fastest travel on the ground", unit="km/h", least=1, load_default=350
    )
    period_days = schemas.number("周期性变换的连续天数", "Days in a row", unit="d", least=1, load_default=3)
    flight_kmh = schemas.number("飞行速度", "Speed by air", unit="km/h", least=1, load_default=900)
    flight_from_km = schemas.number("可能乘飞机的距离", "By air from", unit="km", least=1, load_default=300)
    flight_minutes = schemas.number("飞行之外的时间", "Beside the flight", unit="min", least=0, load_default=30)
    crossing_minutes = schemas.number("过关一次的时间", "To cross the border", unit="min", least=0, load_default=15)
    stay_minutes = schemas.number("对方停留的时间", "Stay over there", unit="min", least=0, load_default=15)
    reach_km = schemas.number("小区覆盖距离", "Reach of a cell", unit="km", least=1, load_default=35)
    listed_reach_km = schemas.number("边界小区覆盖距离", "Reach of a border cell", unit="km", least=1, load_default=70)


class Line(Schema):
    """A component of a call that the analysis picks; `call` is the id of its record."""

    start = schemas.instant("通话时间", "Start")
    component = schemas.text("费用项目", "Component")
    amount = schemas.fen("金额", "Amount")
    reason = schemas.text("理由", "Reason")
    call = schemas.number("话单编号", "Record")


class GivenLine(Schema):
    """A charge of which another case has something; `case` may name several, `state` is what became of the money."""

    start = schemas.instant("通话时间", "Start")
    component = schemas.text("费用项目", "Component")
    amount = schemas.fen("金额", "Amount")
    case = schemas.text("个案编号", "Case", longest=400)
    state = schemas.text("状态", "State")
    call = schemas.number("话单编号", "Record")


class Found(Schema):
    """What every analysis says of charges that other cases have already, which are in none of its sums."""

    given = schemas.rows("已处理的费用", "Given before", GivenLine)
    given_amount = schemas.fen("已处理的金额", "Given before, in all")


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


class LeftCall(Schema):
    """A call on another network that the analysis does not pick, and why."""

    start = schemas.instant("通话时间", "Start")
    place = schemas.text("地点", "Place")
    network = schemas.text("网络", "Network")
    roaming = schemas.fen("漫游费", "Roaming charge")
    long_distance = schemas.fen("长途通话费", "Long-distance charge")
    reason = schemas.text("理由", "Reason")
    call = schemas.number("话单编号", "Record")


class BorderRoamingResult(Found):
    """What cdr_analysis/border_roaming returns; `established` is null when nothing was looked at, or the records are gone."""

    established = schemas.flag("初步成立", "Established at first sight", allow_none=True)
    examined = schemas.examined()
    reasons = schemas.texts("理由", "Reasons")
    pairs = schemas.rows("相关通话", "Pairs of calls", RoamingPair, personal=True)
    amount = schemas.fen("边界漫游费用", "Amount")
    lines = schemas.rows("划出的费用", "Lines picked", Line)
    left = schemas.rows("未划出的通话", "Calls not picked", LeftCall)
    cells = schemas.mapping("边界小区情况", "Border cells")
    cloned = schemas.rows("另一部手机的通话", "Calls of another phone", Line)
    parameters = schemas.mapping("判断参数", "Parameters used")


class UltraShortParameters(schemas.Parameters):
    """What cdr_analysis/ultra_short takes; without dates, the last DAYS days."""

    msisdn = schemas.msisdn(required=True)
    since = schemas.day("起始日期", "From", load_default=None, allow_none=True)
    until = schemas.day("截止日期", "To", load_default=None, allow_none=True)
    limit_s = schemas.number("超短时长", "Ultra-short up to", unit="s", least=0, load_default=3)


class UltraShortCall(Schema):
    """A call to be credited with its four components; `kept` is what stays charged of it."""

    start = schemas.instant("通话时间", "Start")
    other_party = schemas.text("对方号码", "Other party", personal=True)
    duration_s = schemas.number("时长", "Duration", unit="s")
    long_distance = schemas.fen("长途通话费", "Long-distance charge")
    ip = schemas.fen("IP话费", "IP charge")
    basic = schemas.fen("基本移动话费", "Basic mobile charge")
    forwarding = schemas.fen("呼叫转移基本费", "Call-forwarding basic charge")
    amount = schemas.fen("应冲减", "To be credited")
    kept = schemas.fen("不冲减", "Stays")
    call = schemas.number("话单编号", "Record")


class UltraShortResult(Found):
    """What cdr_analysis/ultra_short returns; `found` is null when nothing was looked at, or the records are gone, false when other cases have all.

    `settle_on` is the day of settlement when it is entered now; `credit_to` is bill, prepayment for a prepaid number, cash for a cancelled one.
    """

    found = schemas.flag("有超短话单", "Found", allow_none=True)
    examined = schemas.examined()
    reasons = schemas.texts("说明", "Reasons")
    calls = schemas.rows("超短话单", "Ultra-short calls", UltraShortCall, personal=True)
    lines = schemas.rows("冲减的费用", "Lines picked", Line)
    amount = schemas.fen("应冲减金额", "Amount")
    kept = schemas.fen("不冲减的漫游费等", "Stays, roaming and the like")
    settle_on = schemas.day("统一处理日期", "Day of settlement")
    credit_to = schemas.choice("冲减到", "Credited to", ("bill", "prepayment", "cash"))


class OrphanParameters(schemas.Parameters):
    """What cdr_analysis/orphan_monternet takes."""

    msisdn = schemas.msisdn(required=True)


class OrphanCharge(Schema):
    """A charge that came after the number could no longer be used."""

    at = schemas.instant("发生时间", "At")
    counted_at = schemas.instant("计费起始", "Counts from")
    msisdn = schemas.msisdn()
    site = schemas.text("网站", "Site")
    amount = schemas.fen("信息费", "Amount")
    after = schemas.text("发生在", "After")
    paid = schemas.flag("已缴费", "Paid")
    call = schemas.number("话单编号", "Record")


class NumberEvent(Schema):
    """What befell the number, and on what day."""

    event = schemas.text("变动", "Change")
    day = schemas.day("日期", "Day")


class OrphanResult(Found):
    """What cdr_analysis/orphan_monternet returns; `orphan` is null when nothing was looked at, or the records are gone.

    `paid` says that all of it is, null while there is no orphan charge; `site` names the providers, of all Monternet charges when none is an orphan.
    `picked` are the orphan charges as a form picks them, as far as they stand on bills of the number asked for; `elsewhere` counts those on the number before.
    `events` are the suspensions, cancellations and changes on record of the number asked for; `changed_from` is the number before.
    """

    orphan = schemas.flag("无主话单", "Orphan charges found", allow_none=True)
    examined = schemas.examined()
    reasons = schemas.texts("说明", "Reasons")
    charges = schemas.rows("无主话单明细", "Orphan charges", OrphanCharge, personal=True)
    lines = schemas.rows("涉及的费用", "Lines picked", Line)
    picked = schemas.rows("本号码的项目", "Lines of this number", Part, personal=True)
    elsewhere = schemas.number("原号码上的笔数", "Charges on the number before")
    events = schemas.rows("系统记录的变动", "Changes on record", NumberEvent)
    changed_from = schemas.msisdn(allow_none=True)
    amount = schemas.fen("无主话单金额", "Amount")
    paid = schemas.flag("已缴费", "Paid")
    paid_amount = schemas.fen("其中已缴", "Of it paid")
    unpaid_amount = schemas.fen("其中未缴", "Of it not paid")
    site = schemas.text("网站", "Site")
