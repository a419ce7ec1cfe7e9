"""Nobody approves what they have a hand in, nothing is taken back or overwritten unasked, and what became of a draft is told where its authors look."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from lxml import html

from engine import record
from models.base import session, transaction
from models.identity import User, UserRole
from office import publication
from office.scenarios import Played
from tests.unit.web.definitions.test_publication import Browser
from web.edge import auth

KEY = "BATCH-002"
NAME = "汇总本周挂帐"


@pytest.fixture(autouse=True)
def as_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenarios come out as agreed at once."""
    monkeypatch.setattr(publication.scenarios, "play_on", lambda one, package: Played(one.process, one.name))


@pytest.fixture
def olu(desk: Flask) -> Browser:
    """An owner."""
    return Browser(desk, "olu")


@pytest.fixture
def otto(desk: Flask) -> Browser:
    """Another owner."""
    return Browser(desk, "otto")


def add_owner(app: Flask, name: str, like: str = "") -> Browser:
    """One more log-in of an owner, when `like` is given of the same person."""
    with app.app_context(), transaction():
        olu = session().get(User, "olu")
        assert olu is not None
        number = olu.employee_number if like else f"YG-{name}"
        password = auth.hash_password(f"{name}-reception-desk")
        session().add(User(name=name, display_name=name, password_hash=password, employee_number=number))
        session().flush()
        session().add(UserRole(user=name, role="owner"))
    return Browser(app, name)


def told(app: Flask, type: str) -> list[dict[str, Any]]:
    """The steps of a type in the history of the process."""
    with app.app_context():
        return [step for one in record.read_history("definition", KEY) for step in one.steps if step["type"] == type]


def approved(by: Browser, revision: int) -> int:
    """The status of an approval."""
    return int(by.post(f"/processes/{KEY}/publish/approval", revision=revision, against=1).status_code)


def both_drew(olu: Browser, otto: Browser) -> int:
    """A draft that one changed and then the other; its revision."""
    olu.replace(NAME, "汇总挂帐", KEY)
    return otto.replace("汇总挂帐", "汇总全部挂帐", KEY)


def test_everybody_with_a_hand_in_it_is_barred(desk: Flask, olu: Browser, otto: Browser) -> None:
    """Who changed a draft and let another save after them cannot approve it; a third person can, and the history names both."""
    third = add_owner(desk, "third")
    revision = both_drew(olu, otto)
    assert otto.submit(revision, KEY).status_code == 302
    assert approved(olu, revision) == 403
    page = olu.client.get(f"/processes/{KEY}/publish").text
    assert "可以审批的有：third" in page
    assert approved(third, revision) == 302
    assert "绘制人：欧璐，欧拓" in olu.client.get(f"/processes/{KEY}").text.replace("、", "，")


def test_two_log_ins_of_one_person_are_one(desk: Flask, olu: Browser) -> None:
    """A second log-in with the same employee number approves nothing that the first one drew."""
    other = add_owner(desk, "olu2", like="olu")
    revision = olu.replace(NAME, "汇总挂帐", KEY)
    assert olu.submit(revision, KEY).status_code == 302
    assert approved(other, revision) == 403


def test_what_nobody_can_approve_is_not_submitted(olu: Browser, otto: Browser) -> None:
    """When every owner has a hand in the draft it is said at the button, and submitting is refused in words."""
    revision = both_drew(olu, otto)
    page = otto.client.get(f"/processes/{KEY}/publish")
    assert html.fromstring(page.text).xpath("//*[@id='nobody']")
    assert html.fromstring(page.text).xpath("//button[@aria-describedby='nobody' and @disabled]")
    refused = otto.submit(revision, KEY)
    assert refused.status_code == 409
    assert html.fromstring(refused.text).xpath("//*[@id='refused-NobodyToApprove']")


