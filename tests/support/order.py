"""The order in which files of tests begin where two run at once: those that take longest first, by minutes that were measured, and the others as they are found."""

from __future__ import annotations

LONGEST = (
    "tests/unit/web/test_every_page.py",
    "tests/browser/test_journeys.py",
    "tests/unit/web/definitions/test_publication.py",
    "tests/browser/test_editor.py",
    "tests/scenarios/test_scenarios.py",
    "tests/browser/test_fit.py",
    "tests/browser/test_drawing.py",
    "tests/browser/test_tutorial.py",
    "tests/browser/test_publication.py",
    "tests/unit/web/test_hostile.py",
    "tests/integration/reception_desk/test_launcher.py",
    "tests/crash/test_edge.py",
    "tests/crash/test_crash.py",
    "tests/properties/test_verification.py",
    "tests/browser/test_pages.py",
    "tests/browser/test_editor_words.py",
    "tests/browser/test_canvas.py",
    "tests/contracts/test_processes.py",
    "tests/contracts/test_architecture.py",
    "tests/browser/test_focus.py",
    "tests/browser/test_money_refused.py",
    "tests/browser/test_done.py",
    "tests/browser/test_replay.py",
    "tests/browser/test_diagrams.py",
    "tests/browser/test_owner_pages.py",
    "tests/browser/test_circle.py",
    "tests/properties/test_people.py",
    "tests/integration/engine/running/test_crowd.py",
    "tests/contracts/test_stubs.py",
)
_PLACES = {file: place for place, file in enumerate(LONGEST)}


def place(file: str) -> int:
    """Where a file stands in the order; all that are not named come after those that are."""
    return _PLACES.get(file, len(LONGEST))
