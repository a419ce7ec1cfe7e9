"""`./desk publish`: processes/ into an office. Without a key only into one that has none yet; with a key a deliberate new version."""

from __future__ import annotations

import sys

import click
from flask import Flask

import engine
from web import create_app
from web.commands.output import ROOT, note

PROCESSES = ROOT / "processes"
INSTALLER = "installation"


@click.command()
@click.argument("key", required=False)
@click.option("--by", default=INSTALLER, show_default=True, help="Login of the owner who publishes.")
@click.option("--note", "why", default="", help="Why; kept with the version.")
def publish(key: str | None, by: str, why: str) -> None:
    """Publish processes/ into an office that has no processes yet, or process KEY as a new version."""
    app = create_app()
    try:
        click.echo("\n".join(_publish_one(app, key, by, why) if key else publish_all(app)))
    except engine.InvalidDefinition as refused:
        for problem in refused.problems:
            note(f"line {problem.line}  {problem.element_id}  {problem.rule}  {problem.values}")
        sys.exit(1)


def _publish_one(app: Flask, key: str, by: str, why: str) -> list[str]:
    with app.app_context():
        actor = engine.Actor(by, frozenset(), frozenset({"owner"}))
        done = engine.publish(engine.read_package(PROCESSES, key), by=actor, note=why, at=engine.now())
    return [f"{done.key} version {done.version}{'' if done.new else ' (as it was)'}"]


def publish_all(app: Flask) -> list[str]:
    """Everything in processes/ into an office that has no process; a line per process, none when there was one."""
    with app.app_context():
        if engine.count_published():
            return []
        actor = engine.Actor(INSTALLER, frozenset(), frozenset({"owner"}))
        done = engine.publish_directory(PROCESSES, by=actor, note="first installation", at=engine.now())
    return [f"{one.key} version {one.version}" for one in done]
