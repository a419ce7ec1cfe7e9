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
import engine.definitions
import service_tasks.amounts
from engine import cases, language
from office import drafts, publication, scenarios
from office.scenarios import Scenario
from service_tasks.zone import ZONE
from web.definitions.processes import PROCESSES, READERS
from web.definitions.queries import trial_standing
from web.definitions.telling import findings
from web.edge import access
from web.edge.addresses import asked
from web.edge.problems import plain
from web.lookup import definitions
from web.queries import filled_form, picking_lines
from web.telling import names, timeline
from web.telling.variables import Variables, amounts

blueprint = Blueprint("trials", __name__, url_prefix="/processes")
SO_FAR = "try-so-far"
MOST_SO_FAR = 6_000
OTHERS = {
    "2": "second person",
    "3": "third person",
}  # who else does a step of a try, beside one person of its department
OWN = frozenset({"csrf_token", SO_FAR, "try-task", "try-person"})


class TooLong(engine.Invalid):
    """What has been done so far no longer fits in an address."""


class NotATry(engine.NotFound):
    """The address holds no try of this process."""


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
    app.jinja_env.filters["local"] = trial_standing.local
    app.jinja_env.filters["in_yuan"] = service_tasks.amounts.yuan


@blueprint.get("/<key>/try")
def page(key: str) -> str | Response:
    """Show where a try stands; without one, what it can begin from."""
    access.check_role(current_user, *READERS)
    so_far = asked()[SO_FAR]
    return _standing(key, so_far) if so_far else _beginning(key, {})


def _beginning(key: str, wrong: dict[str, list[language.Reason]]) -> str:
    draft, agreed_scenarios = drafts.find(key), _agreed(key)
    scenario = _chosen(key, _given("scenario") or agreed_scenarios[0].name)
    simple = {name: value for name, value in scenario.given["variables"].items() if _is_simple(value)}
    variables = Variables(draft.package)
    return render_template(
        "definitions/try_begin.html",
        key=key,
        name=names.process_name(key),
        draft=draft,
        problems=findings.as_json(publication.problems(draft), draft.package),
        agreed=agreed_scenarios,
        chosen=scenario,
        at=scenarios.instant(scenario.given["at"]).astimezone(ZONE),
        given=simple,
        choices={name: trial_standing.choices(variables, name, value) for name, value in simple.items()},
        money=_money(scenario.given["variables"], draft.package),
        begins_with=variables.name,
        typed=request.form,
        reasons=wrong,
    )


def _given(name: str) -> str:
    """Return what the form says, or the address of a page that is only looked at."""
    return request.form.get(name, "") if request.method == "POST" else str(asked()[name])


def _agreed(key: str) -> list[Scenario]:
    return [*scenarios.read(PROCESSES, [key]), scenarios.blank(key, engine.now())]


def _chosen(key: str, name: str) -> Scenario:
    scenario = next((candidate for candidate in _agreed(key) if candidate.name == name), _agreed(key)[-1])
    settings = {"at": scenarios.DEFAULT_AT, "variables": {}, **scenario.given}
    return replace(scenario, given=plain(settings))


def _money(variables: dict[str, Any], package: engine.definitions.Package) -> frozenset[str]:
    """Return which of the variables hold fen: a form of the draft or a service task calls them so."""
    fen, naming = amounts(package), Variables(package)
    integers = (name for name, value in variables.items() if isinstance(value, int) and not isinstance(value, bool))
    return frozenset(n for n in integers if n in fen or naming.holds_fen(n) or timeline.is_amount(n, variables[n]))


def _is_simple(value: Any) -> bool:
    return isinstance(value, str | int | bool)


@blueprint.post("/<key>/try")
def begin(key: str) -> str | Response | tuple[str, int]:
    """Begin a try with the values entered; what cannot be used comes back marked."""
    access.check_role(current_user, *READERS)
    scenario = _chosen(key, request.form.get("scenario", ""))
    initial = scenario.given["variables"]
    variables, wrong = _entered(initial, _money(initial, drafts.find(key).package))
    at = request.form.get("at", "") or scenario.given["at"]
    if _is_no_instant(at):
        wrong["at"] = [language.Reason("not_a_date")]
    if wrong:
        return _beginning(key, wrong), 422
    return _go(key, {"scenario": scenario.name, "at": at, "variables": variables, "steps": []})


