"""The first step of a case says which case it is, which version of its process it runs on and what software began it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

import engine
import engine.runtime
from engine import cases, proof, published
from models.base import connection, transaction
from models.instance import ProcessInstance
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, package, path, process, start, user

DRAWN = process("P", start(), user("a"), end(), path("begun", "a", "finished"))


def begin(number: str, at: datetime) -> int:
    content = package("P", DRAWN)
    published.publish(content, by=SAM, note="", at=at)
    return cases.start("P", business_key=number, variables={}, by=CLEO, at=at).instance_id


def test_a_case_says_what_it_began_as(database: Session, runtime: engine.runtime.Runtime, at: datetime) -> None:
    """Years later the record alone says so, whatever rows and installations have become since."""
    runtime.software = "2.7.1"
    (entry,) = proof.entries(begin("AJ-1", at))
    first = entry.steps[0]
    assert (first["number"], first["software"]) == ("AJ-1", "2.7.1")
    assert first["sha256"] == package("P", DRAWN).sha256


def test_a_case_renamed_everywhere_is_found(database: Session, at: datetime) -> None:
    """Two cases that exchange their numbers, in every row, are still called in their records what they were."""
    ids = [begin(number, at) for number in ("AJ-1", "AJ-2")]
    with transaction():
        for instance_id, number in zip(ids, ("AJ-2", "AJ-1"), strict=True):
            of_case = (ProcessInstance.id == instance_id), (UserTask.instance_id == instance_id)
            connection().execute(update(ProcessInstance).where(of_case[0]).values(business_key=number))
            connection().execute(update(UserTask).where(of_case[1]).values(business_key=number))
    assert [[one.what for one in proof.verify(instance_id)] for instance_id in ids] == [["instance.business_key"]] * 2


def test_a_case_that_was_begun_without_saying_so_verifies(
    database: Session, runtime: engine.runtime.Runtime, at: datetime
) -> None:
    """Software that has no version is not said, and what is not said is not asked for when the case is done again."""
    runtime.software = ""
    instance_id = begin("", at)
    (entry,) = proof.entries(instance_id)
    assert not {"number", "software"} & entry.steps[0].keys()
    assert proof.verify(instance_id) == []
