"""The auditor's pages: taking evidence away (one case's history, an event log of many), and where work piles up on a diagram."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import Blueprint, Flask, abort, render_template, request, stream_with_context
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

import engine
from models.base import session
from models.definition import ProcessDefinition
from office import exports
from web import looking
from web.i18n import ZONE
from web.queries import access, casefile, heat, names, spans

blueprint = Blueprint("audit", __name__)
TYPES = {"json": "application/json", "csv": "text/csv"}


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/audit")
def overview() -> str:
    """What an auditor can do from here."""
    access.check_role(current_user, *access.SEE_EVERYTHING)
    return render_template("audit.html", processes=_processes(), process_name=names.process_name)


def _processes() -> list[str]:
    return list(session().scalars(select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key)))


@blueprint.get("/cases/<number>/history.<form>")
def history(number: str, form: str) -> Response:
    """The history of one case as a file; `personal` for auditors who need it."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    if form not in TYPES:
        abort(404)
    looking.note(number)
    personal = _personal()
    if form == "json":
        return _file(exports.history_json(instance.id, personal=personal), f"{number}.json", TYPES[form])
    lines = stream_with_context(exports.history_csv(instance.id, personal=personal))
    return _file(lines, f"{number}.csv", TYPES[form])


@blueprint.get("/audit/log.xes")
def log() -> Response:
    """The cases wanted as an event log, sent as it is made."""
    access.check_role(current_user, *access.SEE_EVERYTHING)
    wanted = exports.Wanted(
        since=_midnight(request.args.get("from", "")),
        until=_midnight(request.args.get("to", ""), timedelta(days=1)),
        process=request.args.get("process", ""),
        personal=_personal(),
    )
    return _file(stream_with_context(exports.xes(wanted)), "cases.xes", "application/xml")


def _personal() -> bool:
    """Asked for and allowed."""
    wanted = request.args.get("personal") == "1"
    if wanted:
        access.check_role(current_user, "auditor")
    return wanted


def _midnight(text: str, more: timedelta = timedelta()) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text) + more, time(), ZONE)
    except (ValueError, OverflowError):
        return None


def _file(content: object, name: str, kind: str) -> Response:
    response = Response(content, mimetype=kind)  # type: ignore[arg-type]
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@blueprint.get("/processes/<key>/heat")
def heat_map(key: str) -> str:
    """The diagram of a process coloured by one measure, and a table of all of them."""
    access.check_role(current_user, *access.SEE_EVERYTHING, "owner")
    asked = heat.wanted(key, request.args)
    found = heat.figures(asked)
    shown = engine.definition(key, asked.version or None)
    versions = select(ProcessDefinition.version).where(ProcessDefinition.key == key)
    return render_template(
        "heat.html",
        key=key,
        name=names.process_name(key),
        asked=asked,
        figures=found,
        version=shown.version,
        versions=list(session().scalars(versions.order_by(ProcessDefinition.version.desc()))),
        english=names.english_elements(key, shown),
        span=spans.span,
        measure=spans.measure,
    )
