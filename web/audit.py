"""The auditor's pages: what people looked at and took away, taking evidence away (one case's history, an event log of many), and where work piles up on a diagram."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from tempfile import SpooledTemporaryFile

from flask import Blueprint, Flask, abort, render_template, send_file
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

import engine
from models.base import session
from models.definition import ProcessDefinition
from office import exports
from web import looking
from web.addresses import asked
from web.i18n import ZONE
from web.queries import access, casefile, doings, heat, names, spans

blueprint = Blueprint("audit", __name__)
MOST_IN_MEMORY = 4_000_000
TYPES = {"json": "application/json", "csv": "text/csv"}


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/audit")
def overview() -> str:
    """What an auditor can do from here."""
    access.check_role(current_user, *access.SEE_EVERYTHING)
    return render_template("audit.html", processes=_processes(), process_name=names.process_name)


@blueprint.get("/audit/people", endpoint="doings")
def done_by_people() -> str:
    """Log-ins, looks and exports of everybody, or of one person."""
    access.check_role(current_user, "auditor")
    wanted = asked()
    return render_template("doings.html", page=doings.page(wanted), wanted=wanted, people=doings.people())


def _processes() -> list[str]:
    return list(session().scalars(select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key)))


@blueprint.get("/cases/<number>/history.<form>")
def history(number: str, form: str) -> Response:
    """The history of one case as a file; `personal` for auditors who need it."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    if form not in TYPES:
        abort(404)
    personal = _personal()
    parts = _history(form, instance.id, personal)
    file = _file(parts, f"{number}.{form}", TYPES[form])
    looking.exported(f"history.{form}", instance.sequence, personal=personal, case=number)
    return file


def _history(form: str, instance_id: int, personal: bool) -> Iterable[str]:
    if form == "json":
        return [exports.history_json(instance_id, personal=personal)]
    return exports.history_csv(instance_id, personal=personal)


@blueprint.get("/audit/log.xes")
def log() -> Response:
    """The cases wanted as an event log."""
    access.check_role(current_user, *access.SEE_EVERYTHING)
    wanted = exports.Wanted(
        since=_midnight(asked()["from"]),
        until=_midnight(asked()["to"], timedelta(days=1)),
        process=asked()["process"],
        personal=_personal(),
    )
    cases = exports.count(wanted)
    file = _file(exports.xes(wanted), "cases.xes", "application/xml")
    chosen = {"from": asked()["from"], "to": asked()["to"], "process": wanted.process}
    looking.exported("log.xes", cases, personal=wanted.personal, **chosen)
    return file


def _personal() -> bool:
    """Asked for and allowed."""
    wanted = bool(asked()["personal"] == "1")
    if wanted:
        access.check_role(current_user, "auditor")
    return wanted


def _midnight(day: date | None, more: timedelta = timedelta()) -> datetime | None:
    return datetime.combine(day + more, time(), ZONE) if day is not None else None


def _file(parts: Iterable[str], name: str, kind: str) -> Response:
    """A file that is whole: it is made before the first byte is sent, so that one which breaks off is an error and never half an export."""
    made = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - closed when the answer has been sent
    for part in parts:
        made.write(part.encode())
    size = made.tell()
    made.seek(0)
    response: Response = send_file(made, mimetype=kind, as_attachment=True, download_name=name)
    response.content_length = size
    return response


@blueprint.get("/processes/<key>/heat")
def heat_map(key: str) -> str:
    """The diagram of a process coloured by one measure, and a table of all of them."""
    access.check_role(current_user, *access.SEE_EVERYTHING, "owner")
    wanted = heat.wanted(key, asked())
    found = heat.figures(wanted)
    shown = engine.definition(key, wanted.version or None)
    versions = select(ProcessDefinition.version).where(ProcessDefinition.key == key)
    return render_template(
        "heat.html",
        key=key,
        name=names.process_name(key),
        asked=wanted,
        figures=found,
        version=shown.version,
        versions=list(session().scalars(versions.order_by(ProcessDefinition.version.desc()))),
        english=names.english_elements(key, shown),
        span=spans.span,
        measure=spans.measure,
    )
