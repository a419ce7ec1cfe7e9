"""The auditor's pages: replay and its plain list, exports that any tool reads, the heat map, finding cases."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text, update

import engine
from cli import export as export_command
from cli import verify as verify_command
from engine import definitions, proof
from engine.ground.xml import parse
from models.base import session, transaction
from models.billing import JournalEntry, LedgerAccount
from models.user_task import UserTask
from office import exports, intake, verification
from office.exports import event_log, telling
from office.masking import EVERYTHING
from tests.support import auditing
from tests.support.actors import CLEO
from web.audit.queries import heat
from web.cases.queries import case_list, replay
from web.edge import addresses
from web.edge.auth import load
from web.queries import casefile

XES = "{http://www.xes-standard.org/}"
NUMBER = rb"(?<![0-9a-f])139\d{8}(?![0-9a-f])"  # in a hash, anything can stand


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, dict[str, str]]:
    """An office in which one case called another process, one moved prepayment, one was refused again and again, one went two ways at once."""
    wanted = (auditing.CALLED, auditing.REFUSED, auditing.CORRECTED, auditing.PARALLEL)
    return auditing.office(tmp_path_factory.mktemp("audit"), wanted)


@pytest.fixture
def app(made: tuple[Flask, dict[str, str]]) -> Iterator[Flask]:
    """The app, in its context."""
    with made[0].app_context():
        yield made[0]


def visitor(app: Flask, name: str, language: str = "en") -> FlaskClient:
    """A browser in which this person is logged in."""
    client = app.test_client()
    client.post("/login", data={"name": name, "password": f"{name}-reception-desk"})
    client.post("/language", data={"language": language, "next": "/"})
    for known in ("language", "_login_user"):  # the test's own application context outlives a request
        g.pop(known, None)
    return client


def events(app: Flask, number: str) -> list[replay.Event]:
    """The events of a case, told in English."""
    with app.test_request_context(headers={"Accept-Language": "en"}):
        instance = casefile.find(number)
        return replay.events(instance, proof.history_of(instance.id), EVERYTHING)


def test_verified_is_said_at_the_top(app: Flask, made: Any) -> None:
    """The page says in words that the case agrees with its record, before anything else."""
    page = visitor(app, "ada").get(f"/cases/{made[1][auditing.REFUSED]}/replay").text
    assert "Verified: 6 entries" in page
    assert page.index("Verified:") < page.index("data-replay")


def test_a_contradiction_is_said_at_the_top(app: Flask, made: Any) -> None:
    """A row altered behind the engine's back turns the sentence into what differs and since when."""
    number = made[1][auditing.REFUSED]
    task, before = session().execute(select(UserTask.id, UserTask.name).where(UserTask.business_key == number)).first()  # type: ignore[misc]
    try:
        with transaction():
            session().execute(update(UserTask).where(UserTask.id == task).values(name="mallory"))
        page = visitor(app, "ada").get(f"/cases/{number}/replay").text
    finally:
        with transaction():
            session().execute(update(UserTask).where(UserTask.id == task).values(name=before))
    assert "Not verified" in page
    assert ".name" in page


@pytest.mark.parametrize("cell", ["body", "hash", "previous", "mac"])
def test_a_cell_of_another_type_is_told_not_stumbled_over(app: Flask, made: Any, cell: str) -> None:
    """Text where bytes belong: the pages of the case stand and say that it does not verify; the API says what is wrong."""
    number = made[1][auditing.PARALLEL]
    instance = casefile.find(number).id
    entry = f"stream = 'instance' AND stream_id = '{instance}' AND sequence = 3"
    session().rollback()
    try:
        with transaction():
            session().execute(text("DROP TRIGGER IF EXISTS entry_no_update"))
            kept = session().execute(text(f"SELECT {cell} FROM entry WHERE {entry}")).scalar_one()
            session().execute(text(f"UPDATE entry SET {cell} = 'text' WHERE {entry}"))
        ada = visitor(app, "ada")
        pages = [ada.get(f"/cases/{number}{place}") for place in ("", "?tab=diagram", "/replay")]
        pages.append(ada.post(f"/cases/{number}/verification", follow_redirects=True))
    finally:
        with transaction():
            session().execute(text(f"UPDATE entry SET {cell} = :kept WHERE {entry}"), {"kept": kept})
    assert [page.status_code for page in pages] == [200] * 4
    assert "Not verified" in pages[2].text


