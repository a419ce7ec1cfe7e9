"""BPMN execution over SpiffWorkflow: the public verbs, values and errors. Nothing else of this package is imported from outside."""

from datetime import datetime
from pathlib import Path
from typing import Any

from engine import versions
from engine.anytime import end as end_case
from engine.anytime import extend as extend_case
from engine.anytime import hold_case, note
from engine.barred import bar
from engine.calendars import current as calendar
from engine.calendars import use as use_calendar
from engine.clock import now
from engine.comparison import ERASED
from engine.definitions import known as variables
from engine.definitions.bilingual import english_by_id, english_columns, english_names, field_labels
from engine.definitions.compiled import Definition, UnknownElement
from engine.definitions.diagram import Diagram, Element, Flow
from engine.definitions.diagram import parse as read_diagram
from engine.definitions.differences import Difference
from engine.definitions.differences import between as differences
from engine.definitions.dmn import Model as DecisionModel
from engine.definitions.dmn import UnknownDecision
from engine.definitions.dmn import read_file as read_decisions
from engine.definitions.doubtful import check as warnings
from engine.definitions.doubtful import of_file as warnings_of_file
from engine.definitions.lint import begun_by_time
from engine.definitions.loose import check as _lint_file
from engine.definitions.loose import of_unused as unused_findings
from engine.definitions.manual import unknown as unknown_manual_refs
from engine.definitions.manual import unknown_papers
from engine.definitions.naming import Mending
from engine.definitions.package import MissingFile, Package
from engine.definitions.package import completed as completed_package
from engine.definitions.package import load as load_package
from engine.definitions.package import own_names as own_files
from engine.definitions.package import pruned as pruned_package
from engine.definitions.package import read as read_package
from engine.definitions.package import with_files as package_with
from engine.definitions.redrawing import Mended
from engine.definitions.redrawing import executable as executable_diagram
from engine.definitions.redrawing import mend as mended_diagram
from engine.definitions.settings import asked as asked_properties
from engine.definitions.shapes import Drawing
from engine.definitions.shapes import read as drawing
from engine.erasure import AlreadyErased, MayNotErase, NotClosed, StillUnderWay, erase, may_erase
from engine.errors import (
    MOST_FINDINGS,
    Conflict,
    Corrupt,
    EngineError,
    Invalid,
    InvalidDefinition,
    NotFound,
    NotPermitted,
    Problem,
)
from engine.errors import first as first_findings
from engine.execution import (
    Advanced,
    CannotGoOn,
    Change,
    InstanceEnded,
    KeyUsedAgain,
    StaleInstance,
    UnknownInstance,
    observe,
)
from engine.handlers import registered as operators
from engine.history import GENESIS, BrokenChain, Entry, chain, holds_clear
from engine.history import read as read_history
from engine.incidents import IncidentResolved, UnknownIncident, resolve, retry
from engine.instances import InvalidVariables, cancel, meet_limit, start
from engine.jobs import announce, announce_to_nobody, background, enqueue, frames, survive
from engine.language import feel, forms, written
from engine.language.calendar import Calendar
from engine.language.decisions import Outcome
from engine.language.forms import Field as FormField
from engine.language.forms import Form, InvalidForm, Reason
from engine.messages import correlate
from engine.messages import waiting as waiting_for
from engine.people import Act
from engine.people import latest as latest_of_people
from engine.people import record as record_person
from engine.people import record_once as record_person_once
from engine.people import told as told_of_people
from engine.permissions import (
    Actor,
    AlreadyCompleted,
    ClaimedByAnother,
    FourEyesViolation,
    NotACandidate,
    NotASupervisor,
)
from engine.personal import Personal
from engine.publishing import (
    Published,
    callers_of,
    count_published,
    in_force,
    newest_package,
    publish,
    publish_directory,
)
from engine.publishing import problems as lint
from engine.publishing import record as record_definition
from engine.replay import (
    CaseHistory,
    Doubt,
    Follower,
    Marking,
    calls_under_way,
    definition_of,
    end_of,
    entries,
    fold,
    follow_scopes,
    history_of,
    marking,
    what_holds,
)
from engine.sealing import Keys, mac, seal_for_office, unseal_for_office, unsealed_beside
from engine.sealing import configure as configure_keys
from engine.sealing import ephemeral as ephemeral_keys
from engine.spiff.entered import EntryRefused
from engine.steps import ACTS, Failed
from engine.timers import run_clock
from engine.user_tasks import (
    UnknownUserTask,
    assign,
    barred_from,
    claim,
    complete,
    form_of,
    release,
    workable,
    workable_among,
)
from engine.verification import (
    Deviation,
    Erasure,
    Verdict,
    every_instance,
    verify,
    verify_definitions,
    verify_each,
    verify_streams,
)
from engine.versions import InForce, UnknownProcess
from engine.versions import by_id as definition_by_id
from engine.versions import current as definition
from engine.worker import UnknownJob, begin_again, carry_out, failed_background, renew_leases, run_jobs
from engine.xml import MalformedXml
from engine.xml import decoded as decoded_file
from engine.yaml import MalformedYaml
from engine.yaml import parse as read_yaml
from engine.yaml import serialise as write_yaml


