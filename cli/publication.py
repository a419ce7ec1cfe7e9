"""`./desk publish` and `./desk diff`: processes/ and what is published. Files are published as they are only into an office that has no process."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
from flask import Flask, g

import engine
import engine.definitions
from cli.database import open_office
from cli.drawn import PROCESSES, ensure_drawn
from cli.output import as_json, counted, note, report
from engine import published
from office import drafts, joint_publication, precedence, publication
from reception_desk import PROGRAM
from web.definitions.telling import changes, findings

INSTALLER = "installation"
OWNER = engine.Actor(INSTALLER, frozenset(), frozenset({drafts.OWNER}))


@click.command()
@click.argument("keys", nargs=-1)
def publish(keys: tuple[str, ...]) -> None:
    """Publish processes/ into an office that has no processes yet; later make drafts of what differs, of all or of KEYS.

    A draft is looked at, submitted and approved in the browser, by two owners, whoever wrote the files; those that belong
    together are submitted and approved as one.
    """
    ensure_drawn(keys)
    app = open_office()
    try:
        lines = publish_all(app) or list(make_drafts(app, keys))
    except engine.InvalidDefinition as error:
        with app.app_context():
            g.language = "en"
            for problem in error.problems:
                note(f"{problem.file} line {problem.line}  {problem.element_id}  {findings.text(problem)}")
        sys.exit(1)
    click.echo("\n".join(lines) or "what is published is what stands in processes/")


def make_drafts(app: Flask, keys: tuple[str, ...]) -> Iterator[str]:
    """Make drafts of the files that differ from what is published, of all or of `keys`; a line for each, in English."""
    with app.app_context():
        g.language = "en"
        changed = [(key, content) for key, content in publication.differing_files(PROCESSES) if not keys or key in keys]
        for key, content in changed:
            yield from _draft(key, content)
        for group in joint_publication.groups(drafts.listed()):
            if not {key for key, _ in changed}.isdisjoint(group):
                address = f"/drafts/{','.join(group)}/publish"
                yield f"{', '.join(group)}: belong together; put them in force at once at {address}"


def _draft(key: str, content: engine.definitions.Package) -> Iterator[str]:
    """Yield what became of the files of a process, and what keeps the draft from being submitted."""
    try:
        draft = publication.draft_from_files(key, content, by=OWNER, at=engine.now())
    except drafts.StaleDraft as there:
        yield f"{key}: differs; {there.values['saved_by']} has a draft, which was left alone"
        return
    problems = drafts.problems(draft.package)
    yield f"{key}: draft made of the files, {counted(len(problems), 'problem')}; go on at /processes/{key}/publish"
    yield from (f"  {problem.file} line {problem.line}  {findings.text(problem)}" for problem in problems)


def not_in_force(app: Flask) -> list[str]:
    """Return the processes whose files are other than what is in force here; a new version of the program brings some."""
    with app.app_context():
        return [key for key, _ in publication.differing_files(PROCESSES)]


def lacking(app: Flask) -> list[str]:
    """Return a line for each process that this office begins and that is not in force, with what to do."""
    with app.app_context():
        return [
            f"{process.key} is begun by {', '.join(process.by) or 'the office itself'} and is not in force, so that nothing begins: "
            + ("" if process.is_drawn else f"{PROGRAM} publish makes a draft of it; ")
            + f"two owners publish it at /processes/{process.key}/publish"
            for process in precedence.not_in_force()
        ]


def publish_all(app: Flask) -> list[str]:
    """Publish everything in processes/ into an office that has no process; returns a line per process, none when there was one."""
    with app.app_context():
        if published.count_published():
            return []
        definitions = published.publish_directory(PROCESSES, by=OWNER, note="first installation", at=engine.now())
    return [f"{definition.key} version {definition.version}" for definition in definitions]


@click.command()
@click.argument("keys", nargs=-1)
@as_json
def diff(keys: tuple[str, ...], as_json: bool) -> None:
    """List what differs between processes/ and what is published, of all processes or of KEYS; status 1 when something does."""
    ensure_drawn(keys)
    with open_office().app_context():
        g.language = "en"
        differences = {
            key: changes.as_json(changes.between(published.newest_package(key), content))
            for key, content in publication.differing_files(PROCESSES)
            if not keys or key in keys
        }
    lines = [
        f"{key}  {difference['file']}  {difference['text']}"
        for key, differences_of_process in differences.items()
        for difference in differences_of_process
    ]
    lines_or_none = lines or ["what is published is what stands in processes/"]
    report({"same": not differences, "processes": differences}, lines_or_none, as_json=as_json, found=bool(differences))
