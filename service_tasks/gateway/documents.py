"""Numbered papers: who gives out their numbers, and the rows of refunds, credit notes and waivers; no posting is decided here."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.sql.dml import ReturningInsert

from models.base import session
from models.billing import CreditNote, DocumentSequence, LateFeeWaiver, Refund
from service_tasks.gateway.ledger import UPSERT
from service_tasks.gateway.values import Document, Effect, Entry
from service_tasks.zone import ZONE

SERIES = {Refund: "TF", CreditNote: "CJ", LateFeeWaiver: "JM"}
Paper = type[Refund] | type[CreditNote] | type[LateFeeWaiver]


def next_number(series: str, at: datetime) -> str:
    """Return the next number of a series in the office's year of `at`, e.g. "TF-2026-000012". One statement; the row stays locked."""
    year = at.astimezone(ZONE).year
    statement = _next_of_series(session().get_bind().dialect.name)
    number = session().execute(statement, {"series": series, "year": year, "last": 1}).scalar_one()
    return f"{series}-{year}-{number:06d}"


@cache
def _next_of_series(dialect: str) -> ReturningInsert[int]:
    return (
        UPSERT[dialect](DocumentSequence)
        .on_conflict_do_update(index_elements=["series", "year"], set_={"last": DocumentSequence.last + 1})
        .returning(DocumentSequence.last)
    )


def issue(paper: Paper, entry: Entry, effect: Effect, **columns: Any) -> Document:
    """Write the paper of a new entry, or find the one that a repeated entry already has."""
    if entry.repeated:
        return of_entry(paper, entry.id)
    number = next_number(SERIES[paper], effect.at)
    form = {**columns.pop("form", {}), "number": number}
    row = {"number": number, "case_number": effect.case, "at": effect.at, "entry_id": entry.id, "form": form, **columns}
    session().execute(insert(paper), row)
    return Document(number, columns["amount"], entry.id, form)


def of_entry(paper: Paper, entry_id: int) -> Document:
    """Return the paper that an entry was made on."""
    row = (
        session()
        .execute(select(paper.number, paper.amount, paper.entry_id, paper.form).where(paper.entry_id == entry_id))
        .one()
    )
    return Document(*row)
