"""Worklist and task: finding the next thing to do, claiming it, filling its form, completing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

import engine
from models.base import session
from models.user_task import UserTask
from office import correspondence, notices
from office.masking import Sight, masked
from web import addresses, auth, errors, looking, submission, unsent
from web.i18n import shown_to
from web.queries import (
    access,
    batchlist,
    casefile,
    evidence,
    filling,
    names,
    people,
    picking,
    standing,
    timeline,
    worklist,
)

blueprint = Blueprint("tasklist", __name__)
EARLIER_LINES = 8
DESPITE = "despite"


def register(app: Flask) -> None:
    """Add the pages, and the counts every page shows."""
    app.register_blueprint(blueprint)
    app.context_processor(_counts)
    unsent.BEFORE["tasklist.complete"] = _before


def _counts() -> dict[str, Any]:
    if not (current_user and current_user.is_authenticated):
        return {"counts": {}, "at_a_counter": False}
    counts = {name: _count(number) for name, number in worklist.counts(current_user).items()}
    return {"counts": counts, "at_a_counter": access.at_a_counter(current_user)}


def _count(number: int) -> str:
    """A figure for the navigation: nothing for none, and no more digits than anybody counts."""
    if number >= worklist.MOST_COUNTED:
        return f"{worklist.MOST_COUNTED - 1}+"
    return str(number) if number else ""


@blueprint.get("/")
def home() -> Response:
    """Everybody starts at the worklist."""
    return redirect(url_for("tasklist.worklist_page"))


@blueprint.get("/tasks")
def worklist_page() -> str:
    """Open tasks, filtered as the address says."""
    asked = addresses.asked()
    wanted = worklist.Wanted(**{**asked, "late": asked["late"] == "1"})
    return render_template(
        "tasks.html",
        page=worklist.page(current_user, wanted),
        wanted=wanted,
        departments=names.departments(),
        undelivered=correspondence.undelivered(current_user.name),
    )


@blueprint.get("/tasks/next")
def next_task() -> Response:
    """Open the most urgent task of one's departments."""
    task_id = worklist.next_task(current_user)
    if task_id is None:
        flash(gettext("Nothing is waiting for you."))
        return redirect(url_for("tasklist.worklist_page"))
    return redirect(url_for("tasklist.task", task_id=task_id))


@blueprint.get("/tasks/of/<number>")
def of_case(number: str) -> Response:
    """Go on with a case: its next step that is one's own, else the case."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    return onward(number, instance.id)


@blueprint.get("/tasks/<int:task_id>")
def task(task_id: int) -> str | Response:
    """A task with its form and all that is needed to fill it. Clerks read open notices first (CH1.6)."""
    if notices.unconfirmed(current_user.name) and current_user.has("clerk"):
        return redirect(url_for("notices.unread", next=request.path))
    return _page(task_id, None, {})


@blueprint.post("/tasks/<int:task_id>/completion")
def complete(task_id: int) -> Response | tuple[str | Response, int]:
    """Complete the task; wrong fields come back marked, with everything kept."""
    despite = [code for told in request.form.getlist(DESPITE) for code in told.split(",")]
    try:
        done = engine.complete(
            task_id, form=_submitted(task_id), by=auth.actor(), at=engine.now(), key=submission.given(), despite=despite
        )
    except engine.InvalidForm as error:
        codes = [one.code for found in error.reasons.values() for one in found]
        refused = {"codes": codes, **{name: error.values.get(name, "") for name in ("caught_by", "caught_in")}}
        return unsent.back(error.reasons, **refused) or (
            _page(task_id, request.form, error.reasons, _ways(task_id, refused)),
            422,
        )
    except engine.KeyUsedAgain:  # a page gone back to, filled in otherwise and sent once more
        raise engine.AlreadyCompleted(task=task_id) from None
    row = session().get_one(UserTask, task_id)
    texted = correspondence.SMS in request.form.values()
    waits = texted and correspondence.waits(row.business_key, by=current_user.name)
    whose = standing.whose(row.instance_id)
    with names.of_definition(engine.definition_of(row.instance_id)):  # a case is told in the words of its own version
        kind, sentence = standing.said(_name(row), row.business_key, whose, done, waits=waits)
    flash(sentence, kind)
    return onward(row.business_key, row.instance_id)


def onward(number: str, instance_id: int) -> Response:
    """Where one stays with the customer: the next step of the case that is one's own, else what the case waits for."""
    following = engine.workable(instance_id, auth.actor())
    if following:
        return redirect(url_for("tasklist.task", task_id=following[0]))
    return redirect(url_for("cases.case", number=number))


