"""The traps of SpiffWorkflow and of BPMN files in the wild: each is refused before it is published, or done right by this engine.

| trap | kept by |
|---|---|
| an XML declaration names another encoding | test_a_declared_encoding_does_not_matter |
| extensions of another vendor are dropped | test_a_form_in_another_namespace_is_no_form |
| a process id may be there once | test_two_files_of_one_process_id_are_refused |
| sub-processes of one package share their names | test_lint: sub_process_id_taken |
| retries are parsed and never done | test_execution: test_an_incident_can_be_retried_and_resolved |
| a plain task counts as a manual one; scripts, signals, links, compensation, ad-hoc, complex … | test_lint: element_not_executable, event_not_executable |
| two timers on one event gateway share a slot | test_execution: test_an_event_gateway_takes_what_happens_first |
| a parallel gateway in a loop joins too early | test_lint: parallel_gateway_in_loop; test_a_gateway_in_a_sub_process_may_loop |
| a parallel fork reverts what the other branch wrote | test_a_fork_reverts_nothing |
| an event sub-process starts at once and spoils the cached specification | test_lint: event_sub_process; test_instances_do_not_share_state |
| an orphan is never run; an end may be missing | test_lint: unreachable, no_end_event |
| a second executable pool is never run | test_lint: one_executable_process; test_an_empty_pool_is_a_picture |
| data stores need a class, data associations copy | test_data_on_the_diagram_is_a_picture |
| any correlation key catches | test_execution: test_a_message_reaches_only_its_key |
| no flow matches at a gateway | test_lint: no_default_flow; test_an_unknown_variable_takes_the_default_flow |
| an exception leaves a task half done | test_nothing_of_a_failed_step_is_kept |
| an endless loop, a process that calls itself | test_execution: test_an_endless_loop_is_stopped; test_an_endless_loop_is_an_incident; test_lint: recursive_call |
| a form value of ten megabytes | test_a_huge_value_is_refused |
| author's text is Python | test_no_text_of_an_author_reaches_python; test_lint: extension_not_executable, feel_syntax |
| a restored instance has the stock script engine | test_a_restored_instance_evaluates_feel |
| a failing service raises NameError | test_execution: test_a_broken_service_is_an_incident_without_customers_data |
| DMN: most hit policies, aggregations and unary tests are wrong | test_decisions_mean_what_dmn_says; tests of language |
| a duration without quotes fails at run time; a quoted one is text | test_lint: timer_not_executable; test_a_timer_may_be_written_as_text |
| a timer that cannot be reckoned | test_a_timer_that_cannot_be_reckoned_is_an_incident |
| a date-time without an offset is the server's local time | test_an_instant_without_an_offset_is_the_offices |
| SpiffWorkflow reads the clock | test_execution: test_completing_one_of_two_parallel_tasks_leaves_the_other |
| sorted keys lose data; types change on the way through JSON | test_state_survives_any_order_of_names; test_values_keep_their_types |
| a key `typename` makes an instance unloadable | test_a_variable_may_have_any_name |
| copies are shallow: history changes afterwards | test_history_is_not_changed_by_what_comes_later |
| loops and multi-instances hang over a cached specification | test_lint: loop_marker; test_multi_instance |
| what goes on inside a task that is taken out of the tree goes on | test_multi_instance: test_a_deadline_takes_every_item_away |
| a called process that ends leaves what it called standing | test_ended_together |
| migration loses drafts and restarts timers | test_an_instance_keeps_its_version |
| an unknown called process; data shared with the caller | test_lint: unknown_called_process; test_execution: test_a_called_process_has_its_own_variables |
| terminating inside a called process | test_terminating_a_called_process_ends_only_it |
| entities, billions of laughs, very long files | test_hostile_xml_is_refused |
| history makes every step slower, then ends in a RecursionError | test_execution: test_a_loop_costs_no_more_the_fortieth_time; test_a_long_process_runs |
| element ids `Start`, `End` collide with built-in ones | test_lint: unusable_id |
| `isExecutable` is false | test_lint: one_executable_process |
| a condition where nothing chooses | test_lint: condition_never_asked |
| a parameter without a type, a property without a value | test_what_spiffworkflow_needs_of_extensions_is_not_needed |
| an element outside every lane; no diagram interchange; the default namespace; notes | test_a_sparse_file_is_accepted |
| moving a shape changes the order of branches | test_the_picture_changes_nothing |
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
import engine.runtime
from engine import cases, definitions, language, proof, published, running
from engine.elements import service_task
from engine.record import sealing
from engine.running import execution
from engine.running.execution import CannotGoOn
from engine.runtime import Call, calendars, handler
from engine.spiff import parsing
from engine.spiff.evaluator import Evaluator
from engine.spiff.run import Run
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import Timer
from tests.support.actors import CLEO, SAM
from tests.support.drawing import (
    boundary,
    call,
    catch,
    end,
    flow,
    gateway,
    node,
    package,
    path,
    process,
    service,
    start,
    sub_process,
    user,
)

ONE_HOUR = 'duration("PT1H")'
seen: list[dict[str, Any]] = []


class _Anything(Schema):
    class Meta:
        unknown = "include"

    given = fields.Raw()


@pytest.fixture(autouse=True)
def topics(runtime: engine.runtime.Runtime) -> None:
    """A service task that notes what it was asked."""
    runtime.serve(_note)


@handler("test/note", parameters=_Anything, result=_Anything, title_zh="记", title_en="Note")
def _note(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    seen.append(parameters)
    return parameters


def line(*middle: str, ids: tuple[str, ...] = ("x",)) -> str:
    """A process that goes from its start through some elements to its end."""
    return process("P", start(), *middle, end(), path("begun", *ids, "finished"))


def begin(content: definitions.Package, at: datetime, **variables: Any) -> running.Advanced:
    """Publish a package and start it."""
    published.publish(content, by=SAM, note="", at=at)
    return cases.start(content.key, business_key="AJ-1", variables=variables, by=CLEO, at=at)


def complete(task_id: int, at: datetime, **form: str) -> running.Advanced:
    return cases.complete(task_id, form=form, by=CLEO, at=at)


def restored(database: Session, at: datetime, state: Any = None) -> Run:
    """The first instance as the next step will find it."""
    row = database.scalars(select(ProcessInstance)).one()
    key = execution.case_key(row.id)
    assert key is not None
    stored = orjson.loads(sealing.unseal(key, row.state_blob))
    return Run(
        published.current("P"),
        at=at,
        accepted_at=at,
        calendar=calendars.calendar(),
        perform=lambda work: pytest.fail(work.topic),
        state=stored if state is None else state(stored),
    )


def test_a_declared_encoding_does_not_matter(database: Session, at: datetime) -> None:
    """A package holds text; a declaration of the bytes it once had changes neither names nor whether it can be read."""
    drawn = line(user("x")).replace('name="x"', 'name="核查"')
    for declared in ("UTF-8", "GBK"):
        begun = begin(package("P", f'<?xml version="1.0" encoding="{declared}"?>{drawn}'), at)
        assert begun.user_task_ids
        assert published.current("P").elements["x"].name == "核查"


def test_a_form_in_another_namespace_is_no_form() -> None:
    """What another vendor's editor has written is not silently lost: the form is missing."""
    camunda = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:formKey="free"'
    drawn = line(
        node("userTask", "x", camunda, '<camunda:properties xmlns:camunda="http://camunda.org/schema/1.0/bpmn"/>')
    )
    assert {problem.rule for problem in published.problems(package("P", drawn))} == {
        "unknown_form",
        "no_group",
        "foreign_form",
    }