def _entered(initial: dict[str, Any], money: frozenset[str]) -> tuple[dict[str, Any], dict[str, list[language.Reason]]]:
    """Return the variables to start with, each of the kind it had."""
    entered, wrong = dict(initial), {}
    for name, value in initial.items():
        typed = request.form.get(f"variable-{name}")
        if typed is None or not _is_simple(value):
            continue
        if isinstance(value, bool):
            entered[name] = typed == "yes"
        elif isinstance(value, int):
            number = _number(typed, fen=name in money)
            if number is None:
                wrong[f"variable-{name}"] = [language.Reason("not_a_number")]
            else:
                entered[name] = number
        else:
            entered[name] = typed
    return entered, wrong


def _number(typed: str, *, fen: bool) -> int | None:
    """Return a whole number; of yuan, the fen that they are."""
    if fen:
        return service_tasks.amounts.fen(typed)
    number = language.written.number(typed)
    return int(number) if number is not None and number == number.to_integral_value() else None


def _is_no_instant(text: str) -> bool:
    try:
        scenarios.instant(text)
    except (ValueError, OverflowError):
        return True
    return False


def _go(key: str, state: dict[str, Any]) -> Response:
    """Go to the page of a try. Errors: TooLong."""
    so_far = _signer(key).dumps(state)
    if len(so_far) > MOST_SO_FAR:
        raise TooLong(most=MOST_SO_FAR)
    arguments: dict[str, Any] = {SO_FAR: so_far}
    return redirect(url_for("trials.page", key=key, **arguments))  # type: ignore[return-value]


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt=f"try {key}")  # type: ignore[arg-type]


def _told(key: str, so_far: str) -> dict[str, Any]:
    """Return what an address says was done so far. Errors: NotATry."""
    try:
        state: dict[str, Any] = _signer(key).loads(so_far)
    except BadSignature:
        raise NotATry(process=key) from None
    return state


def _scenario(key: str, state: dict[str, Any]) -> Scenario:
    scenario = _chosen(key, state["scenario"])
    settings = {**scenario.given, "at": state["at"], "variables": state["variables"]}
    return replace(scenario, given=settings, steps=tuple(state["steps"]))


def _package(key: str) -> engine.definitions.Package:
    return drafts.ready(drafts.find(key).package)


def _standing(key: str, so_far: str, reasons: dict[str, list[language.Reason]] | None = None) -> str | Response:
    """Return the page of a try; with `reasons` its form is as it was typed."""
    state, draft = _told(key, so_far), drafts.find(key)
    scenario, package = _scenario(key, state), drafts.ready(draft.package)
    try:
        with (
            scenarios.trial(scenario, package) as trial,
            definitions.of_definition(engine.definitions.Definition(package)),
        ):
            place_reached = trial_standing.standing(trial, 0 if draft.revision else drafts.newest_version(key))
            task = _looked_at(place_reached.tasks)
            form = trial_standing.filled(task.id, trial.at) if task is not None else None
    except (engine.InvalidDefinition, cases.InvalidVariables) as error:
        return _refused(key, error)
    filled = _filled(form, reasons) if form is not None else {}
    steps_done = len(state["steps"]) if trial.stopped is None else trial.stopped.step - 1
    state_reached = {**state, "steps": state["steps"][:steps_done]}
    following = trial_standing.following(plain(list(_chosen(key, state["scenario"]).steps)), state_reached["steps"])
    return render_template(
        "definitions/try.html",
        key=key,
        name=names.process_name(key),
        draft=draft,
        so_far=_signer(key).dumps(state_reached),
        back=_signer(key).dumps({**state_reached, "steps": state_reached["steps"][:-1]})
        if state_reached["steps"]
        else "",
        standing=place_reached,
        task=task,
        form=form,
        filled=filled,
        picker=form.picker(filled) if form is not None else None,
        reasons=reasons or {},
        following=following,
        find=_find(key),
        steps=state_reached["steps"],
        scenario=scenario,
    )


def _looked_at(tasks: list[trial_standing.Task]) -> trial_standing.Task | None:
    element = _given("try-task")
    return next((task for task in tasks if task.element == element), tasks[0] if tasks else None)


def _filled(form: trial_standing.Filled, reasons: dict[str, list[language.Reason]] | None) -> dict[str, Any]:
    if reasons is None:
        return filled_form.untouched(form.form, form.variables, form.scope)
    return filled_form.typed(form.form, form.variables, form.scope, _submitted(), request.form)


def _submitted() -> filled_form.Submitted:
    return filled_form.submitted(request.form, but=OWN)


def _refused(key: str, error: engine.EngineError) -> Response:
    flash(trial_standing.why(error))
    return redirect(url_for("trials.page", key=key))  # type: ignore[return-value]