def test_the_list_holds_every_event_without_a_script(app: Flask, made: Any) -> None:
    """Who reads the page without JavaScript reads the same events, with what was entered by the fields' own labels."""
    number = made[1][auditing.REFUSED]
    page = visitor(app, "ada").get(f"/cases/{number}/replay").text
    assert page.count("data-event ") == len(events(app, number))
    assert "Disputed amount" in page
    assert "disputed_amount" not in page


def test_moves_end_where_the_marking_stands(app: Flask, made: Any) -> None:
    """Adding up what every event moved gives the marking that the engine folds: loops, branches and called processes alike."""
    for number in made[1].values():
        total: Counter[tuple[str, int, str]] = Counter()
        for event in events(app, number):
            for kind, scope, name, change in event.moves:
                total[kind, scope, name] += change
        instance = casefile.find(number)
        for scope in (0, *proof.marking(instance.id).calls):
            marking = proof.marking(instance.id, scope=scope)
            for kind in ("active", "done", "flows"):
                mine = {name: n for (k, s, name), n in total.items() if (k, s) == (kind, scope) and n > 0}
                assert mine == getattr(marking, kind), (number, scope, kind)


def test_refusals_say_what_was_asked_and_answered(app: Flask, made: Any) -> None:
    """Each refused transfer shows what the service was asked and the reason it gave; the last one shows the money."""
    told = events(app, made[1][auditing.CORRECTED])
    refused = [event for event in told if event.kind == "warn"]
    assert len(refused) >= 4
    assert all(event.asked and event.answered for event in refused)
    paid = [event for event in told if event.money]
    assert [line.amount for event in paid for line in event.money] == [5_000]


def test_a_called_process_stands_on_its_own_diagram(app: Flask, made: Any) -> None:
    """What happens inside the called process belongs to its scope and its diagram, and comes back."""
    told = events(app, made[1][auditing.CALLED])
    assert {event.process for event in told} == {"TS-001", "TS-002", "SUB-005", "SUB-007"}
    assert told[-1].process == "TS-001"


def test_positions_grow_with_time(app: Flask, made: Any) -> None:
    """On the time scale later is further right, and nothing stands outside."""
    places = [event.position for event in events(app, made[1][auditing.PARALLEL])]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0, replay.SCALE)


def test_numbers_are_masked(app: Flask, made: Any) -> None:
    """The page shows no whole number of a customer; a name of one, like the page of the case, to nobody of a department that the case has left."""
    for number in made[1].values():
        for person in ("ada", "cora"):
            answer = visitor(app, person).get(f"/cases/{number}/replay")
            if (person, number) == ("cora", made[1][auditing.CORRECTED]):
                assert answer.status_code == 403, "it never came to her department"
                continue
            page = answer.text
            listed = page[page.index("data-events") :]
            assert re.findall(r"\b1[3-9]\d{9}\b", listed) == []
            assert person == "ada" or "甲某某" not in listed


def test_a_moment_can_be_linked(app: Flask, made: Any) -> None:
    """?at=4 begins at the last event of entry 4."""
    number = made[1][auditing.REFUSED]
    start = int(re.search(r'data-start="(\d+)"', visitor(app, "ada").get(f"/cases/{number}/replay?at=4").text)[1])  # type: ignore[index]
    told = events(app, number)
    assert told[start].seq == 4
    assert told[start + 1].seq == 5


def test_every_moment_opens_as_itself(app: Flask, made: Any) -> None:
    """The link beside each event leads to that event, among several of one entry and in either language."""
    number = made[1][auditing.CALLED]
    for language in ("en", "zh"):
        ada = visitor(app, "ada", language)
        moments = re.findall(r'data-moment="([\d.]+)"', ada.get(f"/cases/{number}/replay").text)
        assert len(set(moments)) == len(moments) > 20
        for place, moment in list(enumerate(moments))[::7]:
            page = ada.get(f"/cases/{number}/replay?at={moment}").text
            assert f'data-start="{place}"' in page
            assert f'href="?at={moment}"' in page


