"""BPMN execution over SpiffWorkflow: the public verbs, values and errors. Nothing else of this package is imported from outside."""

from datetime import datetime
from typing import Any

from engine import versions
from engine.calendars import current as calendar
from engine.calendars import use as use_calendar
from engine.clock import now
from engine.definitions.compiled import Definition, UnknownElement
from engine.definitions.diagram import Diagram, Element, Flow
from engine.definitions.lint import check as lint
from engine.definitions.package import MissingFile, Package
from engine.definitions.package import load as load_package
from engine.definitions.package import read as read_package
from engine.errors import Conflict, Corrupt, EngineError, Invalid, InvalidDefinition, NotFound, NotPermitted, Problem
from engine.execution import (
    Advanced,
    CannotGoOn,
    Change,
    InstanceEnded,
    StaleInstance,
    UnknownInstance,
    observe,
    seal_for,
    unseal_for,
)
from engine.history import BrokenChain, Entry
from engine.incidents import IncidentResolved, UnknownIncident, resolve, retry
from engine.instances import InvalidVariables, cancel, start
from engine.jobs import background, enqueue
from engine.language import feel, forms
from engine.language.calendar import Calendar
from engine.language.decisions import Outcome
from engine.language.forms import Form, InvalidForm, Reason
from engine.messages import correlate
from engine.messages import waiting as waiting_for
from engine.permissions import (
    Actor,
    AlreadyCompleted,
    ClaimedByAnother,
    FourEyesViolation,
    NotACandidate,
    NotASupervisor,
)
from engine.publishing import Published, count_published, publish, publish_directory
from engine.replay import Marking, definition_of, entries, fold, marking
from engine.sealing import Keys
from engine.sealing import configure as configure_keys
from engine.sealing import ephemeral as ephemeral_keys
from engine.timers import run_due
from engine.user_tasks import UnknownUserTask, assign, claim, complete, form_of, release
from engine.verification import Deviation, verify
from engine.versions import UnknownProcess
from engine.versions import current as definition


def decide(key: str, decision_id: str, variables: dict[str, Any], *, at: datetime) -> Outcome:
    """Evaluate a decision of the newest version of a process. Errors: UnknownProcess, MissingFile."""
    scope = feel.Scope(at=at, calendar=calendar())
    return versions.current(key).decision(decision_id).evaluate(variables, scope)


__all__ = [
    "Actor",
    "Advanced",
    "AlreadyCompleted",
    "BrokenChain",
    "Calendar",
    "CannotGoOn",
    "Change",
    "ClaimedByAnother",
    "Conflict",
    "Corrupt",
    "Definition",
    "Deviation",
    "Diagram",
    "Element",
    "EngineError",
    "Entry",
    "Flow",
    "Form",
    "FourEyesViolation",
    "IncidentResolved",
    "InstanceEnded",
    "Invalid",
    "InvalidDefinition",
    "InvalidForm",
    "InvalidVariables",
    "Keys",
    "Marking",
    "MissingFile",
    "NotACandidate",
    "NotASupervisor",
    "NotFound",
    "NotPermitted",
    "Outcome",
    "Package",
    "Problem",
    "Published",
    "Reason",
    "StaleInstance",
    "UnknownElement",
    "UnknownIncident",
    "UnknownInstance",
    "UnknownProcess",
    "UnknownUserTask",
    "assign",
    "background",
    "calendar",
    "cancel",
    "claim",
    "complete",
    "configure_keys",
    "correlate",
    "count_published",
    "decide",
    "definition",
    "definition_of",
    "enqueue",
    "entries",
    "ephemeral_keys",
    "fold",
    "form_of",
    "forms",
    "lint",
    "load_package",
    "marking",
    "now",
    "observe",
    "publish",
    "publish_directory",
    "read_package",
    "release",
    "resolve",
    "retry",
    "run_due",
    "seal_for",
    "start",
    "unseal_for",
    "use_calendar",
    "verify",
    "waiting_for",
]