@blueprint.post("/<key>/try/fields")
def fields(key: str) -> str:
    """Return the fields of the form as its conditions have it for what has been typed so far."""
    access.check_role(current_user, *READERS)
    package = _package(key)
    scenario = _scenario(key, _told(key, request.form.get(SO_FAR, "")))
    with scenarios.trial(scenario, package) as trial, definitions.of_definition(engine.definitions.Definition(package)):
        task = _looked_at(trial_standing.standing(trial).tasks)
        form = trial_standing.filled(task.id, trial.at) if task is not None else None
    if form is None:
        return ""
    filled = _filled(form, {})
    return render_template("_fields.html", reasons={}, picker=form.picker(filled), find=_find(key), **filled)


@blueprint.post("/<key>/try/lines")
def lines(key: str) -> str | Response:
    """Return the same page with the lines that are sought; what was typed and ticked stands in it as it did."""
    access.check_role(current_user, *READERS)
    return _standing(key, request.form.get(SO_FAR, ""), {})


def _find(key: str) -> str:
    return url_for("trials.lines", key=key)


@blueprint.post("/<key>/try/step")
def step(key: str) -> str | Response | tuple[str | Response, int]:
    """Do one more thing: a step with its form, a span of time, a message, a retry, or what was agreed next."""
    access.check_role(current_user, *READERS)
    so_far = request.form.get(SO_FAR, "")
    state, package = _told(key, so_far), _package(key)
    action = _asked(key, state)
    if action is None:
        return _go(key, state)
    with scenarios.trial(_scenario(key, state), package) as trial:
        action = _with_groups(trial, action)
        reasons, problem = _try(trial, action)
    if reasons:
        return _standing(key, so_far, reasons), 422
    if problem:
        flash(problem)
        return _go(key, state)
    return _go(key, {**state, "steps": [*state["steps"], action]})


def _with_groups(trial: scenarios.Trial, action: dict[str, Any]) -> dict[str, Any]:
    """Return the step with the lines of the groups that were ticked as a whole."""
    groups = picking_lines.whole_groups({name: request.form.getlist(name) for name in request.form})
    task = next((open_task for open_task in trial.tasks() if open_task.element_id == action.get("task")), None)
    if not groups or task is None:
        return action
    listing = trial_standing.filled(task.id, trial.at).listing
    return (
        {**action, "form": picking_lines.with_groups(action["form"], groups, listing)}
        if listing is not None
        else action
    )


def _try(trial: scenarios.Trial, action: dict[str, Any]) -> tuple[dict[str, list[language.Reason]], str]:
    """Return what is wrong with the form, and why else the step cannot be done; nothing of either when it could."""
    try:
        trial.play.do(action)
    except language.InvalidForm as error:
        return dict(error.reasons), ""
    except (scenarios.CannotGoOn, engine.EngineError) as error:
        return {}, trial_standing.why(error)
    return {}, ""


def _asked(key: str, state: dict[str, Any]) -> dict[str, Any] | None:
    """Return the step that the request asks for, as a scenario writes it; None when it asks for nothing that can be read."""
    form = request.form
    if form.get("try-agreed"):
        next_step = trial_standing.following(plain(list(_chosen(key, state["scenario"]).steps)), state["steps"])
        return dict(next_step) if next_step is not None else None
    if form.get("try-task"):
        first = {"task": form["try-task"], "form": _submitted()}
        by = OTHERS.get(form.get("try-person", ""))
        return {**first, "by": by} if by else first
    if form.get("try-advance"):
        return {"advance": form["try-advance"]}
    if form.get("try-until") and not _is_no_instant(form["try-until"]):
        return {"until": form["try-until"]}
    if form.get("try-message"):
        return {"message": form["try-message"], "key": form.get("try-key", "")}
    return {"retry": form["try-retry"]} if form.get("try-retry") else None


@blueprint.get("/<key>/try/scenario.yaml")
def as_scenario(key: str) -> Response:
    """Return the try as a scenario file, to be looked over and put beside the process."""
    access.check_role(current_user, *READERS)
    scenario = _scenario(key, _told(key, asked()[SO_FAR]))
    with scenarios.trial(scenario, _package(key)) as trial:
        text = trial.as_scenario(gettext("%(name)s, tried", name=scenario.name or key))
    headers = {"Content-Disposition": f"attachment; filename={key}.yaml"}
    return Response(text, mimetype="application/yaml", headers=headers)
