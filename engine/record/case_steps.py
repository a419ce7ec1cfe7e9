"""The types of the steps of a case, all in one file because they are one union closed by `type`. Whoever follows a record by them is told of every key that no step has.

At run time a step is the plain dict that is written down. What earlier versions did not say is not required.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict, TypeGuard, get_args, get_type_hints

Variables = Mapping[str, Any]
Taking = Literal["user_task_claimed", "user_task_released", "user_task_assigned"]
Stuck = Literal["arrival", "refusal", "job", "limit"]  # when what is stuck broke


class _InScope(TypedDict):
    scope: NotRequired[int]


class _OfElement(_InScope):
    element: str


class _OfToken(_OfElement):
    token: int


class AtToken(TypedDict):
    """Where a step happens that is about a token."""

    token: int
    element: str


class Occurrence(TypedDict):
    """Which time or item, from 1, of how many; neither where there is one."""

    index: NotRequired[int]
    count: NotRequired[int]


class ExtensionSaid(TypedDict):
    """What the step of a later limit says beside how far it moved."""

    scope: NotRequired[int]
    request: NotRequired[int]
    until: NotRequired[datetime]
    told: NotRequired[str]
    template: NotRequired[str]
    tell: NotRequired[str]


class LimitMetBy(TypedDict):
    """What met a limit: an activity, or a person with what they told."""

    token: NotRequired[int]
    element: NotRequired[str]
    by: NotRequired[str]
    told: NotRequired[str]
    despite: NotRequired[list[str]]


class Started(_InScope):
    """The case begins."""

    type: Literal["instance_started"]
    process: str
    version: int
    sha256: str
    variables: Variables
    due: NotRequired[datetime | None]
    rules: NotRequired[int]
    number: NotRequired[str]
    software: NotRequired[str]


class Ended(_InScope):
    """The case is over."""

    type: Literal["instance_completed", "instance_cancelled"]
    element: NotRequired[str]
    reason: NotRequired[str]
    outcome: NotRequired[str]


class TaskOpened(_OfToken):
    """A person is asked."""

    type: Literal["user_task_created"]
    name: str
    group: str
    form: str
    process: str
    due: datetime | None
    index: NotRequired[int]
    count: NotRequired[int]


class TaskTaken(_OfToken):
    """A user task has come into somebody's hands, or into nobody's."""

    type: Taking
    by: str
    to: NotRequired[str]


class TaskCompleted(_OfToken):
    """A person has answered; `shown` are the paths of the variables that lay beside the form with something in them, `despite` doubts they were told of."""

    type: Literal["user_task_completed"]
    form: Variables
    by: str
    shown: NotRequired[Sequence[str]]
    despite: NotRequired[list[str]]


class TaskCancelled(_OfToken):
    """Nobody needs to answer any more."""

    type: Literal["user_task_cancelled"]


class TimerSet(_OfToken):
    """An instant is waited for."""

    type: Literal["timer_set"]
    due: datetime
    index: NotRequired[int]
    count: NotRequired[int]


class TimerGone(_OfToken):
    """It has come, or is waited for no more."""

    type: Literal["timer_fired", "timer_cancelled"]
    index: NotRequired[int]
    count: NotRequired[int]


class MessageAwaited(_OfToken):
    """A message is waited for."""

    type: Literal["message_awaited"]
    message: str
    key: str


class MessageReceived(_OfToken):
    """It has come."""

    type: Literal["message_received"]
    message: str
    key: str
    variables: Variables


class MessageCancelled(_OfToken):
    """It is waited for no more."""

    type: Literal["message_cancelled"]


class JobCreated(_OfToken):
    """A service task is due."""

    type: Literal["job_created"]
    topic: str
    parameters: Variables


class JobCompleted(_OfToken):
    """A service task has been done."""

    type: Literal["job_completed"]
    topic: str
    variable: str
    result: Any


class JobRefused(_OfToken):
    """The business said no."""

    type: Literal["job_refused"]
    topic: str
    code: str
    values: Variables


class JobQueued(_OfToken):
    """A service task waits in the queue."""

    type: Literal["job_queued"]
    topic: NotRequired[str]


class JobCancelled(_OfToken):
    """It waits no longer, and nobody needs it any more."""

    type: Literal["job_cancelled"]
    topic: NotRequired[str]


class Decided(_OfToken):
    """A decision has been evaluated."""

    type: Literal["decision_evaluated"]
    decision: str
    variable: str
    inputs: Variables
    matched: list[Any]
    value: Any


class IncidentOpened(_OfToken):
    """A person has to see to something."""

    type: Literal["incident_opened"]
    topic: str
    after: Stuck
    kind: str
    message: str
    trace: NotRequired[str]


class IncidentClosed(_OfToken):
    """Somebody has seen to it, or nobody needs to any more."""

    type: Literal["incident_retried", "incident_resolved", "incident_cancelled"]
    reason: NotRequired[str]
    due: NotRequired[datetime]


class FlowTaken(_InScope):
    """A token has gone along a flow."""

    type: Literal["flow_taken"]
    flow: str


class Passed(_OfElement):
    """A token has passed a gateway or an event."""

    type: Literal["passed"]


class Released(_OfToken):
    """A person let a gateway go on with what had come."""

    type: Literal["token_released"]


class CallEntered(_OfToken):
    """A process is called: `called` is its scope."""

    type: Literal["call_entered"]
    called: int
    process: str
    variables: Variables


class CallLeft(_OfToken):
    """A called process is over, and what it brings back."""

    type: Literal["call_left"]
    called: int
    variables: Variables


class CallCancelled(_OfToken):
    """A called process was taken away."""

    type: Literal["call_cancelled"]
    called: int


class ItemEntered(_OfToken):
    """An item of a list has its turn: `item` is its scope."""

    type: Literal["item_entered"]
    item: int
    index: int
    count: int
    variables: Variables


class ItemLeft(_OfElement):
    """An item is done or was taken away."""

    type: Literal["item_left", "item_cancelled"]
    token: NotRequired[int]
    item: int
    index: int
    variables: NotRequired[Variables]


class VariablesSet(_OfToken):
    """What all items gave, or what was approved."""

    type: Literal["items_left", "approval_given"]
    variables: Variables


class ClockPaused(_OfToken):
    """The customer is waited for."""

    type: Literal["clock_paused"]


class ClockResumed(_OfToken):
    """The customer has answered."""

    type: Literal["clock_resumed"]
    paused_seconds: int
    microseconds: NotRequired[int]
    still_paused: bool
    since: NotRequired[datetime]


class LimitMet(_InScope):
    """What the limit of the case asks for has been done."""

    type: Literal["case_limit_met"]
    tokens: list[int]
    token: NotRequired[int]
    element: NotRequired[str]
    by: NotRequired[str]
    told: NotRequired[str]
    despite: NotRequired[list[str]]


class LimitMissed(_InScope):
    """A limit has passed, of a step or of the case."""

    type: Literal["deadline_missed"]
    token: NotRequired[int]
    element: NotRequired[str]


class LimitExtended(_InScope):
    """Every open limit falls later."""

    type: Literal["limit_extended"]
    moved_seconds: int
    microseconds: int
    request: NotRequired[int]
    until: NotRequired[datetime]
    told: NotRequired[str]
    template: NotRequired[str]
    tell: NotRequired[str]


class Entered(_OfToken):
    """A token has come to an activity; a multi-instance one has `count` items."""

    type: Literal["entered", "items_entered"]
    count: NotRequired[int]


class ErrorCaught(_OfElement):
    """A drawn error was caught."""

    type: Literal["error_caught"]
    code: str


class Erased(TypedDict):
    """The key of a closed case is gone; `extent` says what went beside it, as `engine.cases.erasure` numbers it."""

    type: Literal["personal_data_erased"]
    reason: str
    extent: NotRequired[int]


class Told(TypedDict):
    """What an act told the customer, and how."""

    told: NotRequired[str]
    template: NotRequired[str]
    tell: NotRequired[str]


class Withdrawn(Told):
    """The customer wants nothing any more."""

    type: Literal["case_withdrawn"]
    reason: str
    said_by: str
    channel: str


class Voided(Told):
    """The office itself entered the case in error; nothing is told where the customer never heard of it."""

    type: Literal["case_voided"]
    reason: str


class NotReached(Told):
    """The customer could not be reached."""

    type: Literal["case_not_reached"]
    tries: int


class HoldLifted(TypedDict):
    """A hold on charges was lifted; `key` is that of the journal entry, `amount` in the unit of amounts, `outcome` how it was entered."""

    type: Literal["hold_lifted"]
    hold: Any
    amount: int
    key: str
    outcome: NotRequired[str]


class CorrectionWithdrawn(TypedDict):
    """An item was taken out of a run; `amount` as above."""

    type: Literal["correction_withdrawn"]
    item: Any
    amount: int


class CustomerTried(TypedDict):
    """Somebody tried to reach the customer."""

    type: Literal["customer_tried"]
    attempt: int
    channel: str


class ExtensionAsked(TypedDict):
    """A longer limit is asked for."""

    type: Literal["extension_asked"]
    request: int
    until: datetime
    reason: str


class ReversalAsked(TypedDict):
    """Taking a credit back is asked for; `entry` is the key of its journal entry, `amount` as above."""

    type: Literal["reversal_asked"]
    request: int
    entry: str
    amount: int
    reason: str


ReversalAgreed = TypedDict(
    "ReversalAgreed",
    {"type": Literal["reversal_agreed"], "request": int, "as": str},  # a word of Python
)
ReversalAgreed.__doc__ = """The first of two agreed to a reversal."""


class CreditReversed(Told):
    """A credit was taken back; `owed` of the amount had left and is owed now, `handed_back` came back in cash, against a `receipt`."""

    type: Literal["credit_reversed"]
    request: int
    entry: str
    key: str
    amount: int
    owed: NotRequired[int]
    handed_back: NotRequired[int]
    receipt: NotRequired[str]


class RequestRefused(TypedDict):
    """What was asked for in a case was refused."""

    type: Literal["request_refused"]
    request: int
    reason: str


UserTaskStep = TaskOpened | TaskTaken | TaskCompleted | TaskCancelled
WaitStep = TimerSet | TimerGone | MessageAwaited | MessageReceived | MessageCancelled
Cancelled = TaskCancelled | TimerGone | MessageCancelled | JobCancelled
WorkStep = JobCreated | JobCompleted | JobRefused | JobQueued | JobCancelled | Decided
IncidentStep = IncidentOpened | IncidentClosed
TokenStep = FlowTaken | Passed | Released
ScopeStep = CallEntered | CallLeft | CallCancelled | ItemEntered | ItemLeft | VariablesSet
LimitStep = ClockPaused | ClockResumed | LimitMet | LimitMissed | LimitExtended
EndAct = Withdrawn | Voided | NotReached
EntryAct = HoldLifted | CorrectionWithdrawn | CreditReversed
RequestAct = ExtensionAsked | ReversalAsked | ReversalAgreed | RequestRefused
Noted = Entered | ErrorCaught | Erased | CustomerTried | EndAct | EntryAct | RequestAct
CaseStep = (
    Started | Ended | UserTaskStep | WaitStep | WorkStep | IncidentStep | TokenStep | ScopeStep | LimitStep | Noted
)


def scope_of(step: CaseStep) -> int:
    """Return the scope in which a step happened; 0 for the process itself, and for what happens to the case as a whole."""
    fields: Mapping[str, Any] = step
    scope: int = fields.get("scope", 0)
    return scope


def token_of(step: CaseStep) -> int | None:
    """Return the token that a step is about, if it is about one."""
    fields: Mapping[str, Any] = step
    token: int | None = fields.get("token")
    return token


def element_of(step: CaseStep) -> str:
    """Return the element that a step is about; empty where it is about none."""
    fields: Mapping[str, Any] = step
    return fields.get("element") or ""


def by_of(step: CaseStep) -> str:
    """Return whose act a step says that it was; empty where it says nobody."""
    fields: Mapping[str, Any] = step
    return str(fields.get("by") or "")


_OF_SCOPES = frozenset(name for shape in get_args(ScopeStep) for name in get_args(get_type_hints(shape)["type"]))


def is_of_scopes(step: CaseStep) -> TypeGuard[ScopeStep]:
    """Tell whether a step is about calls, items or the variables around them."""
    return step["type"] in _OF_SCOPES


def named(value: object) -> Variables:
    """Return what was entered or answered, by name; nothing where it was withheld or erased as a whole."""
    return value if isinstance(value, Mapping) else {}
