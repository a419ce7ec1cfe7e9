"""What the standard lets a tool leave out or write in several ways is read as one, by us and by SpiffWorkflow alike."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engine import cases, definitions, proof, published, running
from engine.diagrams import normalization
from tests.support.actors import CLEO, SAM
from tests.support.drawing import (
    boundary,
    call,
    catch_message,
    each,
    end,
    flow,
    gateway,
    package,
    path,
    process,
    start,
    user,
)

ONE_HOUR = 'duration("PT1H")'
TRUE, FALSE = ("true", "1", " true ", " 1\n"), ("false", "0", " false ")


def begin(diagram_or_package: str | definitions.Package, at: datetime, **variables: object) -> running.Advanced:
    content = (
        diagram_or_package if isinstance(diagram_or_package, definitions.Package) else package("P", diagram_or_package)
    )
    published.publish(content, by=SAM, note="", at=at)
    return cases.start("P", business_key="AJ-1", variables=variables, by=CLEO, at=at)


def nameless(*ends: tuple[str, str]) -> str:
    return "".join(flow(*pair).replace(f'id="flow_{pair[0]}_{pair[1]}" ', "") for pair in ends)


def test_a_flow_without_an_id_is_taken(database: Session, at: datetime) -> None:
    """An id is optional in BPMN; the case does not stand still before it, and the record says which flow was taken."""
    case = begin(process("P", start(), user("a"), end(), nameless(("begun", "a"), ("a", "finished"))), at)
    assert case.user_task_ids
    assert proof.marking(1).flows == {"flow_begun_a": 1}
    assert cases.complete(case.user_task_ids[0], form={}, by=CLEO, at=at).ended
    assert proof.verify(1) == []


def test_a_condition_on_a_flow_without_an_id_is_asked(database: Session, at: datetime) -> None:
    """At a gateway the true condition is taken, not the default; of a fork no branch is lost."""
    diagram = process(
        "P",
        *(start(), gateway("x", default="flow_x_b"), gateway("fork", "parallel"), user("a"), user("b"), user("c"), end()),
        flow("x", "fork", "amount > 100").replace('id="flow_x_fork" ', ""),
        path("begun", "x", "b", "finished"),
        nameless(("fork", "a"), ("fork", "c"), ("a", "finished"), ("c", "finished")),
    )  # fmt: skip
    begin(diagram, at, amount=200)
    assert proof.marking(1).active == {"a": 1, "c": 1}


def test_a_given_id_is_nobody_elses() -> None:
    """Where the name is taken a number follows, the same at every reading."""
    diagram = process("P", start(), user("flow_begun_a"), end(), nameless(("begun", "a"), ("begun", "a")))
    for _reading in range(2):
        root = normalization.root(diagram.encode())
        assert [sequence_flow.get("id") for sequence_flow in root.iter(f"{{{normalization.BPMN}}}sequenceFlow")] == [
            "flow_begun_a_2",
            "flow_begun_a_3",
        ]


@pytest.mark.parametrize(("boolean", "interrupts"), [(w, True) for w in TRUE] + [(w, False) for w in FALSE])
def test_an_event_interrupts_as_it_is_written(boolean: str, interrupts: bool, database: Session, at: datetime) -> None:
    """xsd:boolean has more than one true."""
    late = boundary("late", "a", timer=ONE_HOUR).replace('cancelActivity="true"', f'cancelActivity="{boolean}"')
    diagram = process(
        "P", start(), user("a"), late, user("b"), end(), path("begun", "a", "finished"), path("late", "b", "finished")
    )
    begin(diagram, at)
    running.run_due(at + timedelta(hours=2))
    assert proof.marking(1).active == ({"b": 1} if interrupts else {"a": 1, "b": 1})


@pytest.mark.parametrize(("boolean", "sequential"), [(w, True) for w in TRUE] + [(w, False) for w in FALSE])
def test_items_come_as_it_is_written(boolean: str, sequential: bool, database: Session, at: datetime) -> None:
    """One after the other, or all at once."""
    repeated = each(user("a"), "[1, 2]").replace('isSequential="false"', f'isSequential="{boolean}"')
    begin(process("P", start(), repeated, end(), path("begun", "a", "finished")), at)
    assert proof.marking(1).active == {"a": 1 if sequential else 2}


@pytest.mark.parametrize("boolean", TRUE)
def test_a_process_is_executable_as_it_is_written(boolean: str, database: Session, at: datetime) -> None:
    """1 is true."""
    diagram = process("P", start(), user("a"), end(), path("begun", "a", "finished"))
    assert begin(diagram.replace('isExecutable="true"', f'isExecutable="{boolean}"'), at).user_task_ids


def test_a_reference_may_bear_its_prefix(database: Session, at: datetime) -> None:
    """A QName is a prefix and an id: a message and a called process are found under either."""
    diagram = process(
        *("P", start(), catch_message("a", "go", '"k"'), call("c", "C"), end()),
        path("begun", "a", "c", "finished"),
        messages=("go",),
    )
    diagram = diagram.replace('messageRef="', 'messageRef="tns:').replace('calledElement="', 'calledElement="tns:')
    diagram = diagram.replace("<bpmn:definitions", '<bpmn:definitions xmlns:tns="here"', 1)
    begin(package("P", diagram, C_bpmn=process("C", start(), user("in"), end(), path("begun", "in", "finished"))), at)
    assert cases.correlate("go", "k", variables={}, by=SAM, at=at) == 1
    assert proof.marking(1).active == {"c": 1}