def test_two_files_of_one_process_id_are_refused() -> None:
    """A process id belongs to the file of its name."""
    problems = published.problems(package("P", line(user("x")), C_bpmn=line(user("x"))))
    assert [problem.rule for problem in problems] == ["wrong_process_id"]


def test_a_gateway_in_a_sub_process_may_loop(database: Session, at: datetime) -> None:
    """A parallel fork and join inside a sub-process joins properly every time round."""
    inside = (
        *(start("in"), gateway("fork", "parallel"), user("a"), user("b"), gateway("join", "parallel"), end("out")),
        *(path("in", "fork", "a", "join", "out"), path("fork", "b", "join")),
    )
    drawn = process(
        "P",
        *(start(), gateway("merge"), sub_process("x", *inside), gateway("again", default="flow_again_finished"), end()),
        path("begun", "merge", "x", "again", "finished"),
        flow("again", "merge", "amount > 0"),
    )
    tasks = begin(package("P", drawn), at).user_task_ids
    for _round in range(5):
        complete(tasks[1], at, amount="1")
        tasks = complete(tasks[0], at, amount="1").user_task_ids
        assert len(tasks) == 2
    complete(tasks[0], at, amount="0")
    assert complete(tasks[1], at, amount="0").ended


def only(key: str) -> dict[str, str]:
    """A form with one text field."""
    field = {"type": "textfield", "key": key, "label": key, "properties": {"label_en": key}}
    return {f"forms/{key}.form": json.dumps({"type": "default", "id": key, "components": [field]})}


