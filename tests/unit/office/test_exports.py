"""Exports say what the signed record says, whether it verifies, and nothing personal that was not asked for; and they can be verified themselves."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

import engine
from models.base import session, transaction
from models.entry import HistoryEntry
from models.instance import ProcessInstance
from models.user_task import UserTask
from office import erasure, exports, scenarios
from tests import auditing, population
from tests.people import SAM
from web.queries import casefile

MADE = tuple[Flask, dict[str, str]]
KINDS = ("json", "csv", "xes")
CARD = "Charged to an invalid number, moved to the right one"
PIN = "111111"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MADE:
    """An office in which one case was refused six times, one called another process, and a card's PIN was entered."""
    return auditing.office(tmp_path_factory.mktemp("exports"), (auditing.REFUSED, auditing.CALLED, CARD))


@pytest.fixture
def numbers(made: MADE) -> Iterator[dict[str, str]]:
    """The numbers of the cases, in a context of the office."""
    with made[0].app_context():
        yield made[1]


def exported(number: str, kind: str, personal: bool = False) -> str:
    """The file."""
    instance = casefile.find(number).id
    if kind == "json":
        return exports.history_json(instance, personal=personal)
    if kind == "csv":
        return "".join(exports.history_csv(instance, personal=personal))
    return "".join(exports.xes(exports.Wanted(personal=personal)))


@contextmanager
def tampered(statement: Any) -> Iterator[None]:
    """Somebody writes the database past the program, and it is put back."""
    with transaction():
        session().execute(text("DROP TRIGGER IF EXISTS entry_no_update"))
        before = session().execute(select(HistoryEntry.__table__)).all()
        session().execute(statement)
    try:
        yield
    finally:
        table = HistoryEntry.__table__
        with transaction():
            for row in before:
                where = [column == getattr(row, column.name) for column in table.primary_key.columns]
                session().execute(update(table).where(*where).values(row._mapping))


def of(number: str) -> Any:
    """The condition for the entries of a case."""
    return HistoryEntry.stream_id == str(casefile.find(number).id)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("personal", [False, True])
def test_an_export_of_a_good_case_verifies(numbers: dict[str, str], kind: str, personal: bool) -> None:
    """What left the office can be held against the record later, personal values or not."""
    found = exports.check(exported(numbers[auditing.REFUSED], kind, personal))
    assert [one.wrong for one in found] == [()] * (len(numbers) if kind == "xes" else 1)
    assert numbers[auditing.REFUSED] in {one.case for one in found}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("old", "new"), [("someone of service_hall", "mallory"), ("T01:3", "T02:3"), ("refund", "refuse")]
)
def test_an_altered_export_does_not(numbers: dict[str, str], kind: str, old: str, new: str) -> None:
    """Whoever did it, what was answered, when it was: whatever the file says otherwise is found."""
    content = exported(numbers[auditing.REFUSED], kind)
    changed = content.replace(old, new, 1)
    assert changed != content
    assert any(one.wrong for one in exports.check(changed))


@pytest.mark.parametrize("kind", KINDS)
def test_who_and_when_are_told_from_the_signed_body(numbers: dict[str, str], kind: str) -> None:
    """`UPDATE entry SET actor = …, at = …` changes nothing in what is told, and the file says that its case does not verify."""
    number = numbers[auditing.REFUSED]
    lie = update(HistoryEntry).where(of(number), HistoryEntry.sequence == 3)
    with tampered(lie.values(actor="innocent", at=engine.now().replace(year=2031))):
        content = exported(number, kind)
        told = engine.history_of(casefile.find(number).id)
    assert ("innocent" in content, "2031-" in content) == (False, False)
    assert [(one.kind, one.seq) for one in told.doubts] == [("columns", 3)]
    assert "columns differ from the signed body" in content
    assert any(
        "columns differ" in text or "did not verify" in text for one in exports.check(content) for text in one.wrong
    )


def test_each_case_of_a_log_speaks_for_itself(numbers: dict[str, str]) -> None:
    """One case that does not verify leaves the others verified, in one file."""
    bad = casefile.find(numbers[auditing.REFUSED]).id
    with tampered(
        update(UserTask)
        .where(UserTask.instance_id == bad, UserTask.state == "completed")
        .values(completed_by="mallory")
    ):
        found = {one.case: one.wrong for one in exports.check(_log())}
    with transaction():
        done = UserTask.completed_by == "mallory"
        session().execute(update(UserTask).where(done).values(completed_by=UserTask.assignee))
    assert [number for number, wrong in found.items() if wrong] == [numbers[auditing.REFUSED]]


def _log() -> str:
    return "".join(exports.xes(exports.Wanted()))


