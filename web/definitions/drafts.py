"""Drafts as JSON for the editor: read, save, check, discard, and what it needs to know of the office. Owners write; supervisors and auditors read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, jsonify, render_template, request, url_for
from flask_login import current_user
from marshmallow import Schema, ValidationError, fields

import engine
from engine import definitions, ground, language, published
from office import drafts, hands, publication
from web.definitions.queries import draft_changes, modeler
from web.definitions.telling import changes, findings, mendings
from web.edge import access, auth, problems
from web.edge.addresses import asked
from web.telling import error_texts, names

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
    "hand",
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
    values = {**error.values, "saved_by": names.person_name(by), "own": by == current_user.name}
    if "ended_by" in values:
        values["ended_by"] = names.person_name(str(values["ended_by"]))
    return problems.answer(409, error_texts.describe(error), error.code, **problems.plain(values))


@blueprint.errorhandler(drafts.SubmittedDraft)
def _submitted(error: drafts.SubmittedDraft) -> Response:
    values = {**error.values, "submitted_by": names.person_name(str(error.values["submitted_by"]))}
    return problems.answer(409, error_texts.describe(error), error.code, **problems.plain(values))


@blueprint.errorhandler(ValidationError)
def _misshapen(error: ValidationError) -> Response:
    return problems.misshapen({"json": error.messages})


def reading(view: View) -> View:
    """Open a page to owners, supervisors and auditors."""

    @wraps(view)
    def checked(*arguments: Any, **options: Any) -> object:
        access.check_role(current_user, *READERS)
        return view(*arguments, **options)

    return checked  # type: ignore[return-value]


def _body(schema: type[Schema]) -> dict[str, Any]:
    loaded: dict[str, Any] = schema().load(request.get_json())
    return loaded


@blueprint.get("/<key>/draft")
@reading
def draft(key: str) -> Response:
    """Return the draft, opened from the newest version when there is none; `mended` is its diagram with what could not be seen, when it differs."""
    saved = drafts.find(key)
    whole = drafts.mended(saved)
    mended = {f"{key}.bpmn": whole.text} if whole.changes else {}
    return jsonify({**_document(saved), "mended": mended, "mendings": mendings.sentences(whole.changes)})


@blueprint.put("/<key>/draft")
def save(key: str) -> Response:
    """Keep changed files over the revision that was read."""
    access.check_role(current_user, "owner")
    body = _body(Save)
    saved = drafts.save(
        key,
        body["files"],
        revision=body["revision"],
        by=auth.actor(),
        at=engine.now(),
        base=body["base_version"],
        instead=body["instead"],
        withdraw=body["withdraw"],
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
    """Return what is wrong with the draft under unsaved content."""
    package = drafts.changed(drafts.find(key).package, _body(Files)["files"])
    return jsonify(problems=_findings(package))


def _findings(package: definitions.Package) -> list[Mapping[str, Any]]:
    """Return what keeps a draft from being published, and after it what can hardly be meant."""
    problems_found = drafts.problems(package)
    if len(problems_found) > ground.MOST_FINDINGS:  # nobody can look further
        return findings.as_json(problems_found, package)
    return findings.as_json(ground.first_findings([*problems_found, *drafts.warnings(package)]), package)


def _document(draft: drafts.Draft) -> dict[str, Any]:
    return {
        "key": draft.key,
        "base_version": draft.base_version,
        "revision": draft.revision,
        "state": draft.state,
        "saved_at": problems.plain(draft.saved_at),
        "saved_by": names.person_name(draft.saved_by),
        "submitted_at": problems.plain(draft.submitted_at),
        "submitted_by": names.person_name(draft.submitted_by),
        "returned": _returned(draft),
        "hand": _hand(draft),
        "files": draft.package.files,
        "problems": _findings(draft.package),
    }


def _hand(draft: drafts.Draft) -> dict[str, Any] | None:
    """Return who drew the draft and who could approve it once the owner of this request has changed it; None when that costs them nothing."""
    approvers = publication.left_after_a_change(draft, current_user.name)
    if approvers is None:
        return None
    authors = drafts.authors(draft)
    return {"authors": list(map(names.person_name, authors)), "left": list(map(names.person_name, approvers))}


def _returned(draft: drafts.Draft) -> dict[str, Any] | None:
    """Return who gave the draft back, when and why; None when nobody did, or it has been submitted again."""
    handback = hands.last_return(draft.key) if draft.revision else None
    if handback is None:
        return None
    return {"by": names.person_name(handback.by), "at": problems.plain(handback.at), "reason": handback.reason}


@blueprint.post("/<key>/draft/overlap")
@reading
def overlap(key: str) -> Response:
    """Return what files that rest on an older draft would change in the draft as it is now, in words."""
    saved = drafts.find(key).package
    edited = drafts.changed(saved, _body(Files)["files"])
    differences = changes.as_json(changes.between(saved, edited))
    return jsonify(
        changes=[{"file": difference["file"], "text": difference["text"]} for difference in differences][
            : ground.MOST_FINDINGS
        ]
    )


@blueprint.get("/<key>/draft/variables")
@reading
def variables(key: str) -> Response:
    """Return the variables known at an element of a diagram of the draft."""
    entries = drafts.known_at(key, _file(key), asked()["element"])
    return jsonify(
        variables=[
            {"name": variable.name, "from": variable.element_id, "type": variable.type, "unit": variable.unit}
            for variable in entries
        ]
    )


@blueprint.post("/<key>/draft/form-preview")
@reading
def form_preview(key: str) -> Answer:
    """Return a form exactly as the clerk's page renders it."""
    try:
        form = language.Form.parse(_body(FormText)["form"])
    except engine.InvalidDefinition as error:
        return jsonify(problems=findings.as_json(error.problems)), 422
    return jsonify(
        html=render_template("definitions/_form.html", fields=form.fields, values=modeler.defaults(form), reasons={})
    )


@blueprint.get("/<key>/draft/difference")
@reading
def difference(key: str) -> Response:
    """Return what changed against the newest version, and where both diagrams are."""
    draft, file = drafts.find(key), _file(key)
    version = drafts.newest_version(key)
    differences = changes.as_json(draft_changes.of_draft(draft))
    new_url = url_for("drafts.draft_diagram", key=key, file=file)
    old_url = url_for("drafts.version_diagram", key=key, version=version, file=file) if version else ""
    return jsonify(changes=differences, old_url=old_url, new_url=new_url)


@blueprint.get("/<key>/draft/bpmn")
@reading
def draft_diagram(key: str) -> Response:
    """Return a diagram of the draft."""
    return _diagram(drafts.find(key).package, key)


@blueprint.get("/<key>/versions/<int:version>/bpmn")
def version_diagram(key: str, version: int) -> Response:
    """Return a diagram of a published version."""
    return _diagram(published.current(key, version).package, key)


def _file(key: str) -> str:
    """Return the file that the address names; the diagram of the process itself when it names none."""
    return asked()["file"] or f"{key}.bpmn"


def _diagram(package: definitions.Package, key: str) -> Response:
    return Response(package.bpmn(_file(key).removesuffix(".bpmn")), mimetype="application/xml")


@blueprint.get("/modeler-config")
@reading
def modeler_config() -> Response:
    """Return what the editor offers: service tasks, departments, processes, the manual, functions, kinds of fields."""
    return jsonify(modeler.config())
