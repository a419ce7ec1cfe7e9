"""From draft to version in the browser, all of it on one page and so in one file: what changed, what is wrong, scenarios played, submit, approve, ask for a former version, bring files in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import FileStorage

import engine
import engine.published
from engine import definitions, diagrams, ground, language, runtime
from office import bundles, drafts, hands, joint_publication, playing, precedence, publication, restoration
from web.definitions.processes import PROCESSES, READERS, attachment, page_of
from web.definitions.queries import draft_changes
from web.definitions.telling import changes, differences, findings, mendings
from web.edge import access, auth, errors
from web.telling import error_texts, names

blueprint = Blueprint("publication", __name__, url_prefix="/processes")
View = Callable[..., Any]
SAID_ON_THE_PAGE = (engine.Conflict, engine.Invalid, engine.published.UnknownProcess, publication.NotASecondPerson)
PLACES = {
    ".bpmn": "{key}.bpmn",
    ".xml": "{key}.bpmn",
    ".dmn": "decisions/{stem}.dmn",
    ".form": "forms/{stem}.form",
    ".yaml": "translations/{key}.en.yaml",
}


def register(app: Flask) -> None:
    """Add the pages, and the words in which they tell changes."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        how_many=findings.how_many,
        change_fact=changes.fact,
        change_kind=changes.kind,
        change_name=changes.name,
        change_value=changes.shown,
        own_files=definitions.own_files,
    )


def _back(key: str) -> ResponseReturnValue:
    return redirect(url_for("publication.change", key=key))


def _revision() -> int:
    return request.form.get("revision", type=int) or 0


@runtime.background(playing.TOPIC)
def _play(parameters: dict[str, Any], _at: datetime) -> None:
    playing.carry_on(parameters["key"], PROCESSES, engine.now)


