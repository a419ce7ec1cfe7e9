"""Checking an exported file: is it what we would write of this record, to the letter, and does that record verify today?

What was signed, what says how to read it and what frames it are compared; a file of JSON also carries the signed bodies, so that chain and
signatures are checked in the file itself. What was erased since is compared as far as it is left.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import unescape

from sqlalchemy import select

import engine
from engine import ground, record
from engine.proof import Verdict
from models.base import session
from models.instance import ProcessInstance
from office import verification
from office.exports import agreement, event_log, histories, telling

TRACE = re.compile(r"<trace>.*?</trace>\n?", re.DOTALL)
TOKEN = re.compile(r"<[^>]*>")
ATTRIBUTE = re.compile(r"""<string key="(?P<key>[^"]*)" value=(?P<quote>["'])(?P<value>.*)(?P=quote)/>""", re.DOTALL)
UNESCAPED = {"&quot;": '"', "&#10;": "\n", "&#13;": "\r", "&#9;": "\t"}
OF_FIRST = {"instance", "entries"}  # what the first exports held
FIRST_COLUMNS = histories.COLUMNS[:-3]  # of a line, before it said which case it is of
KEPT = ("seq", "at", "actor", "hash", "mac")  # what is signed beside the steps
CLAIMED = ("entries", "verified", "deviations", "personal", "erased")  # looked at by themselves
JSON_CELLS = frozenset(("form", "result", "step"))


class UnknownFile(engine.Invalid):
    """This is no export of ours."""


class EarlierFile(UnknownFile):
    """An export of an earlier version, which did not say yet of which case it is or what it can be checked by."""


# How earlier versions wrote the traces of a log.
EARLIER: tuple[dict[str, Any], ...] = (
    {},
    {"acts": False},
    {"acts": False, "resource_of": telling.who_earlier},
)


@dataclass(frozen=True)
class Finding:
    """One case of a file: what is wrong with it, how many entries its history has grown by since, whether it was erased among them, and whether an earlier version wrote the file,
    which told less. Without a case: of the file as a whole.
    """

    case: str
    entries: int
    since: int
    wrong: tuple[str, ...]
    erased: bool = False
    earlier: bool = False


def check(content: str) -> list[Finding]:
    """Return what came of every case in a file of `history_json`, `history_csv` or `xes`. Errors: UnknownFile, EarlierFile."""
    if content.lstrip().startswith("{"):
        return [_json(content)]
    if content.lstrip(histories.BOM).startswith(",".join(histories.COLUMNS[:3])):
        return [_csv(content)]
    if content.lstrip().startswith("<?xml"):
        return _log(content)
    raise UnknownFile


def _json(content: str) -> Finding:
    try:
        document = json.loads(content)
        if set(document) == OF_FIRST:
            raise EarlierFile
        case, entries, personal = str(document["case"]), list(document["entries"]), document["personal"]
        shape = [{**dict(entry), "steps": list(entry["steps"])} for entry in entries]
    except (KeyError, TypeError, ValueError, RecursionError):
        raise UnknownFile from None
    repeated = ground.key_twice(content)
    if not isinstance(personal, bool):
        raise UnknownFile
    verdict = _verdict(case)
    wrong = [*_chain(shape), *_claims(verdict, document.get("verified") is True and not document.get("deviations"))]
    if verdict is not None:
        versions = agreement.made_otherwise(verdict, _document)
        wrong += [*_head(document, versions), *_against(shape, versions)]
    if repeated is not None:  # other readers may take the first of the two values
        wrong.insert(0, f"line {repeated.line}: “{repeated.key}” stands there twice")
    return _finding(case, verdict, len(shape), wrong)


def _document(verdict: Verdict, personal: bool) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(histories.told(verdict, personal=personal), default=telling.text))
    return document


