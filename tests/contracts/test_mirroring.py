"""Where a unit test lies says what it tests: the folders of tests/unit are those of the source."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "tests" / "unit"
# What holds for every page, whoever serves it, and has the office of tests/unit/web/conftest.py to ask: nowhere but here.
OF_EVERY_PAGE = {
    "web/test_as_typed.py": "numbers, amounts and days at every field",
    "web/test_bad_input.py": "whatever is sent, at every form and by the API",
    "web/test_costs.py": "statements of every page of a clerk's day",
    "web/test_every_page.py": "the walk over every page",
    "web/test_hostile.py": "values nobody types, at every address",
    "web/test_items.py": "items in worklist, case, replay, API and incidents",
    "web/test_known_words.py": "codes on every page",
    "web/test_masking.py": "what of a customer is shown, by every way",
    "web/test_not_yours.py": "somebody else's step in worklist, page and API",
    "web/test_numbers_to_try.py": "numbers of the demo on every page that asks for one",
    "web/test_old_rows.py": "rows of earlier editions on every page",
    "web/test_refused_in_words.py": "refusals on every page",
    "web/test_repeated_timers.py": "a repeating timer in case, replay and event log",
    "web/test_routes.py": "who may what at every address",
    "web/test_secrets.py": "a PIN on every page, by the API and in the record",
    "web/test_unknown_names.py": "unknown names in every address",
    "web/test_words.py": "both languages of every text",
}


def is_mirrored(test: Path) -> bool:
    """Whether the source has what a test is called after: a module, a package, the folder it lies in, or the module its folder is named after."""
    folder, name = test.parent, test.stem.removeprefix("test_")
    source = ROOT / folder / name
    of_folder = name == folder.name and (ROOT / folder / "__init__.py").exists()
    return (
        source.with_suffix(".py").exists()
        or (source / "__init__.py").exists()
        or of_folder
        or (ROOT / folder.with_suffix(".py")).exists()
    )


def test_a_unit_test_lies_where_its_source_does() -> None:
    """Whoever changes a module finds its tests by its path: beside each other when they are several, in a folder of its name."""
    tests = [path.relative_to(UNIT) for path in UNIT.rglob("test_*.py")]
    assert {test.as_posix() for test in tests if not is_mirrored(test)} == OF_EVERY_PAGE.keys()