def refused_at(place: str) -> Callable[[View], View]:
    """Have what is refused said on the page of the draft, at this place of it, with what was typed; not on a page of its own."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def said(key: str) -> ResponseReturnValue:
            try:
                return view(key)
            except SAID_ON_THE_PAGE as error:
                return _page(key, refusal=error, place=place), errors.status_of(error)

        return said

    return wrapped


@blueprint.get("/<key>/publish")
def change(key: str) -> str:
    """Return the draft against what is published: pictures, words, problems, scenarios, and who has to do what next."""
    access.check_role(current_user, *READERS)
    return _page(key)


def _page(key: str, refusal: engine.EngineError | None = None, place: str = "") -> str:
    draft = drafts.find(key)
    problems = publication.problems(draft)
    differences, in_force = draft_changes.of_draft(draft), engine.published.newest_package(key)
    return render_template(
        "definitions/publish.html",
        key=key,
        name=names.of_draft(draft.package) or names.process_name(key),
        draft=draft,
        newest=drafts.newest_version(key),
        problems=findings.as_json(problems, draft.package),
        warnings=findings.as_json(
            [*drafts.warnings(draft.package), *precedence.warnings(draft.package)], draft.package
        ),
        before=[_called(key) for key in precedence.before(draft)] if draft.revision else [],
        belonging=joint_publication.belonging(draft) if draft.revision else [],
        joined=hands.submitted_with(key) if draft.submitted_by else [],
        changed=changes.by_file(differences, in_force, draft.package),
        publishable=any(map(changes.is_published, differences)),
        changes=changes.as_json(differences),
        names=names.of_both(in_force, draft.package),
        callers=[f"{row.key} {names.process_name(row.key)}" for row, _ in engine.published.callers_of(key)],
        restores=publication.restored(draft).get("restores", 0) if draft.revision else 0,
        second=_may_approve(draft),
        others=_left_to_approve(draft),
        left_after=_left_after_a_change(draft),
        authors=[names.person_name(login) for login in drafts.authors(draft)],
        returned=hands.last_return(key) if draft.revision else None,
        refused=error_texts.on_the_draft(refusal) if refusal is not None else "",
        refusal_kind=refusal.code if refusal is not None else "",
        place=place,
        typed=request.form,
        **_scenarios(draft, playable=not problems),
    )


def _called(key: str) -> str:
    """Return a process by its key, with its name where one is in force."""
    name = names.process_name(key)
    return key if name == key else f"{key} {name}"


def _left_to_approve(draft: drafts.Draft) -> list[str]:
    return [names.person_name(login) for login in publication.left_to_approve(draft, current_user.name)]


def _left_after_a_change(draft: drafts.Draft) -> list[str] | None:
    logins = publication.left_after_a_change(draft, current_user.name)
    return [names.person_name(login) for login in logins] if logins is not None else None


def _may_approve(draft: drafts.Draft) -> bool:
    """Tell whether the person of this request may approve it."""
    try:
        publication.check_second_person(draft, auth.actor())
    except engine.NotPermitted:
        return False
    return True


def _scenarios(draft: drafts.Draft, *, playable: bool) -> dict[str, Any]:
    """Return what the list of scenarios shows; nothing while the draft cannot be executed or is not stored."""
    outcomes = publication.outcomes(draft, PROCESSES) if playable and draft.revision else []
    differing = [outcome for outcome in outcomes if outcome.ok is False]
    packages = publication.packages_of(draft) if differing else {}
    return {
        "outcomes": outcomes,
        "playing": playing.state(draft.key) if outcomes else "",
        "played": sum(outcome.ok is not None for outcome in outcomes),
        "played_at": max((outcome.played_at for outcome in outcomes if outcome.played_at), default=None),
        "differing": [
            (
                outcome.scenario,
                differences.texts(
                    outcome.differences,
                    packages[outcome.scenario.process],
                    engine.published.newest_package(outcome.scenario.process),
                ),
            )
            for outcome in differing
        ],
    }


@blueprint.post("/<key>/publish/scenarios")
@refused_at("scenarios")
def play(key: str) -> ResponseReturnValue:
    """Have the office play the scenarios that wait, or all of them again; it goes on when the page is left."""
    access.check_role(current_user, *READERS)
    playing.begin(key, again=bool(request.form.get("again")), at=engine.now())
    return how_far(key)


@blueprint.get("/<key>/publish/scenarios")
def how_far(key: str) -> ResponseReturnValue:
    """Return the list of scenarios as it stands, for the page that waits for it."""
    access.check_role(current_user, *READERS)
    if "HX-Request" not in request.headers:
        return redirect(url_for("publication.change", key=key, _anchor="scenarios"))
    draft = drafts.find(key)
    return render_template(
        "definitions/_scenarios.html", key=key, draft=draft, alone=True, **_scenarios(draft, playable=True)
    )


@blueprint.post("/<key>/publish/submission")
@refused_at("submission")
def submit(key: str) -> ResponseReturnValue:
    """Hand the draft over for approval."""
    publication.submit(
        key,
        PROCESSES,
        revision=_revision(),
        note=request.form.get("note", ""),
        accepted=request.form.get("accepted") == "yes",
        by=auth.actor(),
        at=engine.now(),
    )
    flash(gettext("Submitted. Another process owner has to approve it."))
    return _back(key)


@blueprint.post("/<key>/publish/return")
@refused_at("return")
def give_back(key: str) -> ResponseReturnValue:
    """Return a submitted draft."""
    reason = request.form.get("reason", "")
    publication.give_back(key, revision=_revision(), reason=reason, by=auth.actor(), at=engine.now())
    flash(gettext("Given back to the editor."))
    return _back(key)


@blueprint.post("/<key>/publish/approval")
@refused_at("approval")
def approve(key: str) -> ResponseReturnValue:
    """Put the submitted draft in force."""
    published = publication.approve(
        key,
        PROCESSES,
        revision=_revision(),
        against=request.form.get("against", type=int) or 0,
        accepted=request.form.get("accepted") == "yes",
        by=auth.actor(),
        at=engine.now(),
    )
    _say_published(published)
    return redirect(url_for("processes.process", key=key))


def _say_published(published: engine.published.Published) -> None:
    flash(gettext("Version %(n)s is in force. Running cases stay on theirs.", n=published.version))
    if published.callers:
        callers = gettext(", ").join(
            f"{caller.key} {names.process_name(caller.key)} ({caller.version})" for caller in published.callers
        )
        flash(gettext("New versions of the processes that call it: %(list)s.", list=callers))


@blueprint.post("/<key>/versions/<int:version>/restoration")
def roll_back(key: str, version: int) -> ResponseReturnValue:
    """Ask for a former version's content to be put in force again, which another owner decides."""
    reason = request.form.get("reason", "")
    try:
        restoration.ask(key, version, reason=reason, by=auth.actor(), at=engine.now())
    except (engine.Conflict, engine.Invalid) as error:
        return page_of(key, version=version, text=_kept_back(error), reason=reason), errors.status_of(error)
    flash(gettext("Asked for. Another process owner has to approve it; until then the version in force stays."))
    return _back(key)