def test_a_fork_reverts_nothing(database: Session, at: datetime) -> None:
    """What one branch changed stays changed when the other, which knew the old value, ends last."""
    drawn = process(
        "P",
        *(start(), gateway("fork", "parallel"), user("a", form="one"), user("b", form="two")),
        *(gateway("join", "parallel"), user("x"), end()),
        path("begun", "fork", "a", "join", "x", "finished"),
        path("fork", "b", "join"),
    )
    first, last = begin(package("P", drawn, only("one") | only("two")), at, one="old", two="old").user_task_ids
    complete(first, at, one="new")
    complete(last, at, two="new")
    assert proof.marking(1).variables == {"one": "new", "two": "new"}
    assert restored(database, at).case.scopes[0].variables == {"one": "new", "two": "new"}


def test_instances_do_not_share_state(database: Session, at: datetime) -> None:
    """Running an instance leaves the cached specification as it was, so that the next runs the same."""
    drawn = process(
        "P",
        *(start(), user("x"), boundary("late", "x", timer=ONE_HOUR), end(), end("late_end")),
        path("begun", "x", "finished"),
        path("late", "late_end"),
    )
    begin(package("P", drawn), at)
    spec = parsing.specification(published.current("P").sha256, "P", dict).main
    before = {name: (list(s._inputs), list(s._outputs)) for name, s in spec.task_specs.items()}
    running.run_due(at + timedelta(hours=2))
    assert {name: (list(s._inputs), list(s._outputs)) for name, s in spec.task_specs.items()} == before
    again = cases.start("P", business_key="AJ-2", variables={}, by=CLEO, at=at)
    assert complete(again.user_task_ids[0], at).ended


def test_an_empty_pool_is_a_picture(database: Session, at: datetime) -> None:
    """A pool of the customer without a process may be drawn."""
    pools = (
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" name="P" processRef="P"/>'
        '<bpmn:participant id="p2" name="客户"/></bpmn:collaboration>'
    )
    drawn = line(user("x")).replace("<bpmn:process", f"{pools}<bpmn:process", 1)
    assert begin(package("P", drawn), at).user_task_ids


