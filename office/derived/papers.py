"""The papers of a case's money: refunds, credits, waivers and holds, each against its posting and the service call that made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from engine import Verdict
from models.billing import ChargeHold
from office.derived.rows import PAPERS, Beside

SETTLE = "charge_hold/settle"


def differing(verdict: Verdict, beside: Beside) -> Iterator[tuple[int, str]]:
    """Refunds, credits, waivers and holds: each that the record names is there, with the amount of its posting and of its case."""
    named, settled = _named(verdict)
    for result, (model, column) in PAPERS.items():
        table, rows = model.__tablename__, beside.papers.get(model, {}).get(verdict.business_key, [])
        known = {getattr(row, column) for row in rows}
        for name, seq in named.get(result, {}).items():
            if name not in known:
                yield seq, f"{table} {name} is missing"
        for row in rows:
            name, seq = getattr(row, column), verdict.entries
            if name not in named.get(result, {}):
                yield seq, f"{table} {name} belongs to no recorded service call"
                continue
            seq = named[result][name]
            wrong = ["amount"] if row.amount != row.posted and not row.lines else []
            wrong += ["entry_id"] if row.entry_case != verdict.business_key else []
            if model is ChargeHold and row.state != settled.get(name, row.state):
                wrong.append("state")
            if wrong:
                yield seq, f"{table} {name}: {', '.join(wrong)}"


def _named(verdict: Verdict) -> tuple[Mapping[str, dict[Any, int]], Mapping[Any, Any]]:
    """Papers that the answers of service calls name, by kind and number, with their entry; and what became of holds settled here."""
    named: dict[str, dict[Any, int]] = defaultdict(dict)
    settled: dict[Any, Any] = {}
    asked: dict[int, Mapping[str, Any]] = {}
    for entry in verdict.history:
        by_hand = entry.steps[0]["token"] if entry.steps[0]["type"] == "incident_resolved" else None
        for step in entry.steps:
            if step["type"] == "job_created":
                asked[step["token"]] = step["parameters"]
            elif step["type"] == "job_completed" and step["token"] != by_hand and isinstance(step["result"], Mapping):
                for result in PAPERS.keys() & step["result"].keys():
                    named[result][step["result"][result]] = entry.seq
                if step["topic"] == SETTLE:
                    settled[asked.get(step["token"], {}).get("hold_id")] = step["result"].get("outcome")
            elif step["type"] == "hold_lifted":
                settled[step["hold"]] = "rejected"
    return named, settled