def _kept_back(error: engine.EngineError) -> str:
    """Return why nobody is asked to put a former version in force again; what it conflicts with is named, since there is no draft to look at."""
    if isinstance(error, drafts.StaleDraft):
        return _whose_draft(str(error.values["process"]), str(error.values["saved_by"]))
    if isinstance(error, publication.NothingChanged):
        return gettext(
            "The files of this version are those in force. What differs lies in the processes it calls: roll back one of those."
        )
    if not isinstance(error, engine.InvalidDefinition):
        return error_texts.describe(error)
    sentences = [finding["text"] for finding in findings.as_json(error.problems)]
    return gettext("This version cannot be executed any more: %(problems)s", problems=" ".join(sentences))


@blueprint.post("/<key>/draft/discard")
@refused_at("discard")
def discard(key: str) -> ResponseReturnValue:
    """Throw the draft away, from a page."""
    drafts.discard(key, by=auth.actor(), at=engine.now())
    flash(gettext("The draft is gone. What is published stays in force."))
    version = drafts.newest_version(key)
    return redirect(url_for("processes.process", key=key) if version else url_for("processes.listing"))


@blueprint.get("/<key>/draft/files/<path:name>")
def draft_file(key: str, name: str) -> Response:
    """Return one file of the draft, to keep or to open elsewhere."""
    access.check_role(current_user, *READERS)
    return attachment(drafts.find(key).package, name)


@blueprint.post("/<key>/draft/upload")
@refused_at("files")
def upload(key: str) -> ResponseReturnValue:
    """Bring diagrams, tables, forms and English names into the draft; what cannot be executed is listed on the page that follows."""
    files: dict[str, str | None] = {}
    for file in request.files.getlist("files"):
        name, text = _placed(key, file) if file.filename else ("", "")
        if name in files:
            raise drafts.UnusableFile(file=str(file.filename)[:100], why="twice")
        if name:
            files[name] = text
    diagram = f"{key}.bpmn"
    mended = drafts.brought_in(files.get(diagram) or "", key)
    files |= {diagram: mended.text} if diagram in files else {}
    withdraw = request.form.get("withdraw") == "yes"
    drafts.save(key, files, revision=_revision(), by=auth.actor(), at=engine.now(), withdraw=withdraw)
    flash(gettext("%(n)s files are in the draft now.", n=len(files)))
    _tell(mended)
    return _back(key)


def _tell(mended: diagrams.Mended) -> None:
    """Tell what was changed in a diagram that was brought in."""
    for sentence in mendings.sentences(mended.changes):
        flash(sentence)


def _placed(key: str, file: FileStorage) -> tuple[str, str]:
    """Return a file's name in the package by its kind, and its text. Errors: UnusableFile."""
    path = PurePosixPath(str(file.filename).replace("\\", "/"))
    place = PLACES.get(path.suffix.lower())
    if place is None:
        raise drafts.UnusableFile(file=path.name[:100], why="kind")
    try:
        text = ground.decoded_file(file.read())
    except ground.MalformedXml as error:
        raise drafts.UnusableFile(file=path.name[:100], why="encoding", encoding=error.values["encoding"]) from None
    if len(text) > drafts.MOST_CHARACTERS:
        raise drafts.UnusableFile(file=path.name[:100], why="too_large", limit=drafts.MOST_CHARACTERS)
    return place.format(key=key, stem=re.sub(r"[^A-Za-z0-9_.-]", "_", path.stem)), text


