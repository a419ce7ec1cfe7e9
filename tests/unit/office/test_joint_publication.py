"""Drafts that belong together go into force at once: all of them or none, submitted as one and approved as one by a second person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import engine
import engine.published
from engine import definitions, record
from models.base import session, transaction
from models.identity import User, UserRole
from office import drafts, hands, joint_publication, publication
from tests.support.actors import OLU
from tests.support.drawing import call, end, package, path, process, start, user

OTTO = engine.Actor("otto", frozenset(), frozenset({"owner"}))
PLAYED = """
process: {process}
scenarios:
  - name: {process} 走到底
    given: {{variables: {{case_number: "{process}-1"}}}}
    steps: [{{task: {task}}}]
    expect: {{end: finished}}
"""


def diagram(key: str, *, calls: str = "", asks: str = "ask") -> definitions.Package:
    """A process of one step, which calls another or asks somebody."""
    step = call("to_called", calls) if calls else user(asks)
    return package(key, process(key, start(), step, end(), path("begun", "to_called" if calls else asks, "finished")))


def keep(at: datetime, key: str, *, calls: str = "", asks: str = "ask") -> None:
    """Such a process as a draft, over whatever is in force."""
    files = dict(diagram(key, calls=calls, asks=asks).files)
    if calls:
        del files["forms/free.form"]
    revision = next((draft.revision for draft in drafts.listed() if draft.key == key), 0)
    drafts.save(key, files, revision=revision, by=OLU, at=at)


@pytest.fixture
def folder(database: Session, tmp_path: Path) -> Path:
    """Owners, and what was agreed of a caller and of the process it calls."""
    for name in ("olu", "otto"):
        _owner(name)
    (tmp_path / "scenarios").mkdir()
    for key in ("AA-1", "ZZ-1"):
        scenario = PLAYED.format(process=key, task="answer")
        (tmp_path / "scenarios" / f"{key}.yaml").write_text(scenario, encoding="utf-8")
    return tmp_path


def _owner(name: str) -> None:
    with transaction():
        session().merge(User(name=name, display_name=name, password_hash=""))
        session().flush()
        session().merge(UserRole(user=name, role="owner"))


def revisions(*keys: str) -> dict[str, int]:
    """Of the drafts as they are."""
    return {key: drafts.find(key).revision for key in keys}


def hand_over(folder: Path, at: datetime, *keys: str, accepted: bool = False) -> None:
    """Have everything played, and submit."""
    joint_publication.play(joint_publication.find(keys), folder, at=at)
    joint_publication.submit(revisions(*keys), folder, note="一起改", accepted=accepted, by=OLU, at=at)


def put_in_force(folder: Path, at: datetime, *keys: str, by: engine.Actor = OTTO) -> list[engine.published.Published]:
    """Approve what was handed over."""
    against = {key: drafts.newest_version(key) for key in keys}
    return joint_publication.approve(revisions(*keys), folder, against=against, accepted=False, by=by, at=at)


def steps_of(key: str) -> list[str]:
    """What the history of a definition tells, without the savings."""
    return [
        step["type"]
        for entry in record.read_history("definition", key)
        for step in entry.steps
        if step["type"] != hands.SAVED
    ]


def test_a_new_caller_comes_with_what_it_calls(folder: Path, at: datetime) -> None:
    """Neither could go alone in one step; each has its own entries, and the caller runs what was drawn beside it."""
    keep(at, "AA-1", calls="ZZ-1")
    keep(at, "ZZ-1", asks="answer")
    hand_over(folder, at, "AA-1", "ZZ-1")
    published = put_in_force(folder, at, "AA-1", "ZZ-1")
    assert [(version.key, version.version, version.callers) for version in published] == [
        ("ZZ-1", 1, ()),
        ("AA-1", 1, ()),
    ]
    for key in ("AA-1", "ZZ-1"):
        assert steps_of(key) == ["draft_submitted", "draft_approved", "definition_published"]
        assert hands.submitted_with(key) == ["ZZ-1", "AA-1"]
        assert "answer" in engine.published.current(key).package.files["ZZ-1.bpmn"]
    assert drafts.listed() == []


def test_a_caller_that_is_changed_too_gets_one_version(folder: Path, at: datetime) -> None:
    """Published one after the other it would get two; a caller that is not among them gets one as well."""
    for key, calls in (("ZZ-1", ""), ("AA-1", "ZZ-1"), ("BB-1", "ZZ-1")):
        engine.published.publish(_with(diagram(key, calls=calls), at), by=OLU, note="", at=at)
    keep(at, "ZZ-1", asks="answer")
    _rename(at, "AA-1")
    hand_over(folder, at, "AA-1", "ZZ-1")
    callee, caller = put_in_force(folder, at, "AA-1", "ZZ-1")
    assert (callee.version, caller.version) == (2, 2)
    assert [(version.key, version.version) for version in callee.callers] == [("BB-1", 2)]
    assert [drafts.newest_version(key) for key in ("ZZ-1", "AA-1", "BB-1")] == [2, 2, 2]


def _with(content: definitions.Package, at: datetime) -> definitions.Package:
    return definitions.completed_package(content, engine.published.newest_package)


def _rename(at: datetime, key: str) -> None:
    text = drafts.find(key).package.files[f"{key}.bpmn"]
    drafts.save(key, {f"{key}.bpmn": text.replace('name="begun"', 'name="开始"')}, revision=0, by=OLU, at=at)


def test_scenarios_are_played_on_the_whole(folder: Path, at: datetime) -> None:
    """The caller's scenario answers at a step that only the other draft has: alone it differs, together it is as agreed."""
    engine.published.publish(diagram("ZZ-1"), by=OLU, note="", at=at)
    keep(at, "AA-1", calls="ZZ-1")
    keep(at, "ZZ-1", asks="answer")
    alone = drafts.find("AA-1")
    publication.play(alone, folder, at=at)
    assert [outcome.ok for outcome in publication.outcomes(alone, folder)] == [False]
    joint = joint_publication.find(["AA-1", "ZZ-1"])
    assert [outcome.ok for outcome in joint_publication.outcomes(joint, folder)] == [None, None]
    assert joint_publication.play(joint, folder, at=at, most=1) == 1
    assert joint_publication.play(joint, folder, at=at) == 0
    assert [outcome.ok for outcome in joint_publication.outcomes(joint, folder)] == [True, True]
    keep(at, "ZZ-1", asks="other")
    changed = joint_publication.find(["AA-1", "ZZ-1"])
    assert [outcome.ok for outcome in joint_publication.outcomes(changed, folder)] == [None, None]
    with pytest.raises(publication.ScenariosNotPlayed):
        joint_publication.submit(revisions("AA-1", "ZZ-1"), folder, note="x", accepted=True, by=OLU, at=at)


