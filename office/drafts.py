"""Drafts: what a process owner has drawn and not published. One per process; saved by revision, so that two owners never overwrite each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

import engine
from engine import Problem, checks, definitions, diagrams, ground, published
from engine.definitions import Package
from engine.published import DraftDiscarded, DraftSaved, HandedOn
from models.base import session, transaction
from models.definition import DefinitionDraft, DraftPlay, ProcessDefinition
from models.identity import Department
from office import batches, coverage, hands, liabilities, papers, reviews, work_orders
from office.intake import START_VARIABLES

OWNER = hands.OWNER
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
NAME = r"(decisions/[A-Za-z0-9_.-]+\.dmn|forms/[A-Za-z0-9_.-]+\.form|{key}\.bpmn|translations/{key}\.en\.yaml)"
MOST_FILES = 300
MOST_CHARACTERS = 1_000_000
MOST_NAME = 100
MOST_KEY = 60
MOST_NUMBER = 1_000
MOST_TOLD = 20
STARTED = (
    START_VARIABLES
    | {kind.variable: "string" for kind in batches.KINDS}
    | reviews.TOLD
    | work_orders.STARTED
    | liabilities.TOLD
)


class NotAnOwner(engine.NotPermitted):
    """Only a process owner may change processes."""


class StaleDraft(engine.Conflict):
    """Somebody has saved this draft since it was read."""


class SubmittedDraft(engine.Conflict):
    """The draft has been submitted for approval; saving takes that back, which has to be said."""


class UnusableFile(engine.Invalid):
    """A file cannot be kept in the draft; `why`: name, kind, encoding, too_large, not_text, twice, of_another_process, too_many_files; of a package: broken_package, no_diagram_in_package, other_content, package_key."""


class DraftState(StrEnum):
    """Of a draft: being edited, or submitted for approval."""

    EDITING = "editing"
    SUBMITTED = "submitted"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A draft as it stands; revision 0 and no `saved_at` when it has only been opened from the newest version."""

    key: str
    package: Package
    base_version: int = 0
    revision: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""
    submitted_at: datetime | None = None
    submitted_by: str = ""
    note: str = ""

    @property
    def state(self) -> DraftState:
        """Whether it is being edited or waits for approval."""
        return DraftState.SUBMITTED if self.submitted_by else DraftState.EDITING

    @property
    def sha256(self) -> str:
        """The fingerprint of what would be published; files that nothing refers to count, as long as something cannot be read."""
        return ready(self.package).sha256


def check_owner(by: engine.Actor) -> None:
    """Check that the person is a process owner. Errors: NotAnOwner."""
    if OWNER not in by.roles:
        raise NotAnOwner(user=by.user)


def find(key: str) -> Draft:
    """Return the draft of a process, or one opened from its newest version. Errors: UnknownProcess."""
    draft = stored(key)
    if draft is not None:
        return draft
    package = published.newest_package(key)
    if package is None:
        raise published.UnknownProcess(process=key)
    return Draft(key=key, package=package, base_version=newest_version(key))


def stored(key: str) -> Draft | None:
    """Return the draft of a process that somebody has saved; None where none is."""
    row = session().get(DefinitionDraft, key)
    return _draft(row) if row is not None else None


def authors(draft: Draft) -> list[str]:
    """Return the log-ins of everybody who has a hand in a draft: whoever changed it since it was begun, and whoever submitted it.

    Whoever has taken back all that they had changed, with nobody's saving in between, has none.
    """
    if not draft.revision:
        return []
    last = [draft.saved_by] if draft.saved_by not in hands.savers(draft.key) else []
    people = [*hands.changers(draft.key, _fingerprint(draft.package)), *last, draft.submitted_by]
    return list(dict.fromkeys(login for login in people if login))


def _fingerprint(package: Package) -> str:
    """Return the fingerprint of the files of its own process, whatever becomes of those that it calls."""
    return Package(key=package.key, files=own_contents(package)).sha256


def listed() -> list[Draft]:
    """Return every stored draft, by key; by two statements."""
    rows = list(session().scalars(select(DefinitionDraft).order_by(DefinitionDraft.key)))
    in_force = {package.key: package for package in published.in_force()} if rows else {}
    return [_draft(row, in_force.get) for row in rows]


def _draft(row: DefinitionDraft, newest: Callable[[str], Package | None] = published.newest_package) -> Draft:
    return Draft(
        key=row.key,
        package=definitions.completed_package(definitions.load_package(row.package), newest),
        base_version=row.base_version,
        revision=row.revision,
        saved_at=row.saved_at,
        saved_by=row.saved_by,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by or "",
        note=row.note,
    )


def newest_version(key: str) -> int:
    """Return the number of the newest version; 0 when there is none."""
    query = select(ProcessDefinition.version).where(ProcessDefinition.key == key)
    return session().scalar(query.order_by(ProcessDefinition.version.desc()).limit(1)) or 0


