"""How words and records are weighed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import service_tasks  # noqa: F401  registers the handlers
from engine import definitions, language
from engine.language.calendar import Calendar
from service_tasks.classification.weighing import DOUBT, Record, Word, weigh

PROCESSES = Path(__file__).parents[4] / "processes"
RECORD = Record("TS-006", "orphan_monternet", 1)


def word(process: str, weight: int, dispute_type: str = "usage", text: str = "词") -> Word:
    """A matched word."""
    return Word(process, dispute_type, weight, text)


def test_the_heaviest_words_decide() -> None:
    """Two words of three beat one of five."""
    suggestion = weigh([word("TS-005", 5), word("TS-001", 3), word("TS-001", 3)], [])
    assert suggestion.process == "TS-001"
    assert suggestion.confidence == round(100 * 6 / (11 + DOUBT))
    assert suggestion.alternatives == ({"process": "TS-005", "confidence": round(100 * 5 / (11 + DOUBT))},)


def test_a_record_strengthens_the_words_it_fits() -> None:
    """An orphan charge on the account makes “梦网” more likely what TS-006 is for."""
    words = [word("TS-006", 4), word("TS-001", 3)]
    assert weigh(words, [RECORD]).confidence > weigh(words, []).confidence


def test_a_record_alone_does_not_overrule_words() -> None:
    """What stands on the account may have nothing to do with what the customer came for."""
    suggestion = weigh([word("TS-002", 2)], [RECORD])
    assert (suggestion.process, suggestion.alternatives[0]["process"]) == ("TS-002", "TS-006")


def test_a_record_by_itself_is_a_weak_suggestion() -> None:
    """Without words the record is all there is, and the confidence says so."""
    suggestion = weigh([], [RECORD])
    assert (suggestion.process, suggestion.dispute_type, suggestion.confidence) == ("TS-006", "service", 25)


def test_at_equal_points_words_come_before_records() -> None:
    """What was said weighs more than what was found."""
    assert weigh([word("TS-008", 1)], [RECORD]).process == "TS-008"


def test_nothing_found_is_said_and_not_guessed() -> None:
    """A greeting is answered on the spot, with no confidence at all."""
    suggestion = weigh([], [])
    assert (suggestion.process, suggestion.dispute_type, suggestion.confidence, suggestion.alternatives) == (
        "on_the_spot",
        "",
        0,
        (),
    )
    assert suggestion.evidence[0]["kind"] == "nothing_found"


def test_the_dispute_type_is_the_one_its_words_weigh_most_for() -> None:
    """Words of other processes have no say in it."""
    words = [
        word("TS-001", 3, "service"),
        word("TS-001", 2, "usage"),
        word("TS-001", 2, "usage"),
        word("TS-005", 2, "tariff"),
    ]
    assert weigh(words, []).dispute_type == "usage"


def test_every_point_has_a_reason() -> None:
    """A verdict that hides its reason cannot be overruled for one."""
    words = [word("TS-001", 3, text="功能费"), word("TS-006", 4, text="梦网")]
    suggestion = weigh(words, [RECORD])
    assert sum(item["points"] for item in suggestion.evidence) == 3 + 4 + 3
    assert [item["process"] for item in suggestion.evidence] == ["TS-006", "TS-006", "TS-001"]
    assert [(item["kind"], item.get("word"), item.get("count")) for item in suggestion.evidence] == [
        ("word", "梦网", None),
        ("orphan_monternet", None, 1),
        ("word", "功能费", None),
    ]


@given(
    st.lists(st.tuples(st.sampled_from(["TS-001", "TS-005", "TS-006"]), st.integers(1, 5)), max_size=12), st.booleans()
)
def test_confidence_stays_within_bounds(words: list[tuple[str, int]], with_record: bool) -> None:
    """All confidences together stay below a hundred: some doubt is always left."""
    suggestion = weigh([word(*pair) for pair in words], [RECORD] if with_record else [])
    confidences = [alternative["confidence"] for alternative in suggestion.alternatives]
    assert 0 <= suggestion.confidence <= 100
    assert suggestion.confidence + sum(confidences) <= 101
    assert confidences == sorted(confidences, reverse=True)
    assert all(suggestion.confidence >= confidence for confidence in confidences)


AT_A_BANK = ["我在银行缴了88元话费，一直没有入帐", "在银行交费入错号码", "银行缴费缴了两次", "银行代收的话费重复入帐"]
NOT_SO = ["银行扣款失败，收了滞纳金", "工行托收两次都没扣到", "前台把我交的钱交到别人号码上去了，要求退现"]


@pytest.mark.parametrize("text", AT_A_BANK + NOT_SO)
def test_what_was_paid_at_a_bank_and_not_posted_has_words(text: str) -> None:
    """A payment at a bank that did not come, came elsewhere or twice is no direct debit and no refund, nor the other way round."""
    content = definitions.read_package(PROCESSES, "CH-002")
    table = definitions.Definition(content).decision("classification")
    scope = language.feel.Scope(datetime(2026, 11, 23, tzinfo=UTC), Calendar(frozenset(), frozenset()))
    matches = table.evaluate({"complaint_text": text}, scope).value
    words = [Word(match["process"], match["dispute_type"], match["weight"], match["word"]) for match in matches]
    assert (weigh(words, []).process == "SUB-006") is (text in AT_A_BANK)
