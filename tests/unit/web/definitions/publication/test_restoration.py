"""A former version comes back by two people, as every other version does: one asks for it, another approves, and the record names both."""

from __future__ import annotations

import pytest
from flask import Flask
from lxml import html

import engine
from engine import published, record, running
from models.base import session, transaction
from models.identity import UserRole
from office import publication, scenarios
from office.scenarios import Played
from tests.unit.web.definitions.test_publication import Browser, versions
from web.definitions.processes import PROCESSES

KEY = "BATCH-002"
CALLED, CALLER = "SUB-010", "TS-008"
PLACE = f"/processes/{KEY}/versions/1/restoration"
NAME = "汇总本周挂帐"
WHY = "版本 2 漏了一步"
AGREED = len(scenarios.read(PROCESSES, [KEY]))


@pytest.fixture(autouse=True)
def as_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenarios come out as agreed at once."""
    monkeypatch.setattr(publication.scenarios, "play_on", lambda one, *_: Played(one.process, one.name))


@pytest.fixture
def olu(desk: Flask) -> Browser:
    """The owner who asks."""
    return Browser(desk, "olu")


@pytest.fixture
def otto(desk: Flask) -> Browser:
    """The other owner."""
    return Browser(desk, "otto")


def put_in_force(olu: Browser, otto: Browser, old: str = NAME, new: str = "汇总挂帐", key: str = KEY) -> None:
    """The next version of a process, by both."""
    revision = olu.replace(old, new, key)
    against = olu.draft(key)["base_version"]
    assert olu.submit(revision, key).status_code == 302
    assert approved(otto, against, key) == 302


def approved(by: Browser, against: int = 2, key: str = KEY, **form: str) -> int:
    """The status of an approval of the draft as it is now."""
    revision = by.draft(key)["revision"]
    place = f"/processes/{key}/publish/approval"
    return int(by.post(place, revision=revision, against=against, **form).status_code)


def play(app: Flask) -> None:
    """The office does what it has queued."""
    with app.app_context():
        running.run_due(engine.now())


def in_force(app: Flask) -> tuple[int, bool]:
    """The newest version, and whether it is the content of the first."""
    with app.app_context():
        newest = published.current(KEY)
        return newest.version, newest.sha256 == published.current(KEY, 1).sha256


def test_one_owner_alone_puts_no_former_version_in_force(desk: Flask, olu: Browser, otto: Browser) -> None:
    """Asking leaves what is in force as it is; whoever asked cannot approve it, the other can, and both stand with the version."""
    put_in_force(olu, otto)
    assert olu.post(PLACE, reason=WHY).status_code == 302
    assert in_force(desk) == (2, False)
    play(desk)
    assert approved(olu) == 403
    assert in_force(desk) == (2, False)
    assert approved(otto) == 302
    assert in_force(desk) == (3, True)
    assert versions(desk, KEY)[2] == (3, "olu", "otto", WHY)


def test_what_was_asked_waits_where_drafts_wait(olu: Browser, otto: Browser) -> None:
    """The second owner finds it in the list, with the reason, what would change, and that it is a former version."""
    put_in_force(olu, otto)
    olu.post(PLACE, reason=WHY)
    (badge,) = html.fromstring(otto.client.get("/processes").text).xpath(f"//a[@href='/processes/{KEY}/publish']")
    assert "待批准" in badge.text_content() or "等待" in badge.text_content()
    page = otto.client.get(f"/processes/{KEY}/publish").text
    assert WHY in page
    assert "版本 1 的内容" in page
    assert NAME in page


def test_its_scenarios_are_played_before_anybody_approves(desk: Flask, olu: Browser, otto: Browser) -> None:
    """They are queued with the asking, and until the office has played them an approval is refused in words."""
    put_in_force(olu, otto)
    olu.post(PLACE, reason=WHY)
    assert "离开这一页也会继续" in otto.client.get(f"/processes/{KEY}/publish").text
    assert approved(otto, accepted="yes") == 409
    play(desk)
    assert f"已试跑 {AGREED} / {AGREED}" in otto.client.get(f"/processes/{KEY}/publish").text


def test_the_approver_answers_for_differences(
    desk: Flask, olu: Browser, otto: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version that does not do any more what was agreed comes into force only when the second owner says that this is meant."""
    put_in_force(olu, otto)
    differing = (publication.scenarios.Difference("unknown_step", {"kinds": "x"}),)
    monkeypatch.setattr(
        publication.scenarios, "play_on", lambda one, *_: Played(one.process, one.name, differences=differing)
    )
    olu.post(PLACE, reason=WHY)
    play(desk)
    assert approved(otto) == 409
    assert approved(otto, accepted="yes") == 302


