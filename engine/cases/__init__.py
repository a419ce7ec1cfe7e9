"""What people and other systems do to a case: begin and end it, work on its tasks, send it messages, settle its incidents, erase it."""

from engine.cases.anytime import end, extend, hold_case, note
from engine.cases.erasure import AlreadyErased, erase, erased, may_erase
from engine.cases.incidents import resolve, retry
from engine.cases.instances import InvalidVariables, cancel, meet_limit, start
from engine.cases.messages import correlate, keys_waited_under, waiting_for
from engine.cases.user_tasks import (
    UnknownUserTask,
    assign,
    barred_from,
    claim,
    complete,
    form_of,
    release,
    task_and_history,
    workable,
    workable_among,
    wrong_in,
)

__all__ = [
    "AlreadyErased",
    "InvalidVariables",
    "UnknownUserTask",
    "assign",
    "barred_from",
    "cancel",
    "claim",
    "complete",
    "correlate",
    "end",
    "erase",
    "erased",
    "extend",
    "form_of",
    "hold_case",
    "keys_waited_under",
    "may_erase",
    "meet_limit",
    "note",
    "release",
    "resolve",
    "retry",
    "start",
    "task_and_history",
    "waiting_for",
    "workable",
    "workable_among",
    "wrong_in",
]
