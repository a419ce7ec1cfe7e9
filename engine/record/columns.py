"""What the rows that the engine reads say, column by column: rows of the tables, and of queries over some of their columns.

A query's rows are read by the names of their columns, which the database library does not type; whoever takes such a row says here what it holds.
Verification looks at cells that may hold anything: there a value that its column cannot hold stands in its place, whatever is said here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Numbered(Protocol):
    """The number of a stream in its register."""

    @property
    def ordinal(self) -> int | None: ...


class Signed(Numbered, Protocol):
    """The number of a case, and the signature under its head."""

    @property
    def head_mac(self) -> bytes | None: ...


class StreamEnd(Numbered, Protocol):
    """A row of `stream_head` whose stream is known."""

    @property
    def sequence(self) -> int: ...
    @property
    def head(self) -> bytes: ...
    @property
    def mac(self) -> bytes: ...


class Streamed(Protocol):
    """The id of a stream."""

    @property
    def stream_id(self) -> str: ...


class StreamHeadRow(StreamEnd, Streamed, Protocol):
    """A row of `stream_head`."""

    @property
    def stream(self) -> str: ...


class EntryRow(Streamed, Protocol):
    """A row of the log."""

    @property
    def sequence(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def previous(self) -> bytes: ...
    @property
    def hash(self) -> bytes: ...
    @property
    def mac(self) -> bytes: ...


class LastEntry(Protocol):
    """Where a stream ends."""

    @property
    def sequence(self) -> int: ...
    @property
    def hash(self) -> bytes: ...


class Begun(Protocol):
    """A case, as far as what is written of it needs."""

    @property
    def id(self) -> int: ...
    @property
    def business_key(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def processes(self) -> str: ...


class CaseEnd(Signed, Protocol):
    """Where the history of a case ends."""

    @property
    def id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def sequence(self) -> int: ...
    @property
    def head(self) -> bytes: ...


class CaseRow(Begun, CaseEnd, Protocol):
    """A case with its key, and the fingerprint of the version it runs on."""

    @property
    def definition_id(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def state_blob(self) -> bytes: ...
    @property
    def wrapped(self) -> bytes | None: ...
    @property
    def sha256(self) -> str: ...


class TaskRow(CaseRow, Protocol):
    """A user task with its case; `asked_before` is the token under which its form was filled in before."""

    @property
    def task_id(self) -> int: ...
    @property
    def task_token(self) -> int: ...
    @property
    def task_process(self) -> str: ...
    @property
    def task_group(self) -> str: ...
    @property
    def task_state(self) -> str: ...
    @property
    def assignee(self) -> str | None: ...
    @property
    def element_id(self) -> str: ...
    @property
    def asked_before(self) -> int | None: ...


class DueRow(CaseRow, Protocol):
    """A case of which something is due, by its token; `attempts` is how often that failed. A whole case has no element."""

    @property
    def token(self) -> int: ...
    @property
    def attempts(self) -> int | None: ...
    @property
    def element_id(self) -> str: ...


class ShownTask(Protocol):
    """A user task by itself."""

    @property
    def id(self) -> int: ...
    @property
    def business_key(self) -> str: ...
    @property
    def process_key(self) -> str: ...
    @property
    def element_id(self) -> str: ...


class RefusedTask(ShownTask, Protocol):
    """A user task with the login of somebody whose entries were refused there."""

    @property
    def user(self) -> str: ...


class TaskOfCase(ShownTask, Protocol):
    """A user task and the case it belongs to."""

    @property
    def instance_id(self) -> int: ...


class VersionRow(Protocol):
    """A published version."""

    @property
    def id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def package(self) -> bytes: ...
    @property
    def published_by(self) -> str: ...
    @property
    def published_at(self) -> datetime: ...
    @property
    def approved_by(self) -> str: ...
