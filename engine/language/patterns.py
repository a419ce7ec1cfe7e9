"""Regular expressions that cannot run away: compiled to a small program and matched in time proportional to the text.

The syntax is what XPath and JavaScript share: literals, classes (one taken from another as well), groups, alternatives, counted and lazy repetition, anchors and `\\b`.
Look-around and back-references are refused. What a match costs is told to `spend`, which may put an end to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.language.pattern_syntax import (
    MATCH,
    MOST_CHARACTERS,
    MOST_REPEATS,
    ONE,
    SAVE,
    SPLIT,
    Instruction,
    MalformedPattern,
    assemble,
)

Spend = Callable[[int], None]
Saved = tuple[int, ...]


@dataclass(frozen=True)
class Match:
    """Where a pattern was found: begin and end of the whole and of each group, -1 where a group took no part."""

    text: str
    saved: Saved

    @property
    def begin(self) -> int:
        """Index of the first character."""
        return self.saved[0]

    @property
    def end(self) -> int:
        """Index after the last character."""
        return self.saved[1]

    def group(self, number: int) -> str:
        """Return the text of a group; empty when it took no part or does not exist."""
        if 2 * number + 1 >= len(self.saved) or self.saved[2 * number + 1] < 0:
            return ""
        return self.text[self.saved[2 * number] : self.saved[2 * number + 1]]


@dataclass(frozen=True)
class Pattern:
    """A compiled regular expression."""

    program: tuple[Instruction, ...]
    groups: int

    def search(self, text: str, spend: Spend, start: int = 0) -> Match | None:
        """Return the leftmost match at or after `start`; among those that begin there, the one Perl would prefer."""
        waiting: list[tuple[int, Saved]] = []
        best: Saved | None = None
        for position in range(start, len(text) + 1):
            current = waiting
            if best is None:
                current = self._closure(waiting, position, text, spend)
            waiting, matched = self._step(current, position, text, spend)
            best = matched or best
            if best is not None and not waiting:
                break
        return Match(text, best) if best is not None else None

    @property
    def lengths(self) -> tuple[int, int | None]:
        """How many characters what it finds has at least, and at most; None when there is no end to it."""
        shortest = self._lengths(min, MOST_CHARACTERS * MOST_REPEATS)
        endless = any(kind == SPLIT and first <= at for at, (kind, first, _) in enumerate(self.program))
        return shortest, None if endless else self._lengths(max, 0)

    def _lengths(self, choose: Callable[[int, int], int], unknown: int) -> int:
        """Read from the end; where a repetition goes back, another way leads on."""
        lengths = [unknown] * (len(self.program) + 1)
        for at in range(len(self.program) - 1, -1, -1):
            kind, first, second = self.program[at]
            if kind == MATCH:
                lengths[at] = 0
            elif kind == SPLIT:
                lengths[at] = choose(lengths[first], lengths[second]) if first > at else unknown
            else:
                lengths[at] = lengths[at + 1] + (kind == ONE)
        return lengths[0]

    def all(self, text: str, spend: Spend) -> Iterator[Match]:
        """Yield every match, one after the other; none of them empty."""
        position = 0
        while match := self.search(text, spend, position):
            if match.end == match.begin:
                return
            yield match
            position = match.end

    def _closure(
        self, waiting: list[tuple[int, Saved]], position: int, text: str, spend: Spend
    ) -> list[tuple[int, Saved]]:
        visited = {counter for counter, _ in waiting}
        joined = list(waiting)
        self._follow(0, (-1,) * (2 * self.groups + 2), position, text, joined, visited)
        spend(self._cost(len(visited)))
        return joined

    def _cost(self, followed: int) -> int:
        """Return what it takes to follow so many instructions; each may copy the bounds of all groups."""
        return 1 + followed * (8 + self.groups) // 64

    def _step(
        self, current: list[tuple[int, Saved]], position: int, text: str, spend: Spend
    ) -> tuple[list[tuple[int, Saved]], Saved | None]:
        """Go on by one character: the threads that go on, and the match that cut off those of lower priority."""
        following: list[tuple[int, Saved]] = []
        visited: set[int] = set()
        for counter, saved in current:
            kind, accepts = self.program[counter][:2]
            if kind == MATCH:
                return following, saved
            if position < len(text) and accepts(text[position]):
                self._follow(counter + 1, saved, position + 1, text, following, visited)
        spend(self._cost(len(current) + len(visited)))
        return following, None

    def _follow(
        self, counter: int, saved: Saved, position: int, text: str, threads: list[tuple[int, Saved]], visited: set[int]
    ) -> None:
        """Add the threads that can be reached without reading a character, in order of priority."""
        pending = [(counter, saved)]
        while pending:
            counter, saved = pending.pop()
            if counter in visited:
                continue
            visited.add(counter)
            kind, first, second = self.program[counter]
            if kind in (ONE, MATCH):
                threads.append((counter, saved))
            elif kind == SPLIT:
                pending.append((second, saved))
                pending.append((first, saved))
            elif kind == SAVE:
                pending.append((counter + 1, (*saved[:first], position, *saved[first + 1 :])))
            elif first(text, position):
                pending.append((counter + 1, saved))


def compile(text: str, flags: str = "") -> Pattern:  # noqa: A001
    """Compile a pattern; `flags` are any of i, s, m, x as in XPath.

    Errors: MalformedPattern(pattern, why).
    """
    program, groups = assemble(text, flags)
    return Pattern(program, groups)


def expand(replacement: str) -> Callable[[Match], str]:
    """Return what a replacement text puts in place of a match: $1 is a group, \\$ and \\\\ are themselves. Errors: MalformedPattern."""
    parts: list[int | str] = []
    position = 0
    while position < len(replacement):
        character = replacement[position]
        after = replacement[position + 1 : position + 2]
        if character == "\\" and after in ("\\", "$"):
            parts.append(after)
            position += 2
        elif character == "$" and after.isdecimal():
            parts.append(int(after))
            position += 2
        elif character in "\\$":
            raise MalformedPattern(pattern=replacement, why="replacement")
        else:
            parts.append(character)
            position += 1
    return lambda match: "".join(match.group(part) if isinstance(part, int) else part for part in parts)
