"""From draft to version: its scenarios played, submitted by one owner, approved by another. How a former version comes back is in office.restoration."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select

import engine
import engine.published
from engine import Problem, definitions, diagrams, ground
from engine.definitions import Package
from engine.published import (
    Differing,
    DraftApproved,
    DraftReturned,
    DraftSubmitted,
    Judged,
    Published,
    Restored,
    Together,
    Warned,
)
from models.base import session, transaction
from models.definition import DefinitionDraft, DraftPlay
from office import drafts, free_text, hands, scenarios
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


class SubmittedTogether(engine.Conflict):
    """The draft was submitted together with others, and is put in force or given back with them; `together`: the processes."""


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
    """Return every scenario that the draft may change: its own first, then those of the processes that call it.

    Shape: `directory` is laid out as processes/ is and holds the scenarios.
    """
    return _outcomes(draft.key, packages_of(draft), directory)


def _outcomes(key: str, packages: Mapping[str, Package], directory: Path) -> list[Outcome]:
    fingerprints = {process: package.sha256 for process, package in packages.items()}
    return outcomes_of([key], fingerprints, scenarios_of(packages, directory))


def outcomes_of(keys: Collection[str], fingerprints: Mapping[str, str], played: Iterable[Scenario]) -> list[Outcome]:
    """Return how scenarios stand that are kept with the drafts of these processes; what was played on another content than that of `fingerprints` has not been."""
    rows = session().scalars(select(DraftPlay).where(DraftPlay.key.in_(keys)))
    plays = {(row.process, row.name): row for row in rows if row.sha256 == fingerprints.get(row.process)}
    return [_outcome(scenario, plays.get((scenario.process, scenario.name))) for scenario in played]


def scenarios_of(packages: Mapping[str, Package], directory: Path) -> list[Scenario]:
    """Return the scenarios of these processes, in their order."""
    order = {key: number for number, key in enumerate(packages)}
    return sorted(scenarios.read(directory, packages), key=lambda scenario: order[scenario.process])


def packages_of(draft: Draft) -> dict[str, Package]:
    """Return what publishing the draft would put in force, by process, its own first."""
    own = drafts.ready(draft.package)
    callers = {
        row.key: engine.published.changed_caller(caller, [own])
        for row, caller in engine.published.callers_of(draft.key)
    }
    return {draft.key: own, **callers}


def _outcome(scenario: Scenario, row: DraftPlay | None) -> Outcome:
    differences = scenarios.load(row.differences) if row is not None else None
    if row is None or differences is None:
        return Outcome(scenario, None)
    return Outcome(scenario, row.ok, differences, row.played_at)


def play(draft: Draft, directory: Path, *, at: datetime, most: int = 0) -> int:
    """Play scenarios that have not been played on this content, at most so many when given; how many are left.

    Errors: UnknownProcess when the draft is not stored.
    """
    packages = packages_of(draft)
    waiting = [outcome.scenario for outcome in _outcomes(draft.key, packages, directory) if outcome.ok is None]
    batch = waiting[: most or None]
    for scenario in batch:
        keep(draft.key, scenarios.play_on(scenario, packages[scenario.process]), packages[scenario.process].sha256, at)
    return len(waiting) - len(batch)


def forget_plays(key: str) -> None:
    """Forget what was played, so that every scenario of a draft waits to be played again."""
    with transaction():
        session().execute(delete(DraftPlay).where(DraftPlay.key == key))


def keep(key: str, played: scenarios.Played, sha256: str, at: datetime) -> None:
    """Keep how a scenario came out on a content, with the draft of a process. Errors: UnknownProcess when the draft is not stored."""
    with transaction():
        if session().get(DefinitionDraft, key) is None:
            raise engine.published.UnknownProcess(process=key)
        differences = scenarios.dump(played.differences)
        row = DraftPlay(key=key, process=played.process, name=played.name, sha256=sha256, ok=played.ok)
        row.differences, row.played_at = differences, at
        session().merge(row)


def problems(draft: Draft) -> list[Problem]:
    """Return what keeps a draft from being published: its own problems; when it has none, those it makes in processes that call it."""
    own = drafts.problems(draft.package)
    if own:
        return own
    callers = [package for key, package in packages_of(draft).items() if key != draft.key]
    in_callers = [problem for package in callers for problem in engine.published.problems(package)]
    return list({(problem.file, problem.element_id, problem.rule): problem for problem in in_callers}.values())


def readable(text: str) -> list[Problem]:
    """Return why a text cannot be opened as a diagram; empty when it can."""
    try:
        diagrams.parse(text.encode())
    except ground.MalformedXml as error:
        return [Problem(error.values["line"], "", "malformed_xml", error.values)]
    return []


def key_of(text: str, file_name: str = "") -> str:
    """Return the key under which a diagram is brought in: the id of its process; when that says nothing, the name of the process or of the file.

    Shape:  what cannot stand in a key is replaced; a key made of a name is one that no process and no draft has.
    Errors: MalformedXml.
    """
    diagram = diagrams.parse(text.encode())
    if diagram.key and not GENERATED.fullmatch(diagram.key):
        key = _as_key(diagram.key)
        return key if drafts.KEY.fullmatch(key) else f"process_{key}"[:MOST_KEY]
    names = (name for name in (diagram.name, file_name.rpartition(".")[0]) if not GENERATED.fullmatch(name))
    usable = (
        candidate for candidate in (_as_key(name).strip("_-") for name in names) if drafts.KEY.fullmatch(candidate)
    )
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
        row, draft = locked(key, revision)
        reason_given = reason_of(note)
        check(draft)
        differing = _checked_outcomes(draft, directory, accepted)
        hand_over(row, draft, note=reason_given, by=by, at=at, differing=differing, restores=restored(draft))


def hand_over(
    row: DefinitionDraft,
    draft: Draft,
    *,
    note: str,
    by: engine.Actor,
    at: datetime,
    restores: Restored,
    differing: list[str] | None = None,
) -> None:
    """Let a draft wait for approval, inside a transaction; of the scenarios that differ nothing is said where none has been played. Errors: NobodyToApprove."""
    row.note, row.submitted_by, row.submitted_at = note, by.user, at
    authors = [*dict.fromkeys([*drafts.authors(draft), by.user])]
    if not hands.left_to_approve(authors):
        raise NobodyToApprove(process=draft.key, authors=authors)
    act: DraftSubmitted = {
        "type": "draft_submitted",
        "revision": draft.revision,
        "base_version": draft.base_version,
        "note": note,
        **_judged(draft, restores, differing),
    }
    engine.published.record_definition(draft.key, act, by=by, at=at)


def _judged(draft: Draft, restores: Restored, differing: list[str] | None) -> Judged:
    scenarios_told: Differing = {"differing": differing} if differing is not None else {}
    alone: Together = {}
    return {"sha256": draft.sha256, **warned(draft.package), **restores, **scenarios_told, **alone}


def restored(draft: Draft) -> Restored:
    """Return the former version whose content a draft is, for the history of its process; nothing when none was asked back, or it was changed since."""
    version = hands.asked_back(draft.key)
    if not version:
        return {}
    former = engine.published.current(draft.key, version).package
    return {"restores": version} if drafts.own_contents(draft.package) == drafts.own_contents(former) else {}


def locked(key: str, revision: int) -> tuple[DefinitionDraft, Draft]:
    """Return the stored draft, held until the transaction ends. Errors: UnknownProcess, StaleDraft."""
    row = session().get(DefinitionDraft, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise engine.published.UnknownProcess(process=key)
    if row.revision != revision:
        raise StaleDraft(saved_by=row.saved_by, saved_at=row.saved_at, revision=row.revision)
    return row, drafts.find(key)


def reason_of(text: str) -> str:
    """Return what was written as a reason, without blanks around it. Errors: NoReason."""
    reasons = free_text.wrong(text, MOST_TEXT, required=True)
    if reasons:
        raise NoReason(most=MOST_TEXT, why=reasons[0].code)
    return text.strip()


def check(draft: Draft) -> None:
    """Check that a draft can be executed and changes something. Errors: InvalidDefinition, NothingChanged."""
    blocking = problems(draft)
    if blocking:
        raise engine.InvalidDefinition(problems=blocking)
    newest = engine.published.newest_package(draft.key)
    if newest is not None and newest.sha256 == draft.sha256:
        raise NothingChanged(process=draft.key)


def warned(package: Package, beside: Iterable[Package] = ()) -> Warned:
    """Return how many warnings stood beside a package, for the history of its process; nothing when there were none."""
    doubts = drafts.warnings(package, beside)
    return {"warnings": len(doubts)} if doubts else {}


def _checked_outcomes(draft: Draft, directory: Path, accepted: bool) -> list[str]:
    """Return the names of scenarios that differ. Errors: ScenariosNotPlayed, DifferencesNotAccepted."""
    return differing_of(draft.key, outcomes(draft, directory), accepted)


def differing_of(key: str, played: Sequence[Outcome], accepted: bool) -> list[str]:
    """Return the names of scenarios that differ, each after its process. Errors: ScenariosNotPlayed, DifferencesNotAccepted."""
    if any(outcome.ok is None for outcome in played):
        raise ScenariosNotPlayed(process=key, left=sum(outcome.ok is None for outcome in played))
    differing = [f"{outcome.scenario.process} {outcome.scenario.name}" for outcome in played if not outcome.ok]
    if differing and not accepted:
        raise DifferencesNotAccepted(process=key, scenarios=differing)
    return differing


def give_back(key: str, *, revision: int, reason: str, by: engine.Actor, at: datetime) -> None:
    """Return a submitted draft to its editor. Errors: NotAnOwner, UnknownProcess, StaleDraft, NotSubmitted, NoReason."""
    drafts.check_owner(by)
    with transaction():
        row, draft = locked(key, revision)
        check_submitted(draft)
        _check_alone(key)
        row.submitted_by = row.submitted_at = None
        act: DraftReturned = {"type": "draft_returned", "revision": revision, "reason": reason_of(reason)}
        engine.published.record_definition(key, act, by=by, at=at)


def check_submitted(draft: Draft) -> None:
    """Check that the draft was submitted. Errors: NotSubmitted."""
    if draft.state != drafts.DraftState.SUBMITTED:
        raise NotSubmitted(process=draft.key)


def _check_alone(key: str) -> None:
    """Check that the draft was submitted by itself. Errors: SubmittedTogether."""
    together = hands.submitted_with(key)
    if together:
        raise SubmittedTogether(process=key, together=together)


def check_second_person(draft: Draft, by: engine.Actor) -> None:
    """Check that the person is a second one. Errors: NotAnOwner, NotASecondPerson."""
    drafts.check_owner(by)
    if by.user in hands.same_people(drafts.authors(draft)):
        raise NotASecondPerson(user=by.user)


def left_to_approve(draft: Draft, submitter: str) -> list[str]:
    """Return the log-ins of those who may approve a draft that `submitter` hands over, or has handed over."""
    return hands.left_to_approve([*drafts.authors(draft), draft.submitted_by or submitter])


def left_for(by: engine.Actor) -> list[tuple[Draft, list[str]]]:
    """Return the submitted drafts that this person may approve, by process, each with the processes that go into force at once with it."""
    if drafts.OWNER not in by.roles:
        return []
    submitted = [draft for draft in drafts.listed() if draft.submitted_by not in ("", by.user)]
    return [
        (draft, hands.submitted_with(draft.key)) for draft in submitted if by.user in left_to_approve(draft, by.user)
    ]


def left_after_a_change(draft: Draft, user: str) -> list[str] | None:
    """Return the log-ins of those who may still approve a stored draft once an owner without a hand in it has changed it; None for anybody else."""
    authors = drafts.authors(draft)
    if not draft.revision or user not in hands.left_to_approve(authors):
        return None
    return hands.left_to_approve([*authors, user])


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
        _row, draft = locked(key, revision)
        check_submitted(draft)
        _check_alone(key)
        check_second_person(draft, by)
        if drafts.newest_version(key) != against:
            raise engine.Conflict(process=key, version=drafts.newest_version(key))
        check(draft)
        differing = _checked_outcomes(draft, directory, accepted)
        restores = restored(draft)
        act: DraftApproved = {
            "type": "draft_approved",
            "revision": revision,
            "authors": drafts.authors(draft),
            **_judged(draft, restores, differing),
        }
        engine.published.record_definition(key, act, by=by, at=at)
        submitter = engine.Actor(draft.submitted_by, frozenset(), frozenset({drafts.OWNER}))
        package, waiting = drafts.ready(draft.package), drafts.waiting_files(draft)
        published = engine.published.publish(package, by=submitter, note=draft.note, at=at, approved_by=by, **restores)
        drafts.begin_again(draft, waiting, published.version)
    return published


def differing_files(directory: Path) -> Iterator[tuple[str, Package]]:
    """Yield processes whose files in a directory are not what is published: key and the package of the files.

    Errors: MissingFile, MalformedXml.
    """
    for path in sorted(directory.glob("*.bpmn")):
        content, newest = definitions.read_package(directory, path.stem), engine.published.newest_package(path.stem)
        if newest is None or drafts.own_contents(content) != drafts.own_contents(newest):
            yield path.stem, content


def draft_from_files(key: str, content: Package, *, by: engine.Actor, at: datetime) -> Draft:
    """Return the files of a directory as the draft of a process; a draft that is there already is not touched.

    Errors: NotAnOwner, StaleDraft, UnusableFile.
    """
    newest = engine.published.newest_package(key)
    dropped = definitions.own_files(newest) - definitions.own_files(content) if newest is not None else set()
    files = {**drafts.own_contents(content), **dict.fromkeys(dropped)}
    return drafts.save(key, files, revision=0, by=by, at=at)
