"""Drafts that belong together on one page: what each changes, what is wrong, their scenarios on the whole, and who has to do what next for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

import engine
import engine.published
from office import drafts, hands, joint_publication, playing, precedence, publication
from office.joint_publication import Joint
from web.definitions.processes import PROCESSES, READERS
from web.definitions.telling import changes, differences, findings
from web.edge import access, auth, errors
from web.telling import error_texts, names

blueprint = Blueprint("joint", __name__, url_prefix="/drafts")
View = Callable[..., Any]
SAID_ON_THE_PAGE = (engine.Conflict, engine.Invalid, publication.NotASecondPerson)


@dataclass(frozen=True)
class Row:
    """One of the drafts as the page shows it: from which version to which, what it changes in words and for its pictures, and what is found."""

    draft: drafts.Draft
    name: str
    newest: int
    changed: list[changes.Sheet]
    changes: list[dict[str, Any]]
    names: dict[str, str]
    problems: list[Mapping[str, Any]]
    warnings: list[Mapping[str, Any]]
    authors: list[str]
    returned: hands.Done | None


def register(app: Flask) -> None:
    """Add the pages, and let templates ask with which drafts one goes."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(joint_address=address)


def address(keys: list[str]) -> str:
    """Return the page of the drafts of these processes."""
    return url_for("joint.change", keys=playing.APART.join(keys))


def _found(keys: str) -> Joint:
    return joint_publication.find(keys.split(playing.APART))


