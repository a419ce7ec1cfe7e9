"""A service task that throws: the case stops where it was, says so in plain words, and goes on when it is tried again."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select, update

import engine
from engine import cases, proof, published, running
from models.base import Base, session, transaction
from models.billing import JournalEntry, LedgerAccount, Posting
from models.incident import Incident
from models.job import Job
from office.scenarios import balances
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, flow, gateway, package, path, process, start, user
from tests.support.furnishing import CASH, JUDGED, PAID, REFUND, begin, broken, complete, open_tasks
from tests.support.visitors import LANGUAGES, Visitor, contents
from web.edge.application import Office

pytestmark = pytest.mark.slow
LEDGER = ("journal_entry", "posting", "ledger_account", "cash_refund", "receipt", "document_number")
NUMBER = "13900000201"


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Both languages."""
    return str(request.param)


def before_the_refund(desk: Flask) -> tuple[str, int]:
    """A case whose next form pays cash, and the task with that form."""
    with desk.app_context():
        case = begin(NUMBER)
        for form in (JUDGED, CASH):
            complete(open_tasks(case)[0], form)
        return case, open_tasks(case)[0]


def money(desk: Flask) -> dict[str, str]:
    """What stands in the tables that money moves through."""
    known = set(Base.metadata.tables) & set(LEDGER)
    assert {"journal_entry", "posting", "ledger_account"} <= known
    return {name: found for name, found in contents(desk).items() if name in known}


def state_of(desk: Flask, case: str) -> tuple[list[int], list[str]]:
    """The open tasks and the open incidents of a case."""
    with desk.app_context():
        incidents = session().scalars(select(Incident.element_id).where(Incident.state == "open"))
        return open_tasks(case), list(incidents)


def balanced(desk: Flask) -> bool:
    """Whether every account's balance is the sum of its postings."""
    with desk.app_context():
        summed = balances.all_accounts()
        kept = session().execute(
            select(LedgerAccount.kind, LedgerAccount.balance).where(LedgerAccount.balance.is_not(None))
        )
        kinds: dict[str, int] = {}
        for kind, balance in kept:
            kinds[kind] = kinds.get(kind, 0) + balance
        return all(
            total == sum(amount for name, amount in summed.items() if name.split(".")[-1] == kind)
            for kind, total in kinds.items()
        )


def test_a_refund_that_breaks_half_way_moves_no_money(any_desk: Office, language: str) -> None:
    """The clerk's step counts, the money does not: nothing half done, one incident, and the record says where the case is stuck."""
    case, task = before_the_refund(any_desk)
    before = money(any_desk)
    clerk = Visitor(any_desk, "cleo", language)
    with broken(any_desk.runtime, REFUND):
        assert clerk.post(f"/tasks/{task}/completion", **PAID).status == 302
    assert money(any_desk) == before
    assert state_of(any_desk, case) == ([], ["pay_cash"])
    told = clerk.get(f"/cases/{case}").text
    assert {"zh": "已通知系统维护人员", "en": "the operator of the system has been told"}[language] in told
    assert "ZeroDivisionError" not in told


def test_the_page_says_it_in_plain_words(any_desk: Office, language: str) -> None:
    """Whoever repairs it reads the step by its name and what it means, before any technical detail; nothing names a customer."""
    case, task = before_the_refund(any_desk)
    with broken(any_desk.runtime, REFUND):
        Visitor(any_desk, "cleo").post(f"/tasks/{task}/completion", **PAID)
    page = Visitor(any_desk, "sam", language).get("/incidents")
    (line,) = page.tree.xpath("//main//tbody/tr")
    plain = " ".join("".join(line.xpath(".//text()[not(ancestor::details)]")).split())
    assert case in plain
    assert {"zh": "退还现金", "en": "Pay"}[language] in plain
    assert {"zh": "没有办成", "en": "could not be carried out"}[language] in plain
    assert not re.search("pay_cash|ZeroDivisionError|refunds/cash", plain)
    assert not re.search(f"{NUMBER}|SJ-0201", page.text)


def test_trying_again_pays_once_and_the_case_goes_on(any_desk: Office, language: str) -> None:
    """While it is still broken it says so; once mended the money moves exactly once, and a second try changes nothing."""
    case, task = before_the_refund(any_desk)
    supervisor = Visitor(any_desk, "sam", language)
    with broken(any_desk.runtime, REFUND):
        Visitor(any_desk, "cleo").post(f"/tasks/{task}/completion", **PAID)
        before = money(any_desk)
        first = incident(any_desk)
        assert supervisor.post(f"/incidents/{first}/retry").status == 302
        assert {"zh": "还是没有办成。", "en": "It failed again."}[language] in supervisor.get("/incidents").text
        assert money(any_desk) == before
    again = incident(any_desk)
    assert supervisor.post(f"/incidents/{again}/retry").status == 302
    assert {"zh": "已办成", "en": "Done"}[language] in supervisor.get("/incidents").text
    tasks, left = state_of(any_desk, case)
    assert (len(tasks), left) == (1, [])
    assert paid(any_desk, case) == [8800]
    assert balanced(any_desk)
    after = contents(any_desk)
    refused = supervisor.post(f"/incidents/{again}/retry")
    assert (refused.status, refused.title) == (
        409,
        {"zh": "这条异常已经处理完毕。", "en": "This incident is settled already."}[language],
    )
    assert contents(any_desk) == after


