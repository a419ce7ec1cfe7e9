"""`./desk verify`: proving that nothing in the record was altered, of one case or of the whole office; many cases by several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from typing import Any

import click

import engine
from office import verification
from web import create_app
from web.commands.output import as_json, progress, report
from web.queries import casefile

AT_ONCE = 100
ALONE = 300


@click.command()
@click.option("--instance", "number", help="One case, by its number or the id of its instance.")
@click.option("--all", "everything", is_flag=True, help="Every case, the published versions, the ledger's balances.")
@as_json
def verify(number: str | None, everything: bool, as_json: bool) -> None:
    """Check chain, signatures, rows, re-execution and ledger; status 1 when anything contradicts the record."""
    if everything == bool(number):
        raise click.UsageError("say --instance with a case, or --all")
    with create_app().app_context():
        verdicts = _everything() if everything else [verification.verify(_instance(str(number)))]
        beside = verification.verify_office() if everything else []
    found = [one for verdict in verdicts for one in verdict.deviations] + beside
    document = {
        "ok": not found,
        "verified": len(verdicts),
        "entries": sum(verdict.entries for verdict in verdicts),
        "erased": [verdict.business_key for verdict in verdicts if verdict.erased],
        "deviations": [asdict(one) for one in found],
    }
    report(document, _lines(document, verdicts, found), as_json=as_json, found=bool(found))


def _instance(text: str) -> int:
    """The instance of a case number or an id. Errors: ClickException."""
    try:
        return casefile.find(text).id
    except casefile.UnknownCase as error:
        if text.isdecimal():
            return int(text)
        raise click.ClickException(f"there is no case {text}") from error


def _everything() -> list[engine.Verdict]:
    ids = engine.every_instance()
    some = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    if len(ids) <= ALONE:
        with progress(some, "verifying", lambda _: None) as shown:
            return [verdict for one in shown for verdict in _verified(one)]
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=spawning, initializer=_enter) as pool:
        asked = [pool.submit(_verified, one) for one in some]
        with progress(asked, "verifying", lambda _: None) as shown:
            return [verdict for answer in shown for verdict in answer.result()]


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
        *(f"{number:<18} personal data erased: the chain only" for number in document["erased"]),
        f"{document['verified']} cases, {document['entries']} entries: "
        + (f"{len(found)} deviations" if found else "all agree with their record"),
    ]
