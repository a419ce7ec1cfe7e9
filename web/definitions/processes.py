"""Processes: every published process as a picture, and the page of each with its steps, versions, files and history. Nothing is changed here."""

from __future__ import annotations

import io
from pathlib import Path, PurePosixPath
from typing import Any

from flask import Blueprint, Flask, Response, render_template, send_file
from flask_login import current_user

import engine
from engine import definitions, published
from office import bundles, drafts, hands, joint_publication, precedence, scenarios
from web.definitions.queries import modeler, processes, running_cases, steps
from web.definitions.telling import changes, thumbnail
from web.edge import access
from web.edge.addresses import asked
from web.lookup import definitions as in_force
from web.lookup import staff
from web.queries import publications, used_versions
from web.telling import names

blueprint = Blueprint("processes", __name__, url_prefix="/processes")
PROCESSES = Path(__file__).parents[2] / "processes"
MIMETYPES = {".bpmn": "application/xml", ".dmn": "application/xml", ".form": "application/json"}
READERS = ("owner", "auditor", "supervisor")


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def listing() -> str:
    """Return the newest version of every process as a picture, with cases running per version and drafts."""
    reads = current_user.has(*READERS)
    stored = drafts.listed() if reads else []
    text = asked()["text"]
    cards = [
        card
        for card in processes.cards({draft.key: draft for draft in stored})
        if names.answers_to(text, card.newest.key)
    ]
    new = [draft for draft in stored if not in_force.is_published(draft.key)]
    staff.know_people({login for card in cards for login in _logins(card)} | {_last(draft) for draft in new})
    return render_template(
        "definitions/processes.html",
        cards=cards,
        text=text,
        pictures={card.newest.key: thumbnail.of(in_force.published(card.newest.key)) for card in cards},
        new_drafts=new,
        draft_names={new_draft.key: names.of_draft(new_draft.package) for new_draft in new},
        process_name=names.process_name,
        given_back=_given_back,
        reads=reads,
        lacking=precedence.not_in_force(),
        order=precedence.order(stored),
        joint=joint_publication.groups(stored),
    )


def _given_back(draft: drafts.Draft) -> hands.Done | None:
    """Return who gave a draft back and why, while it is in the hands of its authors."""
    return None if draft.submitted_by else hands.last_return(draft.key)


def _logins(card: processes.Card) -> set[str]:
    logins = {_last(card.draft)} if card.draft is not None else set()
    return {card.newest.published_by, card.newest.approved_by} | logins


def _last(draft: drafts.Draft) -> str:
    """Return who had a draft in hand last."""
    return draft.submitted_by or draft.saved_by


@blueprint.get("/<key>")
def process(key: str) -> str:
    """Return one process: its picture and figures, its steps for staff, its versions, files, scenarios and history."""
    return page_of(key)


def page_of(key: str, **refusal: Any) -> str:
    """Return the page of a process; `refusal`: the version that was asked back, the sentence and what had been typed."""
    definition = in_force.published(key)
    inside, standing = running_cases.of_page(key, definition)
    versions, entries = processes.versions(key, inside), publications.entries(key)
    lines = publications.lines(entries)
    owners = hands.owners([current_user.name])
    staff.know_people(
        {*owners}
        | {n for version in versions for n in (version.published_by, version.approved_by)}
        | {line.by for line in lines}
    )
    return render_template(
        "definitions/process.html",
        definition=definition,
        key=key,
        name=names.process_name(key),
        figures=processes.figures(key, engine.now(), inside),
        standing=standing,
        sees_cases=current_user.has(*access.SEE_EVERYTHING),
        sees_heat=current_user.has(*access.SEE_EVERYTHING, "owner"),
        steps=steps.of(definition),
        whole=steps.limit_of_all(definition),
        about=names.about(key, definition),
        owners=[names.person_name(login) for login in owners],
        others=[names.person_name(login) for login, may_approve in owners.items() if may_approve],
        english=names.english_elements(key),
        versions=versions,
        told=lines,
        known=publications.known_of_versions(entries),
        draft=drafts.stored(key),
        files=sorted(definitions.own_files(definition.package)),
        agreed=scenarios.read(PROCESSES, [key]),
        callers=in_force.callers_of(key),
        refused=refusal,
        process_name=names.process_name,
        why_published=publications.said,
        reads=current_user.has(*READERS),
    )


@blueprint.get("/<key>/forms/<form>")
def form(key: str, form: str) -> str:
    """Return a form of the newest version as the clerk sees it, empty."""
    definition = published.current(key)
    form_shown = definition.form_by_id(form)
    return render_template(
        "definitions/process_form.html",
        key=key,
        name=names.process_name(key),
        used=steps.named_by_form(definition, form),
        fields=form_shown.fields,
        values=modeler.defaults(form_shown),
    )


@blueprint.get("/<key>/versions/<int:version>")
def compare(key: str, version: int) -> str:
    """Return a version, and what it changed against the one before it or the one in `against`."""
    new = published.current(key, version)
    number = asked()["against"] or max(version - 1, 0)
    old = published.current(key, number) if number else None
    before = old.package if old is not None else None
    differences = changes.between(before, new.package) if before is not None else []
    return render_template(
        "definitions/version.html",
        key=key,
        name=names.process_name(key),
        definition=new,
        against=number,
        versions=processes.versions(key),
        changed=changes.by_file(differences, before, new.package),
        changes=changes.as_json(differences),
        taken_up=used_versions.taken_up(old, new) if old is not None else [],
        names=names.of_both(before, new.package),
        english=names.english_elements(key),
    )


@blueprint.get("/<key>/versions/<int:version>/files/<path:name>")
def version_file(key: str, version: int, name: str) -> Response:
    """Return one file of a version, to keep or to open elsewhere."""
    return attachment(published.current(key, version).package, name)


def attachment(package: definitions.Package, name: str) -> Response:
    """Return a file of a package as a download. Errors: MissingFile."""
    if name not in package.files:
        raise definitions.MissingFile(file=name, process=package.key)
    path = PurePosixPath(name)
    content = io.BytesIO(package.files[name].encode())
    mimetype = MIMETYPES.get(path.suffix, "text/plain")
    return send_file(content, mimetype=mimetype, as_attachment=True, download_name=path.name)


@blueprint.get("/<key>/versions/<int:version>/package.zip")
def version_package(key: str, version: int) -> Response:
    """Return everything a version consists of, laid out as processes/ is."""
    content = io.BytesIO(bundles.packed(published.current(key, version).package, version))
    return send_file(content, mimetype="application/zip", as_attachment=True, download_name=f"{key}-{version}.zip")