def test_saving_takes_nothing_back_unasked(desk: Flask, olu: Browser) -> None:
    """A submitted draft is saved only when it is said that the submission is taken back, and the history tells it."""
    revision = olu.replace(NAME, "汇总挂帐", KEY)
    assert olu.submit(revision, KEY).status_code == 302
    text = olu.draft(KEY)["files"][f"{KEY}.bpmn"].replace("汇总挂帐", "汇总全部挂帐")
    body = {"revision": revision, "files": {f"{KEY}.bpmn": text}}
    refused = olu.client.put(f"/processes/{KEY}/draft", json=body)
    assert (refused.status_code, refused.json["code"], bool(refused.json["submitted_by"])) == (
        409,
        "SubmittedDraft",
        True,
    )
    assert olu.draft(KEY)["state"] == "submitted"
    assert olu.client.put(f"/processes/{KEY}/draft", json={**body, "withdraw": True}).json["state"] == "editing"
    assert [step["withdrawn"] for step in told(desk, "draft_saved") if "withdrawn" in step] == ["olu"]
    assert "因保存而撤回" in olu.client.get(f"/processes/{KEY}").text


def test_files_brought_in_take_nothing_back_unasked(olu: Browser) -> None:
    """The page's own upload asks as the editor does."""
    revision = olu.replace(NAME, "汇总挂帐", KEY)
    olu.submit(revision, KEY)
    form = (BytesIO(b"{}"), "mine.form")
    refused = olu.post(f"/processes/{KEY}/draft/upload", revision=revision, files=form)
    assert (refused.status_code, olu.draft(KEY)["state"]) == (409, "submitted")
    assert 'name="withdraw"' in refused.text
    form = (BytesIO(b"{}"), "mine.form")
    assert olu.post(f"/processes/{KEY}/draft/upload", revision=revision, files=form, withdraw="yes").status_code == 302


def test_why_it_came_back_stands_where_its_authors_look(olu: Browser, otto: Browser) -> None:
    """The reason of a return is in the editor, on the page of the draft and in the list, until it is submitted again."""
    revision = olu.replace(NAME, "汇总挂帐", KEY)
    olu.submit(revision, KEY)
    otto.post(f"/processes/{KEY}/publish/return", revision=revision, reason="第三步不清楚")
    assert olu.draft(KEY)["returned"]["reason"] == "第三步不清楚"
    for page in (f"/processes/{KEY}/publish", "/processes"):
        assert "第三步不清楚" in olu.client.get(page).text
    olu.submit(revision, KEY)
    assert olu.draft(KEY)["returned"] is None


def test_who_edits_what_was_put_in_force_is_told(desk: Flask, olu: Browser, otto: Browser) -> None:
    """An editor left open learns that the draft became a version, of which number and by whom; with its version it begins a new one."""
    revision = olu.replace(NAME, "汇总挂帐", KEY)
    opened = olu.draft(KEY)
    olu.submit(revision, KEY)
    assert approved(otto, revision) == 302
    text = opened["files"][f"{KEY}.bpmn"].replace("汇总挂帐", "汇总全部挂帐")
    body = {"files": {f"{KEY}.bpmn": text}, "revision": revision, "base_version": opened["base_version"]}
    answer = olu.client.put(f"/processes/{KEY}/draft", json=body)
    assert answer.status_code == 409
    assert (answer.json["ended"], answer.json["version"]) == ("definition_published", 2)
    assert answer.json["ended_by"]
    assert answer.json["ended_at"]


def test_an_old_version_opened_unsaved_undoes_nothing(olu: Browser, otto: Browser) -> None:
    """Whoever opened version 1 and first saves when version 2 is in force is told, instead of taking it back."""
    opened = otto.draft(KEY)
    revision = olu.replace(NAME, "汇总挂帐", KEY)
    olu.submit(revision, KEY)
    approved(otto, revision)
    body = {"revision": 0, "base_version": opened["base_version"], "files": opened["files"]}
    assert otto.client.put(f"/processes/{KEY}/draft", json=body).status_code == 409


