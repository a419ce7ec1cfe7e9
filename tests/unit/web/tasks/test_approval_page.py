"""Whoever approves reads first what they approve: what is done with the money, how much, to whom and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

import engine
from engine import cases
from models.base import session, transaction
from models.user_task import UserTask
from office import fixtures, intake
from tests.support.furnishing import instance_of
from tests.support.visitors import Visitor

CLERK = engine.Actor("gina", frozenset({"guangda_hall"}), frozenset({"clerk"}))
OWN, OTHER = "13912390001", "13912390002"
STEPS: tuple[dict[str, Any], ...] = (
    {"card_check": "query", "serial": "K-APPROVAL", "pin": "111111"},
    {"target_msisdn": OTHER},
)


def the_step(number: str) -> int:
    """The only open step of a case."""
    open_steps = select(UserTask.id).where(UserTask.instance_id == instance_of(number), UserTask.state == "open")
    return session().scalars(open_steps).one()


def at_the_supervisor(at: datetime) -> int:
    """A card of 600.00 that is to go to somebody else's number, above what a clerk may do."""
    with transaction():
        numbers = [{"msisdn": OWN}, {"msisdn": OTHER, "customer": {"name": "李小红"}}]
        card = {"serial": "K-APPROVAL", "pin": "111111", "state": "used", "charged_msisdn": "13912399999"}
        fixtures.build({"subscriptions": numbers, "cards": [{**card, "face_value": 60000}]}, at=at)
    about = {"text": "充错号码", "process": "TS-004", "channel": "counter", "overrule_reason": "客户要求"}
    number = intake.accept(intake.Intake(msisdn=OWN, disputed_amount=60000, **about), by=CLERK, at=at)
    for form in STEPS:
        cases.complete(the_step(number), form=form, by=CLERK, at=at)
    return the_step(number)


def test_an_approval_names_amount_and_payee_first(desk: Flask) -> None:
    """The number the money goes to and whose it is stand above the form, not only among the earlier steps; a step that approves nothing has no such panel."""
    at = engine.now()
    with desk.app_context():
        task = at_the_supervisor(at)
    sam = Visitor(desk, "sam", "zh")
    (panel,) = sam.get(f"/tasks/{task}").tree.xpath("//*[@id='proposal']")
    said = " ".join(panel.text_content().split())
    assert [word for word in ("600.00", OTHER, "李小红", "转到另一号码", "充错号码") if word not in said] == []
    before = panel.xpath("count(preceding::form[@id='completion'])")
    assert before == 0
    refused = {"amount_approved": "no", "authority_opinion": "请核实"}
    assert sam.post(f"/tasks/{task}/completion", **refused).status == 302
    with desk.app_context():
        explains = (
            session()
            .scalars(
                select(UserTask.id).where(UserTask.element_id == "explain_not_authorised", UserTask.state == "open")
            )
            .one()
        )
    page = Visitor(desk, "gina", "zh").get(f"/tasks/{explains}")
    assert not page.tree.xpath("//*[@id='proposal']")
    assert "请核实" in page.text
    assert "有新情况，改号码或补依据后再报批" in page.text
