"""The types of the steps of a definition's stream, one for each shape; as those of a case (`case_steps`) they are plain dicts at run time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict


class HandedOn(TypedDict):
    """What a saving did beside saving: `begun` is the version it is to become, `withdrawn` who had submitted it."""

    begun: NotRequired[int]
    took_over: NotRequired[str]
    withdrawn: NotRequired[str]
    instead: NotRequired[Sequence[str]]
    saved_by: NotRequired[str]
    saved_at: NotRequired[datetime]


class DraftSaved(HandedOn):
    """A draft was begun or came into other hands; `took_over` is the fingerprint of its files before, `instead` are files that took the place of what `saved_by` had saved."""

    type: Literal["draft_saved"]
    revision: int
    files: Sequence[str]


class DraftDiscarded(TypedDict):
    """A draft was thrown away."""

    type: Literal["draft_discarded"]
    revision: int
    saved_by: str
    saved_at: datetime


class Warned(TypedDict):
    """How many warnings stood beside it, when there were any."""

    warnings: NotRequired[int]


class Restored(TypedDict):
    """The version whose content it is, when it is one."""

    restores: NotRequired[int]


class Differing(TypedDict):
    """The scenarios that differ, where they have been played."""

    differing: NotRequired[Sequence[Any]]


class Together(TypedDict):
    """The processes that go with it, in the order of publication, when there are any."""

    together: NotRequired[Sequence[str]]


class Judged(Warned, Restored, Differing, Together):
    """What was judged."""

    sha256: str


class DraftSubmitted(Judged):
    """An owner asks for approval; `together` are the processes submitted with it, in the order of publication, `restores` is the version asked back."""

    type: Literal["draft_submitted"]
    revision: int
    base_version: int
    note: str


class DraftApproved(Judged):
    """A second owner approved."""

    type: Literal["draft_approved"]
    revision: int
    authors: NotRequired[Sequence[str]]


class DraftReturned(TypedDict):
    """A second owner gave it back."""

    type: Literal["draft_returned"]
    revision: int
    reason: str
    together: NotRequired[Sequence[str]]


class Published(Restored):
    """A version is in force; `restores` is the one whose content it is."""

    type: Literal["definition_published"]
    version: int
    sha256: str
    note: str
    approved_by: str | None


DefinitionStep = DraftSaved | DraftDiscarded | DraftSubmitted | DraftApproved | DraftReturned | Published
