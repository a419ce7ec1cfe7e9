"""The auditor's pages: what people looked at and took away, taking evidence away (one case's history, an event log of many), and where work piles up on a diagram."""

from __future__ import annotations

from collections.abc import Iterable
from tempfile import SpooledTemporaryFile

from flask import Blueprint, Flask, abort, render_template, send_file
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import published
from models.base import session
from models.definition import ProcessDefinition
from office import exports
from web.audit.queries import acts_of_people, durations, heat
from web.edge import access, access_logging
from web.edge.addresses import asked
from web.queries import casefile, days
from web.telling import names

blueprint = Blueprint("audit", __name__)
MOST_IN_MEMORY = 4_000_000
TYPES = {"json": "application/json", "csv": "text/csv"}


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/audit")
def overview() -> str:
    """Return what an auditor can do from here."""
    access.check_role(current_user, *access.SEE_EVERYTHING)
    return render_template(
        "audit/audit.html",
        processes=_processes(),
        process_name=names.process_name,
        verified=acts_of_people.last_verified(),
        result=acts_of_people.verified,
    )


@blueprint.get("/audit/people", endpoint="doings")
def done_by_people() -> str:
    """Show log-ins, looks and exports of everybody, or of one person."""
    access.check_role(current_user, "auditor")
    filters = asked()
    return render_template(
        "audit/acts_of_people.html", page=acts_of_people.page(filters), wanted=filters, people=acts_of_people.people()
    )


def _processes() -> list[str]:
    return list(session().scalars(select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key)))


@blueprint.get("/cases/<number>/history.<form>")
def history(number: str, form: str) -> Response:
    """Return the history of one case as a file; `personal` for auditors who need it."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    if form not in TYPES:
        abort(404)
    personal = _personal()
    parts = _history(form, instance.id, personal)
    file = _file(parts, f"{number}.{form}", TYPES[form])
    access_logging.exported(f"history.{form}", instance.sequence, personal=personal, case=number)
    return file


def _history(form: str, instance_id: int, personal: bool) -> Iterable[str]:
    if form == "json":
        return [exports.history_json(instance_id, personal=personal)]
    return exports.history_csv(instance_id, personal=personal)


@blueprint.get("/audit/log.xes")
def log() -> Response:
    """Return the cases wanted as an event log."""
    access.check_role(current_user, *access.SEE_EVERYTHING)
    since, until = days.period(asked()["from"], asked()["to"])
    filters = exports.Wanted(
        since=since,
        until=until,
        process=asked()["process"],
        personal=_personal(),
    )
    cases = exports.count(filters)
    file = _file(exports.xes(filters), "cases.xes", "application/xml")
    choice = {"from": asked()["from"], "to": asked()["to"], "process": filters.process}
    access_logging.exported("log.xes", cases, personal=filters.personal, **choice)
    return file


def _personal() -> bool:
    """Tell whether personal values are asked for, which only an auditor may. Errors: RoleMissing."""
    wanted = bool(asked()["personal"] == "1")
    if wanted:
        access.check_role(current_user, "auditor")
    return wanted


def _file(parts: Iterable[str], name: str, kind: str) -> Response:
    """Return a file that is whole: it is made before the first byte is sent, so that one which breaks off is an error and never half an export."""
    file = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - closed when the answer has been sent
    for part in parts:
        file.write(part.encode())
    size = file.tell()
    file.seek(0)
    response: Response = send_file(file, mimetype=kind, as_attachment=True, download_name=name)
    response.content_length = size
    return response


@blueprint.get("/processes/<key>/heat")
def heat_map(key: str) -> str:
    """Return the diagram of a process coloured by one measure, and a table of all of them."""
    access.check_role(current_user, *access.SEE_EVERYTHING, "owner")
    filters = heat.wanted(key, asked())
    figures = heat.figures(filters)
    definition = published.current(key, filters.version or None)
    versions = select(ProcessDefinition.version).where(ProcessDefinition.key == key)
    return render_template(
        "audit/heat.html",
        key=key,
        name=names.process_name(key),
        asked=filters,
        figures=figures,
        version=definition.version,
        versions=list(session().scalars(versions.order_by(ProcessDefinition.version.desc()))),
        english=names.english_elements(key, definition),
        span=durations.span,
        measure=durations.measure,
    )
