"""How words and records are weighed."""

from hypothesis import given
from hypothesis import strategies as st

from service_tasks.classification.weighing import DOUBT, Record, Word, weigh

RECORD = Record("TS-006", "orphan_monternet", "停机之后仍有 1 笔梦网信息费", "1 Monternet charge after suspension")


def word(process: str, weight: int, dispute_type: str = "usage", text: str = "词") -> Word:
    """A matched word."""
    return Word(process, dispute_type, weight, text)


def test_the_heaviest_words_decide() -> None:
    """Two words of three beat one of five."""
    found = weigh([word("TS-005", 5), word("TS-001", 3), word("TS-001", 3)], [])
    assert found.process == "TS-001"
    assert found.confidence == round(100 * 6 / (11 + DOUBT))
    assert found.alternatives == ({"process": "TS-005", "confidence": round(100 * 5 / (11 + DOUBT))},)


def test_a_record_strengthens_the_words_it_fits() -> None:
    """An orphan charge on the account makes “梦网” more likely what TS-006 is for."""
    words = [word("TS-006", 4), word("TS-001", 3)]
    assert weigh(words, [RECORD]).confidence > weigh(words, []).confidence


def test_a_record_alone_does_not_overrule_words() -> None:
    """What stands on the account may have nothing to do with what the customer came for."""
    found = weigh([word("TS-002", 2)], [RECORD])
    assert (found.process, found.alternatives[0]["process"]) == ("TS-002", "TS-006")


def test_a_record_by_itself_is_a_weak_suggestion() -> None:
    """Without words the record is all there is, and the confidence says so."""
    found = weigh([], [RECORD])
    assert (found.process, found.dispute_type, found.confidence) == ("TS-006", "service", 25)


def test_at_equal_points_words_come_before_records() -> None:
    """What was said weighs more than what was found."""
    assert weigh([word("TS-008", 1)], [RECORD]).process == "TS-008"


def test_nothing_found_is_said_and_not_guessed() -> None:
    """A greeting is answered on the spot, with no confidence at all."""
    found = weigh([], [])
    assert (found.process, found.dispute_type, found.confidence, found.alternatives) == ("on_the_spot", "", 0, ())
    assert found.evidence[0]["kind"] == "nothing_found"


def test_the_dispute_type_is_the_one_its_words_weigh_most_for() -> None:
    """Words of other processes have no say in it."""
    words = [
        word("TS-001", 3, "service"),
        word("TS-001", 2, "usage"),
        word("TS-001", 2, "usage"),
        word("TS-005", 2, "tariff"),
    ]
    assert weigh(words, []).dispute_type == "usage"


def test_every_point_has_a_reason_in_both_languages() -> None:
    """A verdict that hides its reason cannot be overruled for one."""
    words = [word("TS-001", 3, text="功能费"), word("TS-006", 4, text="梦网")]
    found = weigh(words, [RECORD])
    assert sum(item["points"] for item in found.evidence) == 3 + 4 + 3
    assert [item["process"] for item in found.evidence] == ["TS-006", "TS-006", "TS-001"]
    assert all(item["text"] and item["text_en"] for item in found.evidence)
    assert "梦网" in found.evidence[0]["text"]
    assert "梦网" in found.evidence[0]["text_en"]


@given(
    st.lists(st.tuples(st.sampled_from(["TS-001", "TS-005", "TS-006"]), st.integers(1, 5)), max_size=12), st.booleans()
)
def test_confidence_stays_within_bounds(words: list[tuple[str, int]], with_record: bool) -> None:
    """All confidences together stay below a hundred: some doubt is always left."""
    found = weigh([word(*one) for one in words], [RECORD] if with_record else [])
    others = [each["confidence"] for each in found.alternatives]
    assert 0 <= found.confidence <= 100
    assert found.confidence + sum(others) <= 101
    assert others == sorted(others, reverse=True)
    assert all(found.confidence >= other for other in others)