def _submitted(task_id: int) -> filling.Submitted:
    """The form as typed, with the lines of the groups that were ticked as a whole."""
    typed = filling.submitted(request.form, but=unsent.ADDED)
    groups = picking.whole_groups({name: request.form.getlist(name) for name in request.form})
    row = session().get(UserTask, task_id) if groups else None
    if row is None:
        return typed
    asked = {"msisdn": standing.whose(row.instance_id).msisdn, "case_number": row.business_key}
    about = _form(row)[1] if row.state == "open" else asked  # the same form may come twice
    return picking.with_groups(typed, groups, picking.of(about))


def _name(row: UserTask) -> str:
    name = names.element_name(row.process_key, row.element_id, row.name)
    return names.of_item(name, row.item_index, row.item_count)


@dataclass(frozen=True)
class Way:
    """What a person may do who has been told of a refusal: record it, and go on to the step that its event leads to.

    `codes` are those of everything that was told at once, with commas between them.
    """

    codes: str
    step: str


def _ways(task_id: int, refused: Mapping[str, Any]) -> Way | None:
    """The way round a refusal, when the diagram draws one that leads to another step than this, or back to it with more to choose from."""
    caught_by, process = refused.get("caught_by"), refused.get("caught_in", "")
    if not caught_by:
        return None
    row = session().get_one(UserTask, task_id)
    definition = engine.definition_of(row.instance_id)
    drawn = definition.processes[process].diagram
    for flow in drawn.outgoing(caught_by):
        target = _merged(drawn, flow.target)
        again = (process, target.id) == (row.process_key, row.element_id)
        if not again or _offers_by_findings(definition, target):
            return Way(",".join(refused["codes"]), names.element_name(process, target.id, target.name, definition))
    return None


def _merged(drawn: engine.Diagram, element_id: str) -> engine.Element:
    """The element, or what comes after the gateways that only merge."""
    element, seen = drawn.elements[element_id], {element_id}
    while element.type == "exclusiveGateway" and len(following := drawn.outgoing(element.id)) == 1:
        element = drawn.elements[following[0].target]
        if element.id in seen:
            break
        seen.add(element.id)
    return element


def _offers_by_findings(definition: engine.Definition, step: engine.Element) -> bool:
    """Whether a step that a refusal leads back to offers more once the refusal is recorded."""
    form = definition.form_by_id(step.properties.get("form", ""))
    return any("allowed" in field.expressions for field in form.inputs)


@blueprint.post("/tasks/<int:task_id>/fields")
def fields(task_id: int) -> str:
    """The fields of a form as its conditions have it for what has been typed so far."""
    row, sight = _open(task_id)
    if not sight.personal:
        raise access.NotYourCase(instance=row.instance_id)
    form, variables, scope = _form(row)
    typed = _typed(form, variables, scope, request.form)
    return render_template("_fields.html", reasons={}, task=row, picker=_picker(form, variables, typed), **typed)


@blueprint.post("/tasks/<int:task_id>/lines")
def lines(task_id: int) -> str | Response:
    """The same page with the lines that are sought; what was typed and ticked stands in it as it did."""
    row, sight = _open(task_id)
    if not sight.personal:
        raise access.NotYourCase(instance=row.instance_id)
    return _page(task_id, request.form, {})


def _picker(form: engine.Form, variables: Mapping[str, Any], filled: Mapping[str, Any]) -> picking.Picker | None:
    """What the field for disputed lines shows, where the form has one that is to be seen."""
    field = picking.field_of(form)
    if field is None or field not in filled["fields"]:
        return None
    return picking.picker(field.key, filled["values"], picking.of(variables))


@blueprint.post("/tasks/<int:task_id>/claim")
def claim(task_id: int) -> Response:
    """Take a task and open it; what was typed before stands in its form again."""
    page = unsent.beside()
    engine.claim(task_id, by=auth.actor(), at=engine.now())
    return redirect(page or url_for("tasklist.task", task_id=task_id))


@blueprint.post("/tasks/<int:task_id>/release")
def release(task_id: int) -> Response:
    """Give a task back; what was typed is kept for whoever typed it."""
    unsent.beside()
    engine.release(task_id, by=auth.actor(), at=engine.now())
    return redirect(url_for("tasklist.worklist_page"))


def _before(task_id: int) -> Mapping[str, Any]:
    """What stands in the form of a task that nobody has typed in."""
    row = session().get(UserTask, task_id)
    if row is None or row.state != "open":
        return {}
    return filling.untouched(*_form(row))["values"]


