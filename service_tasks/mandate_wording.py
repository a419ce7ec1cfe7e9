"""What banks, accounts and holders mean, however they are written: two clerks write one account in many ways.

The banks named here are those a wording is reduced to; a bank that is not among them is compared by its name without its form and branch.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

BANKS = {
    "工商银行": ("工行", "工商行", "ICBC"),
    "农业银行": ("农行", "ABC"),
    "农业发展银行": ("农发行", "农发银行", "ADBC"),
    "中国银行": ("中行", "BOC"),
    "建设银行": ("建行", "人民建设银行", "CCB"),
    "交通银行": ("交行", "BOCOM", "BCM"),
    "招商银行": ("招行", "CMB"),
    "中信银行": ("中信实业银行", "CITIC"),
    "光大银行": ("CEB",),
    "华夏银行": ("HXB",),
    "民生银行": ("CMBC",),
    "广东发展银行": ("广发银行", "广发行", "广发", "CGB", "GDB"),
    "浦发银行": ("上海浦东发展银行", "浦东发展银行", "浦发行", "浦发", "SPDB"),
    "深圳发展银行": ("深发展", "深发行", "SDB"),
    "平安银行": ("PAB",),
    "兴业银行": ("福建兴业银行", "CIB"),
    "农村信用社": ("农村信用合作社", "农村信用联社", "农村信用合作联社", "农信社"),
    "邮政储蓄": ("邮政储蓄银行", "邮储银行", "邮储", "PSBC"),
}
FORMS = re.compile(r"股份有限责任公司|股份有限公司|有限责任公司|有限公司|股份公司")
LEVELS = "总行|分行|支行|营业部|营业室|营业所|分理处|储蓄所|办事处|分社|网点"
BRANCH = re.compile(rf"(?P<place>.*?)(?P<level>{LEVELS})")
HOUSE = re.compile(r"^.*?(?:银行|信用社|信用合作社|信用合作联社|信用联社)")
UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]")
DASHES = re.compile(r"[-\u2010-\u2015\u2212_.\u00b7\u2022\u30fb,]")
DISTRICT = re.compile(r"[省市县区镇]")
PLACE = r"(?:[\u4e00-\u9fff]{2,8}?[省市县区]|[\u4e00-\u9fff]{2})?"


class Bank(NamedTuple):
    """A bank by its own name, and the branch where one is named: its level and place."""

    name: str
    level: str = ""
    place: str = ""


def same_bank(first: str, second: str) -> bool:
    """Tell whether two wordings mean one bank; a branch that only one of them names, or of another level, is no difference.

    Source: TS-008.2, reading.
    """
    first_bank, second_bank = bank(first), bank(second)
    if first_bank.name != second_bank.name:
        return False
    return (
        first_bank.level != second_bank.level
        or not first_bank.place
        or not second_bank.place
        or _same_place(first_bank.place, second_bank.place)
    )


def bank(text: str) -> Bank:
    """Return the bank that is meant: its own name, and the branch apart; the legal form says nothing."""
    bare = FORMS.sub("", _bare(text))
    for pattern, name in WORDINGS:
        if match := pattern.match(bare):
            return Bank(name, *_branch(bare[match.end() :]))
    house = HOUSE.match(bare)
    end = house.end() if house else len(bare)
    return Bank(DISTRICT.sub("", bare[:end].removeprefix("中国")), *_branch(bare[end:]))


def account(text: str) -> str:
    """Return an account without blanks and dashes, in ordinary digits."""
    return DASHES.sub("", _bare(text))


def holder(text: str) -> str:
    """Return a holder's name without blanks, dashes and dots, in one width and one size of letters."""
    return DASHES.sub("", _bare(text))


def msisdn(text: str) -> str:
    """Return a number without blanks, dashes and the country's prefix."""
    return re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", DASHES.sub("", _bare(text)))


def _bare(text: str) -> str:
    return UNSEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def _branch(rest: str) -> tuple[str, str]:
    """Return level and place of the last branch that is named; of a path of branches the last is the one that keeps the account."""
    branches = list(BRANCH.finditer(rest))
    return (branches[-1]["level"], DISTRICT.sub("", branches[-1]["place"])) if branches else ("", "")


def _same_place(first: str, second: str) -> bool:
    return first.endswith(second) or second.endswith(first)


def _wording(text: str) -> re.Pattern[str]:
    """Return the pattern of a bank's name: a full name may stand behind a place, a short one may not; letters stand by themselves."""
    return re.compile(rf"^(?:中国)?{PLACE if text.endswith(('银行', '社', '储蓄')) else ''}{text}(?![A-Z])")


WORDINGS = [
    (_wording(text), name)
    for text, name in sorted(
        ((text, name) for name, short in BANKS.items() for text in (name, *short)), key=lambda pair: -len(pair[0])
    )
]
