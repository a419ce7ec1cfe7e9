"""A step of the hall is that of the hall which took the case in, in every process that the case goes through; what no hall took in goes to the service hall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from engine import cases, diagrams, runtime
from models.base import session, transaction
from models.user_task import UserTask
from office import fixtures, intake
from tests.support.actors import CLEO

PROCESSES = Path(__file__).resolve().parents[4] / "processes"
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
GINA = engine.Actor("gina", frozenset({"guangda_hall"}), frozenset({"clerk"}))
HUGO = engine.Actor("hugo", frozenset({"hotline_1860"}), frozenset({"clerk"}))
UNPROVED = {"finding": "charge_right", "finding_note": "客户自己开通", "disputed_amount": "10.00"}
_numbers = count(1)


@pytest.fixture(autouse=True)
def inside(office: Flask) -> Iterator[None]:
    """A context of the office."""
    with office.app_context():
        yield


def taken_in(by: engine.Actor, process: str) -> list[UserTask]:
    """The open steps of a new customer's complaint, taken in by somebody."""
    msisdn = f"137{next(_numbers):08d}"
    bill = {"items": [{"kind": "function_fee", "text": "彩铃", "amount": 5800}]}
    with transaction():
        fixtures.build({"subscriptions": [{"msisdn": msisdn, "bill": bill}]}, at=AT)
    details = {"channel": "counter", "demand": "退还", "disputed_amount": 5800, "process": process}
    form = intake.Intake(msisdn=msisdn, text="多收彩铃费", overrule_reason="客户坚持", **details)
    return open_steps(intake.accept(form, by=by, at=AT))


def open_steps(number: str) -> list[UserTask]:
    """Those of a case."""
    session().expire_all()
    query = select(UserTask).where(UserTask.business_key == number, UserTask.state == "open")
    return list(session().scalars(query))


@pytest.mark.parametrize(("by", "hall"), [(CLEO, "service_hall"), (GINA, "guangda_hall")])
def test_a_hall_goes_on_with_what_it_took_in(by: engine.Actor, hall: str) -> None:
    """Its clerk confirms the process at once and does the next steps; the other hall may not."""
    clerk_of_other_hall = GINA if by is CLEO else CLEO
    (step,) = taken_in(by, "TS-002")
    assert (step.process_key, step.group) == ("TS-002", hall)
    with pytest.raises(runtime.NotACandidate):
        cases.complete(step.id, form=UNPROVED, by=clerk_of_other_hall, at=AT)
    cases.complete(step.id, form=UNPROVED, by=by, at=AT)
    assert {following.group for following in open_steps(step.business_key)} == {hall}


def test_what_guangda_alone_does_goes_there_whoever_took_it_in() -> None:
    """TS-004 names the Guangda hall; a case that it took in itself waits at no other for being confirmed."""
    for by in (GINA, CLEO):
        (step,) = taken_in(by, "TS-004")
        assert (step.element_id, step.group) == ("take_card", "guangda_hall")


def test_what_no_hall_took_in_waits_at_the_service_hall() -> None:
    """The hotline is no hall."""
    (step,) = taken_in(HUGO, "TS-002")
    assert (step.element_id, step.group) == ("confirm_process", "service_hall")


@pytest.mark.parametrize("file", sorted(PROCESSES.glob("*.bpmn")), ids=lambda file: file.stem)
def test_every_step_of_the_hall_names_the_hall_of_the_case(file: Path) -> None:
    """A lane of the hall that is drawn anew without it would send its steps to one hall again."""
    steps = [step for step in diagrams.parse(file.read_bytes()).elements.values() if step.type == "userTask"]
    of_hall = [step for step in steps if step.lane == "专业厅" and not step.properties.get("group")]
    assert all("hall" in step.properties.get("groupFrom", "") for step in of_hall)
