"""What JSON leaves open: an object that gives a key twice, of which readers take the last and say nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,\n]', re.DOTALL)


@dataclass(frozen=True)
class KeyTwice:
    """The key, and the line in which it stands for the second time."""

    key: str
    line: int


def key_twice(text: str) -> KeyTwice | None:
    """Return the first key that an object of a JSON text gives twice; None when there is none, or the text is no JSON."""
    surplus: list[int] = []
    try:
        json.loads(text, object_pairs_hook=lambda pairs: surplus.append(len(pairs) - len({key for key, _ in pairs})))
    except (ValueError, RecursionError):
        return None
    return next(_keys_twice(text), None) if any(surplus) else None


def _keys_twice(text: str) -> Iterator[KeyTwice]:
    """Yield the keys that a text which is JSON gives twice: a string directly before a colon is a key of the object that is open."""
    line, last, line_of_last = 1, "", 1
    open_objects: list[set[str]] = []
    for token in TOKEN.findall(text):
        if token == "\n":
            line += 1
            continue
        if token in "{[":
            open_objects.append(set())
        elif token in "}]":
            open_objects.pop()
        elif token == ":":
            key = json.loads(last)
            if key in open_objects[-1]:
                yield KeyTwice(key, line_of_last)
            open_objects[-1].add(key)
        last, line_of_last = token, line