def test_data_on_the_diagram_is_a_picture(database: Session, at: datetime) -> None:
    """Data objects, stores and associations may be drawn; nothing is copied, and nothing missing stops a case."""
    stored = '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="dr" dataObjectRef="d"/><bpmn:dataStoreReference id="sr"/>'
    reads = '<bpmn:dataInputAssociation id="i"><bpmn:sourceRef>sr</bpmn:sourceRef></bpmn:dataInputAssociation>'
    demands = '<bpmn:ioSpecification><bpmn:dataInput id="di" name="nowhere"/></bpmn:ioSpecification>'
    drawn = line(stored, node("userTask", "x", extensions=user_extensions(), body=demands + reads))
    assert complete(begin(package("P", drawn), at).user_task_ids[0], at).ended


def user_extensions() -> str:
    return user("y").split("<bpmn:extensionElements>")[1].split("</bpmn:extensionElements>")[0]


def test_an_unknown_variable_takes_the_default_flow(database: Session, at: datetime) -> None:
    """A condition over something that was never entered is null, which is not yes."""
    drawn = process(
        "P",
        *(start(), gateway("which", default="flow_which_b"), user("a"), user("b"), end()),
        path("begun", "which", "b", "finished"),
        flow("which", "a", "never.entered > 3"),
        flow("a", "finished"),
    )
    begin(package("P", drawn), at)
    assert proof.marking(1).active == {"b": 1}