@blueprint.get("/import")
def bring_in() -> str:
    """Show where a diagram that another tool drew is brought in."""
    access.check_role(current_user, drafts.OWNER)
    return _bringing_in()


def _bringing_in(
    refusal: str = "",
    problems: Sequence[engine.Problem] = (),
    open_draft: str = "",
    **reasons: list[language.Reason],
) -> str:
    """Return the page, `refusal` in words or because of the `open_draft` of a process; the file that was chosen comes along."""
    return render_template(
        "definitions/import.html",
        refused=refusal,
        open_draft=open_draft,
        chosen=_chosen(),
        problems=findings.as_json(problems),
        reasons=reasons,
        key=request.form.get("key", ""),
    )


def _chosen() -> tuple[str, str] | None:
    """Return the name and text of the file that this request brought or brought along; a browser does not keep what was chosen."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return (request.form["kept_name"], request.form["kept"]) if request.form.get("kept") else None
    file.stream.seek(0)
    try:
        name, text = _placed("imported", file)
    except drafts.UnusableFile:
        return None
    return (file.filename, text) if name == "imported.bpmn" else None


def _sent_file() -> FileStorage | None:
    """Return the file chosen now, else the one that was chosen before a refusal."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file
    kept_file = _chosen()
    return FileStorage(BytesIO(kept_file[1].encode()), filename=kept_file[0]) if kept_file else None


def _whose_draft(key: str, saved_by: str) -> str:
    """Say that a draft of this process is open already, and whose."""
    if saved_by == current_user.name:
        return gettext("A draft of %(key)s is open already: yours. Go on with it, or discard it and repeat.", key=key)
    if not saved_by:
        return gettext("A draft of %(key)s has been opened just now. Look at it, then repeat.", key=key)
    return gettext(
        "A draft of %(key)s is open already, last saved by %(who)s. Look at it, or have it discarded and repeat.",
        key=key,
        who=names.person_name(saved_by),
    )


@blueprint.post("/import")
def bring_in_post() -> ResponseReturnValue:
    """Make a draft of a diagram, under the id that its process has; what cannot be used is said on the page."""
    drafts.check_owner(auth.actor())
    file, key = _sent_file(), request.form.get("key", "").strip()
    if file is None:
        return _bringing_in(file=[language.Reason("required")]), 422
    if key and not drafts.KEY.fullmatch(key):
        return _bringing_in(key=[language.Reason("pattern", {"written": "key"})]), 422
    try:
        if str(file.filename).lower().endswith(".zip"):
            return _brought_back(file, key)
        name, text = _placed("imported", file)
        if name != "imported.bpmn":
            raise drafts.UnusableFile(file=str(file.filename)[:100], why="no_diagram")
        problems = publication.readable(text)
        if problems:
            return _bringing_in(problems=problems), 422
        key = key or publication.key_of(text, str(file.filename))
        mended = drafts.brought_in(text, key)
        drafts.save(key, {f"{key}.bpmn": mended.text}, revision=0, by=auth.actor(), at=engine.now())
    except engine.InvalidDefinition as error:
        return _bringing_in(problems=error.problems), errors.status_of(error)
    except drafts.UnusableFile as error:
        return _bringing_in(error_texts.describe(error)), errors.status_of(error)
    except drafts.StaleDraft as error:
        key = str(error.values["process"])
        return _bringing_in(_whose_draft(key, str(error.values["saved_by"])), open_draft=key), 409
    _tell(mended)
    return _back(key)


def _brought_back(file: FileStorage, key: str) -> ResponseReturnValue:
    """Make a draft of the package of a version; what it calls stays as it is in force here. Errors: UnusableFile, StaleDraft, InvalidDefinition."""
    name = PurePosixPath(str(file.filename).replace("\\", "/")).name[:100]
    content = bundles.unpacked(file.read(), name)
    if key not in ("", content.key):
        raise drafts.UnusableFile(file=name, why="package_key", key=content.key)
    publication.draft_from_files(content.key, content, by=auth.actor(), at=engine.now())
    callees = sorted(set(content.processes) - {content.key})
    if callees:
        listing = gettext(", ").join(callees)
        flash(gettext("The processes it calls stay as they are in force here: %(list)s.", list=listing))
    return _back(content.key)
