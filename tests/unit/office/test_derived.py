"""The rows beside a case are held against its record: whoever changes, deletes or adds one is found, whichever it is, and nobody else is accused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

import engine
from engine import cases
from models.base import session, transaction
from office import erasure, intake, replies, verification
from tests.support import auditing
from tests.support.actors import CLEO, SAM
from web.queries import casefile

WORDS = "彩铃不是我开的,请退钱"
MADE = tuple[Flask, dict[str, str]]
PAID = auditing.CALLED


@pytest.fixture(scope="module")
def populated(tmp_path_factory: pytest.TempPathFactory) -> MADE:
    """A case taken in at the counter with an interim reply, one with a hold and messages, one with a refund and an answer."""
    app, numbers = auditing.office(tmp_path_factory.mktemp("derived"), (auditing.HELD, PAID, auditing.OMITTED))
    with app.app_context():
        intake_form = intake.Intake(
            msisdn="13900000201",
            text=WORDS,
            process="TS-001",
            channel="counter",
            demand="退款",
            disputed_amount=8800,
            overrule_reason="客户坚持",
        )
        number = intake.accept(intake_form, by=CLEO, at=engine.now())
        replies.send(number, "正在核实", key="", by=CLEO, at=engine.now())
    return app, {**numbers, "taken in": number}


@pytest.fixture
def numbers(populated: MADE) -> Iterator[dict[str, str]]:
    """The numbers of the cases, in a context of the office."""
    with populated[0].app_context():
        yield populated[1]


@contextmanager
def tampered(statement: str, **values: Any) -> Iterator[None]:
    """Somebody writes the database past the program; it is rolled back."""
    session().rollback()
    session().execute(text("PRAGMA foreign_keys = OFF"))
    session().execute(text("PRAGMA ignore_check_constraints = ON"))
    session().execute(text("BEGIN"))
    try:
        assert session().execute(text(statement), values).rowcount >= 1, statement
        yield
    finally:
        session().rollback()
        session().expunge_all()


def found(number: str) -> list[str]:
    """What contradicts the record of one case."""
    return [deviation.what for deviation in verification.verify(casefile.find(number).id).deviations]


def test_what_nobody_touched_agrees(numbers: dict[str, str]) -> None:
    """Cases with a complaint, messages by every way, a hold and a refund."""
    assert [found(number) for number in numbers.values()] == [[], [], [], []]
    assert verification.verify_office() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("disputed_amount", "88000"),
        ("accepted_by", "'mallory'"),
        ("accepted_at", "'2026-01-01 00:00:00.000000'"),
        ("demand", "'别的'"),
        ("msisdn", "'13900000202'"),
        ("channel", "'letter'"),
        ("process_key", "'TS-008'"),
        ("suggested_process", "'TS-008'"),
        ("confidence", "99"),
        ("overruled", "1 - overruled"),
        ("overruled_reason", "'因为'"),
        ("state", "'closed'"),
        ("state", "'replied'"),
        ("replied_at", "'2026-01-01 00:00:00.000000'"),
        ("closed_at", "'2026-01-01 00:00:00.000000'"),
        ("resolution", "'已退'"),
        ("text_sealed", "x'00'"),
        ("text_sealed", "NULL"),
        ("repeat_of", "'AJ-2026-000009'"),
        ("case_number", "'AJ-2026-000099'"),
    ],
)
def test_every_column_of_a_complaint_that_the_record_knows(numbers: dict[str, str], column: str, value: str) -> None:
    """What was taken in, suggested, and what became of it."""
    number = numbers["taken in"]
    with tampered(f"UPDATE complaint SET {column} = {value} WHERE case_number = :of", of=number):
        deviations = found(number)
    assert len(deviations) == 1
    assert column in deviations[0]


@pytest.mark.parametrize(
    ("case", "statement", "fragment"),
    [
        ("taken in", "DELETE FROM complaint WHERE case_number = :of", "complaint {} is missing"),
        ("taken in", "UPDATE complaint SET instance_id = NULL WHERE case_number = :of", "complaint {} is missing"),
        ("taken in", "UPDATE outbox_message SET body = body || '!' WHERE case_number = :of", "body"),
        ("taken in", "UPDATE outbox_message SET told_by = 'sam' WHERE case_number = :of", "told_by"),
        ("taken in", "DELETE FROM outbox_message WHERE case_number = :of", "of an interim reply is missing"),
        (
            auditing.HELD,
            "UPDATE outbox_message SET body = replace(body, '0.00', '00.00') WHERE case_number = :of",
            "body",
        ),
        (auditing.HELD, "UPDATE outbox_message SET to_msisdn = '13900000999' WHERE case_number = :of", "to_msisdn"),
        (auditing.HELD, "DELETE FROM outbox_message WHERE case_number = :of", "is missing"),
        (
            auditing.HELD,
            "INSERT INTO outbox_message (key, case_number, to_msisdn, template, body, state, queued_at, channel)"
            " SELECT 'more', case_number, to_msisdn, template, body, state, queued_at, channel"
            " FROM outbox_message WHERE case_number = :of LIMIT 1",
            "belongs to no recorded step",
        ),
        (PAID, "UPDATE outbox_message SET body = '没有退' WHERE case_number = :of", "body"),
        (auditing.HELD, "UPDATE charge_hold SET amount = amount + 1 WHERE case_number = :of", "charge_hold"),
        (auditing.HELD, "UPDATE charge_hold SET state = 'held' WHERE case_number = :of", "state"),
        (auditing.HELD, "DELETE FROM charge_hold WHERE case_number = :of", "is missing"),
        (
            auditing.OMITTED,
            "UPDATE secondary_pricing_item SET amount = 1 WHERE case_number = :of",
            "secondary_pricing_item",
        ),
        (auditing.OMITTED, "DELETE FROM secondary_pricing_item WHERE case_number = :of", "its item is missing"),
        (
            auditing.OMITTED,
            "INSERT INTO secondary_pricing_item (key, period, subscription_id, case_number, item_kind, amount, state,"
            " omit_once, entered_at) SELECT 'more', period, subscription_id, case_number, item_kind, amount, state,"
            " omit_once, entered_at FROM secondary_pricing_item WHERE case_number = :of LIMIT 1",
            "belongs to no recorded service call",
        ),
        (PAID, "UPDATE authority_grant SET level = 'two' WHERE case_number = :of", "level"),
        (PAID, "UPDATE authority_grant SET amount = amount + 1 WHERE case_number = :of", "authority_grant"),
        (PAID, "UPDATE refund SET amount = amount + 1 WHERE case_number = :of", "refund"),
        (PAID, "DELETE FROM refund WHERE case_number = :of", "is missing"),
        (
            PAID,
            "UPDATE refund SET case_number = NULL WHERE case_number = :of",
            "is missing",
        ),
    ],
)
def test_messages_and_papers(numbers: dict[str, str], case: str, statement: str, fragment: str) -> None:
    """Changed, deleted or added: what the customer was told and what the money stands on."""
    number = numbers[case]
    with tampered(statement, of=number):
        deviations = found(number)
    assert deviations
    assert all(fragment.format(number) in deviation for deviation in deviations), deviations


def test_a_receipt_that_forgets_a_refund(numbers: dict[str, str]) -> None:
    """Set back, it could be paid out a second time."""
    query = "SELECT receipt_number FROM refund WHERE case_number = :of"
    with tampered(f"UPDATE receipt SET refunded = 0 WHERE number IN ({query})", of=numbers[PAID]):
        (deviation,) = verification.verify_office()
    assert deviation.what.startswith("receipt ")


def test_a_message_of_an_earlier_version_reads_as_it_did(numbers: dict[str, str]) -> None:
    """The wording changed since; an office that sent it then is not accused."""
    number = numbers[auditing.HELD]
    with tampered("UPDATE outbox_message SET body = replace(body, :later, '') WHERE case_number = :of AND template = 'charge_held'", later=f"(案件 {number})", of=number):  # fmt: skip
        assert found(number) == []


def test_nothing_typed_is_left_of_an_erased_case(numbers: dict[str, str]) -> None:
    """Result, reason for another process, notes and replies go with the key: no table and no entry holds them, and it verifies."""
    intake_form = intake.Intake(
        msisdn="13900000202", text=WORDS, process="TS-001", channel="counter", overrule_reason="因张三"
    )
    number = intake.accept(intake_form, by=CLEO, at=engine.now())
    instance = casefile.find(number).id
    cases.cancel(instance, reason="李四要求", by=SAM, at=engine.now())
    with transaction():
        session().execute(text("UPDATE complaint SET resolution = '退给王五' WHERE case_number = :of"), {"of": number})
    erasure.erase(instance, reason="客户要求", by=SAM, at=engine.now())
    assert found(number) == []
    rows = session().execute(text("SELECT * FROM complaint WHERE case_number = :of"), {"of": number}).all()
    bodies = session().scalars(text("SELECT body FROM entry WHERE stream_id = :of"), {"of": str(instance)}).all()
    stored = f"{rows}{b''.join(bodies).decode()}"
    assert [word for word in ("张三", "李四", "王五", WORDS) if word in stored] == []
    with tampered("UPDATE complaint SET resolution = 'x' WHERE case_number = :of", of=number):
        assert [deviation.split()[0] for deviation in found(number)] == ["complaint.resolution"]


@pytest.mark.parametrize("reason", ["请找 13900000201", "身份证 330106199001011234", "卡 6222 0212 3456 7890"])
def test_no_reason_of_an_erasure_names_a_number(numbers: dict[str, str], reason: str) -> None:
    """It stays for ever, so it is refused before anything goes."""
    with pytest.raises(erasure.NoReasonGiven) as raised:
        erasure.erase(casefile.find(numbers[PAID]).id, reason=reason, by=SAM, at=engine.now())
    assert [refusal.code for refusal in raised.value.values["reasons"]["reason"]] == ["holds_number"]
