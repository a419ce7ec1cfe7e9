"""Who bears an error, mandates that were written, receipts that were paid on: each row is held against the record, and nobody else is accused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import ground, proof, runtime
from office import composition, masking, verification
from tests.support.worlds import played

PLAYED = (
    "The right service was put in force, only what is above its price comes back",
    "Paid by the clerk on the spot, it counts as paid back and as settled",
    "Keying error, late fee waived, renewed, next debit works",
    "The bill is paid, the receipt held and the customer insists on cash, paid back by TS-002",
    "Answered at the decision, left out once, made good; the customer gets one message at posting",
)


@pytest.fixture(scope="module")
def cases_with_liabilities() -> Iterator[Session]:
    """Cases with liabilities, a renewed mandate, cash on a receipt and a collected correction, in a database that lets itself be tampered with."""
    with runtime.entered(composition.runtime(ground.ephemeral_keys())), played(PLAYED) as current:
        yield current


@contextmanager
def tampered(session: Session, *statements: str) -> Iterator[None]:
    """Somebody writes the database past the program; it is rolled back."""
    session.rollback()
    session.execute(text("BEGIN"))
    try:
        for statement in statements:
            assert session.execute(text(statement)).rowcount >= 1, statement  # type: ignore[attr-defined]
        session.expunge_all()
        yield
    finally:
        session.rollback()
        session.expunge_all()


def differences() -> list[str]:
    """Everything that verification of the whole office finds."""
    verdicts = verification.verify_each(proof.every_instance())
    in_cases = [deviation.what for verdict in verdicts for deviation in verdict.deviations]
    return in_cases + [deviation.what for deviation in verification.verify_office()]


def test_what_nobody_touched_agrees(cases_with_liabilities: Session) -> None:
    """There is something to compare in each table, and nothing is accused."""
    for table in ("liability", "liability_part", "bank_mandate", "refund", "secondary_pricing_item"):
        assert cases_with_liabilities.scalar(text(f"SELECT count(*) FROM {table}")), table
    assert differences() == []


NAMED = "WHERE id = (SELECT min(id) FROM liability WHERE bearer = 'person' AND state = 'stands')"
EXCHANGE = "WHERE number = (SELECT min(number) FROM receipt_exchange)"
PART = "WHERE id = (SELECT min(id) FROM liability_part)"
MANDATE = "WHERE id = (SELECT max(id) FROM bank_mandate WHERE state = 'active')"


@pytest.mark.parametrize(
    ("statement", "fragments"),
    [
        (f"UPDATE liability SET amount = amount + 1 {NAMED}", ("liability", "amount")),
        (f"UPDATE liability SET name = 'LX' {NAMED}", ("liability", "name")),
        (f"UPDATE liability SET unit = '别处' {NAMED}", ("liability", "unit")),
        (f"UPDATE liability SET employee = '007' {NAMED}", ("liability", "employee")),
        (f"UPDATE liability SET state = 'objected' {NAMED}", ("liability", "state")),
        (f"UPDATE liability SET bearer = 'agency' {NAMED}", ("liability", "bearer")),
        (f"UPDATE liability SET bearer = 'company' {NAMED}", ("liability", "bearer")),
        (f"UPDATE receipt_exchange SET amount = amount + 1 {EXCHANGE}", ("receipt_exchange", "amount")),
        (f"UPDATE receipt_exchange SET case_number = 'AJ-0' {EXCHANGE}", ("receipt_exchange", "differs from")),
        (f"DELETE FROM receipt_exchange {EXCHANGE}", ("receipt_exchange", "is missing")),
        (f"UPDATE liability SET objection = '不服' {NAMED}", ("liability", "objection")),
        (f"UPDATE liability SET named_by = 'mallory' {NAMED}", ("liability", "named_by")),
        (f"UPDATE liability SET opened_at = '2020-01-01 00:00:00.000000' {NAMED}", ("liability", "opened_at")),
        (f"UPDATE liability SET cause = 'system' {NAMED}", ("liability", "missing")),
        (f"UPDATE liability SET case_number = 'AJ-1999-000001' {NAMED}", ("liability", "missing")),
        (f"DELETE FROM liability {NAMED}", ("liability", "missing")),
        (
            "INSERT INTO liability (case_number, cause, amount, bearer, name, unit, employee, state, opened_at, objection)"
            " SELECT case_number, 'equipment', 0, 'company', '', '', '', 'stands', opened_at, '' FROM liability LIMIT 1",
            ("liability", "belongs to no recorded"),
        ),
        (f"UPDATE liability_part SET amount = amount + 1 {PART}", ("liability_part", "amount")),
        (f"UPDATE liability_part SET at = '2020-01-01 00:00:00.000000' {PART}", ("liability_part", "at")),
        (f"UPDATE liability_part SET key = '999:9' {PART}", ("liability_part", "missing")),
        (f"UPDATE liability_part SET liability_id = 9999 {PART}", ("liability_part", "gone")),
        (f"DELETE FROM liability_part {PART}", ("liability_part", "missing")),
        (f"UPDATE bank_mandate SET keyed_account = '6222020200019999999' {MANDATE}", ("bank_mandate", "keyed_account")),
        (f"UPDATE bank_mandate SET agreed_holder = 'X' {MANDATE}", ("bank_mandate", "agreed_holder")),
        (f"UPDATE bank_mandate SET effective_on = '2020-01-01' {MANDATE}", ("bank_mandate", "effective_on")),
        (f"DELETE FROM bank_mandate {MANDATE}", ("bank_mandate", "missing")),
        ("UPDATE refund SET receipt_number = 'SJ-9999' WHERE method = 'cash'", ("refund", "receipt_number")),
        ("UPDATE secondary_pricing_item SET period = '2031-01'", ("secondary_pricing_item", "period")),
        ("UPDATE secondary_pricing_item SET period = '2001-01'", ("secondary_pricing_item", "period")),
    ],
)
def test_whoever_changes_a_row_is_found(
    cases_with_liabilities: Session, statement: str, fragments: tuple[str, str]
) -> None:
    """Each on its own, by table and column."""
    with tampered(cases_with_liabilities, statement):
        lines = differences()
    assert any(all(fragment in line for fragment in fragments) for line in lines), lines


def test_a_liability_changed_with_its_part_is_found(cases_with_liabilities: Session) -> None:
    """A sum that still adds up is another than the record has."""
    with tampered(
        cases_with_liabilities,
        "UPDATE liability_part SET amount = amount + 1",
        "UPDATE liability SET amount = (SELECT sum(amount) FROM liability_part WHERE liability_id = liability.id)",
    ):
        assert any("liability_part" in line and "amount" in line for line in differences())


DRAW = "INSERT INTO review_draw (day, since, upto, paid, drawn, at) VALUES ('{}', '{}', '{}', 0, 0, '{}')"


@pytest.mark.parametrize(
    ("day", "since", "upto", "at", "column"),
    [
        ("2026-03-09", "2026-03-08 16:00", "2026-03-08 16:00", "2026-03-09 01:00", "since"),
        ("2026-03-09", "2026-03-07 16:00", "2026-03-07 16:01", "2026-03-09 01:00", "upto"),
        ("2026-03-09", "2026-03-07 16:00", "2026-03-08 16:00", "2026-03-19 01:00", "at"),
        ("2099-03-09", "2099-03-07 16:00", "2099-03-08 16:00", "2099-03-09 01:00", "at"),
    ],
)
def test_a_forged_draw_is_found(
    cases_with_liabilities: Session, day: str, since: str, upto: str, at: str, column: str
) -> None:
    """A day said to be drawn of nothing, of a span that is not its own or made at another time, cannot hide its payments."""
    instants = [f"{instant}:00.000000" for instant in (since, upto, at)]
    with tampered(cases_with_liabilities, DRAW.format(day, *instants)):
        assert f"draw of {day}: {column}" in differences()


def test_who_bears_an_error_is_withheld_in_the_results_as_in_the_form(cases_with_liabilities: Session) -> None:
    """Whoever may not see what is personal reads the name nowhere: not in what was typed, asked, answered or passed back."""
    visible_steps = []
    for instance_id in proof.every_instance():
        history = proof.history_of(instance_id)
        steps = [step for entry in history.entries for step in entry.steps]
        if any("李某" in str(step) for step in steps):
            visible_steps += [masking.step(step, history.definition.private, masking.NOTHING) for step in steps]
    assert visible_steps
    assert [step["type"] for step in visible_steps if "李某" in str(step)] == []
