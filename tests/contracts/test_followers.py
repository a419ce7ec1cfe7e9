"""A step type that is new is left out of nothing in silence: who picks steps out by their type is said here, type by type."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import get_args, get_type_hints

from engine import record
from engine.record.case_steps import CaseStep
from office.exports import event_log

ROOT = Path(__file__).parents[2]
TYPES = {name for shape in get_args(CaseStep) for name in get_args(get_type_hints(shape)["type"])}
# Which modules of the office pick a step out. Whoever adds a type writes its line, an empty one where nobody has to follow it.
FOLLOWED: dict[str, tuple[str, ...]] = {
    "instance_started": (
        "exports/event_log",
        "exports/telling",
    ),
    "instance_completed": (
        "acts/requests",
        "complaints",
        "derived/complaint",
        "exports/event_log",
        "reservations",
        "work_orders",
    ),
    "instance_cancelled": (
        "acts/requests",
        "complaints",
        "derived/complaint",
        "derived/work_orders",
        "exports/event_log",
        "exports/telling",
        "recalls",
        "reservations",
        "work_orders",
    ),
    "user_task_created": (
        "derived/told",
        "exports/event_log",
    ),
    "user_task_claimed": (
        "exports/event_log",
        "exports/telling",
        "scenarios/player",
    ),
    "user_task_released": (
        "exports/event_log",
        "exports/telling",
        "scenarios/player",
    ),
    "user_task_assigned": (
        "exports/event_log",
        "exports/telling",
        "scenarios/player",
    ),
    "user_task_completed": (
        "complaints",
        "correspondence",
        "derived/complaint",
        "derived/told",
        "exports/event_log",
        "exports/histories",
        "exports/telling",
    ),
    "user_task_cancelled": (
        "exports/event_log",
        "scenarios/player",
    ),
    "timer_set": (
        "exports/event_log",
        "scenarios/player",
    ),
    "timer_fired": ("exports/event_log",),
    "timer_cancelled": (
        "exports/event_log",
        "scenarios/player",
    ),
    "message_awaited": (
        "derived/work_orders",
        "exports/event_log",
    ),
    "message_received": (
        "derived/work_orders",
        "exports/event_log",
        "work_orders",
    ),
    "message_cancelled": (
        "derived/work_orders",
        "exports/event_log",
        "scenarios/player",
        "work_orders",
    ),
    "job_created": (
        "derived/calls",
        "derived/told",
        "exports/event_log",
    ),
    "job_completed": (
        "derived/calls",
        "derived/complaint",
        "derived/told",
        "exports/event_log",
        "exports/histories",
    ),
    "job_refused": ("exports/event_log",),
    "job_queued": ("exports/event_log",),
    "job_cancelled": (
        "exports/event_log",
        "scenarios/player",
    ),
    "decision_evaluated": (
        "exports/event_log",
        "exports/histories",
    ),
    "incident_opened": ("exports/event_log",),
    "incident_retried": (
        "exports/event_log",
        "exports/telling",
    ),
    "incident_resolved": (
        "derived/calls",
        "derived/told",
        "exports/event_log",
        "exports/telling",
    ),
    "incident_cancelled": (
        "exports/event_log",
        "scenarios/player",
    ),
    "flow_taken": (
        "exports/event_log",
        "scenarios/player",
    ),
    "passed": ("exports/event_log",),
    "token_released": (
        "exports/event_log",
        "exports/telling",
    ),
    "call_entered": ("exports/event_log",),
    "call_left": (
        "complaints",
        "exports/event_log",
        "reservations",
    ),
    "call_cancelled": (
        "exports/event_log",
        "reservations",
        "scenarios/player",
    ),
    "item_entered": ("exports/event_log",),
    "item_left": ("exports/event_log",),
    "item_cancelled": (
        "exports/event_log",
        "scenarios/player",
    ),
    "items_left": ("exports/event_log",),
    "approval_given": (
        "exports/event_log",
        "reservations",
        "step_outcomes",
    ),
    "clock_paused": (
        "exports/event_log",
        "scenarios/player",
    ),
    "clock_resumed": (
        "exports/event_log",
        "scenarios/player",
    ),
    "case_limit_met": (
        "derived/told",
        "exports/event_log",
        "exports/telling",
    ),
    "deadline_missed": (
        "exports/event_log",
        "scenarios/player",
        "supervision",
    ),
    "limit_extended": (
        "acts/extension",
        "acts/requests",
        "derived/complaint",
        "derived/told",
        "exports/event_log",
        "exports/telling",
    ),
    "entered": ("exports/event_log",),
    "items_entered": ("exports/event_log",),
    "error_caught": ("exports/event_log",),
    "personal_data_erased": (
        "acts/requests",
        "erasure",
        "exports/event_log",
        "exports/telling",
    ),
    "customer_tried": (
        "acts/contact",
        "acts/requests",
        "derived/acts",
    ),
    "case_withdrawn": (
        "acts/withdrawal",
        "complaints",
        "derived/told",
        "recalls",
    ),
    "case_voided": (
        "acts/voiding",
        "complaints",
        "derived/told",
        "recalls",
    ),
    "case_not_reached": (
        "acts/contact",
        "complaints",
        "derived/told",
        "recalls",
    ),
    "hold_lifted": (
        "acts/grounds",
        "derived/papers",
        "verification",
    ),
    "correction_withdrawn": (
        "acts/grounds",
        "derived/collected",
    ),
    "credit_reversed": (
        "acts/requests",
        "acts/reversal",
        "complaints",
        "derived/liabilities",
        "derived/told",
        "recalls",
        "verification",
    ),
    "extension_asked": (
        "acts/extension",
        "acts/requests",
        "derived/acts",
    ),
    "reversal_asked": (
        "acts/requests",
        "acts/reversal",
        "derived/acts",
    ),
    "reversal_agreed": (
        "acts/requests",
        "acts/reversal",
        "derived/acts",
    ),
    "request_refused": ("acts/requests",),
}


def test_every_step_is_followed_where_it_is_said() -> None:
    """The office's followers pick out two or three types each, which no type check closes; a new type asks about each of them."""
    followers: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "office").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and node.value in TYPES:
                followers[str(node.value)].add(path.relative_to(ROOT / "office").with_suffix("").as_posix())
    assert FOLLOWED.keys() == TYPES
    assert {name: set(modules) for name, modules in FOLLOWED.items()} == {name: followers[name] for name in TYPES}


def test_the_event_log_tells_of_every_step_or_leaves_it_out_on_purpose() -> None:
    """What nobody thought of would be missing from every export, and nobody would miss it."""
    lifecycle, acts, left_out = event_log.LIFECYCLE.keys(), event_log.OUTSIDE, event_log.LEFT_OUT
    assert sorted([*lifecycle, *acts, *left_out]) == sorted(TYPES)
    assert acts >= record.ACTS
