"""The service calls that a case's record says were answered, as everything beside the record is held against them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.proof import Verdict
from engine.record import CaseEntry


@dataclass(frozen=True)
class Answered:
    """A call and its answer: the entry of the answer, the key under which it acted, what it was asked, what it gave, and whose act led to it."""

    seq: int
    at: datetime
    key: str
    topic: str
    parameters: Mapping[str, Any]
    result: Any
    by: str = ""

    @property
    def fields(self) -> Mapping[str, Any]:
        """What it gave, by name; empty where that cannot be read."""
        return self.result if isinstance(self.result, Mapping) else {}


def answered(verdict: Verdict) -> Iterator[Answered]:
    """Return what was answered, in the order of the answers; what a person settled by hand was carried out by nobody here and is left out."""
    return answered_in(verdict.instance_id, verdict.history)


def answered_in(instance_id: int, entries: Iterable[CaseEntry]) -> Iterator[Answered]:
    """Yield the same of entries that were read by themselves."""
    by_token: dict[int, Mapping[str, Any]] = {}
    for entry in entries:
        first = entry.steps[0]
        by_hand = first["token"] if first["type"] == "incident_resolved" else None
        for step in entry.steps:
            if step["type"] == "job_created":
                by_token[step["token"]] = step["parameters"]
            elif step["type"] == "job_completed" and step["token"] != by_hand:
                key, parameters = f"{instance_id}:{step['token']}", by_token.get(step["token"], {})
                yield Answered(entry.seq, entry.at, key, step["topic"], parameters, step["result"], entry.actor)
