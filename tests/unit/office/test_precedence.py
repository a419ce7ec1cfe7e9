"""In which order drafts go into force, and what is begun and not in force: found out for the overview, for publication and at the start."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from engine import definitions, published
from office import drafts, precedence
from tests.support.actors import OLU
from tests.support.drawing import call, end, package, path, process, start, user

PROCESSES = Path(__file__).parents[3] / "processes"


def drawn(key: str, *callees: str) -> definitions.Package:
    """A process that calls others, one after the other."""
    steps = [call(f"to_{callee.lower()}", callee) for callee in callees] or [user("ask")]
    names = [f"to_{callee.lower()}" for callee in callees] or ["ask"]
    return package(key, process(key, start(), *steps, end(), path("begun", *names, "finished")))


def keep(at: datetime, key: str, *callees: str) -> None:
    """The draft of a process that calls others."""
    drafts.save(key, {f"{key}.bpmn": drawn(key, *callees).files[f"{key}.bpmn"]}, revision=0, by=OLU, at=at)


def order() -> list[tuple[str, tuple[str, ...]]]:
    """Keys with what each comes after."""
    return [(step.draft.key, step.after) for step in precedence.order(drafts.listed())]


def test_what_is_called_goes_first(database: Session, at: datetime) -> None:
    """Whatever the keys say; a draft on which none rests stands in the order of its key."""
    keep(at, "AA-1", "MM-1")
    keep(at, "MM-1", "ZZ-1")
    keep(at, "ZZ-1")
    keep(at, "BB-1")
    ordered = order()
    keys = [key for key, _ in ordered]
    assert keys.index("ZZ-1") < keys.index("MM-1") < keys.index("AA-1")
    assert dict(ordered) == {"AA-1": ("MM-1",), "BB-1": (), "MM-1": ("ZZ-1",), "ZZ-1": ()}
    assert precedence.before(drafts.find("MM-1")) == ["ZZ-1"]


def test_drafts_that_need_each_other_are_all_listed(database: Session, at: datetime) -> None:
    """A circle is refused at publication, in words; the list loses none of it and does not fail."""
    keep(at, "AA-1", "BB-1")
    keep(at, "BB-1", "CC-1")
    keep(at, "CC-1", "AA-1")
    keep(at, "DD-1", "DD-1")
    assert sorted(key for key, _ in order()) == ["AA-1", "BB-1", "CC-1", "DD-1"]


def test_a_draft_that_cannot_be_read_needs_nothing(database: Session, at: datetime) -> None:
    """Half a diagram stands in the list as well."""
    drafts.save("AA-1", {"AA-1.bpmn": "<definitions"}, revision=0, by=OLU, at=at)
    keep(at, "BB-1")
    assert order() == [("AA-1", ()), ("BB-1", ())]


@pytest.fixture
def without_orders(database: Session, at: datetime) -> str:
    """An office with a process that begins work orders, and without theirs."""
    begins = next(key for key in ("SUB-001", "TS-001", "TS-002", "TS-003") if _begins(key))
    published.publish(definitions.read_package(PROCESSES, begins), by=OLU, note="", at=at)
    return begins


def _begins(key: str) -> bool:
    return "SUB-008" in definitions.begun_by(definitions.read_package(PROCESSES, key))


def test_what_is_begun_and_not_in_force_is_told(without_orders: str, at: datetime) -> None:
    """By which process, and whether it is drawn; once it is in force nothing is told of it. Those that the office begins by itself count."""
    by_key = {absent.key: absent for absent in precedence.not_in_force()}
    assert by_key["SUB-008"].by == (without_orders,)
    assert not by_key["SUB-008"].is_drawn
    assert {key for key, absent in by_key.items() if not absent.by} == precedence.OF_THE_OFFICE
    problems = precedence.warnings(definitions.read_package(PROCESSES, without_orders))
    assert {(problem.rule, problem.values["process"], problem.warning) for problem in problems} == {
        ("begun_not_in_force", "SUB-008", True)
    }
    published.publish(definitions.read_package(PROCESSES, "SUB-008"), by=OLU, note="", at=at)
    assert "SUB-008" not in {absent.key for absent in precedence.not_in_force()}
    assert precedence.warnings(definitions.read_package(PROCESSES, without_orders)) == []


def test_an_office_without_processes_lacks_none(database: Session) -> None:
    """It says that it has none, and not what each of them would begin."""
    assert precedence.not_in_force() == []
