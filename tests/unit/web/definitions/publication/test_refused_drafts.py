"""What is refused on the way to a version stands on the page of the draft, with what to do, and what was typed; and scenarios that are played go on by themselves."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

import engine
from engine import definitions, running
from models.base import session, transaction
from models.identity import UserRole
from office import playing, publication, scenarios
from office.scenarios import Played
from tests.unit.web.definitions.test_publication import Browser
from web.definitions.processes import PROCESSES

KEY = "BATCH-002"
AGREED = len(scenarios.read(PROCESSES, [KEY]))
TYPED = "市场部三月的新规定"


@pytest.fixture
def olu(desk: Flask) -> Browser:
    """The owner who draws, with a draft to hand over."""
    olu = Browser(desk, "olu")
    draft = olu.draft(KEY)
    text = draft["files"][f"{KEY}.bpmn"].replace("汇总本周挂帐", "汇总挂帐")
    olu.client.put(f"/processes/{KEY}/draft", json={"revision": draft["revision"], "files": {f"{KEY}.bpmn": text}})
    return olu


@pytest.fixture
def otto(desk: Flask) -> Browser:
    """The other owner."""
    return Browser(desk, "otto")


def handed_over(olu: Browser, **form: str) -> tuple[int, str]:
    """The answer to a submission, which has the page's own headings when it is the page."""
    given = {"revision": olu.draft(KEY)["revision"], "note": TYPED} | form
    answer = olu.post(f"/processes/{KEY}/publish/submission", **given)
    return answer.status_code, answer.text


def refusal(text: str) -> str:
    """What stands in red at the place of the form that was sent."""
    assert 'id="hand-over"' in text
    return text.partition('id="hand-over"')[2].partition('class="desk-errors"')[2].partition("</div>")[0]


def agreeing(monkeypatch: pytest.MonkeyPatch, ok: bool = True) -> None:
    """Scenarios come out as agreed, or not, at once."""
    wrong = () if ok else (publication.scenarios.Difference("unknown_step", {"kinds": "x"}),)
    monkeypatch.setattr(
        publication.scenarios, "play_on", lambda one, package: Played(one.process, one.name, differences=wrong)
    )


def test_scenarios_not_played_is_said_at_the_form(olu: Browser) -> None:
    """Not a page of its own with a way to the worklist: the number, what to do, and the reason as it was typed."""
    status, page = handed_over(olu)
    assert status == 409
    assert f"{AGREED} 个场景没有试跑" in refusal(page)
    assert TYPED in page


