"""The syntax of regular expressions, read into a program for `patterns`. Nothing is matched here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.ground.errors import Invalid

MOST_CHARACTERS = 500
MOST_INSTRUCTIONS = 2_000
MOST_STEPS = 20_000
MOST_DEPTH = 20
MOST_REPEATS = 1_000
ONE, MATCH, SPLIT, SAVE, CHECK = "one", "match", "split", "save", "check"

Instruction = tuple[str, Any, Any]
Accepts = Callable[[str], bool]
Emit = Callable[["_Program"], None]


class MalformedPattern(Invalid):
    """The regular expression is malformed, or uses what is not supported."""


def assemble(text: str, flags: str) -> tuple[tuple[Instruction, ...], int]:
    """Return the program of a pattern and how many groups it has. Errors: MalformedPattern."""
    if len(text) > MOST_CHARACTERS or any(flag not in "ismx" for flag in flags):
        raise MalformedPattern(pattern=text[:80], why="too_long" if len(text) > MOST_CHARACTERS else "flags")
    reader = _Reader(text, flags)
    emit = reader.whole()
    program = _Program(text)
    emit(program)
    return tuple(program.code), reader.groups


class _Program:
    """Instructions as they are written, within bounds."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.code: list[Instruction] = []
        self.steps = 0

    def add(self, kind: str, first: Any = None, second: Any = None) -> int:
        self.code.append((kind, first, second))
        return len(self.code) - 1

    def write(self, emit: Emit) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS or len(self.code) > MOST_INSTRUCTIONS:
            raise MalformedPattern(pattern=self.text, why="too_large")
        emit(self)


def _sequence(parts: list[Emit]) -> Emit:
    def emit(program: _Program) -> None:
        for part in parts:
            program.write(part)

    return emit


def _either(options: list[Emit]) -> Emit:
    def emit(program: _Program) -> None:
        leave = []
        for option in options[:-1]:
            fork = program.add(SPLIT)
            program.write(option)
            leave.append(program.add(SPLIT))
            program.code[fork] = (SPLIT, fork + 1, len(program.code))
        program.write(options[-1])
        for jump in leave:
            program.code[jump] = (SPLIT, len(program.code), len(program.code))

    return emit


def _group(number: int, inner: Emit) -> Emit:
    def emit(program: _Program) -> None:
        program.add(SAVE, 2 * number)
        program.write(inner)
        program.add(SAVE, 2 * number + 1)

    return emit


def _repeat(inner: Emit, least: int, most: int | None, lazy: bool) -> Emit:
    def emit(program: _Program) -> None:
        for _ in range(least):
            program.write(inner)
        forks = []
        for _ in range(1 if most is None else most - least):
            forks.append(program.add(SPLIT))
            program.write(inner)
        if most is None:
            program.add(SPLIT, forks[0], forks[0])
        for fork in forks:
            inside, after = fork + 1, len(program.code)
            program.code[fork] = (SPLIT, after, inside) if lazy else (SPLIT, inside, after)

    return emit


def _word(text: str, position: int) -> bool:
    return 0 <= position < len(text) and _is_word(text[position])


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


_CLASSES: dict[str, Accepts] = {
    "d": _is_digit,
    "w": _is_word,
    "s": str.isspace,
    "D": lambda c: not _is_digit(c),
    "W": lambda c: not _is_word(c),
    "S": lambda c: not c.isspace(),
}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}


