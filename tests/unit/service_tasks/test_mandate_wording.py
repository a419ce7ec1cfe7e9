"""What banks, accounts and holders mean, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_tasks import mandate_wording
from service_tasks.mandate_wording import BANKS, same_bank


@pytest.mark.parametrize(
    "agreement, keyed",
    [
        ("工商银行", "中国工商银行"),
        ("工商银行", "工行"),
        ("工商银行", "中国工商银行股份有限公司"),
        ("工商银行", "中国工商银行股份有限公司珠海拱北支行"),
        ("工商银行拱北支行", "中国工商银行珠海市分行"),
        ("工商银行拱北支行", "工行珠海拱北支行"),
        ("工商银行 珠海市 拱北支行", "工商银行珠海拱北支行"),
        ("珠海工商银行", "中国工商银行珠海分行"),
        ("中国银行", "中行"),
        ("中国银行香洲区支行", "中国银行香洲支行营业部"),
        ("建设银行", "中国人民建设银行"),
        ("ＩＣＢＣ", "icbc"),
        ("广东发展银行", "广发银行股份有限公司"),
        ("中信实业银行", "中信银行"),
        ("邮政储蓄", "中国邮政储蓄银行"),
        ("招商银行（拱北）", "招行"),
        ("珠海市商业银行", "珠海商业银行"),
        ("农村信用社", "珠海市农村信用合作联社"),
        ("珠海市农村信用社", "珠海农村信用社前山分社"),
    ],
)
def test_one_bank_is_written_in_many_ways(agreement: str, keyed: str) -> None:
    """TS-008.2: short and full names, legal forms and branches mean the same bank, whichever is the agreed one."""
    assert same_bank(agreement, keyed)
    assert same_bank(keyed, agreement)


@pytest.mark.parametrize(
    "agreement, keyed",
    [
        ("工商银行", "农业银行"),
        ("农业银行", "农业发展银行"),
        ("中国农业银行", "中国农业发展银行"),
        ("中国银行", "中国工商银行"),
        ("中国银行", "中国人民银行"),
        ("中行", "工行"),
        ("招商银行", "CMBC"),
        ("深圳发展银行", "广东发展银行"),
        ("浦东发展银行", "广东发展银行"),
        ("珠海市商业银行", "广州市商业银行"),
        ("珠海农村信用社", "珠海商业银行"),
        ("工商银行拱北支行", "工商银行吉大支行"),
        ("工商银行", ""),
        ("工商银行", "工商"),
    ],
)
def test_another_bank_stays_another_bank(agreement: str, keyed: str) -> None:
    """Reading generously must not make a debit from the wrong bank look right."""
    assert not same_bank(agreement, keyed)
    assert not same_bank(keyed, agreement)


@given(st.sampled_from(sorted(BANKS)), st.sampled_from(sorted(BANKS)), st.data())
def test_short_names_mean_their_own_bank_alone(first: str, second: str, data: st.DataObject) -> None:
    """Every wording of the list means its bank, and no wording of another."""
    wording = data.draw(st.sampled_from((second, *BANKS[second])))
    assert same_bank(first, wording) is (first == second)


@pytest.mark.parametrize(
    "text", ["６２２２０２ ０２", "6222-0202", "6222\u30000202", "6222—0202", " 6222.0202 ", "6222\u200b0202"]
)
def test_an_account_is_its_digits(text: str) -> None:
    """Full width, blanks and dashes of every kind do not make another account."""
    assert mandate_wording.account(text) == "62220202"


@pytest.mark.parametrize("text", ["62220203", "6222020", "6222O202"])
def test_another_account_stays_another(text: str) -> None:
    """A digit more, less or other, or a letter for a digit, is a difference."""
    assert mandate_wording.account(text) != "62220202"


@given(st.from_regex(r"[0-9]{8,30}", fullmatch=True))
def test_writing_an_account_in_groups_changes_nothing(digits: str) -> None:
    """Whatever the account, groups of four in full width mean the same."""
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in digits)
    grouped = "\u3000".join(wide[at : at + 4] for at in range(0, len(wide), 4))
    assert mandate_wording.account(grouped) == digits


def test_holders_and_numbers_mean_the_same_too() -> None:
    """Blanks and dots within a name, width and size of letters, the country's prefix of a number."""
    assert mandate_wording.holder("买买提·艾 力") == mandate_wording.holder("买买提・艾力")
    assert mandate_wording.holder("ＡＢＣ（珠海）有限公司") == mandate_wording.holder("abc(珠海)有限公司")
    assert mandate_wording.holder("陈某") != mandate_wording.holder("陈谋")
    assert {mandate_wording.msisdn(text) for text in ("139 0000 0205", "+8613900000205", "008613900000205")} == {
        "13900000205"
    }
    assert mandate_wording.msisdn("13900000206") != "13900000205"
