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
from engine import proof, runtime
from models.base import session, transaction
from models.entry import HistoryEntry
from models.instance import ProcessInstance
from models.user_task import UserTask
from office import erasure, exports, scenarios, verification
from office.exports import event_log, histories, telling
from tests.support import auditing, population
from tests.support.actors import SAM
from web.queries import casefile

MADE = tuple[Flask, dict[str, str]]
KINDS = ("json", "csv", "xes")
CARD = "Charged to an invalid number, moved to the right one"
PIN = "111111"


@pytest.fixture(scope="module")
def populated(tmp_path_factory: pytest.TempPathFactory) -> MADE:
    """An office in which one case was refused six times, one called another process, and a card's PIN was entered."""
    return auditing.office(tmp_path_factory.mktemp("exports"), (auditing.REFUSED, auditing.CALLED, CARD))


@pytest.fixture
def numbers(populated: MADE) -> Iterator[dict[str, str]]:
    """The numbers of the cases, in a context of the office."""
    with populated[0].app_context():
        yield populated[1]


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
                conditions = [column == getattr(row, column.name) for column in table.primary_key.columns]
                session().execute(update(table).where(*conditions).values(row._mapping))


def of(number: str) -> Any:
    """The condition for the entries of a case."""
    return HistoryEntry.stream_id == str(casefile.find(number).id)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("personal", [False, True])
def test_an_export_of_a_good_case_verifies(numbers: dict[str, str], kind: str, personal: bool) -> None:
    """What left the office can be held against the record later, personal values or not."""
    findings = exports.check(exported(numbers[auditing.REFUSED], kind, personal))
    assert [finding.wrong for finding in findings] == [()] * (len(numbers) if kind == "xes" else 1)
    assert numbers[auditing.REFUSED] in {finding.case for finding in findings}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("old", "new"), [("someone of service_hall", "mallory"), ("T01:3", "T02:3"), ("refund", "refuse")]
)
def test_an_altered_export_does_not(numbers: dict[str, str], kind: str, old: str, new: str) -> None:
    """Whoever did it, what was answered, when it was: whatever the file says otherwise is found."""
    content = exported(numbers[auditing.REFUSED], kind)
    changed = content.replace(old, new, 1)
    assert changed != content
    assert any(finding.wrong for finding in exports.check(changed))


@pytest.mark.parametrize("kind", KINDS)
def test_who_and_when_are_told_from_the_signed_body(numbers: dict[str, str], kind: str) -> None:
    """`UPDATE entry SET actor = …, at = …` changes nothing in what is told, and the file says that its case does not verify."""
    number = numbers[auditing.REFUSED]
    lie = update(HistoryEntry).where(of(number), HistoryEntry.sequence == 3)
    with tampered(lie.values(actor="innocent", at=engine.now().replace(year=2031))):
        content = exported(number, kind)
        history = proof.history_of(casefile.find(number).id)
    assert ("innocent" in content, "2031-" in content) == (False, False)
    assert [(doubt.kind, doubt.seq) for doubt in history.doubts] == [("columns", 3)]
    assert "columns differ from the signed body" in content
    assert any(
        "columns differ" in text or "did not verify" in text
        for finding in exports.check(content)
        for text in finding.wrong
    )


def test_each_case_of_a_log_speaks_for_itself(numbers: dict[str, str]) -> None:
    """One case that does not verify leaves the others verified, in one file."""
    bad = casefile.find(numbers[auditing.REFUSED]).id
    with tampered(
        update(UserTask)
        .where(UserTask.instance_id == bad, UserTask.state == "completed")
        .values(completed_by="mallory")
    ):
        wrong_by_case = {finding.case: finding.wrong for finding in exports.check(_log())}
    with transaction():
        done = UserTask.completed_by == "mallory"
        session().execute(update(UserTask).where(done).values(completed_by=UserTask.assignee))
    assert [number for number, wrong in wrong_by_case.items() if wrong] == [numbers[auditing.REFUSED]]


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
    personal = proof.definition_of(document["instance"]).personal
    assert (withheld <= personal, clear.isdisjoint(personal), len(clear) > len(withheld)) == (True, True, True)
    created = [s["form"] for e in document["entries"] for s in e["steps"] if s["type"] == "user_task_created"]
    assert all(isinstance(name, str) and name != "(personal)" for name in created)
    rows = list(csv.DictReader(io.StringIO(exported(numbers[auditing.REFUSED], "csv").lstrip("\ufeff"))))
    assert sum(row["form"].startswith("{") for row in rows) == len(forms)


