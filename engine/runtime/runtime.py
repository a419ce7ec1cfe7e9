"""What an office brings to the engine, and what the engine keeps in memory for it: made once for an application, found by whoever works in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from engine.ground import clock
from engine.ground.ciphers import Keys
from engine.ground.errors import NotPermitted
from engine.language import vocabulary
from engine.language.calendar import Calendar
from engine.language.vocabulary import NOTHING_ADDED, Vocabulary
from engine.runtime.declarations import Background, Function, Handler, Work, declared

Observer = Callable[[Any], None]
Bar = Callable[[Collection[int], str], Mapping[int, NotPermitted]]
Doubt = Callable[[Any], Mapping[str, list[Any]]]


class NoOffice(RuntimeError):
    """Something was asked of an office outside of any: a programming error."""


def plain_weeks() -> Calendar:
    """Return the calendar of an office that has set none: no day off, in the zone of the office."""
    return Calendar(days_off=frozenset(), workdays=frozenset())


class Dated(NamedTuple):
    """A calendar, and when it was read."""

    calendar: Calendar
    read_at: datetime


@dataclass
class Remembered:
    """What has been read of one database, so that it need not be read again: the calendar in force, fingerprints of stored calendars, department
    codes by their Chinese name, and whether cases that stand still have been looked for.
    """

    calendar: Dated | None = None
    stored_calendars: set[str] = field(default_factory=set)
    departments: dict[str, str] = field(default_factory=dict)
    looked_for_standing: bool = False


Answering = TypeVar("Answering")


@dataclass(frozen=True, eq=False)
class Service(Generic[Answering]):
    """Something that service tasks ask of a system beside the engine: `own` answers, unless the office says who does instead."""

    own: Answering

    def current(self) -> Answering:
        """Return who answers in the office in which this is done; outside of any, `own`."""
        office = _current.get(None)
        return self.own if office is None else office.answered_by.get(self, self.own)


@dataclass
class Runtime:
    """What an office brings: keys, calendar and clock; handlers and background work by topic; who is told of every change, in its transaction
    (`observers`); who keeps people from cases (`bars`); and what is doubted of what they enter, by field (`doubts`).

    `vocabulary` is what the office adds to the language; it is in force where the office is entered, so that it is given when the runtime is made.
    `personal` are the names of variables that hold personal data in whatever process.
    `timed` are the processes that the office begins when their start timer says so; in any other a start timer would begin nothing.
    `answered_by` are systems of the operator's that answer a service instead of its own.
    `software` is the version of what is served, which every case says it was begun by.
    `in_hand` are the ids of the jobs that this process carries out just now.
    """

    keys: Keys | None = None
    vocabulary: Vocabulary = NOTHING_ADDED
    calendar: Callable[[], Calendar] = plain_weeks
    clock: Callable[[], datetime] = clock.now
    handlers: dict[str, Handler] = field(default_factory=dict)
    background: dict[str, Background] = field(default_factory=dict)
    observers: tuple[Observer, ...] = ()
    bars: tuple[Bar, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    personal: frozenset[str] = frozenset()
    timed: frozenset[str] = frozenset()
    answered_by: dict[Service[Any], Any] = field(default_factory=dict)
    software: str = ""
    in_hand: set[int] = field(default_factory=set)
    _remembered: WeakKeyDictionary[Any, Remembered] = field(default_factory=WeakKeyDictionary, init=False, repr=False)

    def serve(self, *places: ModuleType | Function | Work) -> None:
        """Take in what these functions and modules declare. A topic has one handler: a second one is a programming error."""
        for declaration in declared(*places):
            if isinstance(declaration, Handler):
                _once(self.handlers, declaration)
            else:
                _once(self.background, declaration)

    def remembered(self, database: object) -> Remembered:
        """Return what has been read of a database, which is told by its engine."""
        return self._remembered.setdefault(database, Remembered())


Declared = TypeVar("Declared", Handler, Background)


def _once(served: dict[str, Declared], declaration: Declared) -> None:
    before = served.setdefault(declaration.topic, declaration)
    if before.function is not declaration.function:
        raise ValueError(f"topic {declaration.topic} is declared twice")


_current: ContextVar[Runtime] = ContextVar("runtime")


def current() -> Runtime:
    """Return the office in which this is done. Errors: NoOffice."""
    try:
        return _current.get()
    except LookupError:
        raise NoOffice from None


class Around(NamedTuple):
    """Where things were done before an office was entered."""

    office: Token[Runtime]
    vocabulary: Token[Vocabulary]


def enter(runtime: Runtime) -> Around:
    """Have what is done from here on done in this office and in its words, until `leave` is given what was around it."""
    return Around(_current.set(runtime), vocabulary.enter(runtime.vocabulary))


def leave(around: Around) -> None:
    """Have what is done done where it was done before."""
    vocabulary.leave(around.vocabulary)
    _current.reset(around.office)


@contextmanager
def entered(runtime: Runtime) -> Iterator[Runtime]:
    """Have what is done inside done in this office."""
    around = enter(runtime)
    try:
        yield runtime
    finally:
        leave(around)


def now() -> datetime:
    """Return the current instant by the clock of the office, aware, in UTC; outside of any by the machine's."""
    office = _current.get(None)
    return office.clock() if office is not None else clock.now()
