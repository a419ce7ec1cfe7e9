"""The processes that are measured can be executed, and do what docs/explanation/benchmark.md says of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import workloads
from engine import cases, proof, published
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM


def test_every_disputed_position_is_examined(database: Session, at: datetime) -> None:
    """Three of five positions are open side by side, the table says who bears each, and the case ends after the bank has answered."""
    published.publish(workloads.disputed_payment(), by=SAM, note="", at=at)
    case = cases.start("DISPUTE", business_key="AJ-1", variables=workloads.dispute(), by=CLEO, at=at)

    def open_tasks() -> list[UserTask]:
        return list(database.scalars(select(UserTask).where(UserTask.state == "open").order_by(UserTask.token)))

    def complete(task: UserTask) -> None:
        cases.complete(task.id, form=workloads.ENTERED, by=CLEO, at=at)

    for _accept_and_collect in range(2):
        complete(open_tasks()[0])
    assert [(task.element_id, task.item_index, task.item_count) for task in open_tasks()] == [
        ("check_position", 1, 3),
        ("check_position", 2, 3),
        ("check_position", 3, 3),
    ]
    for task in reversed(open_tasks()):
        complete(task)
    assert proof.marking(case.instance_id).variables["findings"] == ["merchant", "bank", "merchant"]
    assert cases.correlate("bank_answered", "13900000001", variables={}, by=CLEO, at=at)
    (credit,) = open_tasks()
    complete(credit)
    assert credit.element_id == "credit"
    assert proof.verify(case.instance_id) == []
