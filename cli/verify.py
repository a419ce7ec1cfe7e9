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
from cli.database import open_office
from cli.output import as_json, counted, progress, report
from engine import proof
from office import compared, exports, masking, verification
from web import create_app
from web.queries import casefile

AT_ONCE = 100
TO_START = 4.0
"""Seconds of work that a process costs before it verifies anything: it reads the program and opens the office."""


@click.command()
@click.option("--instance", "number", help="One case, by its number or the id of its instance.")
@click.option("--all", "is_all", is_flag=True, help="Every case, the published versions, the ledger's balances.")
@click.option(
    "--export",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that was exported from here as JSON, CSV or XES: whether it says what the record says.",
)
@as_json
def verify(number: str | None, is_all: bool, file: Path | None, as_json: bool) -> None:
    """Check chain, signatures, rows, re-execution and ledger; status 1 when anything contradicts the record."""
    if (is_all, bool(number), file is not None).count(True) != 1:
        raise click.UsageError("say --instance with a case, --export with a file, or --all")
    if file is not None:
        _exported(file, as_json)
        return
    with open_office().app_context():
        lacking = verification.verify_schema()
        verdicts = [] if lacking else _verdicts(number)
        beside = verification.verify_office() if is_all else lacking
        deviations = [deviation for verdict in verdicts for deviation in verdict.deviations] + beside
        if is_all and not lacking:
            _record(verdicts, deviations)
    document = {
        "ok": not deviations,
        "verified": len(verdicts),
        "entries": sum(verdict.entries for verdict in verdicts),
        "erased": [_erased(verdict.business_key, verdict.erasure) for verdict in verdicts if verdict.erasure],
        "deviations": [asdict(deviation) for deviation in deviations],
        **({"not_compared": compared.tables()} if is_all else {}),
    }
    report(document, _lines(document, verdicts, deviations), as_json=as_json, found=bool(deviations))


def _record(verdicts: Sequence[proof.Verdict], deviations: Sequence[proof.Deviation]) -> None:
    """Leave in the record that the whole office was verified; where that cannot be written it is said, and the verdict stands."""
    entries = sum(verdict.entries for verdict in verdicts)
    if not verification.record_run(len(verdicts), entries, len(deviations), engine.now()):
        click.echo("that the office was verified could not be written into the record", err=True)


def _verdicts(number: str | None) -> list[proof.Verdict]:
    return [verification.verify(_instance(number))] if number else list(_everything())


def _erased(case: str, erasure: proof.Erasure) -> dict[str, str]:
    return {"case": case, "by": erasure.by, "at": erasure.at.isoformat(), "reason": masking.masked(erasure.reason)}


def _exported(file: Path, as_json: bool) -> None:
    with open_office().app_context():
        try:
            checks = exports.check(file.read_text(encoding="utf-8"))
        except exports.EarlierFile as error:
            raise click.ClickException(
                f"{file} was written by an earlier version, which did not say yet what a file can be checked by; export it anew"
            ) from error
        except (exports.UnknownFile, UnicodeDecodeError) as error:
            raise click.ClickException(f"{file} is no export of a case or of cases") from error
    wrong = [f"{check.case or 'the file':<18} {fault}" for check in checks for fault in check.wrong]
    erased = [
        f"{check.case:<18} was erased since: its texts cannot be compared any more" for check in checks if check.erased
    ]
    notes = [
        f"{check.case:<18} has gone on by {counted(check.since, 'entry', 'entries')} since"
        for check in checks
        if check.since
    ]
    cases = sum(bool(check.case) for check in checks)
    summary = f"{counted(cases, 'case')}, {counted(sum(check.entries for check in checks), 'entry', 'entries')}: "
    notes += [
        f"{check.case:<18} was written by an earlier version, which told less: what it says is in the record"
        for check in checks
        if check.earlier and not check.wrong
    ]
    end = counted(len(wrong), "deviation") if wrong else "the file says what the record says"
    document = {"ok": not wrong, "cases": [asdict(check) for check in checks]}
    report(document, [*wrong, *notes, *erased, summary + end], as_json=as_json, found=bool(wrong))


def _instance(text: str) -> int:
    """Return the instance of a case number or an id. Errors: ClickException."""
    try:
        return casefile.find(text).id
    except casefile.UnknownCase as error:
        if text.isdecimal():
            return int(text)
        raise click.ClickException(
            f"there is no case {text}; its number is written as on its page, AJ-2026-000001"
        ) from error


def _everything() -> Iterator[proof.Verdict]:
    """Yield the verdicts on all cases, oldest first: by this process until it is known how long the rest will take."""
    ids = proof.every_instance()
    portions = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    with progress(portions, "verifying", lambda _: None) as bar:
        waiting = iter(bar)
        took = 0.0
        for count, portion in enumerate(waiting):
            if count and is_quicker(took / count * (len(portions) - count)):
                yield from _by_several([portion, *waiting])
                return
            began = perf_counter()
            yield from _verified(portion)
            took += perf_counter() - began


def is_quicker(seconds: float, processors: int = 0) -> bool:
    """Tell whether several processes are done sooner with what takes one of them so long, each having to start first."""
    several = processors or len(os.sched_getaffinity(0))
    return several > 1 and TO_START + seconds / several < seconds


def _by_several(portions: list[Sequence[int]]) -> Iterator[proof.Verdict]:
    spawning = multiprocessing.get_context("spawn")
    several = min(len(os.sched_getaffinity(0)), len(portions))
    with ProcessPoolExecutor(several, mp_context=spawning, initializer=_enter) as pool:
        for verdicts in pool.map(_verified, portions):
            yield from verdicts


def _enter() -> None:
    """Enter the office, which each process has open for as long as it lives."""
    create_app().app_context().push()


def _verified(ids: Sequence[int]) -> list[proof.Verdict]:
    """Return the verdicts without the histories and versions they were made from."""
    return [replace(verdict, history=[], definition=None) for verdict in verification.verify_each(ids)]


def _since(deviation: proof.Deviation) -> str:
    """Say since which entry; what concerns no case has none."""
    return f"since entry {deviation.seq:>4}" if deviation.seq else " " * len("since entry    0")


def _lines(document: dict[str, Any], verdicts: list[proof.Verdict], deviations: list[proof.Deviation]) -> list[str]:
    numbers = {verdict.instance_id: verdict.business_key for verdict in verdicts}
    return [
        *(f"{numbers.get(d.instance_id, '-'):<18} {_since(d)}  {d.kind:<10} {d.what}" for d in deviations),
        *(
            f"{erasure['case']:<18} personal data erased on {erasure['at']} by {erasure['by']} ({erasure['reason']}): chain, rows and ledger"
            for erasure in document["erased"]
        ),
        f"{counted(document['verified'], 'case')}, {counted(document['entries'], 'entry', 'entries')}: "
        + (counted(len(deviations), "deviation") if deviations else "all agree with their record"),
        *(_not_compared() if "not_compared" in document else ()),
    ]


def _not_compared() -> Iterator[str]:
    """Yield what the verdict says nothing about."""
    yield f"not compared: {'; '.join(compared.NOT_COMPARED)}; and of what is, some columns: {compared.PAGE}"