def save(
    key: str,
    files: Mapping[str, str | None],
    *,
    revision: int,
    by: engine.Actor,
    at: datetime,
    base: int | None = None,
    instead: Collection[str] = (),
    withdraw: bool = False,
) -> Draft:
    """Keep changed files (null takes one out) over the revision that was read.

    Shape:  `base` is the version the files rest on, when the saver knows it; `instead` names files of the last saver that these
            knowingly take the place of; `withdraw`: a submitted draft is to be one being edited again.
    Errors: NotAnOwner, StaleDraft, SubmittedDraft, UnusableFile, UnknownProcess.
    """
    check_owner(by)
    with transaction():
        row = session().get(DefinitionDraft, key, with_for_update=True, populate_existing=True)
        former = _opened(key, files) if row is None else _draft(row)
        if former.revision != revision or base not in (None, former.base_version):
            raise _stale(former, base)
        if former.submitted_by and not withdraw:
            raise SubmittedDraft(submitted_by=former.submitted_by, submitted_at=former.submitted_at)
        package = changed(former.package, files)
        _keep(row, former, package, by, at)
        _tell(former, files, sorted(set(instead) & set(files)), by, at)
    return find(key)


def _stale(former: Draft, base: int | None) -> StaleDraft:
    """Return what became of the draft that somebody had read: saved by another, or put in force or discarded meanwhile."""
    last_end = hands.last_end(former.key)
    facts = {
        "process": former.key,
        "saved_by": former.saved_by,
        "saved_at": former.saved_at,
        "revision": former.revision,
    }
    if last_end is None or (former.revision and base in (None, former.base_version)):
        return StaleDraft(**facts)
    by, at = last_end.by, last_end.at
    if last_end.type == hands.PUBLISHED:
        by = str(last_end.step.get("approved_by") or by)
    return StaleDraft(**facts, ended=last_end.type, ended_by=by, ended_at=at, version=newest_version(former.key))


def _opened(key: str, files: Mapping[str, str | None]) -> Draft:
    """Return what a first save rests on: the newest version, or nothing when the diagram of a new process is brought."""
    if published.newest_package(key) is None and files.get(f"{key}.bpmn") and KEY.fullmatch(key):
        return Draft(key=key, package=Package(key=key, files={}))
    return find(key)


def _keep(row: DefinitionDraft | None, former: Draft, package: Package, by: engine.Actor, at: datetime) -> None:
    revision = former.revision + 1
    if row is None:
        revision = hands.last_revision(former.key) + 1
        row = DefinitionDraft(key=former.key, base_version=former.base_version, revision=0, note="")
        session().add(row)
    row.package, row.revision = package.canonical(), revision
    row.saved_at, row.saved_by = at, by.user
    row.submitted_at = row.submitted_by = None
    try:
        session().flush()
    except IntegrityError:
        raise StaleDraft(process=former.key, saved_by="", saved_at=at, revision=revision) from None


def _tell(former: Draft, files: Collection[str], instead: list[str], by: engine.Actor, at: datetime) -> None:
    """Write down that a draft was begun, came into other hands, was taken back by saving, or lost what another had saved."""
    facts: HandedOn = {} if former.revision else {"begun": former.base_version + 1}
    if former.revision and former.saved_by != by.user:
        facts["took_over"] = _fingerprint(former.package)
    if former.submitted_by:
        facts["withdrawn"] = former.submitted_by
    if instead and former.saved_at is not None:
        facts |= {"instead": instead, "saved_by": former.saved_by, "saved_at": former.saved_at}
    if facts or former.saved_by != by.user:
        row = session().get(DefinitionDraft, former.key)
        revision, names = row.revision if row is not None else 0, sorted(files)[:MOST_TOLD]
        act: DraftSaved = {"type": "draft_saved", "revision": revision, "files": names, **facts}
        published.record_definition(former.key, act, by=by, at=at)


def changed(package: Package, files: Mapping[str, str | None]) -> Package:
    """Return the package with changed files, and with the processes it now calls; whoever sends a file back as it is changes nothing. Errors: UnusableFile."""
    new = {name: text for name, text in files.items() if text is None or package.files.get(name) != text}
    for name, text in new.items():
        _check_file(package, name, text)
    contents = {name: text for name, text in {**package.files, **new}.items() if text is not None}
    if len(contents) > MOST_FILES:
        raise UnusableFile(file="", why="too_many_files", limit=MOST_FILES)
    return definitions.completed_package(Package(key=package.key, files=contents), published.newest_package)


def _check_file(package: Package, name: str, text: str | None) -> None:
    if name in package.files and name not in definitions.own_files(package):
        raise UnusableFile(file=name, why="of_another_process")
    match = re.fullmatch(NAME.format(key=re.escape(package.key)), name)
    if match is None or len(name) > MOST_NAME or (text is None and name == f"{package.key}.bpmn"):
        raise UnusableFile(file=name[:MOST_NAME], why="name")
    if text is not None and (len(text) > MOST_CHARACTERS or not _is_storable(text)):
        raise UnusableFile(
            file=name, why="too_large" if len(text) > MOST_CHARACTERS else "not_text", limit=MOST_CHARACTERS
        )


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def free_key(key: str) -> str:
    """Return the key, or the next with a number that neither a process nor a draft has."""
    keys_taken = {*session().scalars(select(ProcessDefinition.key)), *session().scalars(select(DefinitionDraft.key))}
    numbered = (f"{key[: MOST_KEY - 4]}_{number}" for number in range(2, MOST_NUMBER))
    return next((candidate for candidate in (key, *numbered) if candidate not in keys_taken), key)


