"""Demo customers whose path is decided by their calls and cards: TS-004 to TS-007."""

from __future__ import annotations

from typing import Any

from models.customer import SubscriptionState
from models.usage import CardState
from office.demo.month import Case, Month

SITE = "虚构梦网站点"
HOME, MACAO, HONG_KONG = "中国移动", "澳门电讯", "香港移动"
CELLS = [
    {"code": "ZH-GB", "place": "珠海拱北", "latitude": 22.219, "longitude": 113.550, "network": HOME, "border": True},
    {"code": "ZH-XZ", "place": "珠海香洲", "latitude": 22.271, "longitude": 113.567, "network": HOME, "border": False},
    {"code": "GZ-TH", "place": "广州天河", "latitude": 23.125, "longitude": 113.361, "network": HOME, "border": False},
    {"code": "MO-GJ", "place": "澳门关闸", "latitude": 22.213, "longitude": 113.549, "network": MACAO, "border": True},
    {
        "code": "HK-YL",
        "place": "香港元朗",
        "latitude": 22.445,
        "longitude": 114.035,
        "network": HONG_KONG,
        "border": True,
    },
]
NETWORK = {cell["code"]: cell["network"] for cell in CELLS}

ROAMING = (
    ("13900000501", "拱北与澳门短时间内反复切换", "Two networks alternate within an hour"),
    ("13900000502", "连续数日定时短暂切换", "For minutes, at the same hours for days"),
    ("13900000503", "二十分钟往返香港，谁也来不及走", "Hong Kong and back in twenty minutes: nobody travels so"),
    ("13900000504", "正常出差漫游，不成立", "A plausible journey: not established"),
    ("13900000505", "只有一个通话地点，不成立", "One place only: not established"),
    ("13900000506", "每天过关上班，不成立", "Crosses daily for work: not established"),
)


def cases(month: Month) -> list[Case]:
    """Return all of them, with what is stored for each."""
    return [*_recharges(month), *_border_roaming(month), *_monternet(month), *_ultra_short(month)]


def cards(month: Month) -> list[dict[str, Any]]:
    """Return a recharge card for every state, and two in stock; the PIN of card 88000004NN is 4000NN."""
    charged = (("01", "13900000491"), ("02", "13900000492"), ("03", "13900000493"), ("06", "13900000402"))
    used_cards = [_card(number) | {"state": CardState.USED, "charged_msisdn": msisdn} for number, msisdn in charged]
    moved_card = _card("05") | {"state": CardState.MOVED, "charged_msisdn": "13900000491", "moved_to": "13900000401"}
    stocked = [_card(number) | {"stock": "光大专业厅"} for number in ("11", "12")]
    return [*used_cards, _card("04"), moved_card, *stocked]


def cdrs(month: Month) -> list[dict[str, Any]]:
    """Return calls and Monternet charges of the billed month."""
    return [*_roaming_calls(month), *_monternet_charges(month), *_short_calls(month)]


def _card(number: str) -> dict[str, Any]:
    return {"serial": f"88000004{number}", "pin": f"4000{number}", "face_value": 5000}


def _recharges(month: Month) -> list[Case]:
    cancelled = {"state": SubscriptionState.CANCELLED, "state_since": month.on(4)}
    return [
        _recharge(
            "13900000401",
            "持卡 8800000401（密码 400001）来投诉，可充入的号码；"
            "卡 8800000404（密码 400004）未用过，卡 8800000405（密码 400005）已转走",
            "Complains with card 8800000401 (PIN 400001), may receive it; "
            "card 8800000404 (PIN 400004) was never used, card 8800000405 (PIN 400005) was moved before",
            {"prepayment": 5000},
        ),
        _recharge(
            "13900000402",
            "卡 8800000406（密码 400006）充到正常号码",
            "Card 8800000406 (PIN 400006) went to a number in service",
            {},
        ),
        _recharge(
            "13900000491",
            "无效号码，卡 8800000401（密码 400001）充在此",
            "Never in service; card 8800000401 (PIN 400001) went here",
            None,
        ),
        _recharge(
            "13900000492",
            "申请销号，卡 8800000402（密码 400002）充在此",
            "Cancelled on request; card 8800000402 (PIN 400002) went here",
            cancelled | {"reason": "request"},
        ),
        _recharge(
            "13900000493",
            "欠费销号，卡 8800000403（密码 400003）充在此",
            "Cancelled for arrears; card 8800000403 (PIN 400003) went here",
            cancelled | {"reason": "arrears"},
        ),
    ]


def _recharge(msisdn: str, path_zh: str, path_en: str, subscription: dict[str, Any] | None) -> Case:
    return Case(msisdn, "TS-004", path_zh, path_en, subscription)


def _border_roaming(month: Month) -> list[Case]:
    calls = _roaming_calls(month)

    def billed(msisdn: str) -> dict[str, Any]:
        """Return the bill, which charges what the records come to."""
        own = [call for call in calls if call["msisdn"] == msisdn]
        kinds = (("roaming", "漫游费", "roaming"), ("call", "通话费", "basic"))
        sums = [(kind, text, sum(call[part] for call in own)) for kind, text, part in kinds]
        return {"bill": month.bill(("monthly_fee", "月租费", 5000), *(item for item in sums if item[2]))}

    return [Case(msisdn, "TS-005", zh, en, billed(msisdn)) for msisdn, zh, en in ROAMING]


