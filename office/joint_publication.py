"""Drafts that belong together put in force at once: submitted as one, approved as one, all or none of them, each with an entry in its own history.

What one of them calls or begins of the others stands in it as it is drawn there; their scenarios, and those of other processes that call them, are played on
the whole. How one draft goes its way is in office.publication.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import engine
import engine.published
from engine import Problem, definitions
from engine.definitions import Package
from engine.published import DraftApproved, DraftReturned, DraftSubmitted, Judged, Published
from models.base import transaction
from models.definition import DefinitionDraft
from office import drafts, hands, precedence, publication, scenarios
from office.drafts import Draft
from office.publication import Outcome


class TooFew(engine.Invalid):
    """Fewer than two drafts were named."""


class FilesDiffer(engine.Conflict):
    """Two of the drafts hold one file with different contents; `file`, `processes`."""


class NotSubmittedTogether(engine.Conflict):
    """These drafts were not submitted together, or one of them is not submitted any more."""


@dataclass(frozen=True)
class Joint:
    """Drafts in the order of publication."""

    drafts: tuple[Draft, ...]

    @property
    def keys(self) -> list[str]:
        """The processes, what others need first."""
        return [draft.key for draft in self.drafts]

    @property
    def sha256(self) -> str:
        """The fingerprint of everything that comes into force."""
        return hashlib.sha256("\n".join(package.sha256 for package in self.whole.values()).encode()).hexdigest()

    @cached_property
    def packages(self) -> dict[str, Package]:
        """What is put in force of each, by process: with what it calls as the others have it."""
        draft_packages = {draft.key: draft.package for draft in self.drafts}

        def newest(key: str) -> Package | None:
            return draft_packages[key] if key in draft_packages else engine.published.newest_package(key)

        return {
            key: drafts.ready(definitions.completed_package(package, newest)) for key, package in draft_packages.items()
        }

    @cached_property
    def callers(self) -> dict[str, Package]:
        """What becomes of the other processes that call some of them, by key."""
        contents = list(self.packages.values())
        caller_packages = {row.key: caller for key in self.keys for row, caller in engine.published.callers_of(key)}
        return {
            key: engine.published.changed_caller(caller_packages[key], contents)
            for key in sorted(caller_packages.keys() - self.packages.keys())
        }

    @cached_property
    def whole(self) -> dict[str, Package]:
        """Everything that comes into force, by process: the drafts first."""
        return {**self.packages, **self.callers}

    def fingerprint(self, key: str) -> str:
        """Return the fingerprint of what a scenario of a process is played on: its package and those that it begins; the package's own when it begins none of them."""
        fingerprints = [
            self.whole[key_begun].sha256
            for key_begun in definitions.begun_by(self.whole[key])
            if key_begun in self.packages
        ]
        own = self.whole[key].sha256
        return hashlib.sha256("\n".join([own, *fingerprints]).encode()).hexdigest() if fingerprints else own

    def home(self, key: str) -> str:
        """Say with which of the drafts the outcome of a scenario of a process is kept."""
        return next(
            candidate for candidate in (key, *self.keys) if candidate in self.packages and self._has(key, candidate)
        )

    def _has(self, key: str, callee: str) -> bool:
        return key == callee or f"{callee}.bpmn" in self.whole[key].files


def find(keys: Iterable[str]) -> Joint:
    """Return the drafts of some processes, in the order of publication. Errors: TooFew, UnknownProcess when one has no stored draft."""
    wanted_keys = set(keys)
    if len(wanted_keys) < 2:
        raise TooFew(processes=sorted(wanted_keys))
    stored = [draft for draft in drafts.listed() if draft.key in wanted_keys]
    for missing in sorted(wanted_keys - {draft.key for draft in stored}):
        raise engine.published.UnknownProcess(process=missing)
    return Joint(tuple(step.draft for step in precedence.order(stored)))


def belonging(draft: Draft) -> list[str]:
    """Return the stored drafts with which one is put in force at once: with it they were submitted, or one calls or begins the other or
    has a changed file of the other, directly or not.
    """
    return _together(draft) or _neighbours(draft, _sides(drafts.listed()))


def groups(stored: Sequence[Draft]) -> list[list[str]]:
    """Return every set of these stored drafts that belong together, two of them or more, each in the order of publication."""
    sides = _sides(stored)
    sets = {tuple(_together(draft) or _neighbours(draft, sides)) for draft in stored}
    return [list(keys) for keys in sorted(sets) if len(keys) > 1]


def _together(draft: Draft) -> list[str]:
    return hands.submitted_with(draft.key) if draft.submitted_by else []


