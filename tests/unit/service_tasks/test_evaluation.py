"""Which cases are evaluated (CH1.4): what the record says of them, and what the table makes of that."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine import definitions
from engine.definitions.compiled import Definition
from engine.language import feel
from engine.language.calendar import Calendar
from models.instance import ProcessInstance
from models.user_task import UserTask
from service_tasks.evaluation import LAST_WORDS, NOES, missed, told_no
from tests.unit.service_tasks.conftest import AT

PROCESSES = Path(__file__).parents[3] / "processes"
HOUR = timedelta(hours=1)
NOTHING = {"work_order": False, "late": False, "repeated": False, "refused": False, "percentile": 6}


def step(process: str, element: str, **columns: Any) -> UserTask:
    return UserTask(process_key=process, element_id=element, **{"overdue": False, **columns})


@pytest.mark.parametrize(
    ("columns", "late"),
    [
        ({}, False),
        ({"overdue": True}, True),
        ({"due_at": AT + HOUR, "completed_at": AT + HOUR}, False),
        ({"due_at": AT, "completed_at": AT + HOUR}, True),
        ({"due_at": AT}, False),
        ({"due_at": AT - HOUR}, True),
        ({"due_at": AT - HOUR, "paused_at": AT - 2 * HOUR}, False),
        ({"overdue": True, "due_at": AT + HOUR, "completed_at": AT}, True),
    ],
)
def test_a_limit_that_was_missed_is_found(columns: dict[str, Any], late: bool) -> None:
    """By the mark that the clock leaves, and where it has not come round yet by the times; who waits for the customer is not late."""
    assert missed(step("TS-001", "judge_cause", **columns), AT) is late


def test_the_limit_of_the_case_counts() -> None:
    """A case that was answered in time has none left; one that was late keeps the mark although a later limit was granted."""
    assert not missed(ProcessInstance(overdue=False, due_at=None), AT)
    assert missed(ProcessInstance(overdue=False, due_at=AT - HOUR), AT)
    assert missed(ProcessInstance(overdue=True, due_at=AT + HOUR), AT)


def test_an_explanation_that_was_the_last_word_is_a_no() -> None:
    """The customer who left it at the explanation got nothing; who did not was heard."""
    first = step("TS-005", "explain_first")
    assert told_no([first])
    assert told_no([first, step("CH-002", "evaluate_result")])
    assert not told_no([first, step("TS-005", "reply_customer")])
    assert told_no([step("TS-002", "reply_no_refund"), step("TS-002", "reply_customer")])
    assert not told_no([step("TS-001", "explain"), step("TS-001", "reply_customer")])
    assert not told_no([])


def test_every_step_that_tells_the_customer_no_is_known() -> None:
    """A step that explains why not, or refuses, in a process that a complaint may come to: its cases are evaluated."""
    known_steps = {
        (process, task)
        for steps_by_process in (NOES, LAST_WORDS)
        for process, steps in steps_by_process.items()
        for task in steps
    }
    proposals = {("TS-001", "explain")}  # insisting comes after it
    for key, process in definition().processes.items():
        user_tasks = {element.id for element in process.diagram.elements.values() if element.type == "userTask"}
        noes = {
            (key, task)
            for task in user_tasks
            if re.match(r"explain|refuse|reply_(explained|refusal|no_|with_exp)", task)
        }
        assert noes - known_steps - proposals == set(), "name it in NOES of service_tasks/evaluation.py"


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"work_order": True}, ["派过工单"]),
        ({"late": True}, ["超过时限"]),
        ({"repeated": True}, ["重复投诉"]),
        ({"refused": True}, ["投诉不成立，或申请未获批准"]),
        ({"percentile": 5}, ["抽查"]),
        ({"late": True, "refused": True, "percentile": 1}, ["超过时限", "投诉不成立，或申请未获批准", "抽查"]),
    ],
)
def test_the_table_names_every_reason(facts: dict[str, Any], reasons: list[str]) -> None:
    """Whoever evaluates is told all that speaks for it; where nothing does nobody is asked."""
    scope = feel.Scope(at=AT, calendar=Calendar(frozenset(), frozenset()))
    decided = definition().decision("evaluation").evaluate({"handling": {**NOTHING, **facts}}, scope)
    assert [row["text"] for row in decided.value if row["evaluate"]] == reasons


@cache
def definition() -> Definition:
    return Definition(definitions.read_package(PROCESSES, "CH-002"))