def test_none_goes_when_one_cannot(folder: Path, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails at the last of them leaves the first as it was, in the versions and in the histories."""
    keep(at, "AA-1", calls="ZZ-1")
    keep(at, "ZZ-1", asks="answer")
    hand_over(folder, at, "AA-1", "ZZ-1")

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(drafts, "begin_again", broken)
    with pytest.raises(RuntimeError):
        put_in_force(folder, at, "AA-1", "ZZ-1")
    session().expire_all()
    assert [drafts.newest_version(key) for key in ("AA-1", "ZZ-1")] == [0, 0]
    assert steps_of("ZZ-1") == steps_of("AA-1") == ["draft_submitted"]


def test_a_problem_of_one_keeps_all(folder: Path, at: datetime) -> None:
    """It is told with its file."""
    keep(at, "AA-1", calls="ZZ-1")
    keep(at, "ZZ-1")
    broken = diagram("ZZ-1").files["ZZ-1.bpmn"].replace('"free"', '"gone"')
    drafts.save("ZZ-1", {"ZZ-1.bpmn": broken}, revision=1, by=OLU, at=at)
    joint = joint_publication.find(["AA-1", "ZZ-1"])
    assert joint_publication.problems(joint)["ZZ-1"]
    with pytest.raises(engine.InvalidDefinition):
        joint_publication.submit(revisions("AA-1", "ZZ-1"), folder, note="x", accepted=True, by=OLU, at=at)


def test_whoever_has_a_hand_in_one_approves_none(folder: Path, at: datetime) -> None:
    """A colleague who saved the smaller of two drafts is not the second person for either."""
    keep(at, "AA-1", calls="ZZ-1")
    drafts.save("ZZ-1", dict(diagram("ZZ-1", asks="answer").files), revision=0, by=OTTO, at=at)
    joint_publication.play(joint_publication.find(["AA-1", "ZZ-1"]), folder, at=at)
    with pytest.raises(publication.NobodyToApprove):
        joint_publication.submit(revisions("AA-1", "ZZ-1"), folder, note="x", accepted=False, by=OLU, at=at)
    _owner("third")
    hand_over(folder, at, "AA-1", "ZZ-1")
    for person in (OLU, OTTO):
        with pytest.raises(publication.NotASecondPerson):
            put_in_force(folder, at, "AA-1", "ZZ-1", by=person)
    third = engine.Actor("third", frozenset(), frozenset({"owner"}))
    assert len(put_in_force(folder, at, "AA-1", "ZZ-1", by=third)) == 2


def test_what_was_submitted_together_goes_together(folder: Path, at: datetime) -> None:
    """One of them is neither approved nor given back alone; given back, both are drafts again, and say so."""
    keep(at, "AA-1", calls="ZZ-1")
    keep(at, "ZZ-1", asks="answer")
    hand_over(folder, at, "AA-1", "ZZ-1")
    with pytest.raises(publication.SubmittedTogether):
        publication.approve("ZZ-1", folder, revision=1, against=0, accepted=False, by=OTTO, at=at)
    with pytest.raises(publication.SubmittedTogether):
        publication.give_back("ZZ-1", revision=1, reason="x", by=OTTO, at=at)
    joint_publication.give_back(revisions("AA-1", "ZZ-1"), reason="再看看", by=OTTO, at=at)
    assert [draft.state for draft in drafts.listed()] == ["editing", "editing"]
    assert [hands.last_return(key).step["reason"] for key in ("AA-1", "ZZ-1")] == ["再看看", "再看看"]  # type: ignore[union-attr]


def test_a_draft_taken_back_stops_the_others(folder: Path, at: datetime) -> None:
    """Somebody saves one of them: what the second person would approve is no longer what was submitted."""
    keep(at, "AA-1", calls="ZZ-1")
    keep(at, "ZZ-1", asks="answer")
    hand_over(folder, at, "AA-1", "ZZ-1")
    text = drafts.find("ZZ-1").package.files["ZZ-1.bpmn"].replace('name="begun"', 'name="开始"')
    drafts.save("ZZ-1", {"ZZ-1.bpmn": text}, revision=1, by=OLU, at=at, withdraw=True)
    with pytest.raises(joint_publication.NotSubmittedTogether):
        put_in_force(folder, at, "AA-1", "ZZ-1")
    assert drafts.newest_version("AA-1") == 0


def test_a_file_is_the_same_in_all_that_hold_it(folder: Path, at: datetime) -> None:
    """A form that two drafts share and that differs between them is refused, with the file and both."""
    keep(at, "AA-1", asks="answer")
    keep(at, "ZZ-1", asks="answer")
    form = drafts.find("ZZ-1").package.files["forms/free.form"]
    joint_publication.check_files(joint_publication.find(["AA-1", "ZZ-1"]))
    drafts.save("ZZ-1", {"forms/free.form": form.replace("}", " }", 1)}, revision=1, by=OLU, at=at)
    with pytest.raises(joint_publication.FilesDiffer) as refusal:
        joint_publication.check_files(joint_publication.find(["AA-1", "ZZ-1"]))
    assert refusal.value.values == {"file": "forms/free.form", "processes": ["AA-1", "ZZ-1"]}


def test_what_belongs_together_is_offered(folder: Path, at: datetime) -> None:
    """Who calls whom, over several, and who shares a file; what stands apart does not come with them."""
    keep(at, "AA-1", calls="MM-1")
    keep(at, "MM-1", calls="ZZ-1")
    keep(at, "ZZ-1")
    keep(at, "BB-1", calls="CC-1")
    assert joint_publication.belonging(drafts.find("ZZ-1")) == ["ZZ-1", "MM-1", "AA-1"]
    assert joint_publication.belonging(drafts.find("BB-1")) == ["BB-1"]


def test_one_alone_is_not_together(folder: Path, at: datetime) -> None:
    """It has its own page."""
    keep(at, "AA-1")
    with pytest.raises(joint_publication.TooFew):
        joint_publication.find(["AA-1"])
    with pytest.raises(engine.published.UnknownProcess):
        joint_publication.find(["AA-1", "ZZ-1"])