def refused_at(place: str) -> Callable[[View], View]:
    """Have what is refused said on the page of the drafts, at this place of it, with what was typed."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def said(keys: str) -> ResponseReturnValue:
            drafts.check_owner(auth.actor())
            joint = _found(keys)
            try:
                return view(keys, joint)
            except SAID_ON_THE_PAGE as error:
                return _page(_found(keys), refusal=error, place=place), errors.status_of(error)

        return said

    return wrapped


@blueprint.get("/<keys>/publish")
def change(keys: str) -> str:
    """Return every draft against what is published, in the order of publication, and what happens with all of them."""
    access.check_role(current_user, *READERS)
    return _page(_found(keys))


def _page(joint: Joint, refusal: engine.EngineError | None = None, place: str = "") -> str:
    problems = joint_publication.problems(joint)
    playable = not any(problems.values())
    return render_template(
        "definitions/publish_together.html",
        keys=playing.APART.join(joint.keys),
        rows=[_row(joint, draft, problems) for draft in joint.drafts],
        in_callers=[
            problem for key in joint.callers for problem in findings.as_json(problems.get(key, ()), joint.callers[key])
        ],
        callers=[f"{key} {names.process_name(key)}" for key in joint.callers],
        contradiction=_contradiction(joint),
        submitted=joint_publication.is_submitted(joint),
        second=_may_approve(joint),
        others=[names.person_name(login) for login in hands.left_to_approve(_hands(joint))],
        authors=[names.person_name(login) for login in joint_publication.authors(joint)],
        playable=playable,
        refused=error_texts.on_the_draft(refusal) if refusal is not None else "",
        refusal_kind=refusal.code if refusal is not None else "",
        place=place,
        typed=request.form,
        **_scenarios(joint, playable=playable),
    )


def _row(joint: Joint, draft: drafts.Draft, problems: Mapping[str, list[engine.Problem]]) -> Row:
    package = joint.packages[draft.key]
    in_force = engine.published.newest_package(draft.key)
    warnings = [*drafts.warnings(package, joint.packages.values()), *precedence.warnings(package)]
    changed = changes.between(in_force, package)
    return Row(
        draft=draft,
        name=names.of_draft(draft.package) or names.process_name(draft.key),
        newest=drafts.newest_version(draft.key),
        changed=changes.by_file(changed, in_force, package),
        changes=changes.as_json(changed),
        names=names.of_both(in_force, package),
        problems=findings.as_json(problems[draft.key], package),
        warnings=findings.as_json(
            [warning for warning in warnings if warning.values.get("process") not in joint.keys], package
        ),
        authors=[names.person_name(login) for login in drafts.authors(draft)],
        returned=hands.last_return(draft.key),
    )


def _contradiction(joint: Joint) -> str:
    """Say that two of them hold one file with different contents; empty when none do."""
    try:
        joint_publication.check_files(joint)
    except joint_publication.FilesDiffer as error:
        return error_texts.describe(error)
    return ""


def _hands(joint: Joint) -> list[str]:
    submitter = joint.drafts[0].submitted_by or current_user.name
    return [*joint_publication.authors(joint), submitter]


def _may_approve(joint: Joint) -> bool:
    """Tell whether the person of this request may approve them."""
    try:
        joint_publication.check_second_person(joint, auth.actor())
    except engine.NotPermitted:
        return False
    return True


def _scenarios(joint: Joint, *, playable: bool) -> dict[str, Any]:
    """Return what the list of scenarios shows; nothing while one of them cannot be executed."""
    played = joint_publication.outcomes(joint, PROCESSES) if playable else []
    differing = [outcome for outcome in played if outcome.ok is False]
    return {
        "outcomes": played,
        "draft": max(joint.drafts, key=lambda draft: draft.saved_at or engine.now()),
        "place_of_scenarios": url_for("joint.how_far", keys=playing.APART.join(joint.keys)),
        "playing": playing.state(*joint.keys) if played else "",
        "played": sum(outcome.ok is not None for outcome in played),
        "played_at": max((outcome.played_at for outcome in played if outcome.played_at), default=None),
        "differing": [
            (
                outcome.scenario,
                differences.texts(
                    outcome.differences,
                    joint.whole[outcome.scenario.process],
                    engine.published.newest_package(outcome.scenario.process),
                ),
            )
            for outcome in differing
        ],
    }


@blueprint.post("/<keys>/publish/scenarios")
def play(keys: str) -> ResponseReturnValue:
    """Have the office play the scenarios that wait on the whole, or all of them again."""
    access.check_role(current_user, *READERS)
    playing.begin(*_found(keys).keys, again=bool(request.form.get("again")), at=engine.now())
    return how_far(keys)


@blueprint.get("/<keys>/publish/scenarios")
def how_far(keys: str) -> ResponseReturnValue:
    """Return the list of scenarios as it stands, for the page that waits for it."""
    access.check_role(current_user, *READERS)
    if "HX-Request" not in request.headers:
        return redirect(url_for("joint.change", keys=keys, _anchor="scenarios"))
    joint = _found(keys)
    playable = not any(joint_publication.problems(joint).values())
    return render_template("definitions/_scenarios.html", alone=True, **_scenarios(joint, playable=playable))


def _numbers(name: str, joint: Joint) -> dict[str, int]:
    """Return what the form says of every draft, by process: its revision, or the version that it was compared with."""
    return {key: request.form.get(f"{name}-{key}", type=int) or 0 for key in joint.keys}


@blueprint.post("/<keys>/publish/submission")
@refused_at("submission")
def submit(keys: str, joint: Joint) -> ResponseReturnValue:
    """Hand the drafts over for approval as one."""
    joint_publication.submit(
        _numbers("revision", joint),
        PROCESSES,
        note=request.form.get("note", ""),
        accepted=request.form.get("accepted") == "yes",
        by=auth.actor(),
        at=engine.now(),
    )
    flash(gettext("Submitted. Another process owner has to approve them together."))
    return redirect(url_for("joint.change", keys=keys))


@blueprint.post("/<keys>/publish/return")
@refused_at("return")
def give_back(keys: str, joint: Joint) -> ResponseReturnValue:
    """Return drafts that were submitted together."""
    reason = request.form.get("reason", "")
    revisions = _numbers("revision", joint)
    joint_publication.give_back(revisions, reason=reason, by=auth.actor(), at=engine.now())
    flash(gettext("Given back to the editor."))
    return redirect(url_for("joint.change", keys=keys))


@blueprint.post("/<keys>/publish/approval")
@refused_at("approval")
def approve(keys: str, joint: Joint) -> ResponseReturnValue:
    """Put the drafts in force together."""
    published = joint_publication.approve(
        _numbers("revision", joint),
        PROCESSES,
        against=_numbers("against", joint),
        accepted=request.form.get("accepted") == "yes",
        by=auth.actor(),
        at=engine.now(),
    )
    flash(gettext("In force together: %(list)s. Running cases stay on their version.", list=_listed(published)))
    callers = [caller for version in published for caller in version.callers]
    if callers:
        flash(gettext("New versions of the processes that call it: %(list)s.", list=_listed(callers)))
    return redirect(url_for("processes.listing"))


def _listed(published: list[engine.published.Published]) -> str:
    return gettext(", ").join(
        f"{version.key} {names.process_name(version.key)} ({version.version})" for version in published
    )
