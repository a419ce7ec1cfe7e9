"""Checking an exported file: is what it says what the signed record says, and does that record verify today?

A file of JSON also carries what was signed, so that chain and signatures are checked in the file itself. What was erased since is compared as far
as it is left.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

import engine
from engine import Verdict
from models.base import session
from models.instance import ProcessInstance
from office import verification
from office.exports import event_log, histories, telling

TRACE = re.compile(r"<trace>.*?</trace>\n?", re.DOTALL)
KEPT = ("seq", "at", "actor", "hash", "mac")  # what is signed beside the steps


class UnknownFile(engine.Invalid):
    """This is no export of ours."""


@dataclass(frozen=True)
class Finding:
    """One case of a file: what is wrong with it, and how many entries its history has grown by since."""

    case: str
    entries: int
    since: int
    wrong: tuple[str, ...]
    erased: bool = False


def check(content: str) -> list[Finding]:
    """What came of every case in a file of `history_json`, `history_csv` or `xes`. Errors: UnknownFile."""
    if content.lstrip().startswith("{"):
        return [_json(content)]
    if content.lstrip(histories.BOM).startswith(",".join(histories.COLUMNS[:3])):
        return [_csv(content)]
    if content.lstrip().startswith("<?xml"):
        return [_trace(found[0]) for found in TRACE.finditer(content)]
    raise UnknownFile


def _json(content: str) -> Finding:
    try:
        document = json.loads(content)
        case, entries, personal = str(document["case"]), list(document["entries"]), bool(document["personal"])
        shape = [{**dict(one), "steps": list(one["steps"])} for one in entries]
    except (KeyError, TypeError, ValueError, RecursionError):
        raise UnknownFile from None
    verdict = _verdict(case)
    wrong = [*_chain(shape), *_against(verdict, shape, personal), *_claims(verdict, document.get("verified") is True)]
    return _finding(case, verdict, len(shape), wrong)


def _chain(entries: list[dict[str, Any]]) -> Iterator[str]:
    """Bodies and hashes follow each other, and are signed by this office; a body that was withheld lets its hash stand."""
    previous = engine.GENESIS
    for number, entry in enumerate(entries, start=1):
        try:
            digest, mac = bytes.fromhex(entry["hash"]), bytes.fromhex(entry["mac"])
            body = None if entry["body"] is None else entry["body"].encode()
        except (AttributeError, KeyError, TypeError, ValueError):
            yield f"entry {number} is not written as we write it"
            return
        if body is not None and digest != engine.chain(previous, body):
            yield f"entry {number}: its hash does not follow"
        if mac != engine.mac(digest):
            yield f"entry {number} is not signed by this office"
        previous = digest


def _against(verdict: Verdict | None, entries: list[dict[str, Any]], personal: bool) -> Iterator[str]:
    """What the file says of each entry against what the record has."""
    if verdict is None:
        return
    ours, full = (_as_made(verdict, personal=asked) for asked in (personal, True))
    if len(entries) > len(ours):
        yield f"{len(entries)} entries in the file, {len(ours)} in the record"
    for number, (one, other, clear) in enumerate(zip(entries, ours, full, strict=False), start=1):
        wrong = [name for name in KEPT if one.get(name) != other[name]]
        if not (verdict.erasure and personal) and not _tells(one["steps"], other["steps"], clear["steps"]):
            wrong.append("steps")
        if wrong:
            yield f"entry {number}: {', '.join(wrong)} not as in the record"


def _as_made(verdict: Verdict, *, personal: bool) -> list[dict[str, Any]]:
    document = json.loads(json.dumps(histories.told(verdict, personal=personal), default=telling.text))
    entries: list[dict[str, Any]] = document["entries"]
    return entries


def _tells(said: Any, shown: Any, full: Any) -> bool:
    """Whether a file says what we would show, or what the record has: an earlier version withheld less. A body follows from its hash (`_chain`)."""
    if said in (shown, full):
        return True
    if all(isinstance(one, dict) for one in (said, shown, full)):
        return said.keys() == shown.keys() == full.keys() and all(
            _tells(said[name], shown[name], full[name]) for name in said
        )
    if all(isinstance(one, list) for one in (said, shown, full)):
        return len(said) == len(shown) == len(full) and all(map(_tells, said, shown, full))
    return False


def _claims(verdict: Verdict | None, verified: bool) -> Iterator[str]:
    if not verified:
        yield "the file itself says that its case did not verify"
    if verdict is None:
        yield "there is no such case in this office"
        return
    yield from telling.contradictions(verdict)


def _csv(content: str) -> Finding:
    read = list(csv.DictReader(io.StringIO(content.lstrip(histories.BOM), newline="")))
    if not read or tuple(read[0]) != histories.COLUMNS:
        raise UnknownFile
    case, count = str(read[0]["case"]), len({row["seq"] for row in read})
    verdict = _verdict(case)
    wrong = list(_claims(verdict, all(row["verified"] == "yes" for row in read)))
    if verdict is not None:
        made = [_rows(_upto(verdict, count), personal) for personal in (False, True)]
        wrong += _differing(read, made, verdict)
    return _finding(case, verdict, count, wrong)


def _rows(verdict: Verdict, personal: bool) -> list[Mapping[str, Any]]:
    text = "".join(histories.csv_lines(verdict, personal=personal)).lstrip(histories.BOM)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _differing(read: list[Any], made: list[list[Mapping[str, Any]]], verdict: Verdict) -> Iterator[str]:
    """The lines of a file against both ways in which they can have been made; `verified` is a claim and not compared."""
    compared = [[{**row, "verified": ""} for row in rows] for rows in (read, *made)]
    if compared[0] in compared[1:]:
        return
    if verdict.erasure and [row["hash"] for row in compared[0]] == [row["hash"] for row in compared[1]]:
        return
    closest = max(compared[1:], key=lambda rows: sum(a == b for a, b in zip(rows, compared[0], strict=False)))
    for number, (one, other) in enumerate(zip(compared[0], closest, strict=False), start=2):
        if one != other:
            yield f"line {number} is not as in the record"
    if len(compared[0]) != len(closest):
        yield f"{len(compared[0])} lines in the file, {len(closest)} in the record"


def _trace(content: str) -> Finding:
    said = dict(re.findall(r'<string key="([^"]+)" value="([^"]*)"/>', content.partition("<event>")[0]))
    case, count = said.get("concept:name", ""), said.get("entries", "")
    if not case or not count.isdecimal():
        raise UnknownFile
    verdict = _verdict(case)
    wrong = list(_claims(verdict, said.get("verified") == "yes"))
    if verdict is not None:
        personal = said.get("personal") == "yes"
        made = event_log.trace(_upto(verdict, int(count)), personal=personal)
        if not (verdict.erasure and personal) and _unclaimed(made) != _unclaimed(content):
            wrong.append("the trace is not as in the record")
    return _finding(case, verdict, int(count), wrong)


def _unclaimed(content: str) -> str:
    return re.sub(r'<string key="verified" value="[^"]*"/>', "", content).strip()


def _upto(verdict: Verdict, count: int) -> Verdict:
    return replace(verdict, history=verdict.history[:count])


def _verdict(case: str) -> Verdict | None:
    query = select(ProcessInstance.id).where(ProcessInstance.business_key == case).order_by(ProcessInstance.id.desc())
    found = session().scalars(query.limit(1)).first()
    return verification.verify(found) if found is not None else None


def _finding(case: str, verdict: Verdict | None, entries: int, wrong: list[str]) -> Finding:
    since = max(0, len(verdict.history) - entries) if verdict is not None else 0
    return Finding(case, entries, since, tuple(wrong), verdict is not None and verdict.erasure is not None)
