"""The types of the steps of a definition's stream, one for each shape; as those of a case (`case_steps`) they are plain dicts at run time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict


class DraftSaved(TypedDict):
    """A draft was begun or came into other hands; `took_over` is the fingerprint of its files before, `instead` are files that took the place of what `saved_by` had saved."""

    type: Literal["draft_saved"]
    revision: int
    files: Sequence[str]
    begun: NotRequired[int]
    took_over: NotRequired[str]
    withdrawn: NotRequired[str]
    instead: NotRequired[Sequence[str]]
    saved_by: NotRequired[str]
    saved_at: NotRequired[datetime]


class DraftDiscarded(TypedDict):
    """A draft was thrown away."""

    type: Literal["draft_discarded"]
    revision: int
    saved_by: str
    saved_at: datetime


class _Checked(TypedDict):
    revision: int
    sha256: str
    differing: NotRequired[Sequence[Any]]
    warnings: NotRequired[int]
    together: NotRequired[Sequence[str]]
    restores: NotRequired[int]


class DraftSubmitted(_Checked):
    """An owner asks for approval; `together` are the processes submitted with it, in the order of publication, `restores` is the version asked back."""

    type: Literal["draft_submitted"]
    base_version: int
    note: str


class DraftApproved(_Checked):
    """A second owner approved."""

    type: Literal["draft_approved"]
    authors: NotRequired[Sequence[str]]


class DraftReturned(TypedDict):
    """A second owner gave it back."""

    type: Literal["draft_returned"]
    revision: int
    reason: str
    together: NotRequired[Sequence[str]]


class Published(TypedDict):
    """A version is in force; `restores` is the one whose content it is."""

    type: Literal["definition_published"]
    version: int
    sha256: str
    note: str
    approved_by: str | None
    restores: NotRequired[int]


DefinitionStep = DraftSaved | DraftDiscarded | DraftSubmitted | DraftApproved | DraftReturned | Published