def test_a_new_draft_never_has_the_revision_of_a_former_one(olu: Browser, otto: Browser) -> None:
    """After a discard an editor still open cannot save over the draft that another has begun since."""
    olu.replace(NAME, "汇总挂帐", KEY)
    opened = olu.draft(KEY)
    assert otto.client.delete(f"/processes/{KEY}/draft").status_code == 204
    otto.replace(NAME, "汇总全部挂帐", KEY)
    body = {"revision": opened["revision"], "base_version": 1, "files": {f"{KEY}.bpmn": opened["files"][f"{KEY}.bpmn"]}}
    assert olu.client.put(f"/processes/{KEY}/draft", json=body).status_code == 409


def test_what_is_overwritten_is_told_before_and_after(desk: Flask, olu: Browser, otto: Browser) -> None:
    """The editor learns which of the other's changes its files would undo, and the history names files, person and time."""
    mine = otto.draft(KEY)
    revision = olu.replace(NAME, "汇总挂帐", KEY)
    files = {f"{KEY}.bpmn": mine["files"][f"{KEY}.bpmn"].replace(NAME, "看挂帐")}
    said = otto.client.post(f"/processes/{KEY}/draft/overlap", json={"files": files}).json["changes"]
    assert any("汇总挂帐" in one["text"] and "看挂帐" in one["text"] for one in said), said
    body = {"revision": revision, "files": files, "instead": [f"{KEY}.bpmn", "forms/none.form"]}
    assert otto.client.put(f"/processes/{KEY}/draft", json=body).status_code == 200
    (step,) = [one for one in told(desk, "draft_saved") if "instead" in one]
    assert (step["instead"], step["saved_by"]) == ([f"{KEY}.bpmn"], "olu")
    assert f"{KEY}.bpmn 中被覆盖" in otto.client.get(f"/processes/{KEY}").text


def test_a_second_owner_is_told_what_a_change_costs(desk: Flask, olu: Browser, otto: Browser) -> None:
    """Before it: who drew the draft and who could approve it then, in the editor's answer and on the page; who has a hand in it is told nothing."""
    olu.replace(NAME, "汇总挂帐", KEY)
    assert olu.draft(KEY)["hand"] is None
    assert otto.draft(KEY)["hand"] == {"authors": ["欧璐"], "left": []}
    assert "要改的地方请告诉欧璐" in otto.client.get(f"/processes/{KEY}/publish").text
    add_owner(desk, "third")
    assert otto.draft(KEY)["hand"] == {"authors": ["欧璐"], "left": ["third"]}
    assert "之后能批准的有：third" in otto.client.get(f"/processes/{KEY}/publish").text
    assert 'id="costs"' not in olu.client.get(f"/processes/{KEY}/publish").text
    assert Browser(desk, "sam").draft(KEY)["hand"] is None


def test_whoever_took_everything_back_has_no_hand(desk: Flask, olu: Browser, otto: Browser) -> None:
    """What they took over is what they left, which the record shows: they may approve again, and the page says who has a hand."""
    revision = both_drew(olu, otto)
    assert "没有人可以审批" in olu.client.get(f"/processes/{KEY}/publish").text
    revision = otto.replace("汇总全部挂帐", "汇总挂帐", KEY)
    assert otto.draft(KEY)["hand"] == {"authors": ["欧璐"], "left": []}
    assert [bool(step.get("took_over")) for step in told(desk, "draft_saved")] == [False, True]
    assert olu.submit(revision, KEY).status_code == 302
    assert approved(otto, revision) == 302


def test_what_another_built_upon_is_not_taken_back(olu: Browser, otto: Browser) -> None:
    """The draft as somebody took it over, brought back after another has saved, leaves both with a hand in it."""
    both_drew(olu, otto)
    olu.replace("汇总全部挂帐", "汇总所有挂帐", KEY)
    revision = otto.replace("汇总所有挂帐", "汇总挂帐", KEY)
    assert otto.submit(revision, KEY).status_code == 409
    assert olu.submit(revision, KEY).status_code == 409


def test_whoever_took_everything_back_and_submits_has_a_hand(olu: Browser, otto: Browser) -> None:
    """Asking for approval is a hand of its own."""
    both_drew(olu, otto)
    revision = otto.replace("汇总全部挂帐", "汇总挂帐", KEY)
    assert otto.submit(revision, KEY).status_code == 409