@pytest.mark.parametrize("at", ["x", "-1", "4.", "4.5.6", "99999999999", "\u0664", "1e3"])
def test_no_moment_is_the_first(app: Flask, made: Any, at: str) -> None:
    """An address that names none is refused in words, like any other that cannot be; none at all begins at the beginning."""
    place = f"/cases/{made[1][auditing.REFUSED]}/replay"
    assert visitor(app, "ada").get(place, query_string={"at": at}).status_code == 422
    assert 'data-start="0"' in visitor(app, "ada").get(place).text


@pytest.mark.parametrize("path", ["replay", "history.json", "history.csv"])
def test_who_may_not_see_a_case_may_not_replay_it(app: Flask, made: Any, path: str) -> None:
    """Nora works elsewhere: page and files are refused."""
    assert visitor(app, "nora").get(f"/cases/{made[1][auditing.REFUSED]}/{path}").status_code == 403


def test_verifying_again_answers_in_words(app: Flask, made: Any) -> None:
    """The button posts, and the page that follows says what came of it."""
    answer = visitor(app, "ada").post(f"/cases/{made[1][auditing.REFUSED]}/verification", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.text.count("Verified: 6 entries") == 2


def test_a_history_leaves_as_json_and_csv(app: Flask, made: Any) -> None:
    """Both hold every step; the CSV begins with the mark that Excel looks for."""
    number = made[1][auditing.REFUSED]
    ada = visitor(app, "ada")
    document = json.loads(ada.get(f"/cases/{number}/history.json").data)
    steps = sum(len(entry["steps"]) for entry in document["entries"])
    content = ada.get(f"/cases/{number}/history.csv").data
    assert content.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) == steps + 1


def test_personal_values_leave_only_when_asked_by_an_auditor(app: Flask, made: Any) -> None:
    """Without asking nobody gets them; asking is refused to a supervisor."""
    path = f"/cases/{made[1][auditing.REFUSED]}/history.json"
    assert re.findall(NUMBER, visitor(app, "ada").get(path).data) == []
    assert re.findall(NUMBER, visitor(app, "ada").get(f"{path}?personal=1").data)
    assert visitor(app, "sam").get(f"{path}?personal=1").status_code == 403


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """What a spreadsheet would calculate is written as text."""
    ((read,),) = csv.reader(io.StringIO(exports.csv_line([cell]), newline=""))
    assert read == f"'{cell}"


def test_the_event_log_is_well_formed_xes(app: Flask, made: Any) -> None:
    """Four extensions, a trace per case, and concept, time, lifecycle and resource on every event."""
    answer = visitor(app, "ada").get("/audit/log.xes")
    log = parse(answer.data)
    assert {one.get("prefix") for one in log.iter(f"{XES}extension")} == {"concept", "time", "lifecycle", "org"}
    traces = [trace.xpath("string(*[@key='concept:name']/@value)") for trace in log.findall(f"{XES}trace")]
    assert len(traces) == len(set(traces)), "a case, or the work order that one sent, has one trace"
    assert set(made[1].values()) <= set(traces)
    for event in log.iter(f"{XES}event"):
        keys = {child.get("key") for child in event}
        assert {"concept:name", "time:timestamp", "lifecycle:transition", "org:resource"} <= keys
    assert re.findall(NUMBER, answer.data) == []


def test_the_event_log_can_be_narrowed(app: Flask, made: Any) -> None:
    """By process and by the day the case was begun."""
    ada = visitor(app, "ada")
    only = parse(ada.get("/audit/log.xes?process=TS-001").data)
    assert len(only.findall(f"{XES}trace")) == 1
    none = parse(ada.get("/audit/log.xes?from=2031-01-01").data)
    assert none.findall(f"{XES}trace") == []


def test_the_event_log_of_a_process_holds_what_was_taken_in_for_it(app: Flask, made: Any) -> None:
    """What is taken in at the counter runs in a process that calls the one it is about, and the log of that one was empty."""
    number = intake.accept(
        intake.Intake(
            msisdn="13900000203",
            text="帐单多收了彩铃功能费",
            channel=intake.CHANNELS[0],
            process="TS-002",
            overrule_reason="客户要求",
        ),
        by=CLEO,
        at=engine.now(),
    )
    ada, called = visitor(app, "ada"), made[1][auditing.CALLED]
    for process, theirs in (("TS-002", {number, called}), ("CH-002", {number}), ("TS-005", set())):
        log = parse(ada.get(f"/audit/log.xes?process={process}").data)
        names = {name.get("value") for name in log.iterfind(f"{XES}trace/{XES}string[@key='concept:name']")}
        assert theirs <= names, process
        assert bool(names) == bool(theirs), process


