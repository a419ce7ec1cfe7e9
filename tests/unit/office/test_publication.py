"""Files and what is published: what differs becomes a draft that two owners look at, never a version of its own accord."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import engine
from engine import definitions, published
from models.base import session
from models.identity import User, UserRole
from office import drafts, publication, restoration
from tests.support.actors import CLEO, OLU

PROCESSES = Path(__file__).parents[3] / "processes"


@pytest.fixture
def folder(tmp_path: Path, database: Session, at: datetime) -> Path:
    """A copy of processes/ whose BATCH-002 is published."""
    shutil.copytree(PROCESSES, tmp_path / "processes")
    published.publish(definitions.read_package(PROCESSES, "BATCH-002"), by=OLU, note="", at=at)
    for path in (tmp_path / "processes").glob("*.bpmn"):
        if path.stem != "BATCH-002":
            path.unlink()
    return tmp_path / "processes"


def rewrite(folder: Path) -> None:
    """Change the diagram in the folder."""
    file = folder / "BATCH-002.bpmn"
    file.write_text(file.read_text(encoding="utf-8").replace("周四挂帐批处理", "每周挂帐批处理"), encoding="utf-8")


def test_files_that_are_published_do_not_differ(folder: Path) -> None:
    """The same bytes are no difference."""
    assert list(publication.differing_files(folder)) == []


def test_what_differs_becomes_a_draft(folder: Path, at: datetime) -> None:
    """The version in force stays; the draft waits for two owners."""
    rewrite(folder)
    ((key, content),) = publication.differing_files(folder)
    draft = publication.draft_from_files(key, content, by=OLU, at=at)
    assert (draft.key, draft.revision, draft.state) == ("BATCH-002", 1, "editing")
    assert "每周挂帐批处理" in draft.package.files["BATCH-002.bpmn"]
    assert published.current("BATCH-002").version == 1


def test_a_draft_that_is_there_is_left_alone(folder: Path, at: datetime) -> None:
    """Files do not overwrite what somebody is drawing."""
    drafts.save("BATCH-002", {"forms/mine.form": "{}"}, revision=0, by=OLU, at=at)
    rewrite(folder)
    ((key, content),) = publication.differing_files(folder)
    with pytest.raises(drafts.StaleDraft):
        publication.draft_from_files(key, content, by=OLU, at=at)


def test_only_owners_keep_drafts(folder: Path, at: datetime) -> None:
    """Every verb asks who it is; a page that forgets to does not matter."""
    for verb in (
        lambda: drafts.save("BATCH-002", {}, revision=0, by=CLEO, at=at),
        lambda: drafts.discard("BATCH-002", by=CLEO, at=at),
        lambda: publication.submit("BATCH-002", folder, revision=1, note="x", accepted=False, by=CLEO, at=at),
        lambda: publication.approve("BATCH-002", folder, revision=1, against=1, accepted=False, by=CLEO, at=at),
        lambda: publication.give_back("BATCH-002", revision=1, reason="x", by=CLEO, at=at),
        lambda: restoration.ask("BATCH-002", 1, reason="x", by=CLEO, at=at),
    ):
        with pytest.raises(drafts.NotAnOwner):
            verb()


def test_a_play_belongs_to_what_was_played(folder: Path, at: datetime) -> None:
    """After another save the scenario counts as not played."""
    rewrite(folder)
    ((key, content),) = publication.differing_files(folder)
    draft = publication.draft_from_files(key, content, by=OLU, at=at)
    assert publication.play(draft, folder, at=at) == 0
    played = [outcome.ok for outcome in publication.outcomes(drafts.find(key), folder)]
    assert set(played) == {True}
    text = draft.package.files["BATCH-002.bpmn"].replace("每周挂帐批处理", "挂帐批处理")
    changed = drafts.save(key, {"BATCH-002.bpmn": text}, revision=1, by=OLU, at=at)
    assert [outcome.ok for outcome in publication.outcomes(changed, folder)] == [None] * len(played)


def test_a_file_that_no_step_uses_is_told_and_stays(folder: Path, tmp_path: Path, at: datetime) -> None:
    """What was added and not used is checked, warned of, not published, and there again in the next draft."""
    rewrite(folder)
    ((key, content),) = publication.differing_files(folder)
    publication.draft_from_files(key, content, by=OLU, at=at)
    draft = drafts.save(key, {"forms/mine.form": "{"}, revision=1, by=OLU, at=at)
    assert [problem.rule for problem in drafts.warnings(draft.package) if problem.file == "forms/mine.form"][:1] == [
        "unused_file"
    ]
    assert len([problem for problem in drafts.warnings(draft.package) if problem.file == "forms/mine.form"]) > 1
    assert publication.problems(draft) == []
    session().add(User(name="second", display_name="second", password_hash=""))
    session().flush()
    session().add(UserRole(user="second", role="owner"))
    empty = tmp_path / "nothing"
    empty.mkdir()
    publication.submit(key, empty, revision=2, note="x", accepted=False, by=OLU, at=at)
    publication.approve(
        key,
        empty,
        revision=2,
        against=1,
        accepted=False,
        by=engine.Actor("second", frozenset(), frozenset({"owner"})),
        at=at,
    )
    assert "forms/mine.form" not in published.current(key).package.files
    assert (drafts.find(key).base_version, drafts.find(key).package.files["forms/mine.form"]) == (2, "{")
    with pytest.raises(engine.Conflict):
        publication.submit(key, empty, revision=drafts.find(key).revision, note="x", accepted=False, by=OLU, at=at)
