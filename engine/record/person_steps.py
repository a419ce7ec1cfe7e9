"""The types of the steps of a person's stream, one for each shape; as those of a case (`case_steps`) they are plain dicts at run time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NotRequired, TypedDict


class CaseLookedAt(TypedDict):
    """Somebody else's case was opened."""

    type: Literal["case_looked_at"]
    case: str


class CustomerLookedAt(TypedDict):
    """A customer's page was opened; `number` is masked, `mark` tells the looks at one customer together."""

    type: Literal["customer_looked_at"]
    number: str
    mark: str


class MessagesRead(TypedDict):
    """Text messages that wait to be sent were fetched."""

    type: Literal["messages_read"]


class PageLookedAt(TypedDict):
    """An auditor looked at a page that shows what is of people: `page` says which."""

    type: Literal["page_looked_at"]
    page: str


class LookRefused(TypedDict):
    """A case (`case`) or a customer (`number`, masked, and `mark`) was to be looked at by somebody who may not."""

    type: Literal["look_refused"]
    case: NotRequired[str]
    number: NotRequired[str]
    mark: NotRequired[str]


class Exported(TypedDict):
    """Something was taken away: `chosen` are the filters, `rows` how many, `personal` whether with personal values."""

    type: Literal["exported"]
    what: str
    chosen: Mapping[str, str]
    rows: int
    personal: bool


class PlaceOfTask(TypedDict):
    """Which open step it is about."""

    case: str
    task: int
    process: str
    element: str


class Last(TypedDict):
    """Whether more of them within the hour are only counted."""

    last: NotRequired[bool]


class EntryRefused(PlaceOfTask, Last):
    """A form of a step was refused: codes by field, nothing of what was typed."""

    type: Literal["entry_refused"]
    fields: Mapping[str, Sequence[str]]


class RefusalsNotKept(PlaceOfTask):
    """So many more forms of a step were refused than the stream keeps of a task within the hour: the first and the last of them."""

    type: Literal["refusals_not_kept"]
    number: int
    since: datetime
    until: datetime


class PlaceOfAct(TypedDict):
    """What an act was about, as far as its address says: `number` is masked, `personal` where personal values were asked for."""

    case: NotRequired[str]
    task: NotRequired[int]
    process: NotRequired[str]
    element: NotRequired[str]
    number: NotRequired[str]
    mark: NotRequired[str]
    personal: NotRequired[bool]


class ActRefused(PlaceOfAct, Last):
    """Something was wanted that the person may not do: `what` (the endpoint) and `why` (the code of the error)."""

    type: Literal["act_refused"]
    what: str
    why: str


class PersonIdentified(TypedDict):
    """The operator said who somebody is: numbers of the household added and removed are counted."""

    type: Literal["person_identified"]
    employee: str
    added: int
    removed: int


class LoggedIn(TypedDict):
    """A log-in, or a wrong password under the name of the person."""

    type: Literal["logged_in", "login_failed"]
    address: str


class LoginUnknown(Last):
    """In the stream of the desk itself: a log-in under a name that nobody here has. `mark` stands for the name; at most 20 of an address within the hour."""

    type: Literal["login_unknown"]
    address: str
    mark: str


class OfficeVerified(TypedDict):
    """In the stream of the desk itself: everything was verified; how many cases and entries, and how much contradicted the record."""

    type: Literal["office_verified"]
    cases: int
    entries: int
    deviations: int


class LoginLocked(TypedDict):
    """The last wrong password that is let through, or another try while the lock holds; `of` what it holds for."""

    type: Literal["login_locked", "login_refused"]
    address: str
    of: NotRequired[str]


class LoggedOut(TypedDict):
    """A log-out."""

    type: Literal["logged_out"]


class SessionsEnded(TypedDict):
    """Somebody was logged out everywhere by the person."""

    type: Literal["sessions_ended"]
    user: str
    sessions: int


class TokenMade(TypedDict):
    """A bearer token was made for the person."""

    type: Literal["token_made"]
    until: datetime


class TokensRevoked(TypedDict):
    """Bearer tokens of the person were made useless."""

    type: Literal["tokens_revoked"]
    tokens: int


Looked = CaseLookedAt | CustomerLookedAt | MessagesRead | PageLookedAt | LookRefused
Token = TokenMade | TokensRevoked
Refusal = EntryRefused | RefusalsNotKept | ActRefused
LogIn = LoggedIn | LoginLocked | LoginUnknown | LoggedOut | SessionsEnded
PersonStep = Looked | Exported | Refusal | PersonIdentified | LogIn | Token | OfficeVerified
