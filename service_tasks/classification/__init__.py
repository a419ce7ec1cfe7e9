"""Which process a complaint belongs to and whether it repeats an earlier one; a suggestion with its reasons, which a clerk confirms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.runtime import Call, handler
from service_tasks.classification import account_records, repetition, schemas
from service_tasks.classification.weighing import Word, weigh

__all__ = ["repeated", "suggest", "suggestion"]


def suggestion(matches: Sequence[Mapping[str, Any]], msisdn: str, at: datetime) -> dict[str, Any]:
    """Return the suggestion for a number and the words the decision table matched.

    Shape:   `matches` rows of process, dispute_type, weight, word; the result holds process, dispute_type, confidence (0..100), evidence,
             alternatives as in `weighing.weigh`.
    """
    words = [
        Word(row["process"], row.get("dispute_type") or "", int(row.get("weight") or 1), row.get("word") or "")
        for row in matches
    ]
    return weigh(words, account_records.find(msisdn, at))._asdict()


@handler(
    "classification/suggest",
    parameters=schemas.SuggestParameters,
    result=schemas.SuggestResult,
    manual_ref="CH1.1, CH2.1, CH2.3, CH2.4",
    title_zh="建议处理流程",
    title_en="Suggest a process",
)
def suggest(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Suggest the process, with evidence and confidence."""
    return suggestion(parameters["matches"], parameters["msisdn"], call.at)


@handler(
    "classification/repeated",
    parameters=schemas.RepeatedParameters,
    result=schemas.RepeatedResult,
    manual_ref="REW.6, CH1.4",
    title_zh="是否重复投诉",
    title_en="Is it a repeated complaint?",
)
def repeated(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Look for earlier cases of the same number and kind."""
    cases = repetition.earlier_cases(at=call.at, **parameters)
    return repetition.judge(cases, call.at)._asdict()