def _head(document: Mapping[str, Any], versions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Hold what stands above the entries against the record: how to read them, and whose they are; of an erasure, nothing or what is so."""
    for name in sorted(document.keys() ^ versions[0].keys()):
        yield f"{name} is {'not ours' if name in document else 'missing'}"
    for name in sorted((document.keys() & versions[0].keys()) - set(CLAIMED)):
        if document[name] != versions[0][name]:
            yield f"{name} is not as in the record"
    if document.get("erased") not in (None, versions[0]["erased"]):
        yield "erased is not as in the record"


def _chain(entries: list[dict[str, Any]]) -> Iterator[str]:
    """Check that bodies and hashes follow each other, and are signed by this office; a body that was withheld lets its hash stand."""
    previous = record.GENESIS
    for number, entry in enumerate(entries, start=1):
        try:
            digest, mac = bytes.fromhex(entry["hash"]), bytes.fromhex(entry["mac"])
            body = None if entry["body"] is None else entry["body"].encode()
        except (AttributeError, KeyError, TypeError, ValueError):
            yield f"entry {number} is not written as we write it"
            return
        if body is not None and digest != record.chain(previous, body):
            yield f"entry {number}: its hash does not follow"
        if mac != record.mac(digest):
            yield f"entry {number} is not signed by this office"
        previous = digest


def _against(entries: list[dict[str, Any]], versions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Hold what the file says of each entry against what the record has."""
    there = len(versions[0]["entries"])
    if len(entries) > there or not entries:
        yield f"{len(entries)} entries in the file, {there} in the record"
    for number, (entry, *recorded) in enumerate(
        zip(entries, *(version["entries"] for version in versions), strict=False), start=1
    ):
        wrong = [name for name in KEPT if entry.get(name) != recorded[0][name]]
        if not agreement.tells(entry["steps"], [version["steps"] for version in recorded]):
            wrong.append("steps")
        if entry.keys() != recorded[0].keys():
            wrong.append("fields")
        if wrong:
            yield f"entry {number}: {', '.join(wrong)} not as in the record"


def _claims(verdict: Verdict | None, verified: bool) -> Iterator[str]:
    if not verified:
        yield "the file itself says that its case did not verify"
    if verdict is None:
        yield "there is no such case in this office"
        return
    yield from telling.contradictions(verdict)


def _csv(content: str) -> Finding:
    reader = csv.DictReader(io.StringIO(content.lstrip(histories.BOM), newline=""))
    rows = list(reader)
    if tuple(reader.fieldnames or ()) == FIRST_COLUMNS:
        raise EarlierFile
    if not rows or tuple(reader.fieldnames or ()) != histories.COLUMNS or any(None in row for row in rows):
        raise UnknownFile
    case, count = str(rows[0]["case"]), len({row["seq"] for row in rows})
    verdict = _verdict(case)
    wrong, earlier = list(_claims(verdict, all(row["verified"] == "yes" for row in rows))), False
    if verdict is not None:
        recorded = _upto(verdict, count)
        differing = list(_lines(rows, agreement.made_otherwise(recorded, _rows)))
        earlier = bool(differing) and any(
            not list(_lines(rows, agreement.made_otherwise(recorded, make))) for make in (_rows_without, _earlier_rows)
        )
        wrong += [] if earlier else differing
    return replace(_finding(case, verdict, count, wrong), earlier=earlier)


def _rows(verdict: Verdict, personal: bool) -> list[dict[str, Any]]:
    text = "".join(histories.csv_lines(verdict, personal=personal)).lstrip(histories.BOM)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _earlier_rows(verdict: Verdict, personal: bool) -> list[dict[str, Any]]:
    """Return rows as earlier versions wrote them: what the desk did by itself bore the name of whoever acted last."""
    actors = {str(entry.seq): entry.actor for entry in verdict.history}
    return [{**row, "actor": actors[row["seq"]]} for row in _rows_without(verdict, personal)]


def _rows_without(verdict: Verdict, personal: bool) -> list[dict[str, Any]]:
    """Return rows as earlier versions wrote them: what a completed step came to was not said."""
    text = "".join(histories.csv_lines(verdict, personal=personal, outcomes=False)).lstrip(histories.BOM)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _lines(rows: Sequence[Mapping[str, Any]], versions: Sequence[Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Hold the lines of a file against the ways in which they can have been made; `verified` is a claim and not compared."""
    for number, (row, *recorded) in enumerate(zip(rows, *versions, strict=False), start=2):
        wrong = [name for name in histories.COLUMNS if not _cell(name, row, recorded)]
        if wrong:
            yield f"line {number}: {', '.join(wrong)} not as in the record"
    if len(rows) != len(versions[0]):
        yield f"{len(rows)} lines in the file, {len(versions[0])} in the record"


def _cell(name: str, row: Mapping[str, Any], recorded: Sequence[Mapping[str, Any]]) -> bool:
    cells = [version[name] for version in recorded]
    if name in JSON_CELLS:
        return agreement.tells_text(row[name], cells)
    return name == "verified" or row[name] in cells


def _log(content: str) -> list[Finding]:
    """Return every trace of a log, and the log around them, which says how to read them."""
    frame, traces = TRACE.sub("", content), [match[0] for match in TRACE.finditer(content)]
    if event_log.XES not in frame:
        raise UnknownFile
    findings = [_trace(trace) for trace in traces]
    cases = [finding.case for finding in findings]
    wrong = [f"{case} stands in it {cases.count(case)} times" for case in sorted(set(cases)) if cases.count(case) > 1]
    if frame not in event_log.frames(len(traces)):
        wrong.insert(0, "what stands around its cases is not as we write it: cut off, put together or altered")
    return [*([Finding("", 0, 0, tuple(wrong))] if wrong else []), *findings]


def _trace(content: str) -> Finding:
    attributes = dict(re.findall(r'<string key="([^"]+)" value="([^"]*)"/>', content.partition("<event>")[0]))
    case, count = attributes.get("concept:name", ""), attributes.get("entries", "")
    if case and "entries" not in attributes and "head" not in attributes:
        raise EarlierFile
    if not case or not count.isdecimal():
        raise UnknownFile
    verdict = _verdict(case)
    wrong, earlier = list(_claims(verdict, attributes.get("verified") == "yes")), False
    if verdict is not None:
        recorded, personal = _upto(verdict, int(count)), attributes.get("personal", "")
        is_ours, earlier = _is_ours(content, _traces(recorded), personal), False
        if not is_ours:
            earlier = any(
                _is_ours(content, _traces(recorded, outcomes=False, **options), personal) for options in EARLIER
            )
        wrong += [] if is_ours or earlier else ["the trace is not as in the record"]
    return replace(_finding(case, verdict, int(count), wrong), earlier=earlier)


def _traces(verdict: Verdict, **options: Any) -> list[str]:
    return agreement.made_otherwise(
        verdict, lambda variant, personal: event_log.trace(variant, personal=personal, **options)
    )


def _is_ours(content: str, versions: Sequence[str], personal: str) -> bool:
    """Tell, tag by tag, whether it is ours: those that hold what people entered may say what was erased since, all others are as we write them."""
    tags, *recorded = (TOKEN.findall(_unclaimed(text)) for text in (content, *versions))
    if "".join(tags) != _unclaimed(content) or personal not in ("yes", "withheld"):
        return False
    recorded = [other_tags for other_tags in recorded if len(other_tags) == len(tags)]
    return bool(recorded) and all(
        _tag(tag, column) for tag, column in zip(tags, zip(*recorded, strict=True), strict=True)
    )


def _tag(tag: str, versions: Sequence[str]) -> bool:
    if tag in versions:
        return True
    attribute, *attributes = (_attribute(version) for version in (tag, *versions))
    texts = [
        candidate[1]
        for candidate in attributes
        if attribute is not None and candidate is not None and candidate[0] == attribute[0]
    ]
    return attribute is not None and len(texts) == len(versions) and agreement.tells_text(attribute[1], texts)


def _attribute(tag: str) -> tuple[str, str] | None:
    match = ATTRIBUTE.fullmatch(tag)
    return (match["key"], unescape(match["value"], UNESCAPED)) if match else None


def _unclaimed(content: str) -> str:
    return re.sub(r'<string key="verified" value="[^"]*"/>', "", content).strip()


def _upto(verdict: Verdict, count: int) -> Verdict:
    return replace(verdict, history=verdict.history[:count])


def _verdict(case: str) -> Verdict | None:
    query = select(ProcessInstance.id).where(ProcessInstance.business_key == case).order_by(ProcessInstance.id.desc())
    instance_id = session().scalars(query.limit(1)).first()
    return verification.verify(instance_id) if instance_id is not None else None


def _finding(case: str, verdict: Verdict | None, entries: int, wrong: list[str]) -> Finding:
    since = max(0, len(verdict.history) - entries) if verdict is not None else 0
    erased = since > 0 and verdict is not None and verdict.erasure is not None  # the erasure is an entry of its own
    return Finding(case, entries, since, tuple(wrong), erased)
