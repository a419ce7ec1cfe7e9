"""From draft to version: its scenarios played, submitted by one owner, approved by another; and back to a former version when one was wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select

import engine
from engine import Package, Problem, Published
from models.base import session, transaction
from models.definition import DefinitionDraft, DraftPlay
from office import drafts, hands, scenarios, texts
from office.drafts import Draft, StaleDraft
from office.scenarios import Scenario

MOST_TEXT = 2_000
MOST_KEY = 60
# What tools call a process.
GENERATED = re.compile(
    r"(?i)process(_?\d+|_[0-9a-z]{7})?|(Process_|sid-|id-?)[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"
)


class NothingChanged(engine.Conflict):
    """The draft is what is published already."""


class NotSubmitted(engine.Conflict):
    """The draft has not been submitted for approval."""


class ScenariosNotPlayed(engine.Conflict):
    """Not every scenario has been played on the draft as it is now."""


class DifferencesNotAccepted(engine.Conflict):
    """Scenarios differ from what was agreed, and nobody said that this is meant."""


class NoReason(engine.Invalid):
    """It has to be said why."""


class NotASecondPerson(engine.NotPermitted):
    """Whoever has saved a draft since it was begun, or submitted it, cannot approve it, under whatever log-in."""


class NobodyToApprove(engine.Conflict):
    """Every process owner has a hand in the draft, so that nobody is left to approve it."""


@dataclass(frozen=True)
class Outcome:
    """How one scenario stands: not played yet on this content (`ok` None), as agreed, or with what differs."""

    scenario: Scenario
    ok: bool | None
    differences: tuple[scenarios.Difference, ...] = ()
    played_at: datetime | None = None


def outcomes(draft: Draft, directory: Path) -> list[Outcome]:
    """Every scenario that the draft may change: its own first, then those of the processes that call it.

    Shape: `directory` is laid out as processes/ is and holds the scenarios.
    """
    packages = packages_of(draft)
    rows = session().scalars(select(DraftPlay).where(DraftPlay.key == draft.key))
    known = {(row.process, row.name): row for row in rows}
    return [_outcome(one, packages[one.process], known) for one in _scenarios(packages, directory)]


def _scenarios(packages: dict[str, Package], directory: Path) -> list[Scenario]:
    order = {key: number for number, key in enumerate(packages)}
    return sorted(scenarios.read(directory, packages), key=lambda one: order[one.process])


def packages_of(draft: Draft) -> dict[str, Package]:
    """What publishing the draft would put in force, by process, its own first."""
    own = drafts.ready(draft.package)
    callers = {
        row.key: engine.pruned_package(engine.package_with(caller, own.files))
        for row, caller in engine.callers_of(draft.key)
    }
    return {draft.key: own, **callers}


def _outcome(one: Scenario, package: Package, known: dict[tuple[str, str], DraftPlay]) -> Outcome:
    row = known.get((one.process, one.name))
    found = scenarios.load(row.differences) if row is not None and row.sha256 == package.sha256 else None
    if row is None or found is None:
        return Outcome(one, None)
    return Outcome(one, row.ok, found, row.played_at)


def play(draft: Draft, directory: Path, *, at: datetime, most: int = 0) -> int:
    """Play scenarios that have not been played on this content, at most so many when given; how many are left.

    Errors: UnknownProcess when the draft is not stored.
    """
    packages = packages_of(draft)
    waiting = [found.scenario for found in outcomes(draft, directory) if found.ok is None]
    chosen = waiting[: most or None]
    for one in chosen:
        _keep(draft.key, scenarios.play_on(one, packages[one.process]), packages[one.process].sha256, at)
    return len(waiting) - len(chosen)


def forget_plays(key: str) -> None:
    """Every scenario of a draft waits to be played again."""
    with transaction():
        session().execute(delete(DraftPlay).where(DraftPlay.key == key))


def _keep(key: str, played: scenarios.Played, sha256: str, at: datetime) -> None:
    with transaction():
        if session().get(DefinitionDraft, key) is None:
            raise engine.UnknownProcess(process=key)
        told = scenarios.dump(played.differences)
        row = DraftPlay(key=key, process=played.process, name=played.name, sha256=sha256, ok=played.ok)
        row.differences, row.played_at = told, at
        session().merge(row)


def problems(draft: Draft) -> list[Problem]:
    """What keeps a draft from being published: its own problems; when it has none, those it makes in processes that call it."""
    own = drafts.problems(draft.package)
    if own:
        return own
    callers = [package for key, package in packages_of(draft).items() if key != draft.key]
    found = [problem for package in callers for problem in engine.lint(package)]
    return list({(one.file, one.element_id, one.rule): one for one in found}.values())


def readable(text: str) -> list[Problem]:
    """Why a text cannot be opened as a diagram; empty when it can."""
    try:
        engine.read_diagram(text.encode())
    except engine.MalformedXml as error:
        return [Problem(error.values["line"], "", "malformed_xml", error.values)]
    return []


def key_of(text: str, file_name: str = "") -> str:
    """The key under which a diagram is brought in: the id of its process; when that says nothing, the name of the process or of the file.

    Shape:  what cannot stand in a key is replaced; a key made of a name is one that no process and no draft has.
    Errors: MalformedXml.
    """
    drawn = engine.read_diagram(text.encode())
    if drawn.key and not GENERATED.fullmatch(drawn.key):
        key = _as_key(drawn.key)
        return key if drafts.KEY.fullmatch(key) else f"process_{key}"[:MOST_KEY]
    names = (one for one in (drawn.name, file_name.rpartition(".")[0]) if not GENERATED.fullmatch(one))
    usable = (one for one in (_as_key(name).strip("_-") for name in names) if drafts.KEY.fullmatch(one))
    return drafts.free_key(next(usable, "process"))


def _as_key(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text)[:MOST_KEY]


def submit(
    key: str, directory: Path, *, revision: int, note: str, accepted: bool, by: engine.Actor, at: datetime
) -> None:
    """Hand a draft over for approval, saying what it is for; `accepted`: scenarios that differ are meant to.

    Errors: NotAnOwner, UnknownProcess, StaleDraft, NoReason, InvalidDefinition, NothingChanged, ScenariosNotPlayed, DifferencesNotAccepted,
            NobodyToApprove.
    """
    drafts.check_owner(by)
    problems(drafts.find(key))  # what is checked again under the lock is then known and holds nobody up
    with transaction():
        row, draft = _locked(key, revision)
        row.note, row.submitted_by, row.submitted_at = _reason(note), by.user, at
        _check(draft)
        differing = _checked_outcomes(draft, directory, accepted)
        authors = [*dict.fromkeys([*drafts.authors(draft), by.user])]
        if not hands.left_to_approve(authors):
            raise NobodyToApprove(process=key, authors=authors)
        told = {"revision": revision, "base_version": draft.base_version, "sha256": draft.sha256, "note": row.note}
        told |= _warned(draft)
        engine.record_definition(key, "draft_submitted", by=by, at=at, **told, differing=differing)


def _locked(key: str, revision: int) -> tuple[DefinitionDraft, Draft]:
    """The stored draft, held until the transaction ends. Errors: UnknownProcess, StaleDraft."""
    row = session().get(DefinitionDraft, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise engine.UnknownProcess(process=key)
    if row.revision != revision:
        raise StaleDraft(saved_by=row.saved_by, saved_at=row.saved_at, revision=row.revision)
    return row, drafts.find(key)


def _reason(text: str) -> str:
    found = texts.wrong(text, MOST_TEXT, required=True)
    if found:
        raise NoReason(most=MOST_TEXT, why=found[0].code)
    return text.strip()


def _check(draft: Draft) -> None:
    found = problems(draft)
    if found:
        raise engine.InvalidDefinition(problems=found)
    newest = engine.newest_package(draft.key)
    if newest is not None and newest.sha256 == draft.sha256:
        raise NothingChanged(process=draft.key)


def _warned(draft: Draft) -> dict[str, int]:
    """How many warnings stood beside a draft, for its history; nothing when there were none."""
    found = drafts.warnings(draft.package)
    return {"warnings": len(found)} if found else {}


def _checked_outcomes(draft: Draft, directory: Path, accepted: bool) -> list[str]:
    """The names of scenarios that differ. Errors: ScenariosNotPlayed, DifferencesNotAccepted."""
    found = outcomes(draft, directory)
    if any(one.ok is None for one in found):
        raise ScenariosNotPlayed(process=draft.key, left=sum(one.ok is None for one in found))
    differing = [f"{one.scenario.process} {one.scenario.name}" for one in found if not one.ok]
    if differing and not accepted:
        raise DifferencesNotAccepted(process=draft.key, scenarios=differing)
    return differing


def give_back(key: str, *, revision: int, reason: str, by: engine.Actor, at: datetime) -> None:
    """Return a submitted draft to its editor. Errors: NotAnOwner, UnknownProcess, StaleDraft, NotSubmitted, NoReason."""
    drafts.check_owner(by)
    with transaction():
        row, draft = _locked(key, revision)
        _check_submitted(draft)
        row.submitted_by = row.submitted_at = None
        engine.record_definition(key, "draft_returned", by=by, at=at, revision=revision, reason=_reason(reason))


def _check_submitted(draft: Draft) -> None:
    if draft.state != "submitted":
        raise NotSubmitted(process=draft.key)


def check_second_person(draft: Draft, by: engine.Actor) -> None:
    """Errors: NotAnOwner, NotASecondPerson."""
    drafts.check_owner(by)
    if by.user in hands.same_people(drafts.authors(draft)):
        raise NotASecondPerson(user=by.user)


def left_to_approve(draft: Draft, submitter: str) -> list[str]:
    """The log-ins of those who may approve a draft that `submitter` hands over, or has handed over."""
    return hands.left_to_approve([*drafts.authors(draft), draft.submitted_by or submitter])


def approve(
    key: str, directory: Path, *, revision: int, against: int, accepted: bool, by: engine.Actor, at: datetime
) -> Published:
    """Put a submitted draft in force as the next version, with new versions of its callers; all in one transaction.

    Shape:  `against` is the newest version that the approver compared the draft with.
    Errors: those of `submit`; NotSubmitted, NotASecondPerson.
    """
    drafts.check_owner(by)
    problems(drafts.find(key))
    with transaction():
        _row, draft = _locked(key, revision)
        _check_submitted(draft)
        check_second_person(draft, by)
        if drafts.newest_version(key) != against:
            raise engine.Conflict(process=key, version=drafts.newest_version(key))
        _check(draft)
        differing = _checked_outcomes(draft, directory, accepted)
        told = {"revision": revision, "sha256": draft.sha256, "differing": differing, **_warned(draft)}
        told["authors"] = drafts.authors(draft)
        engine.record_definition(key, "draft_approved", by=by, at=at, **told)
        submitter = engine.Actor(draft.submitted_by, frozenset(), frozenset({drafts.OWNER}))
        package, waiting = drafts.ready(draft.package), drafts.waiting_files(draft)
        done = engine.publish(package, by=submitter, note=draft.note, at=at, approved_by=by)
        drafts.begin_again(draft, waiting, done.version)
    return done


def roll_back(
    key: str,
    version: int,
    directory: Path | None = None,
    *,
    reason: str,
    accepted: bool = False,
    by: engine.Actor,
    at: datetime,
) -> Published:
    """Put the content of a former version in force again, as a new version; what was approved once needs no second person.

    Shape:  the scenarios of `directory` are played on it first; `accepted`: those that differ are meant to.
    Errors: NotAnOwner, UnknownProcess, NoReason, NothingChanged, InvalidDefinition, DifferencesNotAccepted.
    """
    drafts.check_owner(by)
    former, why = engine.definition(key, version), _reason(reason)
    found = engine.lint(former.package)
    if found:
        raise engine.InvalidDefinition(problems=found)
    newest = engine.newest_package(key)
    if newest is not None and newest.sha256 == former.package.sha256:
        raise NothingChanged(process=key)
    if directory is not None and not accepted:
        _check_played(key, former.package, directory)
    done = engine.publish(former.package, by=by, note=why, at=at, restores=version)
    if not done.new:
        raise NothingChanged(process=key)
    return done


def _check_played(key: str, package: Package, directory: Path) -> None:
    """Errors: DifferencesNotAccepted when a former version does not do any more what was agreed."""
    played = [scenarios.play_on(one, package) for one in scenarios.read(directory, {key: package})]
    differing = [f"{one.process} {one.name}" for one in played if not one.ok]
    if differing:
        raise DifferencesNotAccepted(process=key, scenarios=differing)


def differing_files(directory: Path) -> Iterator[tuple[str, Package]]:
    """Processes whose files in a directory are not what is published: key and the package of the files.

    Errors: MissingFile, MalformedXml.
    """
    for path in sorted(directory.glob("*.bpmn")):
        content, newest = engine.read_package(directory, path.stem), engine.newest_package(path.stem)
        own = engine.own_files(content)
        if newest is None or {n: content.files[n] for n in own} != {
            n: newest.files[n] for n in engine.own_files(newest)
        }:
            yield path.stem, content


def draft_from_files(key: str, content: Package, *, by: engine.Actor, at: datetime) -> Draft:
    """The files of a directory as the draft of a process; a draft that is there already is not touched.

    Errors: NotAnOwner, StaleDraft, UnusableFile.
    """
    own = engine.own_files(content)
    newest = engine.newest_package(key)
    gone = engine.own_files(newest) - own if newest is not None else set()
    return drafts.save(key, {**{n: content.files[n] for n in own}, **dict.fromkeys(gone)}, revision=0, by=by, at=at)
