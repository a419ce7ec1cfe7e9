"""Drafts as JSON for the editor: read, save, check, discard, and what it needs to know of the office. Owners write; supervisors and auditors read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, jsonify, render_template, request, url_for
from flask_login import current_user
from marshmallow import Schema, ValidationError, fields

import engine
from office import drafts, hands
from web import auth, errors, problems
from web.addresses import asked
from web.queries import access, changes, findings, mendings, modeler, names

blueprint = Blueprint("drafts", __name__, url_prefix="/processes")
SAVED = (
    "base_version",
    "revision",
    "state",
    "saved_at",
    "saved_by",
    "submitted_by",
    "submitted_at",
    "returned",
    "problems",
)
READERS = ("owner", "auditor", "supervisor")
View = TypeVar("View", bound=Callable[..., Any])
Answer = Response | tuple[Response, int] | tuple[str, int]


problems.register(blueprint)


class Files(Schema):
    """Changed files by name; null takes one out."""

    files = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True), required=True)


class Save(Files):
    """Changed files over the revision and the version they rest on; `instead` names those that take the place of another's; `withdraw`: a submission is taken back."""

    revision = fields.Integer(strict=True, required=True)
    base_version = fields.Integer(strict=True, load_default=None, allow_none=True)
    instead = fields.List(fields.String(), load_default=[])
    withdraw = fields.Boolean(load_default=False)


class FormText(Schema):
    """A form-js schema as text."""

    form = fields.String(required=True)


def register(app: Flask) -> None:
    """Add the endpoints."""
    app.register_blueprint(blueprint)


@blueprint.errorhandler(drafts.StaleDraft)
def _stale(error: drafts.StaleDraft) -> Response:
    by = str(error.values["saved_by"])
    told = {**error.values, "saved_by": names.person_name(by), "own": by == current_user.name}
    if "ended_by" in told:
        told["ended_by"] = names.person_name(str(told["ended_by"]))
    return problems.answer(409, errors.describe(error), error.code, **problems.plain(told))


@blueprint.errorhandler(drafts.SubmittedDraft)
def _submitted(error: drafts.SubmittedDraft) -> Response:
    told = {**error.values, "submitted_by": names.person_name(str(error.values["submitted_by"]))}
    return problems.answer(409, errors.describe(error), error.code, **problems.plain(told))


@blueprint.errorhandler(ValidationError)
def _misshapen(error: ValidationError) -> Response:
    return problems.misshapen({"json": error.messages})


def reading(view: View) -> View:
    """For owners, supervisors and auditors."""

    @wraps(view)
    def checked(*given: Any, **named: Any) -> Any:
        access.check_role(current_user, *READERS)
        return view(*given, **named)

    return checked  # type: ignore[return-value]


def _body(schema: type[Schema]) -> dict[str, Any]:
    loaded: dict[str, Any] = schema().load(request.get_json())
    return loaded


@blueprint.get("/<key>/draft")
@reading
def draft(key: str) -> Response:
    """The draft, opened from the newest version when there is none; `mended` is its diagram with what could not be seen, when it differs."""
    found = drafts.find(key)
    whole = drafts.mended(found)
    mended = {f"{key}.bpmn": whole.text} if whole.changes else {}
    return jsonify({**_document(found), "mended": mended, "mendings": mendings.sentences(whole.changes)})


@blueprint.put("/<key>/draft")
def save(key: str) -> Response:
    """Keep changed files over the revision that was read."""
    access.check_role(current_user, "owner")
    given = _body(Save)
    saved = drafts.save(
        key,
        given["files"],
        revision=given["revision"],
        by=auth.actor(),
        at=engine.now(),
        base=given["base_version"],
        instead=given["instead"],
        withdraw=given["withdraw"],
    )
    document = _document(saved)
    return jsonify({name: document[name] for name in SAVED})


@blueprint.delete("/<key>/draft")
def discard(key: str) -> tuple[str, int]:
    """Throw the draft away."""
    drafts.discard(key, by=auth.actor(), at=engine.now())
    return "", 204