def test_nothing_of_a_failed_step_is_kept(database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the engine itself breaks in the middle of a step, the case is as it was and can be gone on with."""
    task_id = begin(package("P", line(service("x", "test/note"), user("y"), ids=("y", "x"))), at).user_task_ids[0]
    before = proof.entries(1)[-1].hash
    with monkeypatch.context() as broken:
        broken.setattr(service_task, "settle", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            complete(task_id, at)
    assert proof.entries(1)[-1].hash == before
    assert complete(task_id, at).ended


def test_an_endless_loop_is_an_incident(database: Session, at: datetime) -> None:
    """The clerk's step is undone and the operator told once; the case can be gone on with, and every other case is served."""
    drawn = process(
        "P",
        *(
            start(),
            user("ask"),
            gateway("merge"),
            service("x", "test/note"),
            gateway("again", default="flow_again_finished"),
            end(),
        ),
        path("begun", "ask", "merge", "x", "again", "finished"),
        flow("again", "merge", "amount > 300"),
    )
    task_id = begin(package("P", drawn), at).user_task_ids[0]
    for _click in range(2):
        with pytest.raises(CannotGoOn):
            complete(task_id, at, amount="5")
    incident = database.scalars(select(Incident)).one()
    assert (incident.kind, incident.element_id, incident.state) == ("EndlessLoop", "ask", "open")
    assert proof.marking(1).active == {"ask": 1}
    cases.retry(incident.id, by=SAM, at=at)
    with pytest.raises(CannotGoOn):
        complete(task_id, at, amount="5")
    assert cases.start("P", business_key="AJ-2", variables={}, by=CLEO, at=at).user_task_ids
    assert complete(task_id, at, amount="1").ended
    assert set(database.scalars(select(Incident.state))) == {"resolved"}
    assert proof.marking(1).active == {}
    assert proof.verify(1) == []


def test_a_huge_value_is_refused(database: Session, at: datetime) -> None:
    """Ten megabytes in a field are too long, whatever the field, and nothing is kept of them."""
    task_id = begin(package("P", line(user("x"))), at).user_task_ids[0]
    for field in ("note", "amount", "other"):
        with pytest.raises(language.InvalidForm) as refused:
            complete(task_id, at, **{field: "9" * 10_000_000})
        assert set(refused.value.reasons) == {field}
        assert len(str(refused.value)) < 1000
    assert len(proof.entries(1)) == 1


ATTACKS = (
    "__import__('os').system('id')",
    'open("/etc/passwd")',
    "().__class__.__bases__",
    "[x for x in range(9)]",
    "amount.__class__",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_an_author_reaches_python(database: Session, at: datetime, attack: str) -> None:
    """Python in a condition is refused as an expression, or is an expression of nothing."""
    drawn = process(
        "P",
        *(start(), gateway("which", default="flow_which_b"), user("a"), user("b"), end()),
        path("begun", "which", "b", "finished"),
        flow("which", "a", attack),
        flow("a", "finished"),
    )
    problems = published.problems(package("P", drawn))
    if not problems:
        begin(package("P", drawn), at, amount=1)
        assert proof.marking(1).active == {"b": 1}


def test_a_restored_instance_evaluates_feel(database: Session, at: datetime) -> None:
    """Every level of a restored instance asks our evaluator, which executes no script and calls no service."""
    drawn = line(sub_process("x", start("in"), user("y"), end("out"), path("in", "y", "out")))
    begin(package("P", drawn), at)
    run = restored(database, at)
    for workflow in run.position.workflows():
        assert isinstance(workflow.script_engine, Evaluator)
        for attempt in (workflow.script_engine.execute, workflow.script_engine.call_service):
            with pytest.raises(engine.Corrupt):
                attempt(next(iter(workflow.tasks.values())), script="x = 1")


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="d">
<decision id="d" name="d"><decisionTable hitPolicy="{policy}" {more}>
<input id="i"><inputExpression><text>n</text></inputExpression></input><output id="o" name="o"/>
<rule id="r1"><inputEntry><text>[1..5]</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
<rule id="r2"><inputEntry><text>not(9)</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>
<rule id="r3"><inputEntry><text>3, 4</text></inputEntry><outputEntry><text>3</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


@pytest.mark.parametrize(
    "policy, more, outcome",
    [
        ("FIRST", "", 1),
        ("RULE ORDER", "", [1, 2, 3]),
        ("COLLECT", 'aggregation="SUM"', 6),
        ("COLLECT", 'aggregation="MAX"', 3),
        ("COLLECT", 'aggregation="COUNT"', 3),
    ],
)
def test_decisions_mean_what_dmn_says(policy: str, more: str, outcome: Any, at: datetime) -> None:
    """Ranges, negations and lists of values match, and every hit policy is its own."""
    assert decided(TABLE.format(policy=policy, more=more), at) == outcome


def test_two_rules_of_a_unique_table_are_no_answer(at: datetime) -> None:
    """The first match is not taken in silence."""
    with pytest.raises(engine.Conflict) as refused:
        decided(TABLE.format(policy="UNIQUE", more=""), at)
    assert refused.value.code == "SeveralRulesMatch"


def decided(table: str, at: datetime) -> Any:
    content = package("P", line(user("x")), {"decisions/d.dmn": table})
    scope = language.feel.Scope(at=at, calendar=calendars.calendar())
    return definitions.Definition(content).decision("d").evaluate({"n": 3}, scope).value


@pytest.mark.parametrize("text", ['"PT4H"', 'duration("PT4H")', '"2026-11-23T05:00:00Z"', "said"])
def test_a_timer_may_be_written_as_text(database: Session, at: datetime, text: str) -> None:
    """A duration or an instant in quotes, or in a variable as text, means what it says."""
    begin(package("P", line(catch("x", timer=text))), at, said="2026-11-23T13:00:00+08:00")
    assert database.scalars(select(Timer.due_at)).one() == at + timedelta(hours=4)


def test_a_timer_that_cannot_be_reckoned_is_an_incident(database: Session, at: datetime) -> None:
    """It neither fires at once nor is waited for for ever: a person is told, and says when it has come."""
    drawn = process(
        "P",
        *(start(), user("x"), boundary("late", "x", timer="never_entered"), end(), end("late_end")),
        path("begun", "x", "finished"),
        path("late", "late_end"),
    )
    begin(package("P", drawn), at)
    incident = database.scalars(select(Incident)).one()
    assert (incident.element_id, incident.kind) == ("late", "TimerNotReckoned")
    assert running.run_due(at + timedelta(days=9)) == 0
    cases.retry(incident.id, by=SAM, at=at)
    second = database.scalars(select(Incident).where(Incident.state == "open")).one()
    assert cases.resolve(second.id, reason="its time has come", by=SAM, at=at).ended
    assert proof.verify(1) == []


def test_an_instant_without_an_offset_is_the_offices(database: Session, at: datetime) -> None:
    """Ten o'clock is ten o'clock in the office, wherever the server stands; a date lasts until its evening."""
    begin(package("P", line(catch("x", timer='date and time("2026-12-01T10:00:00")'))), at)
    assert database.scalars(select(Timer.due_at)).one() == datetime(2026, 12, 1, 2, tzinfo=UTC)
    begin(package("P", line(catch("x", timer='date("2026-12-01")'))), at)
    assert datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC) in set(database.scalars(select(Timer.due_at)))


def test_state_survives_any_order_of_names(database: Session, at: datetime) -> None:
    """A store that sorts the names of objects, or reads numbers back as text, loses nothing."""
    drawn = line(sub_process("x", start("in"), user("y"), end("out"), path("in", "y", "out")))
    begin(package("P", drawn), at, b=1, a={"z": 1, "y": [2]})
    plain = restored(database, at).state()
    backwards = restored(database, at, lambda state: json.loads(json.dumps(state, sort_keys=True))).state()
    assert backwards == plain


def test_values_keep_their_types(database: Session, at: datetime) -> None:
    """Decimals, dates, times, instants and durations are what they were, in state and in history."""
    given: dict[str, Any] = {
        "decimal": Decimal("0.10"),
        "day": date(2026, 11, 23),
        "time": time(9, 30),
        "instant": at,
        "duration": timedelta(seconds=1, microseconds=5),
        "nested": [{"a": Decimal(3)}],
    }
    begin(package("P", line(user("x"))), at, **given)
    assert restored(database, at).case.scopes[0].variables == given
    assert proof.marking(1).variables == given


def test_a_variable_may_have_any_name(database: Session, at: datetime) -> None:
    """Names that mean something to a serializer are names like others."""
    hostile: dict[str, Any] = {"typename": "UUID", "__class__": "x", "~decimal": "1", "~~": {}, "~sealed": "x"}
    begun = begin(package("P", line(user("x"))), at, **hostile)
    assert restored(database, at).case.scopes[0].variables == hostile
    assert complete(begun.user_task_ids[0], at).ended
    assert proof.verify(1) == []


def test_history_is_not_changed_by_what_comes_later(database: Session, at: datetime) -> None:
    """A value changed in place by its owner or by a service is as it was in every earlier entry."""
    given = {"street": ["old"]}
    drawn = line(service("x", "test/note", given="address"), user("y"), user("z"), ids=("y", "x", "z"))
    begun = begin(package("P", drawn), at, address=given)
    given["street"].append("new")
    seen.clear()
    complete(begun.user_task_ids[0], at)
    seen[0]["given"]["street"].append("newer")
    assert proof.marking(1, upto=1).variables["address"] == {"street": ["old"]}
    assert restored(database, at).case.scopes[0].variables["address"] == {"street": ["old"]}


def test_an_instance_keeps_its_version(database: Session, at: datetime) -> None:
    """Publishing changes no running case: no timer restarts, no element appears."""
    begun = begin(package("P", line(user("x"))), at)
    published.publish(package("P", line(user("x"), user("y"), ids=("x", "y"))), by=SAM, note="", at=at)
    assert complete(begun.user_task_ids[0], at).ended


def test_terminating_a_called_process_ends_only_it(database: Session, at: datetime) -> None:
    """The caller goes on; what was open inside the called process is gone."""
    halted = end("halted", "<bpmn:terminateEventDefinition/>")
    inner = process(
        "C",
        *(start(), gateway("fork", "parallel"), user("a"), user("b"), end(), halted),
        path("begun", "fork", "a", "halted"),
        path("fork", "b", "finished"),
    )
    tasks = begin(package("P", line(call("c", "C"), user("x"), ids=("c", "x")), C_bpmn=inner), at).user_task_ids
    complete(tasks[0], at)
    assert proof.marking(1).active == {"x": 1}
    assert proof.verify(1) == []
    with pytest.raises(engine.runtime.AlreadyCompleted):
        complete(tasks[1], at)


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("hostile", [LAUGHS, OUTSIDE, "<!DOCTYPE l>", " " * 4_000_001, "\x00", "<a>" * 2000])
def test_hostile_xml_is_refused(hostile: str) -> None:
    """No document type, no entity, no endless file, nothing malformed: a problem with a line, not a traceback."""
    problems = published.problems(package("P", hostile + line(user("x"))))
    assert {problem.rule for problem in problems} == {"malformed_xml"}


def test_a_long_process_runs(database: Session, at: datetime) -> None:
    """Two hundred tasks in a row are read and run."""
    ids = tuple(f"x{n}" for n in range(200))
    begun = begin(package("P", line(*(user(id) for id in ids), ids=ids)), at)
    assert complete(begun.user_task_ids[0], at).user_task_ids


@pytest.fixture
def usual_depth() -> Iterator[None]:
    """As deep as Python goes by itself; what plays random cases beside it lets it go deeper."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("usual_depth")
def test_a_process_that_is_too_long_is_refused_when_published(database: Session, at: datetime) -> None:
    """What SpiffWorkflow cannot read is found out before a case is started on it; the check and the publication give one answer."""
    ids = tuple(f"x{n}" for n in range(900))
    content = package("P", line(*(user(id) for id in ids), ids=ids))
    with pytest.raises(engine.InvalidDefinition) as refused:
        begin(content, at)
    assert [problem.rule for problem in refused.value.problems] == ["too_many_in_a_row"]
    assert published.problems(content) == refused.value.problems


def test_what_spiffworkflow_needs_of_extensions_is_not_needed(database: Session, at: datetime) -> None:
    """A parameter without a type and a property without a value are no reason to break."""
    drawn = line(service("x", "test/note", given="1"), user("y"), ids=("y", "x")).replace(' type="any"', "")
    drawn = drawn.replace(
        "</spiffworkflow:properties>", '<spiffworkflow:property name="note"/></spiffworkflow:properties>'
    )
    assert complete(begin(package("P", drawn), at).user_task_ids[0], at).ended


def test_a_sparse_file_is_accepted(database: Session, at: datetime) -> None:
    """The default namespace, notes, no picture, no incoming and outgoing: as other editors write it."""
    noted = '<bpmn:textAnnotation id="t"><bpmn:text>注</bpmn:text></bpmn:textAnnotation><bpmn:association id="a" sourceRef="t" targetRef="x"/>'
    drawn = line(user("x"), noted).replace("<bpmn:", "<").replace("</bpmn:", "</").replace("xmlns:bpmn=", "xmlns=")
    drawn = drawn.replace('xsi:type="bpmn:', 'xsi:type="')
    assert complete(begin(package("P", drawn), at).user_task_ids[0], at).ended


def test_the_picture_changes_nothing(database: Session, at: datetime) -> None:
    """Branches begin in the order of the file, wherever their shapes stand."""
    drawn = process(
        "P",
        *(start(), gateway("fork", "parallel"), user("a"), user("b"), gateway("join", "parallel"), end()),
        path("begun", "fork", "a", "join", "finished"),
        path("fork", "b", "join"),
    )
    for id, y in (("a", 900), ("b", 100)):
        drawn, moved = re.subn(rf'(bpmnElement="{id}"[^<]*<dc:Bounds x="\d+" y=)"\d+"', rf'\1"{y}"', drawn)
        assert moved == 1
    begin(package("P", drawn), at)
    opened = [s["element"] for s in proof.entries(1)[-1].steps if s["type"] == "user_task_created"]
    assert opened == ["a", "b"]
