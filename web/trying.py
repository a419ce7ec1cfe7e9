"""Trying a draft: an owner begins a case on it, does each department's step with its real form, lets time pass, and sees the way it takes.

The address holds what was done so far, signed; every page plays it anew in a database of its own. Nothing reaches the office, nothing has to be
cleared away, and the browser's Back takes a step back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer

import engine
from office import drafts, publication, scenarios
from office.scenarios import Scenario
from web.addresses import asked
from web.i18n import ZONE
from web.problems import plain
from web.processes import PROCESSES, READERS
from web.queries import access, filling, findings, names, replay, timeline, trying
from web.queries.variables import Variables

blueprint = Blueprint("trying", __name__, url_prefix="/processes")
SO_FAR = "try-so-far"
MOST_SO_FAR = 6_000
OWN = frozenset({"csrf_token", SO_FAR, "try-task", "try-person"})


class TooLong(engine.Invalid):
    """What has been done so far no longer fits in an address."""


class NotATry(engine.NotFound):
    """The address holds no try of this process."""


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
    app.jinja_env.filters["local"] = trying.local
    app.jinja_env.filters["in_yuan"] = engine.written.yuan


@blueprint.get("/<key>/try")
def page(key: str) -> str | Response:
    """Where a try stands; without one, what it can begin from."""
    access.check_role(current_user, *READERS)
    so_far = asked()[SO_FAR]
    return _standing(key, so_far) if so_far else _beginning(key, {})


def _beginning(key: str, wrong: dict[str, list[engine.Reason]]) -> str:
    draft, agreed = drafts.find(key), _agreed(key)
    chosen = _chosen(key, _given("scenario") or agreed[0].name)
    simple = {name: value for name, value in chosen.given["variables"].items() if _is_simple(value)}
    known = Variables(draft.package)
    return render_template(
        "try_begin.html",
        key=key,
        name=names.process_name(key),
        draft=draft,
        problems=findings.as_json(publication.problems(draft), draft.package),
        agreed=agreed,
        chosen=chosen,
        at=scenarios.instant(chosen.given["at"]).astimezone(ZONE),
        given=simple,
        choices={name: trying.choices(known, name, value) for name, value in simple.items()},
        money=_money(chosen.given["variables"], draft.package),
        begins_with=known.name,
        typed=request.form,
        reasons=wrong,
    )


def _given(name: str) -> str:
    """What the form says, or the address of a page that is only looked at."""
    return request.form.get(name, "") if request.method == "POST" else str(asked()[name])


def _agreed(key: str) -> list[Scenario]:
    return [*scenarios.read(PROCESSES, [key]), scenarios.blank(key, engine.now())]


def _chosen(key: str, name: str) -> Scenario:
    found = next((one for one in _agreed(key) if one.name == name), _agreed(key)[-1])
    given = {"at": scenarios.DEFAULT_AT, "variables": {}, **found.given}
    return replace(found, given=plain(given))


def _money(given: dict[str, Any], package: engine.Package) -> frozenset[str]:
    """Which of the variables hold fen: a form of the draft or a service task calls them so."""
    fen, known = replay.amounts(package), Variables(package)
    held = (name for name, value in given.items() if isinstance(value, int) and not isinstance(value, bool))
    return frozenset(n for n in held if n in fen or known.holds_fen(n) or timeline.is_amount(n, given[n]))


def _is_simple(value: Any) -> bool:
    return isinstance(value, str | int | bool)


@blueprint.post("/<key>/try")
def begin(key: str) -> str | Response | tuple[str, int]:
    """Begin a try with the values entered; what cannot be used comes back marked."""
    access.check_role(current_user, *READERS)
    chosen = _chosen(key, request.form.get("scenario", ""))
    given = chosen.given["variables"]
    variables, wrong = _entered(given, _money(given, drafts.find(key).package))
    at = request.form.get("at", "") or chosen.given["at"]
    if _is_no_instant(at):
        wrong["at"] = [engine.Reason("not_a_date")]
    if wrong:
        return _beginning(key, wrong), 422
    return _go(key, {"scenario": chosen.name, "at": at, "variables": variables, "steps": []})


def _entered(given: dict[str, Any], money: frozenset[str]) -> tuple[dict[str, Any], dict[str, list[engine.Reason]]]:
    """The variables to start with, each of the kind it had."""
    entered, wrong = dict(given), {}
    for name, value in given.items():
        typed = request.form.get(f"variable-{name}")
        if typed is None or not _is_simple(value):
            continue
        if isinstance(value, bool):
            entered[name] = typed == "yes"
        elif isinstance(value, int):
            number = _number(typed, fen=name in money)
            if number is None:
                wrong[f"variable-{name}"] = [engine.Reason("not_a_number")]
            else:
                entered[name] = number
        else:
            entered[name] = typed
    return entered, wrong


def _number(typed: str, *, fen: bool) -> int | None:
    """A whole number; of yuan, the fen that they are."""
    number = engine.written.amount(typed) if fen else engine.written.number(typed)
    whole = number * 100 if number is not None and fen else number
    return int(whole) if whole is not None and whole == whole.to_integral_value() else None


def _is_no_instant(text: str) -> bool:
    try:
        scenarios.instant(text)
    except (ValueError, OverflowError):
        return True
    return False


def _go(key: str, told: dict[str, Any]) -> Response:
    """To the page of a try. Errors: TooLong."""
    so_far = _signer(key).dumps(told)
    if len(so_far) > MOST_SO_FAR:
        raise TooLong(most=MOST_SO_FAR)
    given: dict[str, Any] = {SO_FAR: so_far}
    return redirect(url_for("trying.page", key=key, **given))  # type: ignore[return-value]


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt=f"try {key}")  # type: ignore[arg-type]


def _told(key: str, so_far: str) -> dict[str, Any]:
    """What an address says was done so far. Errors: NotATry."""
    try:
        found: dict[str, Any] = _signer(key).loads(so_far)
    except BadSignature:
        raise NotATry(process=key) from None
    return found


def _scenario(key: str, told: dict[str, Any]) -> Scenario:
    chosen = _chosen(key, told["scenario"])
    given = {**chosen.given, "at": told["at"], "variables": told["variables"]}
    return replace(chosen, given=given, steps=tuple(told["steps"]))


def _package(key: str) -> engine.Package:
    return drafts.ready(drafts.find(key).package)


def _standing(key: str, so_far: str, reasons: dict[str, list[engine.Reason]] | None = None) -> str | Response:
    """The page of a try; with `reasons` its form is as it was typed."""
    told, draft = _told(key, so_far), drafts.find(key)
    scenario, package = _scenario(key, told), drafts.ready(draft.package)
    try:
        with scenarios.trial(scenario, package) as trial, names.of_definition(engine.Definition(package)):
            found = trying.standing(trial, 0 if draft.revision else drafts.newest_version(key))
            task = _looked_at(found.tasks)
            form = trying.filled(task.id, trial.at) if task is not None else None
    except (engine.InvalidDefinition, engine.InvalidVariables) as error:
        return _refused(key, error)
    done = len(told["steps"]) if trial.stopped is None else trial.stopped.step - 1
    known = {**told, "steps": told["steps"][:done]}
    following = trying.following(plain(list(_chosen(key, told["scenario"]).steps)), known["steps"])
    return render_template(
        "try.html",
        key=key,
        name=names.process_name(key),
        draft=draft,
        so_far=_signer(key).dumps(known),
        back=_signer(key).dumps({**known, "steps": known["steps"][:-1]}) if known["steps"] else "",
        standing=found,
        task=task,
        form=form,
        filled=_filled(form, reasons) if form is not None else {},
        reasons=reasons or {},
        following=following,
        steps=known["steps"],
        scenario=scenario,
    )


def _looked_at(tasks: list[trying.Task]) -> trying.Task | None:
    wanted = _given("try-task")
    return next((one for one in tasks if one.element == wanted), tasks[0] if tasks else None)


def _filled(form: trying.Filled, reasons: dict[str, list[engine.Reason]] | None) -> dict[str, Any]:
    if reasons is None:
        return filling.untouched(form.form, form.variables, form.scope)
    return filling.typed(form.form, form.variables, form.scope, _submitted(), request.form)


def _submitted() -> filling.Submitted:
    return filling.submitted(request.form, but=OWN)


def _refused(key: str, error: engine.EngineError) -> Response:
    flash(trying.why(error))
    return redirect(url_for("trying.page", key=key))  # type: ignore[return-value]


@blueprint.post("/<key>/try/fields")
def fields(key: str) -> str:
    """The fields of the form as its conditions have it for what has been typed so far."""
    access.check_role(current_user, *READERS)
    package = _package(key)
    scenario = _scenario(key, _told(key, request.form.get(SO_FAR, "")))
    with scenarios.trial(scenario, package) as trial, names.of_definition(engine.Definition(package)):
        task = _looked_at(trying.standing(trial).tasks)
        form = trying.filled(task.id, trial.at) if task is not None else None
    return render_template("_fields.html", reasons={}, **_filled(form, {})) if form is not None else ""


@blueprint.post("/<key>/try/step")
def step(key: str) -> str | Response | tuple[str | Response, int]:
    """Do one more thing: a step with its form, a span of time, a message, a retry, or what was agreed next."""
    access.check_role(current_user, *READERS)
    so_far = request.form.get(SO_FAR, "")
    told, package = _told(key, so_far), _package(key)
    taken = _asked(key, told)
    if taken is None:
        return _go(key, told)
    with scenarios.trial(_scenario(key, told), package) as trial:
        reasons, problem = _try(trial, taken)
    if reasons:
        return _standing(key, so_far, reasons), 422
    if problem:
        flash(problem)
        return _go(key, told)
    return _go(key, {**told, "steps": [*told["steps"], taken]})


def _try(trial: scenarios.Trial, taken: dict[str, Any]) -> tuple[dict[str, list[engine.Reason]], str]:
    """What is wrong with the form, and why else the step cannot be done; nothing of either when it could."""
    try:
        trial.play.do(taken)
    except engine.InvalidForm as error:
        return dict(error.reasons), ""
    except (scenarios.CannotGoOn, engine.EngineError) as error:
        return {}, trying.why(error)
    return {}, ""


def _asked(key: str, told: dict[str, Any]) -> dict[str, Any] | None:
    """The step that the request asks for, as a scenario writes it; None when it asks for nothing that can be read."""
    form = request.form
    if form.get("try-agreed"):
        found = trying.following(plain(list(_chosen(key, told["scenario"]).steps)), told["steps"])
        return dict(found) if found is not None else None
    if form.get("try-task"):
        first = {"task": form["try-task"], "form": _submitted()}
        return {**first, "by": "second person"} if form.get("try-person") == "2" else first
    if form.get("try-advance"):
        return {"advance": form["try-advance"]}
    if form.get("try-until") and not _is_no_instant(form["try-until"]):
        return {"until": form["try-until"]}
    if form.get("try-message"):
        return {"message": form["try-message"], "key": form.get("try-key", "")}
    return {"retry": form["try-retry"]} if form.get("try-retry") else None


@blueprint.get("/<key>/try/scenario.yaml")
def as_scenario(key: str) -> Response:
    """The try as a scenario file, to be looked over and put beside the process."""
    access.check_role(current_user, *READERS)
    scenario = _scenario(key, _told(key, asked()[SO_FAR]))
    with scenarios.trial(scenario, _package(key)) as trial:
        text = trial.as_scenario(gettext("%(name)s, tried", name=scenario.name or key))
    headers = {"Content-Disposition": f"attachment; filename={key}.yaml"}
    return Response(text, mimetype="application/yaml", headers=headers)
