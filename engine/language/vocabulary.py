"""The words that an office adds to the language: its zone, the unit of its amounts, kinds of typed text, functions of FEEL, what forms may name.

By itself the language has plain numbers, its own kinds of text, and UTC. Which vocabulary is in force is said by whoever enters an office
(`engine.runtime`); nothing is read from it while a value is looked at that could be read when its form or expression is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

MOST = 2_000_000_000


@dataclass(frozen=True, kw_only=True)
class Unit:
    """The unit in which amounts are kept, as whole numbers; they are typed and written in one that is 10 to the power of `digits` of it.

    `name` is what forms and service tasks call it. `signs` may stand before a typed amount and `endings` after it. `most` is the largest that a
    field without a limit of its own takes.
    """

    name: str = ""
    digits: int = 0
    signs: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    most: int = MOST

    @property
    def parts(self) -> int:
        """How many of it make one of those that are typed."""
        return int(10**self.digits)


@dataclass(frozen=True)
class Kind:
    """A kind of text that a field may hold: `read` gives it in the one way in which it is kept, None for what is something else.

    A field with one of the `patterns` holds it as well, though it names no kind; digits are written [0-9] in them.
    """

    read: Callable[[str], str | None]
    patterns: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Added:
    """A function of FEEL beside the built-in ones: `run` is given the scope and the arguments, as theirs; `cost` is what a call takes from the budget."""

    name: str
    parameters: str
    run: Callable[..., Any]
    cost: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Vocabulary:
    """What an office adds. It is known by itself and not by what is in it: an office makes it once.

    `displays` are the ways in which something may be shown beside a form, with the FEEL types that each can draw (none: any). `channels` are the
    ways in which words may have reached somebody.
    """

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    unit: Unit = field(default_factory=Unit)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    functions: tuple[Added, ...] = ()
    displays: Mapping[str, frozenset[str]] = field(default_factory=dict)
    channels: tuple[str, ...] = ()

    def counts(self, name: object) -> bool:
        """Tell whether a unit of this name is the one of amounts."""
        return bool(name) and name == self.unit.name


NOTHING_ADDED = Vocabulary()
_in_force: ContextVar[Vocabulary] = ContextVar("vocabulary", default=NOTHING_ADDED)


def in_force() -> Vocabulary:
    """Return the vocabulary of the office in which this is done; outside of any nothing is added."""
    return _in_force.get()


def enter(vocabulary: Vocabulary) -> Token[Vocabulary]:
    """Put this one in force from here on, until `leave` is given the token."""
    return _in_force.set(vocabulary)


def leave(token: Token[Vocabulary]) -> None:
    """Put the one in force that was before."""
    _in_force.reset(token)
