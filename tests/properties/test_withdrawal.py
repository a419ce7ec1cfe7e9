"""Wherever a case stands, in whatever process and whatever it has called: withdrawn, it keeps nothing in reserve and nothing on hold, and verifies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

import engine
import engine.runtime
from engine import ground, proof
from models.base import scratch, session, transaction
from models.billing import ChargeHold
from models.complaint import Complaint
from models.instance import ProcessInstance
from models.lines import LineClaim
from models.user_task import UserTask
from office import acts, composition, scenarios, verification
from service_tasks.gateway import gateway
from tests.support import population
from tests.support.actors import CLEO

pytestmark = pytest.mark.slow
AGREED = [one for one in scenarios.read(population.PROCESSES) if one.process.startswith(("TS-", "SUB-00"))]
_plays = count(1)


@pytest.fixture(scope="module")
def processes_in_force() -> Iterator[None]:
    """The processes of the product and whoever follows their changes."""
    with engine.runtime.entered(composition.bare(ground.ephemeral_keys())) as runtime, scratch():
        runtime.observers = composition.runtime(ground.ephemeral_keys()).observers
        population.publish()
        yield


def _standing(place: int, cut: int) -> tuple[str, int, Any] | None:
    """A case of a scenario that has gone `cut` steps, as the complaint of its customer; None where it is over by then."""
    whole = AGREED[place]
    part = replace(whole, steps=whole.steps[: cut % (len(whole.steps) + 1)])
    instance = population.play(part, next(_plays))
    row = session().get(ProcessInstance, instance) if instance else None
    msisdn = (row and proof.marking(instance).variables.get("msisdn")) or None
    if row is None or row.state != "active" or msisdn is None:
        return None
    at = row.started_at
    with transaction():
        told = {"case_number": row.business_key, "instance_id": instance, "msisdn": msisdn, "channel": "counter"}
        session().execute(
            insert(Complaint).values(**told, process_key=row.key, accepted_at=at, accepted_by="cleo", demand="")
        )
    return row.business_key, instance, at


@settings(max_examples=60)
@given(place=st.integers(0, len(AGREED) - 1), cut=st.integers(0, 12))
def test_withdrawn_nothing_of_it_is_held_back(processes_in_force: None, place: int, cut: int) -> None:
    """Or it is refused because money went out, and then nothing changes."""
    found = _standing(place, cut)
    if found is None:
        return
    number, instance, at = found
    given_before = gateway().given(number)
    asked = {"reason": "不追究了", "said_by": "customer", "channel": "counter", "tell": "counter", "by": CLEO, "at": at}
    try:
        acts.withdraw(number, **asked)
    except acts.NotDone as refused:
        codes = {one.code for one in refused.reasons["case"]}
        assert codes == {"correction_handed_in"} or given_before
        assert session().get_one(ProcessInstance, instance, populate_existing=True).state == "active"
        return
    assert not given_before
    reserved = select(func.count()).where(LineClaim.case_number == number, LineClaim.state != "reversed")
    held = select(func.count()).where(ChargeHold.case_number == number, ChargeHold.state == "held")
    opened = select(func.count()).where(UserTask.instance_id == instance, UserTask.state == "open")
    assert [session().scalar(query) for query in (reserved, held, opened)] == [0, 0, 0]
    session().expire_all()
    complaint = [one.what for one in verification.verify(instance).deviations if not one.what.startswith("complaint")]
    assert complaint == []
