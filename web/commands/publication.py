"""`./desk publish` and `./desk diff`: processes/ and what is published. Files are published as they are only into an office that has no process."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
from flask import Flask, g

import engine
from office import drafts, publication
from web import create_app
from web.commands.output import ROOT, as_json, counted, note, report
from web.queries import changes, findings

PROCESSES = ROOT / "processes"
INSTALLER = "installation"
OWNER = engine.Actor(INSTALLER, frozenset(), frozenset({drafts.OWNER}))


@click.command()
@click.argument("keys", nargs=-1)
def publish(keys: tuple[str, ...]) -> None:
    """Publish processes/ into an office that has no processes yet; later make drafts of what differs, of all or of KEYS.

    A draft is looked at, submitted and approved in the browser, by two owners, whoever wrote the files.
    """
    app = create_app()
    try:
        lines = publish_all(app) or list(_drafts(app, keys))
    except engine.InvalidDefinition as refused:
        with app.app_context():
            g.language = "en"
            for problem in refused.problems:
                note(f"{problem.file} line {problem.line}  {problem.element_id}  {findings.text(problem)}")
        sys.exit(1)
    click.echo("\n".join(lines) or "what is published is what stands in processes/")


def _drafts(app: Flask, keys: tuple[str, ...]) -> Iterator[str]:
    with app.app_context():
        for key, content in publication.differing_files(PROCESSES):
            if not keys or key in keys:
                yield _draft(key, content)


def _draft(key: str, content: engine.Package) -> str:
    try:
        made = publication.draft_from_files(key, content, by=OWNER, at=engine.now())
    except drafts.StaleDraft as there:
        return f"{key}: differs; {there.values['saved_by']} has a draft, which was left alone"
    found = counted(len(drafts.problems(made.package)), "problem")
    return f"{key}: draft made of the files, {found}; go on at /processes/{key}/publish"


def publish_all(app: Flask) -> list[str]:
    """Everything in processes/ into an office that has no process; a line per process, none when there was one."""
    with app.app_context():
        if engine.count_published():
            return []
        done = engine.publish_directory(PROCESSES, by=OWNER, note="first installation", at=engine.now())
    return [f"{one.key} version {one.version}" for one in done]


@click.command()
@click.argument("keys", nargs=-1)
@as_json
def diff(keys: tuple[str, ...], as_json: bool) -> None:
    """List what differs between processes/ and what is published, of all processes or of KEYS; status 1 when something does."""
    with create_app().app_context():
        g.language = "en"
        found = {
            key: changes.as_json(changes.between(engine.newest_package(key), content))
            for key, content in publication.differing_files(PROCESSES)
            if not keys or key in keys
        }
    lines = [f"{key}  {one['file']}  {one['text']}" for key, listed in found.items() for one in listed]
    shown = lines or ["what is published is what stands in processes/"]
    report({"same": not found, "processes": found}, shown, as_json=as_json, found=bool(found))