def test_forms_leave_with_all_that_is_not_personal(numbers: dict[str, str]) -> None:
    """Only the fields that the version declares are withheld, each in its place: the form stays a form."""
    document = json.loads(exported(numbers[auditing.REFUSED], "json"))
    forms = [s["form"] for e in document["entries"] for s in e["steps"] if s["type"] == "user_task_completed"]
    assert forms
    assert all(isinstance(form, dict) for form in forms)
    withheld = {name for form in forms for name, value in form.items() if value == "(personal)"}
    clear = {name for form in forms for name, value in form.items() if value not in ("(personal)", None)}
    personal = engine.definition_of(document["instance"]).personal
    assert (withheld <= personal, clear.isdisjoint(personal), len(clear) > len(withheld)) == (True, True, True)
    created = [s["form"] for e in document["entries"] for s in e["steps"] if s["type"] == "user_task_created"]
    assert all(isinstance(name, str) and name != "(personal)" for name in created)
    rows = list(csv.DictReader(io.StringIO(exported(numbers[auditing.REFUSED], "csv").lstrip("\ufeff"))))
    assert sum(row["form"].startswith("{") for row in rows) == len(forms)


def test_what_was_recorded_before_it_was_personal_stays_verified(numbers: dict[str, str], monkeypatch: Any) -> None:
    """A name that is declared personal afterwards accuses no old case; its body, where it stands in clear, is withheld."""
    instance = casefile.find(numbers[auditing.REFUSED]).id
    definition = engine.definition_of(instance)
    steps = [step for entry in engine.history_of(instance).entries for step in entry.steps]
    forms = [step["form"] for step in steps if step["type"] == "user_task_completed"]
    name = next(key for one in forms for key, value in one.items() if key not in definition.personal and value)
    more = engine.Personal(definition.personal | {name}, definition.private.calls, definition.private.secret)
    monkeypatch.setitem(definition.__dict__, "private", more)
    content = exported(numbers[auditing.REFUSED], "json")
    document = json.loads(content)
    assert (document["verified"], exports.check(content)[0].wrong) == (True, ())
    assert None in [entry["body"] for entry in document["entries"]]
    assert f'"{name}": "(personal)"' in content


def test_what_the_desk_does_by_itself_bears_nobodys_name(numbers: dict[str, str]) -> None:
    """Service calls, decisions and tasks that are opened are the desk's, in CSV and XES; a person stands at what they did. Amounts name their unit."""
    rows = list(csv.DictReader(io.StringIO(exported(numbers[auditing.REFUSED], "csv").lstrip("\ufeff"))))
    acts = {row["type"] for row in rows if row["actor"] != "desk"}
    assert acts == {"instance_started", "user_task_completed"}
    log = exported(numbers[auditing.REFUSED], "xes")
    events = re.findall(r'transition" value="(\w+)"/><string key="org:resource" value="([^"]*)"', log)
    assert {who for transition, who in events if transition == "schedule"} == {"desk"}
    assert {"desk"} < {who for transition, who in events if transition == "complete"}
    assert '<string key="unit_of_amounts" value="fen"/>' in log
    assert json.loads(exported(numbers[auditing.REFUSED], "json"))["units"] == {"amounts": "fen"}


IN_A_FIELD = ("13800000999", "330106199001011234")


def test_no_number_leaves_in_a_field_that_is_not_personal(numbers: dict[str, str]) -> None:
    """Of a telephone or an identity card: neither in a step nor in a signed body, and the file agrees with the record."""
    (agreed,) = [one for one in scenarios.read(population.PROCESSES) if one.name_en == auditing.CALLED]
    steps = json.loads(json.dumps(agreed.steps, default=str).replace("\\u9999\\u6d32", f"XZ {'/'.join(IN_A_FIELD)} "))
    instance = population.play(replace(agreed, steps=steps), 77)
    case = session().get_one(ProcessInstance, instance).business_key
    assert any(number in str(engine.history_of(instance).entries) for number in IN_A_FIELD)
    for kind in KINDS:
        content = exported(case, kind)
        assert ("XZ" in content, [number for number in IN_A_FIELD if number in content]) == (True, []), kind
        assert [one.wrong for one in exports.check(content) if one.case == case] == [()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_pin_leaves_with_nobody(numbers: dict[str, str], kind: str) -> None:
    """Whoever may have personal data still gets no PIN: not in a form, not as a parameter, not in a signed body."""
    content = exported(numbers[CARD], kind, personal=True)
    assert ("(secret)" in content, PIN in content) == (kind != "xes" or "card_check" in content, False)


@pytest.mark.parametrize("content", ["", "{}", '{"case": 1, "entries": 5, "personal": 0}', "a,b\n", "PK\x03", "[" * 5])
def test_what_is_no_export_is_refused(numbers: dict[str, str], content: str) -> None:
    """A file of another kind is no proof of anything."""
    with pytest.raises(exports.UnknownFile):
        exports.check(content)


def test_a_file_from_before_an_erasure_still_agrees(numbers: dict[str, str]) -> None:
    """What was taken away stays evidence when the personal data are erased here; what is taken away afterwards holds none and says why."""
    number = numbers[auditing.CALLED]
    before = [exported(number, kind, personal) for kind in KINDS for personal in (False, True)]
    engine.observe(erasure.follow)
    erasure.erase(casefile.find(number).id, reason="asked for", by=SAM, at=engine.now())
    for content in before:
        (found,) = [one for one in exports.check(content) if one.case == number]
        assert (found.wrong, found.erased) == ((), True)
    after = exported(number, "json", personal=True)
    assert json.loads(after)["erased"]["reason"] == "asked for"
    assert exports.check(after)[0].wrong == ()