def incident(desk: Flask) -> int:
    """The one open incident."""
    with desk.app_context():
        return session().scalars(select(Incident.id).where(Incident.state == "open")).one()


def paid(desk: Flask, case: str) -> list[int]:
    """The amounts that were posted for a case, in fen."""
    with desk.app_context():
        query = select(Posting.amount).join(JournalEntry, JournalEntry.id == Posting.entry_id)
        return list(session().scalars(query.where(JournalEntry.case_number == case)))


def test_an_error_of_the_page_itself_is_said_in_words(
    desk: Flask, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the desk itself fails, nothing was changed, and nobody is shown a trace."""
    _, task = before_the_refund(desk)
    visitor = Visitor(desk, "cleo", language)

    def fail(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cases, "complete", fail)
    desk.config["PROPAGATE_EXCEPTIONS"] = False
    before = contents(desk)
    page = visitor.post(f"/tasks/{task}/completion", **PAID)
    assert (page.status, "Traceback" in page.text, "ZeroDivision" in page.text) == (500, False, False)
    assert {"zh": "未作任何改动", "en": "Nothing was changed"}[language] in page.title
    assert contents(desk) == before


def test_the_log_of_such_an_error_holds_no_values(
    desk: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message or a local variable may be a customer's; what kind it was and where it came from is enough to mend it."""
    _, task = before_the_refund(desk)
    visitor = Visitor(desk, "cleo")

    def fail(*_given: object, **_named: object) -> None:
        raise ValueError(NUMBER)

    monkeypatch.setattr(cases, "complete", fail)
    desk.config["PROPAGATE_EXCEPTIONS"] = False
    visitor.post(f"/tasks/{task}/completion", **PAID)
    said = "".join(capsys.readouterr())
    assert "ValueError" in said
    assert "tasklist.py" in said
    assert NUMBER not in said


STANDING = process(
    "STANDING",
    *(start(), gateway("fork", "parallel"), user("a"), user("b"), gateway("which", default="flow_which_over")),
    *(gateway("join", "parallel"), user("after"), end(), end("over")),
    path("begun", "fork", "a", "which", "over"),
    flow("which", "join", "amount > 100"),
    path("fork", "b", "join", "after", "finished"),
)


def test_a_case_that_stands_still_can_be_let_go_on(desk: Flask, language: str) -> None:
    """The supervisor reads in words why it stands, and lets it go on with what has come; trying again would change nothing."""
    with desk.app_context():
        published.publish(package("STANDING", STANDING), by=SAM, note="", at=engine.now())
        begun = cases.start("STANDING", business_key="AJ-1", variables={}, by=CLEO, at=engine.now())
        for task in begun.user_task_ids:
            cases.complete(task, form={}, by=CLEO, at=engine.now())
    supervisor = Visitor(desk, "sam", language)
    page = supervisor.get("/incidents").text
    assert {"zh": "案件停在这里", "en": "The case stands still here"}[language] in page
    assert {"zh": "没有办成", "en": "could not be carried out"}[language] not in page
    assert supervisor.post(f"/incidents/{incident(desk)}/release").status == 302
    with desk.app_context():
        assert proof.marking(begun.instance_id).active == {"after": 1}
    told = supervisor.get("/cases/AJ-1").text
    assert {"zh": "按已到的继续", "en": "Goes on with what had come"}[language] in told


def test_work_beside_the_cases_that_was_given_up_is_told_in_words(any_desk: Office, language: str) -> None:
    """Whatever the office does by itself has a sentence, so that nobody reads the name that programs know it by."""
    topics = sorted(any_desk.runtime.background)
    assert {"batches/release_cases", "drafts/play_scenarios"} <= set(topics)
    with any_desk.app_context():
        with transaction():
            for topic in topics:
                running.enqueue(topic, {}, key=topic, at=engine.now())
            session().execute(update(Job).values(state="failed", error="KeyError"))
        shown = Visitor(any_desk, "sam", language).get("/incidents").text
    assert [topic for topic in topics if topic in shown] == []
    assert shown.count('action="/incidents/work/') == len(topics)