def brought_in(text: str, key: str) -> diagrams.Mended:
    """Return a diagram from elsewhere as it is kept under a key: everything with its id and its picture, the process to be executed.

    A file that cannot be read stays as it is; the checks say why.
    """
    try:
        whole = diagrams.mend(text)
        executable = diagrams.executable(whole.text, key)
    except ground.MalformedXml:
        return diagrams.Mended(text)
    return diagrams.Mended(executable.text, (*whole.changes, *executable.changes))


def mended(draft: Draft) -> diagrams.Mended:
    """Return its own diagram with what is not drawn drawn, and ids that are given twice set right: what the editor opens."""
    text = draft.package.files.get(f"{draft.key}.bpmn", "")
    try:
        return diagrams.mend(text)
    except ground.MalformedXml:
        return diagrams.Mended(text)


def problems(package: Package, beside: Iterable[Package] = ()) -> list[Problem]:
    """Return what keeps a package from being published, in the order of its files; packages `beside` it count instead of those in force."""
    return [
        *published.problems(ready(package)),
        *(problem for problem in _doubts(package, beside) if not problem.warning),
    ]


def warnings(package: Package, beside: Iterable[Package] = ()) -> list[Problem]:
    """Return what can hardly be meant: names that nothing sets, among all processes in force and those `beside`; decision tables that contradict themselves;
    ways that end nowhere.
    """
    findings = [
        finding
        for name in sorted(unused_files(package))
        for finding in definitions.unused_findings(name, package.files[name])
    ]
    return [
        *findings,
        *definitions.unknown_manual_refs(package, coverage.known_ids()),
        *definitions.unknown_papers(package, papers.PAPERS),
        *(problem for problem in _doubts(package, beside) if problem.warning),
    ]


def _doubts(package: Package, beside: Iterable[Package]) -> list[Problem]:
    """Return what is found by looking at all processes in force; what cannot but fail is no warning."""
    around = {content.key: content for content in (*published.in_force(), *beside)}
    return checks.warnings_of(ready(package), list(around.values()), STARTED, departments())


def own_contents(package: Package) -> dict[str, str]:
    """Return the files of its own process, with their texts."""
    return {name: package.files[name] for name in definitions.own_files(package)}


def unused_files(package: Package) -> set[str]:
    """Return tables and forms that no step uses: they are kept and checked, and not published."""
    return definitions.own_files(package) - set(ready(package).files)


def waiting_files(draft: Draft) -> set[str]:
    """Return those of them that the newest version did not use either: made in this draft, for a step that is to come."""
    newest = published.newest_package(draft.key)
    return unused_files(draft.package) - (set(newest.files) if newest is not None else set())


def departments() -> list[str]:
    """Return what lanes and user tasks may call the departments of the office: their codes and their Chinese names."""
    rows = session().execute(select(Department.code, Department.name_zh))
    return [name for row in rows for name in row]


def ready(package: Package) -> Package:
    """Return the package without what nothing refers to; as it is when something is missing or cannot be read."""
    try:
        return definitions.pruned_package(package)
    except engine.EngineError:
        return package


def begin_again(former: Draft, waiting: set[str], version: int) -> None:
    """Begin the next draft with the files that wait for a step, after publishing and in a transaction; without any there is none."""
    newest = published.newest_package(former.key)
    remove(former.key)
    if not waiting or newest is None or former.saved_at is None:
        return
    package = definitions.package_with(newest, {name: former.package.files[name] for name in waiting})
    row = DefinitionDraft(key=former.key, base_version=version, revision=former.revision + 1, note="")
    row.package, row.saved_at, row.saved_by = package.canonical(), former.saved_at, former.saved_by
    session().add(row)


def discard(key: str, *, by: engine.Actor, at: datetime) -> None:
    """Throw a draft away; its history says so. Errors: NotAnOwner."""
    check_owner(by)
    with transaction():
        row = session().get(DefinitionDraft, key, with_for_update=True, populate_existing=True)
        if row is not None:
            act: DraftDiscarded = {
                "type": "draft_discarded",
                "revision": row.revision,
                "saved_by": row.saved_by,
                "saved_at": row.saved_at,
            }
            published.record_definition(key, act, by=by, at=at)
        remove(key)


def remove(key: str) -> None:
    """Take a draft and how its scenarios came out off the table, inside a transaction."""
    session().execute(delete(DraftPlay).where(DraftPlay.key == key))
    session().execute(delete(DefinitionDraft).where(DefinitionDraft.key == key))
    session().expire_all()


def known_at(key: str, file: str, element: str) -> list[definitions.variables.Variable]:
    """Return the variables known at an element of the draft: from the start, from callers, from what comes before it. Errors: UnknownProcess."""
    content = find(key).package
    return definitions.variables.at(content, file.removesuffix(".bpmn"), element, published.in_force(), STARTED)