def _roaming_calls(month: Month) -> list[dict[str, Any]]:
    alternating = [
        ("09:00", "ZH-GB"),
        ("09:08", "MO-GJ"),
        ("09:17", "ZH-GB"),
        ("09:25", "MO-GJ"),
        ("09:41", "ZH-GB"),
        ("09:52", "MO-GJ"),
    ]
    daily = [("08:10", "ZH-GB"), ("08:16", "MO-GJ"), ("08:22", "ZH-GB")]
    work = [("08:00", "ZH-XZ"), ("11:00", "MO-GJ"), ("15:00", "MO-GJ"), ("20:00", "ZH-XZ")]
    there_and_back = [("10:00", "ZH-XZ"), ("10:10", "HK-YL"), ("10:20", "ZH-XZ")]
    return [
        *(_call("13900000501", month, 8, clock, cell) for clock, cell in alternating),
        *(_call("13900000502", month, day, clock, cell) for day in (8, 9, 10) for clock, cell in daily),
        *(_call("13900000503", month, 8, clock, cell) for clock, cell in there_and_back),
        *(_call("13900000506", month, day, clock, cell) for day in (8, 9, 10) for clock, cell in work),
        *(_call("13900000504", month, 8, clock, cell) for clock, cell in (("08:00", "ZH-XZ"), ("14:00", "MO-GJ"))),
        _call("13900000504", month, 15, "10:00", "GZ-TH"),
        *(_call("13900000505", month, day, "11:00", "MO-GJ") for day in (8,)),
    ]


def _call(msisdn: str, month: Month, day: int, clock: str, cell: str) -> dict[str, Any]:
    away = NETWORK[cell] != HOME
    return {
        "msisdn": msisdn,
        "other_party": "13900000999",
        "start": month.on(day, clock),
        "duration_s": 95,
        "cell": cell,
        "visited_network": NETWORK[cell],
        "basic": 0 if away else 40,
        "roaming": 530 if away else 0,
    }


def _monternet(month: Month) -> list[Case]:
    fee = ("monternet", f"{SITE}信息费", 1000)
    open_bill = {"bill": month.bill(fee, provider=SITE)}
    settled_bill = {
        "bill": month.bill(fee, paid=True, provider=SITE),
        "receipts": [{"number": "SJ-0602", "kind": "charge", "amount": 1000}],
    }
    order = {"service": "新闻短信", "service_provider": SITE, "ordered_at": month.on(1), "monthly_fee": 1000}
    return [
        _monternet_case(
            "13900000601",
            "销号后仍有梦网费，未缴，挂帐",
            "Monternet fee after cancellation, not paid: charge hold",
            _ended(month, SubscriptionState.CANCELLED, "request") | open_bill,
        ),
        _monternet_case(
            "13900000602",
            "停机后仍有梦网费，已缴，退费",
            "Monternet fee after suspension, paid: refund",
            _ended(month, SubscriptionState.SUSPENDED, "arrears") | settled_bill,
        ),
        _monternet_case(
            "13900000603",
            "改号后原号码仍有梦网费，未缴",
            "Monternet fee on the old number after a number change",
            _ended(month, SubscriptionState.CANCELLED, "number_change") | open_bill,
        ),
        _monternet_case(
            "13900000613",
            "13900000603 改号后的新号码",
            "The number that 13900000603 was changed to",
            {"number_changed_from": "13900000603", "opened_at": month.on(5)},
        ),
        _monternet_case(
            "13900000604",
            "使用期间的梦网费，不是无主话单",
            "Monternet fee while in service: not an orphan",
            open_bill | {"orders": [order]},
        ),
    ]


def _monternet_case(msisdn: str, path_zh: str, path_en: str, subscription: dict[str, Any]) -> Case:
    return Case(msisdn, "TS-006", path_zh, path_en, subscription)


def _ended(month: Month, state: SubscriptionState, reason: str) -> dict[str, Any]:
    since = month.on(5)
    history = [{"at": since, "from": "in_service", "to": state.value, "reason": reason}]
    return {"state": state, "state_since": since, "reason": reason, "history": history}


def _monternet_charges(month: Month) -> list[dict[str, Any]]:
    return [
        {
            "msisdn": f"1390000060{number}",
            "kind": "monternet",
            "other_party": "8888",
            "start": month.on(12),
            "information": 1000,
            "service_provider": SITE,
        }
        for number in (1, 2, 3, 4)
    ]


def _ultra_short(month: Month) -> list[Case]:
    def called(fen: int) -> dict[str, Any]:
        return {"bill": month.bill(("monthly_fee", "月租费", 5000), ("call", "通话费", fen))}

    return [
        Case(
            "13900000701",
            "TS-007",
            "长途 2 秒、3 秒（冲减）、4 秒，本地 2 秒",
            "Long-distance of 2 and 3 s (credited), 4 s; local 2 s",
            called(460),
        ),
        Case(
            "13900000702",
            "TS-007",
            "没有三秒以内的长途话单",
            "No long-distance call of three seconds or less",
            called(180),
        ),
    ]


def _short_calls(month: Month) -> list[dict[str, Any]]:
    calls = [("13900000701", 2, True), ("13900000701", 3, True), ("13900000701", 4, True), ("13900000701", 2, False)]
    return [
        {
            "msisdn": msisdn,
            "other_party": "01000000000" if long_distance else "07560000000",
            "start": month.on(9 + number, "15:00"),
            "duration_s": duration,
            "cell": "ZH-XZ",
            "visited_network": HOME,
            "basic": 40,
            "long_distance": 70 if long_distance else 0,
            "ip": 30 if long_distance else 0,
        }
        for number, (msisdn, duration, long_distance) in enumerate(
            [*calls, ("13900000702", 4, True), ("13900000702", 2, False)]
        )
    ]