@blueprint.post("/<key>/draft/check")
@reading
def check(key: str) -> Response:
    """What is wrong with the draft under unsaved content."""
    package = drafts.changed(drafts.find(key).package, _body(Files)["files"])
    return jsonify(problems=_findings(package))


def _findings(package: engine.Package) -> list[Mapping[str, Any]]:
    """What keeps a draft from being published, and after it what can hardly be meant."""
    refused = drafts.problems(package)
    if len(refused) > engine.MOST_FINDINGS:  # nobody can look further
        return findings.as_json(refused, package)
    return findings.as_json(engine.first_findings([*refused, *drafts.warnings(package)]), package)


def _document(found: drafts.Draft) -> dict[str, Any]:
    return {
        "key": found.key,
        "base_version": found.base_version,
        "revision": found.revision,
        "state": found.state,
        "saved_at": problems.plain(found.saved_at),
        "saved_by": names.person_name(found.saved_by),
        "submitted_at": problems.plain(found.submitted_at),
        "submitted_by": names.person_name(found.submitted_by),
        "returned": _returned(found),
        "files": found.package.files,
        "problems": _findings(found.package),
    }


def _returned(found: drafts.Draft) -> dict[str, Any] | None:
    """Who gave the draft back, when and why; None when nobody did, or it has been submitted again."""
    given = hands.last_return(found.key) if found.revision else None
    if given is None:
        return None
    return {"by": names.person_name(given.by), "at": problems.plain(given.at), "reason": given.step["reason"]}


@blueprint.post("/<key>/draft/overlap")
@reading
def overlap(key: str) -> Response:
    """What files that rest on an older draft would change in the draft as it is now, in words."""
    saved = drafts.find(key).package
    mine = drafts.changed(saved, _body(Files)["files"])
    listed = changes.as_json(changes.between(saved, mine))
    return jsonify(changes=[{"file": one["file"], "text": one["text"]} for one in listed][: engine.MOST_FINDINGS])


@blueprint.get("/<key>/draft/variables")
@reading
def variables(key: str) -> Response:
    """The variables known at an element of a diagram of the draft."""
    known = drafts.known_at(key, _file(key), asked()["element"])
    return jsonify(
        variables=[{"name": one.name, "from": one.element_id, "type": one.type, "unit": one.unit} for one in known]
    )


@blueprint.post("/<key>/draft/form-preview")
@reading
def form_preview(key: str) -> Answer:
    """A form exactly as the clerk's page renders it."""
    try:
        form = engine.Form.parse(_body(FormText)["form"])
    except engine.InvalidDefinition as error:
        return jsonify(problems=findings.as_json(error.problems)), 422
    return jsonify(html=render_template("_form.html", fields=form.fields, values=modeler.defaults(form), reasons={}))


@blueprint.get("/<key>/draft/difference")
@reading
def difference(key: str) -> Response:
    """What changed against the newest version, and where both diagrams are."""
    found, file = drafts.find(key), _file(key)
    version = drafts.newest_version(key)
    listed = changes.as_json(changes.of_draft(found))
    new_url = url_for("drafts.draft_diagram", key=key, file=file)
    old_url = url_for("drafts.version_diagram", key=key, version=version, file=file) if version else ""
    return jsonify(changes=listed, old_url=old_url, new_url=new_url)


@blueprint.get("/<key>/draft/bpmn")
@reading
def draft_diagram(key: str) -> Response:
    """A diagram of the draft."""
    return _diagram(drafts.find(key).package, key)


@blueprint.get("/<key>/versions/<int:version>/bpmn")
def version_diagram(key: str, version: int) -> Response:
    """A diagram of a published version."""
    return _diagram(engine.definition(key, version).package, key)


def _file(key: str) -> str:
    """The file that the address names; the diagram of the process itself when it names none."""
    return asked()["file"] or f"{key}.bpmn"


def _diagram(package: engine.Package, key: str) -> Response:
    return Response(package.bpmn(_file(key).removesuffix(".bpmn")), mimetype="application/xml")


@blueprint.get("/modeler-config")
@reading
def modeler_config() -> Response:
    """What the editor offers: service tasks, departments, processes, the manual, functions, kinds of fields."""
    return jsonify(modeler.config())
