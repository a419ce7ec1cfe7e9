"""`./desk verify`: proving that nothing in the record was altered, of one case or of the whole office, or that an exported file says what the
record says; many cases by several processes, where that is quicker.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import click

import engine
from office import exports, masking, verification
from web import create_app
from web.commands.output import as_json, counted, progress, report
from web.queries import casefile

AT_ONCE = 100
TO_START = 4.0
"""Seconds of work that a process costs before it verifies anything: it reads the program and opens the office."""


@click.command()
@click.option("--instance", "number", help="One case, by its number or the id of its instance.")
@click.option("--all", "everything", is_flag=True, help="Every case, the published versions, the ledger's balances.")
@click.option(
    "--export",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that was exported from here as JSON, CSV or XES: whether it says what the record says.",
)
@as_json
def verify(number: str | None, everything: bool, file: Path | None, as_json: bool) -> None:
    """Check chain, signatures, rows, re-execution and ledger; status 1 when anything contradicts the record."""
    if (everything, bool(number), file is not None).count(True) != 1:
        raise click.UsageError("say --instance with a case, --export with a file, or --all")
    if file is not None:
        _exported(file, as_json)
        return
    with create_app().app_context():
        lacking = verification.verify_schema()
        verdicts = [] if lacking else _verdicts(number)
        beside = verification.verify_office() if everything else lacking
    found = [one for verdict in verdicts for one in verdict.deviations] + beside
    document = {
        "ok": not found,
        "verified": len(verdicts),
        "entries": sum(verdict.entries for verdict in verdicts),
        "erased": [_erased(verdict.business_key, verdict.erasure) for verdict in verdicts if verdict.erasure],
        "deviations": [asdict(one) for one in found],
    }
    report(document, _lines(document, verdicts, found), as_json=as_json, found=bool(found))


def _verdicts(number: str | None) -> list[engine.Verdict]:
    return [verification.verify(_instance(number))] if number else list(_everything())


def _erased(case: str, erasure: engine.Erasure) -> dict[str, str]:
    return {"case": case, "by": erasure.by, "at": erasure.at.isoformat(), "reason": masking.masked(erasure.reason)}


def _exported(file: Path, as_json: bool) -> None:
    with create_app().app_context():
        try:
            found = exports.check(file.read_text(encoding="utf-8"))
        except (exports.UnknownFile, UnicodeDecodeError) as error:
            raise click.ClickException(f"{file} is no export of a case or of cases") from error
    wrong = [f"{one.case:<18} {what}" for one in found for what in one.wrong]
    grown = [
        f"{one.case:<18} has gone on by {counted(one.since, 'entry', 'entries')} since" for one in found if one.since
    ]
    told = f"{counted(len(found), 'case')}, {counted(sum(one.entries for one in found), 'entry', 'entries')}: "
    end = counted(len(wrong), "deviation") if wrong else "the file says what the record says"
    document = {"ok": not wrong, "cases": [asdict(one) for one in found]}
    report(document, [*wrong, *grown, told + end], as_json=as_json, found=bool(wrong))


def _instance(text: str) -> int:
    """The instance of a case number or an id. Errors: ClickException."""
    try:
        return casefile.find(text).id
    except casefile.UnknownCase as error:
        if text.isdecimal():
            return int(text)
        raise click.ClickException(f"there is no case {text}") from error


def _everything() -> Iterator[engine.Verdict]:
    """The verdicts on all cases, oldest first: by this process until it is known how long the rest will take."""
    ids = engine.every_instance()
    some = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    with progress(some, "verifying", lambda _: None) as shown:
        waiting = iter(shown)
        took = 0.0
        for done, portion in enumerate(waiting):
            if done and is_quicker(took / done * (len(some) - done)):
                yield from _by_several([portion, *waiting])
                return
            began = perf_counter()
            yield from _verified(portion)
            took += perf_counter() - began


def is_quicker(seconds: float, processors: int = 0) -> bool:
    """Whether several processes are done sooner with what takes one of them so long, each having to start first."""
    several = processors or len(os.sched_getaffinity(0))
    return several > 1 and TO_START + seconds / several < seconds


def _by_several(some: list[Sequence[int]]) -> Iterator[engine.Verdict]:
    spawning = multiprocessing.get_context("spawn")
    several = min(len(os.sched_getaffinity(0)), len(some))
    with ProcessPoolExecutor(several, mp_context=spawning, initializer=_enter) as pool:
        for verdicts in pool.map(_verified, some):
            yield from verdicts


def _enter() -> None:
    """Each process has the office open for as long as it lives."""
    create_app().app_context().push()


def _verified(ids: Sequence[int]) -> list[engine.Verdict]:
    """The verdicts without the histories they were made from."""
    return [replace(verdict, history=[]) for verdict in verification.verify_each(ids)]


def _lines(document: dict[str, Any], verdicts: list[engine.Verdict], found: list[engine.Deviation]) -> list[str]:
    numbers = {verdict.instance_id: verdict.business_key for verdict in verdicts}
    return [
        *(f"{numbers.get(d.instance_id, '-'):<18} since entry {d.seq:>4}  {d.kind:<10} {d.what}" for d in found),
        *(
            f"{one['case']:<18} personal data erased on {one['at']} by {one['by']} ({one['reason']}): chain, rows and ledger"
            for one in document["erased"]
        ),
        f"{counted(document['verified'], 'case')}, {counted(document['entries'], 'entry', 'entries')}: "
        + (counted(len(found), "deviation") if found else "all agree with their record"),
    ]
