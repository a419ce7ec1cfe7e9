"""`./desk tck` and its page: the kit is whole, and nothing in it differs or is refused without a reason."""

from __future__ import annotations

from functools import lru_cache

from tools import kit
from tools.reference_pages import tck_page


@lru_cache(maxsize=1)
def level_3() -> tuple[kit.Result, ...]:
    return tuple(result for folder in kit.folders(3) for result in kit.play(folder, 3))


def test_the_kit_is_whole() -> None:
    """Every folder's results are read, none skipped for a shape that the reader does not know."""
    assert (len(kit.folders(3)), len(level_3())) == (118, 3_369)


def test_what_differs_is_named() -> None:
    """A result that is not the kit's is a decision with its reason in the docs, never an accident."""
    differing = [result for result in level_3() if result.verdict == kit.DIFFERS]
    assert [result for result in differing if not tck_page.reason(result)] == []
    reasons = {tck_page.reason(result) for result in differing}
    assert [reason for reason, _ in tck_page.DESIGN if reason not in reasons] == []


def test_what_is_refused_has_a_cause_in_words() -> None:
    """Owners read why, not the name of a rule."""
    assert {result.why for result in level_3() if result.verdict == kit.REFUSED} - tck_page.CAUSES.keys() == set()


def test_what_passed_goes_on_passing() -> None:
    """Fewer would be a step back; more belong into this number."""
    assert tck_page.figures(level_3())["passed"] >= 2_906