def _open(task_id: int) -> tuple[UserTask, Sight]:
    """A task that is open, and what the person is shown of it. Errors: UnknownUserTask, NotYourCase, AlreadyCompleted."""
    row = session().get(UserTask, task_id)
    if row is None:
        raise engine.UnknownUserTask(task=task_id)
    sight = access.at_task(access.check_case(current_user, row.instance_id), current_user, row)
    if row.state != "open":
        raise engine.AlreadyCompleted(task=task_id)
    return row, sight


def _form(row: UserTask) -> tuple[engine.Form, Mapping[str, Any], engine.feel.Scope]:
    return engine.form_of(row.id, at=engine.now())


def _typed(
    form: engine.Form, variables: Mapping[str, Any], scope: engine.feel.Scope, typed: MultiDict[str, str]
) -> dict[str, Any]:
    return filling.typed(form, variables, scope, filling.submitted(typed, but=unsent.ADDED), typed)


def _page(
    task_id: int,
    typed: MultiDict[str, str] | None,
    reasons: dict[str, list[engine.Reason]],
    way: Way | None = None,
) -> str | Response:
    row, sight = _open(task_id)
    if not sight.personal:  # it is with another department now, and the case tells what one may know
        return redirect(url_for("cases.case", number=row.business_key))
    looking.at_case(row.business_key, sight)
    form, variables, scope = _form(row)
    history = engine.history_of(row.instance_id)
    definition, stage = history.definition, casefile.stage_of_task(row, history)
    element = definition.processes[stage.process].element(row.element_id)
    caught = names.refusals(definition.processes[stage.process].diagram)
    place = url_for("tasklist.complete", task_id=task_id)
    kept = unsent.kept(place) if typed is None else None
    if kept and kept.at:
        typed, reasons = kept.values, kept.reasons
        way = _ways(task_id, kept.refusal or {})
    refused = standing.refused_before(history.entries, row.token)
    barred = _barred(row, definition)
    filled = filling.untouched(form, variables, scope) if typed is None else _typed(form, variables, scope, typed)
    if not sight.numbers:  # the form of a colleague may be read
        filled = {**filled, "values": masked(filled["values"])}
    with names.of_definition(definition):  # a case is told in the words of its own version
        earlier = timeline.newest(history, sight, EARLIER_LINES)
        return render_template(
            "task.html",
            task=row,
            sight=sight,
            name=_name(row),
            whose=standing.whose(row.instance_id),
            refused=refused and (names.drawn_in(definition, refused["element"]), standing.why(refused, caught)),
            way=way,
            place=place,
            held=row.assignee if row.assignee not in (None, current_user.name) else None,
            people=_colleagues(row, barred),
            may_work=not barred
            and (row.assignee == current_user.name or (row.group in current_user.departments and row.assignee is None)),
            barred=barred,
            form=form,
            reasons=reasons,
            words=shown_to(variables.get("complaint_text"), sight),
            picker=_picker(form, variables, filled),
            batch=batchlist.of(row.process_key, row.business_key),
            shown=evidence.of(form, {**variables, "refusal": None}, caught, sight),
            documentation=names.documentation(stage.process, element),
            manual_refs=element.manual_refs,
            earlier=earlier[:EARLIER_LINES],
            more_earlier=len(earlier) > EARLIER_LINES or history.since > 1 or history.entries[-1].seq > EARLIER_LINES,
            stage=stage,
            definition=definition,
            departments=names.departments(),
            process_name=names.process_name,
            paused=history.is_paused,
            **filled,
        )


def _barred(row: UserTask, definition: engine.Definition) -> str:
    """Why somebody else has to do the task, though it is with one's own department; empty where nothing speaks against it."""
    refused = engine.barred_from([(row, definition)], auth.actor()).get(row.id)
    return errors.describe(refused) if refused is not None else ""


def _colleagues(row: UserTask, barred: str) -> list[tuple[str, str]]:
    """To whom a supervisor may give a task that somebody holds, or that they may not do themselves: (login, name)."""
    if not current_user.has("supervisor") or not (row.assignee or barred):
        return []
    return [one for one in people.of_department(row.group) if one[0] != row.assignee]


@blueprint.get("/definitions/<key>/versions/<int:version>/diagram.bpmn")
def diagram(key: str, version: int) -> Response:
    """The BPMN of a published version, for the viewer."""
    return Response(engine.definition(key, version or None).xml, mimetype="application/xml")


@blueprint.get("/cases/<number>/diagrams/<process>.bpmn")
def case_diagram(number: str, process: str) -> Response:
    """A diagram of the very version a case runs on, called processes included."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    definition = engine.definition_of(instance.id)
    if process not in definition.processes:
        abort(404)
    return Response(definition.package.bpmn(process), mimetype="application/xml")