@dataclass(frozen=True)
class _Side:
    """What a draft touches: the processes that it calls or begins, its own files, and which of these are not as they are in force."""

    draft: Draft
    needs: Set[str]
    files: Set[str]
    changed_files: Set[str]

    def touches(self, neighbour: _Side) -> bool:
        """Tell whether one calls or begins the neighbour, or both have a file that one of them has changed."""
        if neighbour.draft.key in self.needs or self.draft.key in neighbour.needs:
            return True
        return bool(self.files & neighbour.files & (self.changed_files | neighbour.changed_files))


def _sides(stored: Sequence[Draft]) -> list[_Side]:
    in_force = {package.key: package.files for package in engine.published.in_force()} if stored else {}
    return [_side(draft, in_force.get(draft.key, {})) for draft in stored]


def _side(draft: Draft, files_in_force: Mapping[str, str]) -> _Side:
    contents = drafts.own_contents(draft.package)
    changed_files = {name for name, text in contents.items() if files_in_force.get(name) != text}
    return _Side(draft, precedence.needed(draft.package), contents.keys(), changed_files)


def _neighbours(draft: Draft, sides: Sequence[_Side]) -> list[str]:
    """Return the draft and whatever one touches that touches it, directly or not, in the order of publication."""
    near, waiting = {draft.key}, {draft.key}
    while waiting:
        reached = [side for side in sides if side.draft.key in waiting]
        waiting = {side.draft.key for side in sides if any(neighbour.touches(side) for neighbour in reached)} - near
        near |= waiting
    return [step.draft.key for step in precedence.order([side.draft for side in sides if side.draft.key in near])]


def check_files(joint: Joint) -> None:
    """Check that no file differs from draft to draft. Errors: FilesDiffer."""
    holders: dict[str, Draft] = {}
    for draft in joint.drafts:
        for name, text in drafts.own_contents(draft.package).items():
            holder = holders.setdefault(name, draft)
            if holder.package.files[name] != text:
                raise FilesDiffer(file=name, processes=[holder.key, draft.key])


def problems(joint: Joint) -> dict[str, list[Problem]]:
    """Return what keeps each from being published, by process; when none has any, what they make in processes that call them."""
    beside = list(joint.packages.values())
    own = {key: drafts.problems(package, beside) for key, package in joint.packages.items()}
    if any(own.values()):
        return own
    return {**own, **{key: engine.published.problems(package) for key, package in joint.callers.items()}}


def outcomes(joint: Joint, directory: Path) -> list[Outcome]:
    """Return every scenario that they may change, theirs first, then those of the processes that call them. `directory` is laid out as processes/ is."""
    fingerprints = {key: joint.fingerprint(key) for key in joint.whole}
    return publication.outcomes_of(joint.keys, fingerprints, publication.scenarios_of(joint.whole, directory))


def play(joint: Joint, directory: Path, *, at: datetime, most: int = 0) -> int:
    """Play scenarios that have not been played on the whole, at most so many when given; how many are left. Errors: UnknownProcess when a draft is gone."""
    waiting = [outcome.scenario for outcome in outcomes(joint, directory) if outcome.ok is None]
    batch = waiting[: most or None]
    for scenario in batch:
        key = scenario.process
        played = scenarios.play_on(scenario, joint.whole[key], joint.packages)
        publication.keep(joint.home(key), played, joint.fingerprint(key), at)
    return len(waiting) - len(batch)


def authors(joint: Joint) -> list[str]:
    """Return the log-ins of everybody who has a hand in one of them."""
    return list(dict.fromkeys(login for draft in joint.drafts for login in drafts.authors(draft)))


def submit(
    revisions: Mapping[str, int], directory: Path, *, note: str, accepted: bool, by: engine.Actor, at: datetime
) -> None:
    """Hand drafts over for approval as one, saying what they are for; `revisions` by process, `accepted`: scenarios that differ are meant to.

    Errors: NotAnOwner, TooFew, UnknownProcess, StaleDraft, NoReason, FilesDiffer, InvalidDefinition, NothingChanged, ScenariosNotPlayed,
            DifferencesNotAccepted, NobodyToApprove.
    """
    drafts.check_owner(by)
    problems(find(revisions))  # what is checked again under the lock is then known and holds nobody up
    with transaction():
        rows, joint = _locked(revisions)
        reason_given = publication.reason_of(note)
        for row in rows:
            row.note, row.submitted_by, row.submitted_at = reason_given, by.user, at
        differing = _checked(joint, directory, accepted)
        people = [*dict.fromkeys([*authors(joint), by.user])]
        if not hands.left_to_approve(people):
            raise publication.NobodyToApprove(process=joint.keys[0], authors=people)
        for draft in joint.drafts:
            act: DraftSubmitted = {
                "type": "draft_submitted",
                "revision": draft.revision,
                "base_version": draft.base_version,
                "note": reason_given,
                **_judged(joint, draft, differing),
            }
            engine.published.record_definition(draft.key, act, by=by, at=at)


