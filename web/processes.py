"""Processes: every published process as a picture, with its version and how many cases run on it."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from sqlalchemy import func, select

import engine
from models.base import session
from models.definition import ProcessDefinition
from models.instance import ProcessInstance
from web.queries import names

blueprint = Blueprint("processes", __name__, url_prefix="/processes")


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def listing() -> str:
    """The newest version of every process."""
    newest = select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version")).group_by(
        ProcessDefinition.key
    )
    latest = newest.subquery()
    query = select(ProcessDefinition).join(
        latest, (ProcessDefinition.key == latest.c.key) & (ProcessDefinition.version == latest.c.version)
    )
    running = (
        select(ProcessInstance.key, func.count()).where(ProcessInstance.state == "active").group_by(ProcessInstance.key)
    )
    return render_template(
        "processes.html",
        found=list(session().scalars(query.order_by(ProcessDefinition.key))),
        running=dict(session().execute(running).tuples().all()),
        process_name=names.process_name,
    )


@blueprint.get("/<key>")
def process(key: str) -> str:
    """One process: its picture, its steps with who, limit, form and manual reference, and its versions."""
    definition = engine.definition(key)
    versions = select(ProcessDefinition).where(ProcessDefinition.key == key).order_by(ProcessDefinition.version.desc())
    running = (
        select(ProcessInstance.definition_id, func.count())
        .where(ProcessInstance.key == key, ProcessInstance.state == "active")
        .group_by(ProcessInstance.definition_id)
    )
    return render_template(
        "process.html",
        definition=definition,
        key=key,
        name=names.process_name(key),
        steps=[e for e in definition.elements.values() if e.manual_refs and e.type.endswith(("Task", "Activity"))],
        element_name=names.element_name,
        documentation=names.documentation,
        english=names.english_elements(key),
        versions=list(session().scalars(versions)),
        running=dict(session().execute(running).tuples().all()),
    )