def test_the_record_says_who_asked_and_who_approved(desk: Flask, olu: Browser, otto: Browser) -> None:
    """Each step of it stands in the chained stream with its version, and the page tells it in words."""
    put_in_force(olu, otto)
    olu.post(PLACE, reason=WHY)
    play(desk)
    approved(otto)
    with desk.app_context():
        steps = [
            (entry.actor, step["type"], step.get("restores"))
            for entry in record.read_history("definition", KEY)
            for step in entry.steps
        ]
    assert steps[-4:] == [
        ("olu", "draft_saved", None),
        ("olu", "draft_submitted", 1),
        ("otto", "draft_approved", 1),
        ("olu", "definition_published", 1),
    ]
    page = olu.client.get(f"/processes/{KEY}").text
    assert "申请恢复版本 1" in page
    assert "已批准恢复版本 1" in page


def test_what_was_given_back_can_be_asked_for_again(desk: Flask, olu: Browser, otto: Browser) -> None:
    """Submitted again as it was it is still the former version; changed before, it is a draft like any other."""
    put_in_force(olu, otto)
    olu.post(PLACE, reason=WHY)
    play(desk)
    otto.post(f"/processes/{KEY}/publish/return", revision=otto.draft(KEY)["revision"], reason="为什么")
    assert in_force(desk) == (2, False)
    assert "版本 1 的内容" in otto.client.get(f"/processes/{KEY}/publish").text
    revision = olu.replace(NAME, "汇总全部挂帐", KEY)
    assert "版本 1 的内容" not in otto.client.get(f"/processes/{KEY}/publish").text
    olu.submit(revision, KEY)
    assert approved(otto) == 302
    with desk.app_context():
        last = [step for entry in record.read_history("definition", KEY) for step in entry.steps][-1]
    assert "restores" not in last


def test_an_open_draft_is_not_overwritten(olu: Browser, otto: Browser) -> None:
    """Its owner is named, the way to it stands there, and what was typed comes along."""
    put_in_force(olu, otto)
    otto.replace("汇总挂帐", "汇总全部挂帐", KEY)
    assert f"/processes/{KEY}/publish" in olu.client.get(f"/processes/{KEY}").text
    answer = olu.post(PLACE, reason=WHY)
    assert answer.status_code == 409
    assert "最后由欧拓保存" in answer.text
    assert WHY in answer.text
    assert "汇总全部挂帐" in olu.draft(KEY)["files"][f"{KEY}.bpmn"]


def test_where_nobody_else_could_approve_nothing_is_asked(desk: Flask, olu: Browser, otto: Browser) -> None:
    """The box says so instead of offering it, and a request that comes all the same leaves no draft behind."""
    put_in_force(olu, otto)
    with desk.app_context(), transaction():
        for row in session().query(UserRole).where(UserRole.role == "owner", UserRole.user != "olu"):
            session().delete(row)
    assert not html.fromstring(olu.client.get(f"/processes/{KEY}").text).xpath(f"//form[@action='{PLACE}']")
    assert olu.post(PLACE, reason=WHY).status_code == 409
    assert olu.draft(KEY)["revision"] == 0


def test_no_reason_and_no_owner_ask_for_nothing(desk: Flask, olu: Browser, otto: Browser) -> None:
    """A reason is asked for as for a submission, and supervisors roll nothing back."""
    put_in_force(olu, otto)
    for unsaid in ("", " ", "a\0b", "x" * 5_000):
        assert olu.post(PLACE, reason=unsaid).status_code == 422
    assert Browser(desk, "sam").post(PLACE, reason="x").status_code == 403
    assert olu.draft(KEY)["revision"] == 0


def test_what_only_its_callees_changed_is_rolled_back_there(desk: Flask, olu: Browser, otto: Browser) -> None:
    """A version that came with one of a called process has the same files of its own; the page says where to go."""
    put_in_force(olu, otto, "交给收据", "交收据", CALLED)
    with desk.app_context():
        assert published.current(CALLER).version == 2
    answer = olu.post(f"/processes/{CALLER}/versions/1/restoration", reason=WHY)
    assert answer.status_code == 409
    assert "它调用的流程" in answer.text
    assert olu.draft(CALLER)["revision"] == 0
