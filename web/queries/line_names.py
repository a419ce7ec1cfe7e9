"""What the disputed lines that a page speaks of are called: items of bills and calls, looked up all at once before the page is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from engine import proof
from models.base import connection
from models.usage import Cdr
from office.masking import Sight
from service_tasks.gateway.listing import items_billed
from web.telling import code_texts, disputed_lines

MOST = 500
_CALLS = select(Cdr.id, Cdr.start, Cdr.duration_s).where(Cdr.id.in_(bindparam("ids", expanding=True)))


def know(addresses: Iterable[str], msisdn: str | None) -> None:
    """Let this page call these lines of a number by what is printed on the bill, and by when the call was; at most two statements."""
    on_page = sorted(set(addresses))[:MOST]
    items = items_billed(msisdn or "", on_page)
    disputed_lines.know_items({address: code_texts.item_text(*item) for address, item in items.items()})
    ids = {int(record_id) for address in on_page if (record_id := _record(address))}
    rows = connection().execute(_CALLS, {"ids": sorted(ids)}) if ids else ()
    disputed_lines.know_calls({id: (start, seconds) for id, start, seconds in rows})


def of_history(history: proof.CaseHistory, msisdn: str | None, sight: Sight) -> None:
    """Do the same for what the steps of a case speak of; who is shown nothing personal is not told when somebody called."""
    if sight.personal:
        know(_named([step for entry in history.entries for step in entry.steps]), msisdn)


def _record(address: str) -> str:
    kind, _, key = address.partition(":")
    return (
        key
        if kind in disputed_lines.SEEN and key.isascii() and key.isdecimal() and len(key) < disputed_lines.MOST_FIGURES
        else ""
    )


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("line"), str):
            yield value["line"]
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _named(inner)
