"""What service tasks are asked and answer in words is personal, unless it is known to be a code, a number of a paper of ours, or a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

from engine.runtime import handlers

# Codes and findings, instants and periods, places, our own numbers of cases and papers, and log-ins of staff: who of the staff did what stays.
KNOWN = frozenset(
    (
        *("alternatives.process", "approved_by", "bank", "basis", "bearer", "case", "case_number", "caused.component"),
        *(
            "caused.line",
            "cause",
            "cells",
            "cloned.component",
            "cloned.reason",
            "credit_note",
            "debited.component",
            "debited.line",
            "department",
            "direction",
        ),
        *(
            "dispute_type",
            "duty",
            "earlier",
            "error_kind",
            "events.event",
            "evidence.kind",
            "evidence.process",
            "evidence.word",
        ),
        *(
            "failed.period",
            "failed.reason",
            "failure",
            "fault",
            "finding",
            "given.case",
            "given.component",
            "given.line",
        ),
        *("given.state", "group", "into", "item", "joined", "key", "kind", "last_bill_period", "late_fees.component"),
        *(
            "late_fees.line",
            "left.network",
            "left.place",
            "left.reason",
            "lines",
            "lines.case_number",
            "lines.component",
        ),
        *("lines.line", "lines.reason", "lines.state", "matches.dispute_type", "matches.process", "matches.word"),
        *("message", "month", "new_serial", "number", "outcome", "parameters", "period", "periods", "process"),
        *(
            "promised_by",
            "proved.component",
            "reason",
            "reasons",
            "receipt_number",
            "receipts.kind",
            "receipts.receipt",
        ),
        *("electronic_invoices", "red_invoice", "replacement"),
        *("receipts_in_hand", "reference", "refund_number", "reserved_as", "result", "rows.period", "serial"),
        *("settle_on", "site", "source", "status", "subject", "unit", "waiver_number"),
    )
)


def unmarked(schema: Schema, place: str = "") -> Iterator[str]:
    """The places of words that are neither personal nor chosen from a list."""
    for name, field in schema.fields.items():
        if field.metadata.get("personal"):
            continue
        inner: Any = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from unmarked(inner.schema, f"{place}{name}.")
        elif isinstance(field, (fields.String, fields.Dict, fields.List)) and "OneOf" not in repr(field.validate):
            yield f"{place}{name}"


def test_words_are_personal_unless_they_are_known_not_to_be(desk: Any) -> None:
    """A name, an account or free text that a service task takes or gives is marked, or stands in clear in every export."""
    places = {
        f"{topic}: {place}"
        for topic, handler in handlers.handlers_by_topic().items()
        for schema in (handler.takes, handler.gives)
        for place in unmarked(schema)
        if place not in KNOWN
    }
    assert places == set()


def test_who_bears_an_error_is_personal_wherever_it_is_told(desk: Any) -> None:
    """The name in the answer, and name and employee number in what is asked."""
    by_topic = handlers.handlers_by_topic()
    for topic in ("liability/open", "liability/name", "liability/company", "liability/answer", "liability/decide"):
        assert "name" in by_topic[topic].answers
    assert {"person", "employee"} <= by_topic["liability/name"].asks
