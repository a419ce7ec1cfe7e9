"""The one YAML reader: what other systems' readers build of a few hundred bytes is refused before anything is built."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

import service_tasks  # noqa: F401 - the operators that processes name
from engine import definitions, published
from engine.ground import yaml
from tests.support.drawing import end, package, path, process, start, user

PROCESSES = Path(__file__).parents[4] / "processes"
LETTERS = "abcdefghijk"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise(LETTERS)
)
REFUSED = {
    "alias": (BOMB, "a: &x 1", "a: *unknown"),
    "tag": ("a: !!python/object:os.system 1", "a: !!str 1", "a: !x 1"),
    "duplicate_key": ("a: 1\na: 2", '{a: 1, "a": 2}', "x: {b: 1, b: 2}"),
    "too_deep": ("[" * 100_000, "\n".join(" " * n + "a:" for n in range(100))),
    "too_many": ("[" + "1, " * 50_000 + "1]",),
    "too_long": ("x" * 400_001,),
    "number": ("a: " + "9" * 5_000, "a: 0b" + "1" * 300_000, "a: 1" + ":1" * 9_000),
    "not_well_formed": (
        "a: [",
        "{[1]: 2}",
        "a: 2026-02-30",
        "a: 1\n---\nb: 2",
        'a: "\0"',
        'a: "\ud800"',
    ),
}


@pytest.mark.parametrize(
    ("why", "text"), [(why, text) for why, texts in REFUSED.items() for text in texts], ids=lambda v: v[:20]
)
def test_what_is_refused(why: str, text: str) -> None:
    """Each is refused for what it is, and nothing but MalformedYaml comes of it."""
    with pytest.raises(yaml.MalformedYaml) as refused:
        yaml.read_yaml(text)
    assert refused.value.values["why"] == why


@pytest.mark.parametrize("text", [BOMB, "&a [*a]", "&a {b: *a}", "a: &a [1]\nb: [*a, *c]"])
def test_an_alias_counts_as_all_that_it_stands_for(text: str) -> None:
    """Files of the installation may use aliases; one that would grow without end is refused there as well."""
    with pytest.raises(yaml.MalformedYaml, match="too_many"):
        yaml.read_yaml(text, aliases=True)


def test_the_scenarios_and_catalogues_of_the_installation_are_read() -> None:
    """The limits leave room for what there is."""
    for file in (PROCESSES / "scenarios").glob("*.yaml"):
        assert yaml.read_yaml(file.read_text(encoding="utf-8"), aliases=True)["scenarios"]
    for file in (PROCESSES / "translations").glob("*.yaml"):
        assert yaml.read_yaml(file.read_text(encoding="utf-8"))


def test_what_is_written_is_read() -> None:
    """A try that is kept as a scenario can be played."""
    shared = ["话费", 1, None, True]
    assert yaml.read_yaml(yaml.write_yaml({"one": shared, "other": shared})) == {"one": shared, "other": shared}


@pytest.mark.parametrize(
    ("text", "why"), [(BOMB, "alias"), ("a: 1\na: 2", "duplicate_key"), ("- a list\n", "no_mapping")]
)
def test_a_draft_with_such_a_file_opens_with_that_as_its_problem(text: str, why: str) -> None:
    """A catalogue that was kept before the limits came does not keep its draft from being opened."""
    content = package("P", process("P", start(), user("x"), end(), path("begun", "x", "finished")))
    (found,) = published.problems(definitions.Package(key="P", files={**content.files, "translations/P.en.yaml": text}))
    assert (found.rule, found.values["why"], found.file) == ("malformed_catalogue", why, "translations/P.en.yaml")