def test_control_characters_do_not_break_the_log() -> None:
    """XML has no place for them; they are replaced, quotes and brackets are escaped."""
    assert parse(event_log.text_attribute("a", "x\x00\"<&'\ufffe").encode()).get("value") == "x\ufffd\"<&'\ufffd"


def test_heat_counts_what_the_rows_hold(app: Flask, made: Any) -> None:
    """Opened, done and median per task equal what counting by hand gives, called cases included."""
    with app.test_request_context():
        asked = heat.Wanted(process="TS-002", since=date(2026, 1, 1), until=date(2026, 12, 31))
        found = {figure.element: figure for figure in heat.figures(asked)}
        rows = session().execute(
            select(UserTask.element_id, UserTask.created_at, UserTask.completed_at).where(
                UserTask.process_key == "TS-002"
            )
        )
        opened: Counter[str] = Counter()
        by_hand: dict[str, list[float]] = {}
        for element, created, completed in rows.all():
            opened[element] += 1
            if completed is not None:
                by_hand.setdefault(element, []).append((completed - created).total_seconds())
    assert {element: figure.count for element, figure in found.items()} == opened
    assert {element: figure.done for element, figure in found.items() if figure.done} == {
        element: len(times) for element, times in by_hand.items()
    }
    for element, times in by_hand.items():
        middle = sorted(times)[(len(times) - 1) // 2 : len(times) // 2 + 1]
        assert found[element].median == pytest.approx(sum(middle) / len(middle), abs=0.01)


@pytest.mark.parametrize("measure", addresses.ASKED["audit.heat_map"]["measure"].options)
def test_the_heat_page_has_picture_and_table(app: Flask, made: Any, measure: str) -> None:
    """Every measure is shown on the diagram and as a table."""
    page = visitor(app, "ada").get(f"/processes/TS-002/heat?from=2026-01-01&measure={measure}&version=1")
    assert page.status_code == 200
    assert "The same as a table" in page.text
    assert visitor(app, "cleo").get("/processes/TS-002/heat").status_code == 403


def test_cases_are_found_by_every_filter(app: Flask) -> None:
    """Number, clerk, process, version, period and state each find the case and each can exclude it."""
    given = intake.Intake(
        msisdn="13900000201",
        text="帐单多收了彩铃功能费",
        channel=intake.CHANNELS[0],
        process="TS-002",
        overrule_reason="客户要求",
    )
    number = intake.accept(given, by=CLEO, at=engine.now())
    ada = visitor(app, "ada")
    for right, wrong in (
        (f"text={number[:-1]}", "text=AJ19"),
        ("clerk=cleo", "clerk=nora"),
        ("process=TS-002", "process=TS-001"),
        ("version=1", "version=9"),
        ("from=2026-01-01", "from=2199-01-01"),
        ("state=open", "state=closed"),
        ("customer=0201", "customer=nobody"),
    ):
        assert number in ada.get(f"/cases?{right}").text, right
        assert number not in ada.get(f"/cases?{wrong}").text, wrong


def test_pages_of_cases_neither_repeat_nor_lose(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walking the list page by page meets every case once."""
    monkeypatch.setattr(case_list, "PAGE", 1)
    for _ in range(2):
        given = intake.Intake(
            msisdn="13900000202",
            text="多收了月租费",
            channel=intake.CHANNELS[0],
            process="TS-001",
            overrule_reason="客户要求",
        )
        intake.accept(given, by=CLEO, at=engine.now())
    ada, seen, after = load("ada"), [], ""
    assert ada is not None
    while True:
        page = case_list.page(ada, case_list.Wanted(after=after))
        seen += [row.case_number for row in page.rows]
        after = page.next
        if not after:
            break
    assert len(seen) == len(set(seen)) >= 2


def test_the_command_verifies_the_whole_office(app: Flask, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`./desk verify --all --json` counts the cases and finds nothing; one deviation makes its status 1 and is named."""
    monkeypatch.setattr(verify_command, "open_office", lambda: app)
    well = CliRunner().invoke(verify_command.verify, ["--all", "--json"])
    assert (well.exit_code, json.loads(well.output)["verified"] >= len(made[1])) == (0, True)
    with transaction():
        session().execute(update(LedgerAccount).where(LedgerAccount.id == 1).values(balance=LedgerAccount.balance + 1))
    ill = CliRunner().invoke(verify_command.verify, ["--all", "--json"])
    with transaction():
        session().execute(update(LedgerAccount).where(LedgerAccount.id == 1).values(balance=LedgerAccount.balance - 1))
    assert ill.exit_code == 1
    assert [one["kind"] for one in json.loads(ill.output)["deviations"]] == ["ledger"]


def test_the_ledger_is_verified_both_ways(app: Flask, made: Any) -> None:
    """Of a case that moved money: an entry more, and one that no call made, are found and named."""
    instance = casefile.find(made[1][auditing.REFUSED])
    assert verification.verify(instance.id).ok
    with transaction():
        session().execute(insert(JournalEntry).values(key=f"{instance.id}:999", at=engine.now(), kind="transfer"))
    (found,) = verification.verify(instance.id).deviations
    assert (found.kind, found.what) == (
        "ledger",
        f"journal entry {instance.id}:999 belongs to no recorded service call",
    )


@pytest.mark.slow
@pytest.mark.postgresql
def test_on_postgresql_it_is_the_same(tmp_path: Path, postgresql: str) -> None:
    """Verification, heat and the list of cases ask the other database the same and get the same answers."""
    app, numbers = auditing.office(tmp_path, [auditing.REFUSED], postgresql)
    with app.test_request_context():
        assert verification.verify(casefile.find(numbers[auditing.REFUSED]).id).deviations == ()
        assert verification.verify_office() == []
        asked = heat.Wanted(process="TS-002", since=date(2026, 1, 1), until=date(2026, 12, 31))
        assert {figure.element: figure.count for figure in heat.figures(asked)}["ask_target"] == 1
        ada = load("ada")
        assert ada is not None
        assert (
            case_list.page(ada, case_list.Wanted(text="9", customer="a", clerk="b", version=1, after="x|y")).rows == []
        )
    with app.app_context():
        for path in (
            *(f"/cases/{numbers[auditing.REFUSED]}/history.{form}" for form in ("json", "csv")),
            "/audit/log.xes",
        ):
            masked, full = (visitor(app, "ada").get(path, query_string=asked) for asked in ({}, {"personal": "1"}))
            assert (masked.status_code, re.findall(NUMBER, masked.data)) == (200, []), path
            assert re.findall(NUMBER, full.data), path


@pytest.mark.parametrize("path", ["/cases/{}/history.csv", "/cases/{}/history.json", "/audit/log.xes"])
def test_an_export_that_breaks_off_is_no_export(
    app: Flask, made: Any, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Half a file under 200 would be filed as the whole; what is sent says how long it is."""
    place = path.format(made[1][auditing.REFUSED])
    whole = visitor(app, "ada").get(place)
    assert (whole.status_code, whole.content_length) == (200, len(whole.data))
    shown = telling.shown

    def fail(step: Any, definition: definitions.Definition, personal: bool) -> Any:
        if step["type"] == "user_task_completed":
            raise ZeroDivisionError
        return shown(step, definition, personal)

    monkeypatch.setattr(telling, "shown", fail)
    answer = visitor(app, "ada").get(place)
    assert (answer.status_code, answer.mimetype) == (500, "text/html")


def test_an_export_to_a_file_that_breaks_off_leaves_the_one_before(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands under the name that was asked for is whole."""
    file = tmp_path / "cases.xes"
    file.write_text("the one before", encoding="utf-8")
    monkeypatch.setattr(event_log, "trace", lambda *_given, **_more: 1 / 0)
    monkeypatch.setattr(export_command, "open_office", lambda: app)
    assert CliRunner().invoke(export_command.export, ["--xes", str(file)]).exit_code != 0
    assert file.read_text(encoding="utf-8") == "the one before"
