"""The one YAML reader and writer: plain mappings, lists and values; no aliases, no anchors, no tags, no key twice, and limits of size, depth and count.

An alias costs two characters and stands for everything behind its anchor; a list of lists of them is a few hundred bytes and fills any memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from engine.ground.errors import Invalid

MOST_CHARACTERS = 400_000
MOST_VALUES = 40_000
MOST_DEPTH = 30
LONG_NUMBER = re.compile(r"[-+]?[0-9][0-9A-Fa-fxo_:.+-]{100,}")
TEXT, TIME = "tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp"
_READER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class MalformedYaml(Invalid):
    """The file is not YAML of an acceptable kind."""


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def read_yaml(text: str, *, aliases: bool = False) -> Any:
    """Return the document; None when it is empty. With `aliases`, for files of the installation's own, each counts as all that it stands for; there a
    single value may also be tagged as the text or the time that it is.

    Errors: MalformedYaml(line, why): too_long, too_deep, too_many, alias, tag, number, duplicate_key, not_well_formed.
    """
    if len(text) > MOST_CHARACTERS:
        raise MalformedYaml(line=0, why="too_long", limit=MOST_CHARACTERS)
    try:
        measured = _Measured(aliases)
        for event in yaml.parse(text, Loader=_READER):
            measured.take(event)
        return yaml.load(text, Loader=_READER)  # noqa: S506 - safe, and what it builds has been measured
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise MalformedYaml(line=mark.line + 1 if mark else 0, why="not_well_formed") from error
    except (ValueError, OverflowError, RecursionError) as error:  # a date such as 2026-02-30, a number without end
        raise MalformedYaml(line=0, why="not_well_formed") from error


@dataclass
class _Open:
    """A list or mapping that has not ended: its anchor, how many values came before it, and of a mapping the keys so far."""

    anchor: str
    before: int
    keys: set[str] | None = None
    at_key: bool = True


@dataclass
class _Measured:
    """What comes, looked at one event at a time and before anything is built of it."""

    aliases: bool
    count: int = 0
    stack: list[_Open] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    def take(self, event: yaml.Event) -> None:
        """Take in the next event. Errors: MalformedYaml."""
        line = event.start_mark.line + 1 if event.start_mark else 0
        anchor = getattr(event, "anchor", None) or ""
        if not self.aliases and anchor:
            raise MalformedYaml(line=line, why="alias")
        if getattr(event, "tag", None) and not (self.aliases and _plainly_tagged(event)):
            raise MalformedYaml(line=line, why="tag")
        if isinstance(event, yaml.CollectionEndEvent):
            ended = self.stack.pop()
            self._keep(ended.anchor, self.count - ended.before)
        elif isinstance(event, yaml.NodeEvent):
            self._count(event, anchor, line)

    def _count(self, event: yaml.NodeEvent, anchor: str, line: int) -> None:
        if self.stack:
            _hold_key(self.stack[-1], event, line)
        is_alias = isinstance(event, yaml.AliasEvent)
        self.count += self.sizes.get(anchor, MOST_VALUES) if is_alias else 1  # of itself, an alias has no end
        if self.count > MOST_VALUES:
            raise MalformedYaml(line=line, why="too_many", limit=MOST_VALUES)
        if isinstance(event, yaml.ScalarEvent):
            if event.implicit[0] and LONG_NUMBER.fullmatch(event.value):
                raise MalformedYaml(line=line, why="number")
            self._keep(anchor, 1)
        elif not is_alias:
            self._open(event, anchor, line)

    def _open(self, event: yaml.NodeEvent, anchor: str, line: int) -> None:
        if len(self.stack) >= MOST_DEPTH:
            raise MalformedYaml(line=line, why="too_deep", limit=MOST_DEPTH)
        keys: set[str] | None = set() if isinstance(event, yaml.MappingStartEvent) else None
        self.stack.append(_Open(anchor, self.count - 1, keys))

    def _keep(self, anchor: str, size: int) -> None:
        if anchor:
            self.sizes[anchor] = size


def _plainly_tagged(event: yaml.Event) -> bool:
    """Tell whether a single value says it is a text or a time, and is."""
    if not isinstance(event, yaml.ScalarEvent):
        return False
    is_time = event.tag == TIME and yaml.SafeLoader.timestamp_regexp.match(event.value)
    return bool(is_time or event.tag == TEXT)


def _hold_key(around: _Open, event: yaml.NodeEvent, line: int) -> None:
    """Hold the key that every second value of a mapping is: a text, and never the same twice, for the second would replace the first in silence."""
    if around.keys is None:
        return
    if around.at_key:
        key = event.value if isinstance(event, yaml.ScalarEvent) else None
        if key is None or key in around.keys:
            raise MalformedYaml(line=line, why="duplicate_key" if key is not None else "not_well_formed", key=key)
        around.keys.add(key)
    around.at_key = not around.at_key


def write_yaml(document: Any) -> str:
    """Return a document as YAML that `parse` reads: in the order given, without aliases."""
    return yaml.dump(document, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120)