def _locked(revisions: Mapping[str, int]) -> tuple[list[DefinitionDraft], Joint]:
    """Return the stored drafts, held until the transaction ends. Errors: TooFew, UnknownProcess, StaleDraft."""
    rows = [publication.locked(key, revisions[key])[0] for key in sorted(revisions)]
    return rows, find(revisions)


def _checked(joint: Joint, directory: Path, accepted: bool) -> list[str]:
    """Return the scenarios that differ. Errors: FilesDiffer, InvalidDefinition, NothingChanged, ScenariosNotPlayed, DifferencesNotAccepted."""
    check_files(joint)
    blocking = [problem for problems_of_one in problems(joint).values() for problem in problems_of_one]
    if blocking:
        raise engine.InvalidDefinition(problems=blocking)
    for key, package in joint.packages.items():
        newest = engine.published.newest_package(key)
        if newest is not None and newest.sha256 == package.sha256:
            raise publication.NothingChanged(process=key)
    return publication.differing_of(joint.keys[0], outcomes(joint, directory), accepted)


def _judged(joint: Joint, draft: Draft, differing: list[str]) -> Judged:
    package = joint.packages[draft.key]
    return {
        "sha256": package.sha256,
        "differing": differing,
        "together": joint.keys,
        **publication.warned(package, joint.packages.values()),
        **publication.restored(draft),
    }


def give_back(revisions: Mapping[str, int], *, reason: str, by: engine.Actor, at: datetime) -> None:
    """Return drafts that were submitted together to their editor. Errors: NotAnOwner, UnknownProcess, StaleDraft, NotSubmittedTogether, NoReason."""
    drafts.check_owner(by)
    with transaction():
        rows, joint = _locked(revisions)
        check_submitted(joint)
        reason_given = publication.reason_of(reason)
        for row in rows:
            row.submitted_by = row.submitted_at = None
        for draft in joint.drafts:
            act: DraftReturned = {
                "type": "draft_returned",
                "revision": draft.revision,
                "reason": reason_given,
                "together": joint.keys,
            }
            engine.published.record_definition(draft.key, act, by=by, at=at)


def check_submitted(joint: Joint) -> None:
    """Check that they were submitted together. Errors: NotSubmittedTogether."""
    if not is_submitted(joint):
        raise NotSubmittedTogether(processes=joint.keys)


def is_submitted(joint: Joint) -> bool:
    """Tell whether they wait for approval together, and nothing else does with them."""
    if not all(draft.submitted_by for draft in joint.drafts):
        return False
    return all(set(hands.submitted_with(key)) == set(joint.keys) for key in joint.keys)


def check_second_person(joint: Joint, by: engine.Actor) -> None:
    """Check that the person is a second one. Errors: NotAnOwner, NotASecondPerson when they have a hand in one of the drafts."""
    for draft in joint.drafts:
        publication.check_second_person(draft, by)


def approve(
    revisions: Mapping[str, int],
    directory: Path,
    *,
    against: Mapping[str, int],
    accepted: bool,
    by: engine.Actor,
    at: datetime,
) -> list[Published]:
    """Put drafts that were submitted together in force, each as the next version of its process, with new versions of their callers; all in one transaction.

    Shape:  `against` are the newest versions, by process, that the approver compared the drafts with.
    Errors: those of `submit`; NotSubmittedTogether, NotASecondPerson, Conflict.
    """
    drafts.check_owner(by)
    problems(find(revisions))
    with transaction():
        _, joint = _locked(revisions)
        check_submitted(joint)
        check_second_person(joint, by)
        _check_versions(joint, against)
        differing = _checked(joint, directory, accepted)
        for draft in joint.drafts:
            act: DraftApproved = {
                "type": "draft_approved",
                "revision": draft.revision,
                "authors": drafts.authors(draft),
                **_judged(joint, draft, differing),
            }
            engine.published.record_definition(draft.key, act, by=by, at=at)
        return _put_in_force(joint, by, at)


def _check_versions(joint: Joint, against: Mapping[str, int]) -> None:
    for key in joint.keys:
        if drafts.newest_version(key) != against.get(key):
            raise engine.Conflict(process=key, version=drafts.newest_version(key))


def _put_in_force(joint: Joint, by: engine.Actor, at: datetime) -> list[Published]:
    first = joint.drafts[0]
    submitter = engine.Actor(first.submitted_by, frozenset(), frozenset({drafts.OWNER}))
    waiting = {draft.key: drafts.waiting_files(draft) for draft in joint.drafts}
    contents = list(joint.packages.values())
    restores = {draft.key: publication.restored(draft).get("restores", 0) for draft in joint.drafts}
    published = engine.published.publish_together(
        contents, by=submitter, note=first.note, at=at, approved_by=by, restores=restores
    )
    for draft, version in zip(joint.drafts, published, strict=True):
        drafts.begin_again(draft, waiting[draft.key], version.version)
    return published
