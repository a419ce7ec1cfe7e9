"""The vocabulary of history: what a step may say, and what happened to a piece of machine work.

A step is a plain dict with a `type` from STEPS, the `scope` it happened in (left out for the process itself) and the fields named here; `case_steps` has their types. The same
steps change the live rows and rebuild any past moment, so a field once written is never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Step = dict[str, Any]

STEPS: dict[str, str] = {
    "instance_started": "process, version, sha256, variables, due (of the case), rules (since the second ones) it is executed by; number (of the case) and software (the version that began it), since the second schema",
    "user_task_created": "token, element, name, group, form, process, due; in an item index and count",
    "user_task_claimed": "token, element, by",
    "user_task_released": "token, element, by",
    "user_task_assigned": "token, element, to, by",
    "user_task_completed": "token, element, form, by, shown (the paths of the variables that lay beside the form with something in them: what stood there is what the record gives for that moment), despite (the codes of doubts of which the person had been told and which they set aside)",
    "user_task_cancelled": "token, element",
    "approval_given": "token, element, variables (the approval under its name: amount, kind, payee, lines, as far as the step says them, by and step; null for a no)",
    "flow_taken": "flow",
    "passed": "element",
    "entered": "element, token",
    "call_entered": "called, token, element, process, variables (scope is the caller's, called the new scope)",
    "call_left": "called, token, element, variables (what is still called inside it ends with it)",
    "call_cancelled": "called, token, element",
    "items_entered": "token, element, count (of a multi-instance activity)",
    "item_entered": "token and element of the activity, item (the scope of the item), index (from 1), count, variables",
    "item_left": "token, element, item, index, variables (the result, under the name of the list it goes to)",
    "item_cancelled": "element, item, index",
    "items_left": "token, element, variables (the results in the order of the items)",
    "job_created": "token, element, topic, parameters",
    "job_completed": "token, element, topic, variable, result",
    "job_refused": "token, element, topic, code, values",
    "job_queued": "token, element, topic",
    "job_cancelled": "token, element; topic where it is said",
    "incident_opened": "token (0 for the whole case), element, topic, after (arrival, refusal, job or limit; earlier versions said timer as well), kind, message, trace",
    "incident_retried": "token, element",
    "incident_resolved": "token, element, reason; due, where it was a limit that could be reckoned after all",
    "incident_cancelled": "token, element",
    "token_released": "token, element (a gateway at which a case stood still, and which a person let go on with what had come)",
    "error_caught": "element, code",
    "decision_evaluated": "token, element, decision, variable, inputs, matched, value",
    "timer_set": "token, element, due; of one that repeats index (which time it is, from 1) and count (of how many, where that is said)",
    "timer_fired": "token, element; index and count as set",
    "timer_cancelled": "token, element",
    "message_awaited": "token, element, message, key",
    "message_received": "token, element, message, key, variables",
    "message_cancelled": "token, element",
    "clock_paused": "token, element",
    "clock_resumed": "token, element, paused_seconds and microseconds, still_paused; since when, if it stood longer than for those still waited for",
    "case_limit_met": "tokens (of open user tasks whose limit was the case's); token and element of the activity, or by and told of a person, with despite as above",
    "deadline_missed": "token and element of a user task, neither for the case",
    "instance_completed": "element",
    "instance_cancelled": "reason; outcome, where an act that every case knows ended it: withdrawn, voided or not_reached",
    "case_withdrawn": "reason, said_by, channel (of whoever said so); told, template and tell (what the customer is told, and how)",
    "case_voided": "reason (the mistake of the office by which the case is there); told, template and tell, unless nobody was told",
    "case_not_reached": "tries (how many); told, template and tell",
    "hold_lifted": "hold, amount, key (of the journal entry), outcome (how it was entered; rejected where nothing says so)",
    "correction_withdrawn": "item (of a run), amount",
    "customer_tried": "attempt (its number in the case), channel",
    "extension_asked": "request (its number in the case), until, reason",
    "limit_extended": "request, until, moved_seconds and microseconds; told, template and tell",
    "reversal_asked": "request, entry (the key of the journal entry), amount, reason",
    "reversal_agreed": "request (by the first of two), as (in what capacity they agreed)",
    "credit_reversed": "request, entry, key (of the journal entry the other way), amount, owed (what of it had left and is owed now), handed_back (what of it came back in cash) and receipt (for that); told, template and tell",
    "request_refused": "request, reason",
    "personal_data_erased": "reason, of a closed case: its key is gone, and with it whatever is sealed in its entries; extent (what went beside it)",
    "draft_saved": "of a definition, when a draft is begun or comes into other hands: revision, files, begun (the version it is to become) or took_over (the fingerprint of what came into other hands); withdrawn (who had submitted it), instead (files that took the place of another's), saved_by and saved_at (whose, and of when)",
    "draft_discarded": "of a definition: revision, saved_by, saved_at",
    "draft_submitted": "of a definition: revision, base_version, sha256, note, differing (scenarios), warnings (how many, when there were any), together (the processes submitted with it, in the order of publication, when there were any), restores (the version asked back into force, when it is one)",
    "draft_approved": "of a definition: revision, sha256, authors (everybody who had a hand in it), differing (scenarios), warnings (how many, when there were any), together (the processes put in force with it, when there were any), restores (the version asked back into force, when it is one)",
    "draft_returned": "of a definition: revision, reason, together (the processes given back with it, when there were any)",
    "definition_published": "of a definition: version, sha256, note, approved_by, restores (the version whose content it is)",
    "look_refused": "of a person, once an hour: case, or number and mark; what they may not look at",
    "case_looked_at": "of a person, once an hour: case",
    "customer_looked_at": "of a person, once an hour: number (masked), mark (by which the looks at one customer are found)",
    "messages_read": "of a person, once an hour: text messages that wait to be sent were fetched",
    "page_looked_at": "of an auditor, once an hour: page (what is shown there is of people, as who is liable for what)",
    "exported": "of a person: what, chosen (the filters), rows (how many), personal (whether with personal values)",
    "entry_refused": "of a person whose form was refused, at most 20 for a task and hour: case, task, process, element, fields (codes of what was wrong by field, never what was typed), last (more of them within the hour are only counted)",
    "refusals_not_kept": "of a person whose forms were refused more often than is kept, with the next one that is kept or an hour after the last: case, task, process, element, number (how many), since and until (the first and the last of them)",
    "act_refused": "of a person who wanted what they may not do, at most 20 for an endpoint and hour: what (the endpoint), why (the code of the error), case, task, process, element, number (masked) and mark, personal (whether personal values were asked for), last (no more of them are kept within the hour)",
    "person_identified": "of a person, by the operator: employee (number), added and removed (how many numbers of the household)",
    "logged_in": "of a person: address",
    "login_failed": "of a person whose name was given with a wrong password: address",
    "login_locked": "the same, with the last wrong password that is let through: address, of (what the lock holds for: browser, here, address or name)",
    "login_refused": "of a person whose name was given while a lock held, once for each: address, of",
    "login_unknown": "of the desk itself (system): a log-in under a name that nobody has, at most 20 for an address and hour: address, mark (what the name is called), last (no more of the address are kept within the hour)",
    "office_verified": "of the desk itself (system), whenever the whole office was verified: cases, entries and deviations (how many)",
    "token_made": "of a person for whom a bearer token was made: until",
    "tokens_revoked": "of a person whose bearer tokens were made useless: tokens (how many)",
    "logged_out": "of a person",
    "sessions_ended": "of the person who ended them: user (who was logged in), sessions (how many)",
}


# Acts of people that are no step of any diagram and wait for nothing: they may stand before the end that they bring, or after it.
ACTS = frozenset(
    {
        *("case_withdrawn", "case_voided", "case_not_reached", "hold_lifted", "correction_withdrawn", "customer_tried"),
        *("extension_asked", "reversal_asked", "reversal_agreed", "credit_reversed", "request_refused"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Work:
    """A service task that is due: what its handler is to be called with; `undone` when only its refusal counts."""

    token: int
    element_id: str
    process_key: str
    topic: str
    parameters: dict[str, Any] = field(repr=False)
    undone: bool = False


@dataclass(frozen=True)
class Done:
    """The handler returned."""

    result: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Refused:
    """The business said no; `about` names the parameters it is about, which the record does not repeat, nor what it would `also` say no to."""

    code: str
    values: Mapping[str, Any] = field(repr=False, default_factory=dict)
    about: tuple[str, ...] = ()
    also: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class Failed:
    """The handler broke; `message` and `trace` hold no customer's data. `about` names the parameters that it could not take."""

    kind: str
    message: str
    trace: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Queued:
    """The work reaches outside and waits in the queue."""


WorkOutcome = Done | Refused | Failed | Queued