def run_due(at: datetime) -> int:
    """Do everything due at `at`, in cases and in the queue; how many things were done. Any number of processes may call it at once."""
    return run_clock(at) + run_jobs(at)


def start_timer(key: str) -> str:
    """When the newest version of a process begins, in FEEL over the present; empty for one that is begun by somebody, or not published."""
    try:
        drawn = versions.current(key).elements.values()
    except versions.UnknownProcess:
        return ""
    return next((one.timer for one in drawn if one.type == "startEvent" and one.parent == key), "")


def lint_file(file: Path) -> list[Problem]:
    """Every problem of a file that lies anywhere: a diagram, a decision table or a form, whoever drew it. Always findings, never an error."""
    return _lint_file(file, lint)


def decide(key: str, decision_id: str, variables: dict[str, Any], *, at: datetime) -> Outcome:
    """Evaluate a decision of the newest version of a process. Errors: UnknownProcess, MissingFile."""
    scope = feel.Scope(at=at, calendar=calendar())
    return versions.current(key).decision(decision_id).evaluate(variables, scope)


__all__ = [
    "ACTS",
    "ERASED",
    "GENESIS",
    "MOST_FINDINGS",
    "Act",
    "Actor",
    "Advanced",
    "AlreadyCompleted",
    "AlreadyErased",
    "BrokenChain",
    "Calendar",
    "CannotGoOn",
    "CaseHistory",
    "Change",
    "ClaimedByAnother",
    "Conflict",
    "Corrupt",
    "DecisionModel",
    "Definition",
    "Deviation",
    "Diagram",
    "Difference",
    "Doubt",
    "Drawing",
    "Element",
    "EngineError",
    "Entry",
    "EntryRefused",
    "Erasure",
    "Failed",
    "Flow",
    "Follower",
    "Form",
    "FormField",
    "FourEyesViolation",
    "InForce",
    "IncidentResolved",
    "InstanceEnded",
    "Invalid",
    "InvalidDefinition",
    "InvalidForm",
    "InvalidVariables",
    "KeyUsedAgain",
    "Keys",
    "MalformedXml",
    "MalformedYaml",
    "Marking",
    "MayNotErase",
    "Mended",
    "Mending",
    "MissingFile",
    "NotACandidate",
    "NotASupervisor",
    "NotClosed",
    "NotFound",
    "NotPermitted",
    "Outcome",
    "Package",
    "Personal",
    "Problem",
    "Published",
    "Reason",
    "StaleInstance",
    "StillUnderWay",
    "UnknownDecision",
    "UnknownElement",
    "UnknownIncident",
    "UnknownInstance",
    "UnknownJob",
    "UnknownProcess",
    "UnknownUserTask",
    "Verdict",
    "announce",
    "announce_to_nobody",
    "asked_properties",
    "assign",
    "background",
    "bar",
    "barred_from",
    "begin_again",
    "begun_by_time",
    "calendar",
    "callers_of",
    "calls_under_way",
    "cancel",
    "carry_out",
    "chain",
    "claim",
    "complete",
    "completed_package",
    "configure_keys",
    "correlate",
    "count_published",
    "decide",
    "decoded_file",
    "definition",
    "definition_by_id",
    "definition_of",
    "differences",
    "drawing",
    "end_case",
    "end_of",
    "english_by_id",
    "english_columns",
    "english_names",
    "enqueue",
    "entries",
    "ephemeral_keys",
    "erase",
    "every_instance",
    "executable_diagram",
    "extend_case",
    "failed_background",
    "field_labels",
    "first_findings",
    "fold",
    "follow_scopes",
    "form_of",
    "forms",
    "frames",
    "history_of",
    "hold_case",
    "holds_clear",
    "in_force",
    "latest_of_people",
    "lint",
    "lint_file",
    "load_package",
    "mac",
    "marking",
    "may_erase",
    "meet_limit",
    "mended_diagram",
    "newest_package",
    "note",
    "now",
    "observe",
    "operators",
    "own_files",
    "package_with",
    "pruned_package",
    "publish",
    "publish_directory",
    "read_decisions",
    "read_diagram",
    "read_history",
    "read_package",
    "read_yaml",
    "record_definition",
    "record_person",
    "record_person_once",
    "release",
    "renew_leases",
    "resolve",
    "retry",
    "run_clock",
    "run_due",
    "run_jobs",
    "seal_for_office",
    "start",
    "start_timer",
    "survive",
    "told_of_people",
    "unknown_manual_refs",
    "unknown_papers",
    "unseal_for_office",
    "unsealed_beside",
    "unused_findings",
    "use_calendar",
    "variables",
    "verify",
    "verify_definitions",
    "verify_each",
    "verify_streams",
    "waiting_for",
    "warnings",
    "warnings_of_file",
    "what_holds",
    "workable",
    "workable_among",
    "write_yaml",
    "written",
]