class _Reader:
    """Recursive descent over the pattern."""

    def __init__(self, text: str, flags: str) -> None:
        self.text, self.flags = text, flags
        self.position = self.depth = self.groups = 0

    def whole(self) -> Emit:
        inner = self._alternatives()
        if self.position < len(self.text):
            raise self._fail("unbalanced")
        return _sequence([_group(0, inner), _end])

    def _fail(self, reason: str) -> MalformedPattern:
        return MalformedPattern(pattern=self.text, why=reason)

    def _peek(self) -> str:
        if "x" in self.flags:
            while self.text[self.position : self.position + 1].isspace():
                self.position += 1
        return self.text[self.position : self.position + 1]

    def _take(self) -> str:
        character = self.text[self.position : self.position + 1]
        if not character:
            raise self._fail("unfinished")
        self.position += 1
        return character

    def _accept(self, text: str) -> bool:
        if not self.text.startswith(text, self.position):
            return False
        self.position += len(text)
        return True

    def _alternatives(self) -> Emit:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise self._fail("too_deep")
        options = [self._branch()]
        while self._peek() == "|":
            self._take()
            options.append(self._branch())
        self.depth -= 1
        return _either(options)

    def _branch(self) -> Emit:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified(self._atom()))
        return _sequence(parts)

    def _quantified(self, inner: Emit) -> Emit:
        mark = self._peek()
        bounds: tuple[int, int | None]
        if mark and mark in "*+?":
            self._take()
            bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}[mark]
        elif mark == "{":
            bounds = self._counts()
        else:
            return inner
        lazy = self._accept("?")
        if self._peek() and self._peek() in "*+?{":
            raise self._fail("repeated_quantifier")
        return _repeat(inner, *bounds, lazy)

    def _counts(self) -> tuple[int, int | None]:
        self._take()
        least = self._count()
        most: int | None = least
        if self._accept(","):
            most = None if self._peek() == "}" else self._count()
        if not self._accept("}") or (most is not None and most < least):
            raise self._fail("quantifier")
        return least, most

    def _count(self) -> int:
        digits = ""
        while _is_digit(self._peek() or " "):
            digits += self._take()
        if not digits or len(digits) > 4 or int(digits) > MOST_REPEATS:
            raise self._fail("quantifier")
        return int(digits)

    def _atom(self) -> Emit:
        character = self._take()
        if character == "(":
            return self._parenthesis()
        if character == "[":
            return _one(self._class())
        if character == ".":
            return _one((lambda c: True) if "s" in self.flags else (lambda c: c not in "\n\r"))
        if character == "^":
            several = "m" in self.flags
            return _check(lambda text, at: at == 0 or (several and text[at - 1] == "\n"))
        if character == "$":
            several = "m" in self.flags
            return _check(lambda text, at: at == len(text) or (several and text[at] == "\n"))
        if character == "\\":
            return self._escape()
        if character in "*+?{":
            raise self._fail("nothing_to_repeat")
        return _one(self._folded(character.__eq__))

    def _parenthesis(self) -> Emit:
        if self._accept("?:"):
            inner = self._alternatives()
        elif self._peek() == "?":
            raise self._fail("unsupported_group")
        else:
            self.groups += 1
            number = self.groups
            inner = _group(number, self._alternatives())
        if not self._accept(")"):
            raise self._fail("unbalanced")
        return inner

    def _escape(self) -> Emit:
        if self._peek() in ("b", "B"):
            is_boundary = self._take() == "b"
            return _check(lambda text, at: (_word(text, at - 1) != _word(text, at)) is is_boundary)
        member = self._escaped()
        return _one(self._folded(member.__eq__ if isinstance(member, str) else member))

    def _escaped(self) -> str | Accepts:
        character = self._take()
        if character in _CLASSES:
            return _CLASSES[character]
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character.isalnum():
            raise self._fail("unsupported_escape")
        return character

    def _class(self) -> Accepts:
        """Return what stands between brackets: without the case of letters before it is turned round, less what is taken away."""
        negated = self._accept("^")
        members: list[Accepts] = []
        subtraction: Accepts | None = None
        while not self._accept("]"):
            if subtraction is not None:
                raise self._fail("subtraction")
            if members and self._accept("-["):
                subtraction = self._class()
                continue
            low = self._member()
            if (
                isinstance(low, str)
                and self.text[self.position : self.position + 1] == "-"
                and not self._ends_in_dash()
            ):
                self._take()
                high = self._member()
                if not isinstance(high, str) or high < low:
                    raise self._fail("range")
                members.append(_between(low, high))
            else:
                members.append(low.__eq__ if isinstance(low, str) else low)
        if not members:
            raise self._fail("empty_class")
        member_test = self._folded(lambda c: any(member(c) for member in members))
        if subtraction is None:
            return lambda c: member_test(c) is not negated
        return lambda c: member_test(c) is not negated and not subtraction(c)

    def _ends_in_dash(self) -> bool:
        return self.text.startswith("-]", self.position)

    def _member(self) -> str | Accepts:
        character = self._take()
        return self._escaped() if character == "\\" else character

    def _folded(self, accepts: Accepts) -> Accepts:
        if "i" not in self.flags:
            return accepts
        return lambda c: any(map(accepts, _of_either_case(c)))


def _of_either_case(character: str) -> set[str]:
    """Return a letter as it may be written, the long s as s too; what two letters stand for in capitals (ß) is no letter of another case."""
    capital, small = character.upper(), character.lower()
    return {form for form in (character, capital, small, capital.lower(), small.upper()) if len(form) == 1}


def _end(program: _Program) -> None:
    program.add(MATCH)


def _one(accepts: Accepts) -> Emit:
    def emit(program: _Program) -> None:
        program.add(ONE, accepts)

    return emit


def _check(holds: Callable[[str, int], bool]) -> Emit:
    def emit(program: _Program) -> None:
        program.add(CHECK, holds)

    return emit


def _between(low: str, high: str) -> Accepts:
    return lambda c: low <= c <= high