def test_differences_not_accepted_is_said_at_the_form(olu: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way out is the tick box that stands there."""
    agreeing(monkeypatch, ok=False)
    olu.play(KEY)
    status, page = handed_over(olu)
    assert status == 409
    assert f"{AGREED} 个场景与约定不同" in refusal(page)
    assert TYPED in page
    assert 'name="accepted"' in page


def test_a_draft_saved_again_is_shown_as_it_is(olu: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form then has the revision that is shown, so that repeating means what was looked at."""
    agreeing(monkeypatch)
    olu.play(KEY)
    status, page = handed_over(olu, revision="99")
    assert status == 409
    assert "草稿又保存过" in refusal(page)
    assert f'name="revision" value="{olu.draft(KEY)["revision"]}"' in page


def test_no_reason_and_a_long_one_are_said_at_the_form(olu: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even what is too long is still there to be shortened."""
    agreeing(monkeypatch)
    olu.play(KEY)
    for typed in (" ", "长" * 2_001):
        status, page = handed_over(olu, note=typed)
        assert status == 422
        assert refusal(page)
        assert typed.strip() in page


def test_who_may_not_approve_reads_who_may(desk: Flask, olu: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second person is named; where there is none, that is said, before and after the submission."""
    agreeing(monkeypatch)
    olu.play(KEY)
    assert "可以审批的有：" in olu.client.get(f"/processes/{KEY}/publish").text
    handed_over(olu)
    answer = olu.post(f"/processes/{KEY}/publish/approval", revision=olu.draft(KEY)["revision"], against=1)
    assert answer.status_code == 403
    assert "须由另一人办理：这是您申请、经办或参与过的" in refusal(answer.text)
    with desk.app_context(), transaction():
        for row in session().query(UserRole).where(UserRole.role == "owner", UserRole.user != "olu"):
            session().delete(row)
    assert "没有人可以审批" in olu.client.get(f"/processes/{KEY}/publish").text


def test_a_draft_that_is_gone_keeps_what_was_typed(olu: Browser, otto: Browser) -> None:
    """Discarded by a colleague meanwhile: said on top, since the form is no longer there, with the words to take along."""
    revision = olu.draft(KEY)["revision"]
    otto.post(f"/processes/{KEY}/draft/discard")
    answer = olu.post(f"/processes/{KEY}/publish/submission", revision=revision, note=TYPED)
    assert answer.status_code == 404
    assert "草稿已经不在了" in answer.text
    assert TYPED in answer.text


def test_a_refused_return_keeps_its_reason(olu: Browser, otto: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The draft was taken back by its editor while the other wrote why it should be."""
    agreeing(monkeypatch)
    olu.play(KEY)
    handed_over(olu)
    answer = otto.post(f"/processes/{KEY}/publish/return", revision=99, reason=TYPED)
    assert answer.status_code == 409
    assert TYPED in answer.text
    assert "草稿又保存过" in refusal(answer.text)


def test_a_file_that_cannot_be_kept_is_said_at_the_form(olu: Browser) -> None:
    """The page of the draft again, not a bare one."""
    answer = olu.post(f"/processes/{KEY}/draft/upload", revision=1, files=(BytesIO(b"x"), "letter.docx"))
    assert answer.status_code == 422
    assert "letter.docx" in answer.text
    assert 'id="files"' in answer.text


def test_a_refused_roll_back_stands_at_its_version(
    desk: Flask, olu: Browser, otto: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form is open again, with why and with what was typed."""
    agreeing(monkeypatch)
    revision = olu.draft(KEY)["revision"]
    assert olu.submit(revision, KEY).status_code == 302
    assert otto.post(f"/processes/{KEY}/publish/approval", revision=revision, against=1).status_code == 302
    answer = olu.post(f"/processes/{KEY}/versions/1/restoration", reason=" ")
    assert answer.status_code == 422
    assert '<details class="desk-confirm" open>' in answer.text


def test_playing_goes_on_without_the_page(desk: Flask, olu: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for once, it is queued; nobody needs to look until the office has done it, and the result stays with what was played."""
    agreeing(monkeypatch)
    olu.post(f"/processes/{KEY}/publish/scenarios")
    waiting = olu.client.get(f"/processes/{KEY}/publish").text
    assert "离开这一页也会继续" in waiting
    assert f'hx-get="/processes/{KEY}/publish/scenarios"' in waiting
    olu.post(f"/processes/{KEY}/publish/scenarios")
    with desk.app_context():
        assert running.run_due(engine.now()) == 1
    done = olu.client.get(f"/processes/{KEY}/publish/scenarios", headers={"HX-Request": "true"}).text
    assert f"已试跑 {AGREED} / {AGREED}" in done
    assert "hx-get" not in done
    olu.client.put(
        f"/processes/{KEY}/draft", json={"revision": olu.draft(KEY)["revision"], "files": {"forms/extra.form": None}}
    )
    assert f"已试跑 {AGREED} / {AGREED}" in olu.client.get(f"/processes/{KEY}/publish").text


def test_all_of_them_again_forgets_what_came_out(olu: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for anew, nothing stands as played until it has been played anew."""
    agreeing(monkeypatch)
    olu.play(KEY)
    assert f"已试跑 {AGREED} / {AGREED}" in olu.client.get(f"/processes/{KEY}/publish").text
    olu.post(f"/processes/{KEY}/publish/scenarios", again="1")
    assert f"已试跑 0 / {AGREED}" in olu.client.get(f"/processes/{KEY}/publish").text


def test_playing_begins_again_where_it_stopped(desk: Flask, olu: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was stopped in the middle has kept what came out before; the rest is played by whoever takes the job next."""
    known = Browser(desk, "otto")
    revision = known.replace("要退现而票据遗失？", "票据在？")
    assert revision
    played: list[str] = []

    def stopped(one: publication.Scenario, package: definitions.Package) -> Played:
        played.append(one.name)
        if len(played) == 2:
            raise KeyboardInterrupt
        return Played(one.process, one.name)

    monkeypatch.setattr(publication.scenarios, "play_on", stopped)
    with desk.app_context():
        playing.begin("TS-002", again=False, at=engine.now())
        with pytest.raises(KeyboardInterrupt):
            running.run_due(engine.now())
        assert playing.state("TS-002") == "queued"
    with desk.app_context():
        playing.carry_on("TS-002", PROCESSES, engine.now)
    assert len(played) == len(set(played)) + 1
