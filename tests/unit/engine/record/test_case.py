"""The one state of a case: what was stored before is read as it was, and steps alone change it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints

import pytest
from mypy import api as mypy

from engine.published import DefinitionStep
from engine.record import appliers
from engine.record.case import Case, Kind, Wait
from engine.record.case_steps import CaseStep
from engine.record.person_steps import PersonStep
from engine.record.scopes import Scopes
from engine.record.steps import STEPS, Step

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
# As the sealed state of an open case has been written since items came.
STORED: dict[str, Any] = {
    "open": {"3": ["user_task", "ask", 0, "", ""], "5": ["message", "told", 4, "paid", '"k"']},
    "stuck": {"3": ["unreckoned", "ask", 0], "7": ["job", "send", 6], "0": ["limit", "begun", 0]},
    "paused": {"3": "2026-11-23T01:00:00+00:00"},
    "scopes": [
        [0, "CASE", 0, "", {"amount": 100, "since": {"~instant": "2026-11-23T01:00:00+00:00"}}, {}],
        [4, "CALLED", 0, "call", {"amount": 7}, {"g": {"~instant": "2026-11-23T02:00:00+00:00"}}],
        [6, "CALLED", 4, "each", {"one": "x"}, {}, 1, 2],
    ],
    "case_due": "2026-11-24T01:00:00+00:00",
}


def case_of(*steps: Step) -> Case:
    """A case to which these steps happened, one an hour."""
    case = Case()
    for number, recorded in enumerate(steps):
        appliers.apply_each([recorded], case, AT + number * HOUR)
    return case


def step(type: str, /, scope: int = 0, **fields: Any) -> Step:
    """A step as the record has it: that of the process itself says no scope."""
    return {"type": type, **({"scope": scope} if scope else {}), **fields}


BEGUN = step("instance_started", process="P", version=1, sha256="", variables={"amount": 1}, due=AT + 24 * HOUR)


def test_state_stored_by_earlier_versions_is_read_and_written_alike() -> None:
    """Open cases go on, and verification finds in their stored state what doing them again gives."""
    case = Case()
    case.restore(STORED)
    assert case.pack() == STORED
    assert case.open[5] == Wait(Kind.MESSAGE, "told", 4, "paid", '"k"')
    assert dict(case.scopes[6].variables) == {"amount": 7, "one": "x"}


def test_a_call_ends_with_everything_inside_it() -> None:
    """Of an item and a call that were open in it the record says nothing; they are known to whoever tells of them, and are not stored."""
    case = case_of(
        BEGUN,
        step("call_entered", called=2, token=2, element="call", process="Q", variables={"amount": 2}),
        step("item_entered", 2, token=3, element="each", item=4, index=1, count=1, variables={"one": "x"}),
        step("call_entered", 4, called=5, token=5, element="inner", process="R", variables={}),
        step("call_left", called=2, token=2, element="call", variables={"amount": 3}),
    )
    assert (case.scopes.numbers(), dict(case.scopes[0].variables)) == ([0], {"amount": 3})
    assert [case.scopes.process(number) for number in (2, 4, 5)] == ["Q", "Q", "R"]
    assert {element: n for counter in case.counters()["active"].values() for element, n in counter.items()} == {
        "call": 0,
        "inner": 0,
    }


def test_an_item_writes_only_what_is_its_own() -> None:
    """It sees what is around it as that is now."""
    case = case_of(
        BEGUN,
        step("item_entered", token=2, element="each", item=3, index=1, count=1, variables={"one": "x"}),
        step("job_completed", 3, token=4, element="work", topic="t", variable="amount", result=5),
        step("message_received", token=5, element="told", message="m", key="k", variables={"also": 1}),
    )
    assert dict(case.scopes[0].variables) == {"amount": 1, "also": 1}
    assert dict(case.scopes[3].variables) == {"amount": 5, "also": 1, "one": "x"}


def test_limits_move_by_the_time_the_clock_stood() -> None:
    """From the first question to the last answer; who asked later and is still waited for keeps it standing since then."""
    pauses = [step("clock_paused", token=token, element="ask") for token in (2, 3)]
    first = step("clock_resumed", token=2, element="ask", paused_seconds=0, still_paused=True, since=AT + HOUR)
    case = case_of(BEGUN, *pauses, first)
    assert (case.due, case.paused) == (AT + 24 * HOUR, {3: AT + HOUR})
    last = step("clock_resumed", token=3, element="ask", paused_seconds=3 * 3600, still_paused=False)
    appliers.apply(last, case, AT + 4 * HOUR)
    assert (case.due, case.paused) == (AT + 27 * HOUR, {})


@pytest.mark.parametrize("told, stuck_tokens", [(False, set[int]()), (True, {2})])
def test_what_earlier_versions_left_untold_leaves_nobody_stuck(told: bool, stuck_tokens: set[int]) -> None:
    """A message came at a gateway after somebody had been told that it could not be taken: since then that is told as passed."""
    stands = {"token": 2, "element": "told"}
    opened = step("incident_opened", **stands, topic="", after="limit", kind="EndlessLoop", message="")
    case = case_of(BEGUN, step("message_awaited", **stands, message="m", key="k"), opened)
    came = [step("message_received", **stands, message="m", key="k", variables={})]
    passed = [step("incident_resolved", **stands, reason="passed")]
    appliers.prepare(came + passed if told else came, case)
    assert set(case.stuck) == stuck_tokens


def test_a_scope_that_was_not_told_of_counts_as_the_main_one() -> None:
    """Of a long record only the end may have been read."""
    scopes = Scopes("P")
    assert scopes.follow(step("call_left", called=9, token=9, element="call", variables={})) == []
    scopes.follow(step("item_entered", 9, token=10, element="each", item=11, index=1, count=2, variables={}))
    assert (scopes.process(9), scopes.process(11), scopes.drawn(11)) == ("P", "P", 9)


def test_every_step_has_one_shape() -> None:
    """What has none could be recorded, and the follower that meets it would break."""
    shapes = [shape for union in (CaseStep, PersonStep, DefinitionStep) for shape in get_args(union)]
    types = [type for shape in shapes for type in get_args(get_type_hints(shape)["type"])]
    assert sorted(types) == sorted(STEPS)


def test_what_is_said_of_a_step_names_every_key_of_its_type() -> None:
    """The reference shows both beside each other; a key that only some types of a shape have is named at one of them, and every value that it may have."""
    for shape in (shape for union in (CaseStep, PersonStep, DefinitionStep) for shape in get_args(union)):
        hints = get_type_hints(shape, include_extras=True)
        texts = [set(re.findall(r"\w+", STEPS[name])) for name in get_args(hints.pop("type"))]
        hints.pop("scope", None)  # said once, of all
        for key, kind in hints.items():
            is_said = any if get_origin(kind) is NotRequired else all
            assert is_said(key in words for words in texts), (shape.__name__, key)
            if get_origin(kind) is Literal:
                assert all(words.issuperset(get_args(kind)) for words in texts), (shape.__name__, key)


MISSPELT = (
    ("record.case_steps", "CaseStep", "user_task_completed", "form", "from"),
    ("record.person_steps", "PersonStep", "exported", "rows", "row"),
    ("published.definition_steps", "DefinitionStep", "draft_returned", "reason", "raeson"),
)


@pytest.mark.slow
def test_a_misspelt_key_is_an_error_of_the_type_check(tmp_path: Path) -> None:
    """Whoever follows a record is told before it breaks; the right key of the same step is no error."""
    lines = []
    for module, union, kind, right, wrong in MISSPELT:
        lines += [
            f"from engine.{module} import {union}",
            f"def follow_{kind}(step: {union}) -> None:",
            f'    if step["type"] == "{kind}":',
            f'        print(step["{right}"])',
            f'        print(step["{wrong}"])',
        ]
    snippet = tmp_path / "follower.py"
    snippet.write_text("\n".join(lines))
    report, _errors, status = mypy.run(
        ["--strict", "--follow-imports=silent", "--cache-dir", str(tmp_path), str(snippet)]
    )
    assert status == 1
    errors = [line for line in report.splitlines() if ": error:" in line]
    assert len(errors) == len(MISSPELT), report
    assert all(any(f'has no key "{wrong}"' in error for error in errors) for *_, wrong in MISSPELT), report


WRITTEN = {
    "run.add({step})": (
        '{"type": "user_task_cancelled", "token": 1, "element": "ask"}',
        '{"type": "user_task_cancelled", "tokne": 1, "element": "ask"}',
        '{"type": "user_task_cancelled", "token": 1}',
    ),
    "record.record_act({step}, by=by, at=at)": (
        '{"type": "exported", "what": "cases", "chosen": {}, "rows": 1, "personal": False}',
        '{"type": "exported", "what": "cases", "chosen": {}, "row": 1, "personal": False}',
        '{"type": "exported", "what": "cases", "chosen": {}, "personal": False}',
    ),
    "record.record_act_once({step}, by=by, at=at, within=within)": (
        '{"type": "case_looked_at", "case": "AJ-1"}',
        '{"type": "case_looked_at", "caes": "AJ-1"}',
        '{"type": "case_looked_at"}',
    ),
    "published.record_definition(key, {step}, by=by, at=at)": (
        '{"type": "draft_returned", "revision": 1, "reason": "no"}',
        '{"type": "draft_returned", "revision": 1, "raeson": "no"}',
        '{"type": "draft_returned", "revision": 1}',
    ),
}


@pytest.mark.slow
def test_a_misspelt_key_of_a_step_that_is_recorded_is_one_as_well(tmp_path: Path) -> None:
    """And so is a key that is missing: what is recorded of a running case, a person or a definition is handed over as the typed step."""
    lines = [
        "from datetime import datetime, timedelta",
        "from engine import published, record",
        "from engine.elements.running import Running",
        "from engine.runtime.permissions import Actor",
        "def write(run: Running, key: str, by: Actor, at: datetime, within: timedelta) -> None:",
    ]
    wrong = set()
    for call, (whole, *broken) in WRITTEN.items():
        lines.append(f"    {call.replace('{step}', whole)}")
        for step_written in broken:
            lines.append(f"    {call.replace('{step}', step_written)}")
            wrong.add(str(len(lines)))
    snippet = tmp_path / "writer.py"
    snippet.write_text("\n".join(lines))
    report, _errors, status = mypy.run(
        ["--strict", "--follow-imports=silent", "--cache-dir", str(tmp_path), str(snippet)]
    )
    errors = {line.split(":")[1] for line in report.splitlines() if ": error:" in line}
    assert (status, errors) == (1, wrong), report