def test_what_was_recorded_before_it_was_personal_stays_verified(numbers: dict[str, str], monkeypatch: Any) -> None:
    """A name that is declared personal afterwards accuses no old case; its body, where it stands in clear, is withheld."""
    instance = casefile.find(numbers[auditing.REFUSED]).id
    definition = proof.definition_of(instance)
    steps = [step for entry in proof.history_of(instance).entries for step in entry.steps]
    forms = [step["form"] for step in steps if step["type"] == "user_task_completed"]
    name = next(key for form in forms for key, value in form.items() if key not in definition.personal and value)
    more = runtime.Personal(definition.personal | {name}, definition.private.calls, definition.private.secret)
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
    assert {resource for transition, resource in events if transition == "schedule"} == {"desk"}
    assert {"desk"} < {resource for transition, resource in events if transition == "complete"}
    assert '<string key="unit_of_amounts" value="fen"/>' in log
    assert json.loads(exported(numbers[auditing.REFUSED], "json"))["units"] == {"amounts": "fen"}


NAMING_A_SITE = "Paid after cancellation, refunded in cash, no repeat"
IN_A_FIELD = ("13800000999", "330106199001011234")


def test_no_number_leaves_in_a_field_that_is_not_personal(numbers: dict[str, str]) -> None:
    """Of a telephone or an identity card: neither in a step nor in a signed body, and the file agrees with the record."""
    (scenario,) = [
        candidate for candidate in scenarios.read(population.PROCESSES) if candidate.name_en == NAMING_A_SITE
    ]
    steps = json.loads(json.dumps(scenario.steps, default=str).replace("\\u65b0\\u6d6a", f"XZ {'/'.join(IN_A_FIELD)} "))
    instance = population.play(replace(scenario, steps=steps), 77)
    case = session().get_one(ProcessInstance, instance).business_key
    assert any(number in str(proof.history_of(instance).entries) for number in IN_A_FIELD)
    for kind in KINDS:
        content = exported(case, kind)
        assert ("XZ" in content, [number for number in IN_A_FIELD if number in content]) == (True, []), kind
        assert [finding.wrong for finding in exports.check(content) if finding.case == case] == [()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_pin_leaves_with_nobody(numbers: dict[str, str], kind: str) -> None:
    """Whoever may have personal data still gets no PIN: not in a form, not as a parameter, not in a signed body."""
    content = exported(numbers[CARD], kind, personal=True)
    assert ("(secret)" in content, PIN in content) == (kind != "xes" or "card_check" in content, False)


def of_earlier(number: str, kind: str, personal: bool) -> str:
    """What an earlier version wrote of a case: the name of whoever completed the step before at what the desk did, nothing of acts outside the steps."""
    verdict = verification.verify(casefile.find(number).id)
    if kind == "xes":
        trace = event_log.trace(verdict, personal=personal, resource_of=telling.who_earlier, acts=False)
        head = re.sub(r'<string key="cases"[^>]*>\n', "", _log().partition("<trace>")[0])
        return f"{head}{trace}</log>\n"
    actors = {str(entry.seq): entry.actor for entry in verdict.history}
    rows = list(csv.DictReader(io.StringIO(exported(number, kind, personal).lstrip("\ufeff"))))
    lines = [exports.csv_line({**row, "actor": actors[row["seq"]]}.values()) for row in rows]
    return "\ufeff" + exports.csv_line(rows[0]) + "".join(lines)


@pytest.mark.parametrize("kind", ["csv", "xes"])
@pytest.mark.parametrize("personal", [False, True])
def test_a_file_of_an_earlier_version_verifies_by_what_it_could_say(
    numbers: dict[str, str], kind: str, personal: bool
) -> None:
    """It is not accused of what is told otherwise since, and is said to be one; whoever alters it is found all the same."""
    content = of_earlier(numbers[auditing.REFUSED], kind, personal)
    assert content not in exported(numbers[auditing.REFUSED], kind, personal)
    assert [(finding.wrong, finding.earlier) for finding in exports.check(content)] == [((), True)]
    for old, new in (("someone of service_hall", "mallory"), ("T01:3", "T02:3"), ("refund", "refuse")):
        assert any(finding.wrong for finding in exports.check(content.replace(old, new, 1))), old


OF_FIRST = (
    ",".join(histories.COLUMNS[:-3]) + "\n1,2026-03-05T09:00:00+08:00,cleo,instance_started,P,,,,,{}\n",
    '{"instance": 1, "entries": []}',
    '<?xml version="1.0"?>\n<log xmlns="http://www.xes-standard.org/"><trace><string key="concept:name" value="AJ-1"/></trace>\n</log>',
)


@pytest.mark.parametrize("content", OF_FIRST)
def test_a_file_that_cannot_be_checked_is_refused_as_an_early_one(numbers: dict[str, str], content: str) -> None:
    """The first exports said nothing by which they can be checked; that is no deviation, and never "verified"."""
    with pytest.raises(exports.EarlierFile):
        exports.check(content)


def test_a_log_is_whole_and_holds_nothing_else(numbers: dict[str, str]) -> None:
    """A log that breaks off, and an event beside the cases, are found; XML that is no log is no export."""
    content = _log()
    cut = content[: content.rindex("<event>")]
    beside = content.replace("</log>", '<trace a="b"><string key="concept:name" value="AJ-9"/></trace></log>')
    assert [any(finding.wrong for finding in exports.check(text)) for text in (content, cut, beside)] == [
        False,
        True,
        True,
    ]
    with pytest.raises(exports.UnknownFile):
        exports.check('<?xml version="1.0"?><definitions/>')


@pytest.mark.parametrize("content", ["", "{}", '{"case": 1, "entries": 5, "personal": 0}', "a,b\n", "PK\x03", "[" * 5])
def test_what_is_no_export_is_refused(numbers: dict[str, str], content: str) -> None:
    """A file of another kind is no proof of anything."""
    with pytest.raises(exports.UnknownFile):
        exports.check(content)


FORGED = {
    "units": ("json", lambda text: text.replace('"amounts": "fen"', '"amounts": "yuan"')),
    "version": ("json", lambda text: re.sub(r'"version": \d+', '"version": 77', text)),
    "fingerprint": ("json", lambda text: re.sub(r'"sha256": "\w', '"sha256": "z', text)),
    "more": ("json", lambda text: text.replace('"format"', '"note": "approved by the general", "format"', 1)),
    "format": ("json", lambda text: text.replace("history/2", "history/3")),
    "none left": ("json", lambda text: json.dumps({**json.loads(text), "entries": []})),
    "another value first": ("json", lambda text: text.replace('"entries":', '"entries": [], "entries":', 1)),
    "another case first": ("json", lambda text: text.replace('"case":', '"case": "AJ-9", "case":', 1)),
    "another step first": ("csv", lambda text: text.replace('{""', '{""type"": ""x"", ""', 1)),
    "a doubt": ("json", lambda text: text.replace('"deviations": []', '"deviations": ["x"]')),
    "cut off": ("xes", lambda text: text[: len(text) // 2]),
    "no traces": ("xes", lambda text: re.sub(r"<trace>.*</trace>\n", "", text, flags=re.DOTALL)),
    "twice": ("xes", lambda text: text.replace("<trace>", f"{_first(text)}<trace>", 1)),
    "unit": ("xes", lambda text: text.replace('value="fen"', 'value="yuan"')),
    "classifier": ("xes", lambda text: text.replace("lifecycle:transition", "org:resource", 2)),
    "entity": ("xes", lambda text: text.replace("<log", '<!DOCTYPE log [<!ENTITY a "b">]>\n<log', 1)),
}


def _first(log: str) -> str:
    return log[log.index("<trace>") : log.index("</trace>") + len("</trace>\n")]


@pytest.mark.parametrize("forgery", FORGED)
def test_what_says_how_to_read_a_file_is_compared_too(numbers: dict[str, str], forgery: str) -> None:
    """Fen that became yuan make every amount a hundredfold; half a log or none is no log."""
    kind, forge = FORGED[forgery]
    content = exported(numbers[auditing.REFUSED], kind)
    forged = forge(content)
    assert forged != content
    assert any(finding.wrong for finding in exports.check(forged))


def test_a_column_more_is_no_export(numbers: dict[str, str]) -> None:
    """It is refused as a file of another kind, not by the name of something missing."""
    content = exported(numbers[auditing.REFUSED], "csv").replace("\r\n", ",x\r\n")
    with pytest.raises(exports.UnknownFile):
        exports.check(content)


def test_a_file_from_before_an_erasure_still_agrees(numbers: dict[str, str]) -> None:
    """What was taken away stays evidence when the personal data are erased here; what is taken away afterwards holds none and says why."""
    number = numbers[auditing.CALLED]
    before = [exported(number, kind, personal) for kind in KINDS for personal in (False, True)]
    erasure.erase(casefile.find(number).id, reason="asked for", by=SAM, at=engine.now())
    for content in before:
        (checked,) = [finding for finding in exports.check(content) if finding.case == number]
        assert (checked.wrong, checked.erased) == ((), True)
    for content in before:
        forged = [
            content.replace("T01:", "T02:", 1),
            content.replace("5800", "9900", 1),
            content.replace("someone of", "mallory of", 1),
        ]
        found_again = [
            [finding.wrong for finding in exports.check(text) if finding.case == number]
            for text in forged
            if text != content
        ]
        assert found_again
        assert all(wrong != [()] for wrong in found_again)
    after = exported(number, "json", personal=True)
    assert json.loads(after)["erased"]["reason"] == "asked for"
    (checked,) = exports.check(after)
    assert (checked.wrong, checked.erased) == ((), False), "nothing was erased since it was written"
