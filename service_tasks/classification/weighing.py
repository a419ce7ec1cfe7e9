"""Weighing what points to which process: words of the complaint and records of the number, and how sure that makes; pure.

    points(process) = sum of the weights of its words + RECORD (3) for each record of the number that fits it,
                      or RECORD_ALONE (1) when none of its words was used: a record by itself is no complaint
    confidence      = 100 × points / (points of all processes + DOUBT (3)), rounded

The confidences of all processes add up to less than 100; what is missing is the doubt that words and records leave. At equal points the
words decide, then the order of the manual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

DOUBT = 3
RECORD = 3
RECORD_ALONE = 1
ON_THE_SPOT = "on_the_spot"
DISPUTE_TYPES = {"TS-002": "service", "TS-005": "roaming", "TS-006": "service"}


class Word(NamedTuple):
    """A word of the complaint that the decision table knows."""

    process: str
    dispute_type: str
    weight: int
    word: str


class Record(NamedTuple):
    """Something the customer's records show that fits a process, and how often they show it."""

    process: str
    kind: str
    occurrences: int


class Suggestion(NamedTuple):
    """The process suggested, with its reasons. `dispute_type` is empty when no charge is involved or none can be told."""

    process: str
    dispute_type: str
    confidence: int
    evidence: tuple[Mapping[str, Any], ...]
    alternatives: tuple[Mapping[str, Any], ...]


def weigh(words: Sequence[Word], records: Sequence[Record]) -> Suggestion:
    """Return the process that words and records point to.

    Shape:   evidence items hold process, kind ("word" or the record's), points, and the word or the count, those of the suggested process
             first; `web.telling.suggestions` words them. alternatives hold process and confidence, the likeliest first. Nothing found: on_the_spot with confidence 0.
    Source:  CH1.1, CH2.1, CH2.3.
    """
    word_weights = {word.process: 0 for word in words}
    for word in words:
        word_weights[word.process] += word.weight
    evidence = [_of_word(word) for word in words] + [_of_record(record, word_weights) for record in records]
    points: dict[str, int] = {}
    for item in evidence:
        points[item["process"]] = points.get(item["process"], 0) + item["points"]
    if not any(points.values()):
        return Suggestion(ON_THE_SPOT, "", 0, (NOTHING_FOUND,), ())
    ranked = sorted(points, key=lambda process: (-points[process], -word_weights.get(process, 0), process))
    likely = {process: confidence(points[process], sum(points.values())) for process in ranked}
    return Suggestion(
        ranked[0],
        _dispute_type(ranked[0], words),
        likely[ranked[0]],
        tuple(sorted(evidence, key=lambda item: ranked.index(item["process"]))),
        tuple({"process": process, "confidence": likely[process]} for process in ranked[1:]),
    )


def confidence(points: int, all_points: int) -> int:
    """Return how sure, 0..100; see the formula above."""
    return round(100 * points / (all_points + DOUBT))


NOTHING_FOUND: Mapping[str, Any] = {"process": ON_THE_SPOT, "kind": "nothing_found", "points": 0}


def _of_word(word: Word) -> dict[str, Any]:
    return {"process": word.process, "kind": "word", "points": word.weight, "word": word.word}


def _of_record(record: Record, word_weights: Mapping[str, int]) -> dict[str, Any]:
    points = RECORD if record.process in word_weights else RECORD_ALONE
    return {"process": record.process, "kind": record.kind, "points": points, "count": record.occurrences}


def _dispute_type(process: str, words: Sequence[Word]) -> str:
    """Return the dispute type (CH2.1) that the words of the process weigh most for, else the one it usually is."""
    weights: dict[str, int] = {}
    for word in words:
        if word.process == process and word.dispute_type:
            weights[word.dispute_type] = weights.get(word.dispute_type, 0) + word.weight
    return max(weights, key=lambda kind: weights[kind]) if weights else DISPUTE_TYPES.get(process, "")
