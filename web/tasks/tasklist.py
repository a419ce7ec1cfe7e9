"""Worklist and task, in one file because each step leads to the next task: finding the next thing to do, claiming it, filling its form, completing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

import engine
import engine.definitions
import engine.diagrams
import engine.language
from engine import cases, proof, published, running, runtime
from models.base import glance, session
from models.complaint import PAYMENT
from models.states import TaskState
from models.user_task import NamedTask, TaskColumns, UserTask
from office import acts, batches, correspondence, publication, secret_fields, work_orders
from office.masking import Sight, masked
from service_tasks import pricing_file
from service_tasks.gateway import gateway
from web.edge import access, access_logging, addresses, auth, idempotency_keys, unsent_forms
from web.lookup import definitions
from web.queries import casefile, customer_bar, filled_form, line_names, picking_lines, standing, worklist
from web.tasks import beside, completed, ways
from web.tasks.queries import approval, batch_list, receipt_paper
from web.telling import names
from web.telling.code_texts import code_text
from web.telling.disputed_lines import part_text
from web.telling.i18n import gettext, language, shown_to

blueprint = Blueprint("tasklist", __name__)
DESPITE = "despite"


def register(app: Flask) -> None:
    """Add the pages, and the counts every page shows."""
    app.register_blueprint(blueprint)
    app.context_processor(_counts)
    app.extensions[unsent_forms.BEFORE]["tasklist.complete"] = _before


def _counts() -> dict[str, Any]:
    if not (current_user and current_user.is_authenticated):
        return {"counts": {}, "at_a_counter": False}
    figures = worklist.counts(current_user)
    if figures["submitted"]:
        figures["submitted"] = len(publication.left_for(auth.actor()))
    counts = {name: _count(number) for name, number in figures.items()}
    return {"counts": counts, "at_a_counter": access.at_a_counter(current_user)}


def _count(number: int) -> str:
    """Return a figure for the navigation: nothing for none, and no more digits than anybody counts."""
    if number >= worklist.MOST_COUNTED:
        return f"{worklist.MOST_COUNTED - 1}+"
    return str(number) if number else ""


@blueprint.get("/")
def home() -> Response:
    """Lead to the worklist, where everybody starts."""
    return redirect(url_for("tasklist.worklist_page"))


@blueprint.get("/tasks")
def worklist_page() -> str:
    """Show the open tasks, filtered as the address says."""
    query = addresses.asked()
    filters = worklist.Wanted(**{**query, "late": query["late"] == "1"})
    return render_template(
        "tasks/tasks.html",
        page=worklist.page(current_user, filters),
        wanted=filters,
        departments=names.departments(),
        undelivered=correspondence.undelivered(current_user.name),
        approvals=publication.left_for(auth.actor()),
        process_name=names.process_name,
        requests=acts.asked_of(auth.actor(), engine.now()),
        chases=work_orders.chases_unread(frozenset(current_user.departments)),
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
    """Return a task with its form and all that is needed to fill it. Clerks read open notices first (CH1.6)."""
    if current_user.has("clerk") and current_user.has_notices:
        return redirect(url_for("notices.unread", next=request.path))
    return _page(task_id, Answer(None, {}))


@blueprint.post("/tasks/<int:task_id>/completion")
def complete(task_id: int) -> Response | tuple[str | Response, int]:
    """Complete the task; wrong fields come back marked, with everything kept."""
    despite, at = [code for codes in request.form.getlist(DESPITE) for code in codes.split(",")], engine.now()
    typed = _submitted(task_id)
    if despite and (carried := request.form.get(secret_fields.NAME)):
        typed = secret_fields.restored(task_id, typed, carried, user=current_user.name, at=at)
    try:
        advanced = cases.complete(
            task_id, form=typed, by=auth.actor(), at=at, key=idempotency_keys.sent(), despite=despite
        )
    except engine.language.InvalidForm as error:
        codes = [reason.code for reasons in error.reasons.values() for reason in reasons]
        refusal = {"codes": codes, **{name: error.values.get(name, "") for name in ("caught_by", "caught_in")}}
        refusal["doubts"] = error.values.get("doubts", [])
        if refusal["caught_by"]:
            secret = _secret_of(task_id)
            refusal["sealed"] = secret_fields.sealed(task_id, typed, secret, user=current_user.name, at=at)
        return unsent_forms.back(error.reasons, **refusal) or (
            _page(task_id, Answer(request.form, error.reasons, ways.around(task_id, refusal), refusal["doubts"])),
            422,
        )
    except running.KeyUsedAgain:  # a page gone back to, filled in otherwise and sent once more
        raise runtime.AlreadyCompleted(task=task_id) from None
    row, complainant, definition = standing.step(task_id)
    later = any(value in correspondence.LATER for value in request.form.values())
    waits = correspondence.waits(row.business_key, by=current_user.name) if later else ""
    with definitions.of_definition(definition):  # a case is told in the words of its own version
        place = completed.chosen(row, definition, typed) + standing.now_at(row.instance_id, definition)
        instead = "" if advanced.ended else completed.sent_back(row, definition, typed)
        kind, sentence = standing.said(
            _name(row), row.business_key, complainant, advanced, place=place, waits=waits, instead=instead
        )
    flash(sentence + completed.moved(row.business_key, advanced.calls), kind)
    return onward(row.business_key, row.instance_id)


def onward(number: str, instance_id: int) -> Response:
    """Lead where one stays with the customer: the next step of the case that is one's own, else what the case waits for."""
    following = cases.workable(instance_id, auth.actor())
    if following:
        return redirect(url_for("tasklist.task", task_id=following[0]))
    return redirect(url_for("cases.case", number=number))


def _submitted(task_id: int) -> filled_form.Submitted:
    """Return the form as typed, with the lines of the groups that were ticked as a whole."""
    fields = request.form
    typed = filled_form.submitted(fields, but=unsent_forms.ADDED)
    groups = picking_lines.whole_groups(dict(fields.lists()))
    row = session().get(UserTask, task_id) if groups else None
    if row is None:
        return typed
    about: Mapping[str, Any] = {"msisdn": standing.whose(row.instance_id).msisdn, "case_number": row.business_key}
    field = None
    if row.state == TaskState.OPEN:  # the same form may come twice
        form, about, _scope = _form(row)
        field = picking_lines.field_of(form)
    return picking_lines.with_groups(typed, groups, picking_lines.of(about, field))


def _secret_of(task_id: int) -> frozenset[str]:
    row = session().get_one(UserTask, task_id)
    return proof.definition_of(row.instance_id).private.secret


def _name(row: NamedTask) -> str:
    name = names.element_name(row.process_key, row.element_id, row.name)
    return names.of_item(name, row.item_index, row.item_count)


@blueprint.post("/tasks/<int:task_id>/fields")
def fields(task_id: int) -> str:
    """Return the fields of a form as its conditions have it for what has been typed so far."""
    row, sight = opened(task_id)
    if not sight.personal:
        raise access.NotYourCase(instance=row.instance_id)
    form, variables, scope = _form(row)
    typed = _typed(form, variables, scope, request.form)
    return render_template("_fields.html", reasons={}, task=row, picker=_picker(form, variables, typed), **typed)


@blueprint.post("/tasks/<int:task_id>/lines")
def lines(task_id: int) -> str | Response:
    """Return the same page with the lines that are sought; what was typed and ticked stands in it as it did."""
    row, sight = opened(task_id)
    if not sight.personal:
        raise access.NotYourCase(instance=row.instance_id)
    return _page(task_id, Answer(request.form, {}))


def _picker(
    form: engine.language.Form, variables: Mapping[str, Any], filled: Mapping[str, Any]
) -> picking_lines.Picker | None:
    """Return what the field for disputed lines shows, where the form has one that is to be seen."""
    field = picking_lines.field_of(form)
    if field is None or field not in filled["fields"]:
        return None
    return picking_lines.picker(field, filled["values"], picking_lines.of(variables, field))


@blueprint.get("/tasks/<int:task_id>/customer")
def customer(task_id: int) -> str:
    """Show the customer's papers beside a step where nothing is picked, to be read; a whole page for whoever has no script."""
    row, sight = opened(task_id)
    if not sight.personal or not row.msisdn:
        raise access.NotYourCase(instance=row.instance_id)
    access_logging.at_case(row.business_key, sight)
    papers = picking_lines.of({"msisdn": row.msisdn, "case_number": row.business_key})
    return render_template(
        "tasks/_customer.html" if request.headers.get("HX-Request") else "tasks/customer.html",
        task=row,
        name=_name(row),
        sight=sight,
        bar=customer_bar.of(row.msisdn, row.business_key),
        groups=picking_lines.read_only(papers),
    )


@blueprint.get("/tasks/<int:task_id>/sheet.csv")
def sheet(task_id: int) -> Response:
    """Return what the run of a month is given, as a file: a row for each line, the numbers as this person may see them."""
    row, sight = opened(task_id)
    if not sight.personal or row.process_key != batches.SECONDARY_PRICING:
        raise cases.UnknownUserTask(task=task_id)
    period = batches.period_of(row.process_key, row.business_key) or ""
    rows = gateway().secondary_pricing_rows(period)
    access_logging.exported("sheet.csv", len(rows), personal=sight.numbers, case=row.business_key)
    cells = [
        (
            line,
            line.msisdn if sight.numbers else masked(line.msisdn),
            code_text(line.item),
            part_text(line.line, line.component),
        )
        for line in rows
    ]
    file = Response(pricing_file.sheet(cells, language()), mimetype="text/csv")
    file.headers.set("Content-Disposition", "attachment", filename=f"{row.business_key}.csv")
    return file


@blueprint.post("/tasks/<int:task_id>/claim")
def claim(task_id: int) -> Response:
    """Take a task and open it; what was typed before stands in its form again."""
    page = unsent_forms.beside()
    cases.claim(task_id, by=auth.actor(), at=engine.now())
    flash(_in_words(task_id, gettext("Taken: “%(step)s” in case %(case)s is with you now.")))
    return redirect(page or url_for("tasklist.task", task_id=task_id))


@blueprint.post("/tasks/<int:task_id>/release")
def release(task_id: int) -> Response:
    """Give a task back; what was typed is kept for whoever typed it."""
    unsent_forms.beside()
    cases.release(task_id, by=auth.actor(), at=engine.now())
    flash(_in_words(task_id, gettext("Given back: “%(step)s” in case %(case)s waits at %(department)s again.")))
    return redirect(url_for("tasklist.worklist_page"))


def _in_words(task_id: int, sentence: str) -> str:
    """Return a sentence about a task, with its step, case and department."""
    with glance() as opened:
        row, _complainant, definition = standing.step(task_id, opened)
    department = names.department(row.group) if "%(department)s" in sentence else ""
    with definitions.of_definition(definition):  # a case is told in the words of its own version
        return sentence % {"step": _name(row), "case": row.business_key, "department": department}


def _before(task_id: int) -> Mapping[str, Any]:
    """Return what stands in the form of a task that nobody has typed in."""
    row = session().get(UserTask, task_id)
    if row is None or row.state != TaskState.OPEN:
        return {}
    return filled_form.untouched(*_form(row))["values"]


def opened(task_id: int) -> tuple[standing.AskedTask, Sight]:
    """Return a task that is open, as `standing.at_task` has it, and what the person is shown of it. Errors: UnknownUserTask, NotYourCase, AlreadyCompleted."""
    row = standing.at_task(task_id)
    if row is None:
        raise cases.UnknownUserTask(task=task_id)
    sight = access.at_task(access.check_case(current_user, row.instance_id), current_user, row)
    if row.state != TaskState.OPEN:
        raise runtime.AlreadyCompleted(task=task_id, state=row.state)
    return row, sight


def _form(row: TaskColumns) -> tuple[engine.language.Form, Mapping[str, Any], engine.language.feel.Scope]:
    return cases.form_of(row.id, at=engine.now())


def _typed(
    form: engine.language.Form,
    variables: Mapping[str, Any],
    scope: engine.language.feel.Scope,
    typed: MultiDict[str, str],
) -> dict[str, Any]:
    return filled_form.typed(form, variables, scope, filled_form.submitted(typed, but=unsent_forms.ADDED), typed)


def refused(task_id: int, reasons: dict[str, list[engine.language.Reason]]) -> tuple[str | Response, int]:
    """Return the page of a task with what was typed and what is wrong with it."""
    return _page(task_id, Answer(request.form, reasons)), 422


class Answer(NamedTuple):
    """What was entered, None before anything was, with what is wrong with it, the way around that, and the doubts it leaves."""

    typed: MultiDict[str, str] | None
    reasons: Mapping[str, list[engine.language.Reason]]
    way: ways.Way | None = None
    doubts: Sequence[str] = ()


def _page(task_id: int, answer: Answer) -> str | Response:
    row, sight = opened(task_id)
    if not sight.personal:  # it is with another department now, and the case tells what one may know
        return redirect(url_for("cases.case", number=row.business_key))
    _note_opening(row, sight)
    (form, variables, scope), history = cases.task_and_history(row.id, at=engine.now())
    place = url_for("tasklist.complete", task_id=task_id)
    typed, reasons, way, doubts = answer if answer.typed is not None else _kept(task_id, place)
    filled = filled_form.untouched(form, variables, scope) if typed is None else _typed(form, variables, scope, typed)
    filled = _as_seen(filled, history.definition, sight)
    stood = unsent_forms.stands(filled["values"], [field.key for field in filled["fields"]]) if typed is None else ""
    own = (row.msisdn or "", row.customer or "")
    line_names.of_history(history, row.msisdn, sight)
    with definitions.of_definition(history.definition):  # a case is told in the words of its own version
        beside_form = beside.of_history(row, form, variables, history, sight)
        return render_template(
            "tasks/task.html",
            task=row,
            sight=sight,
            name=_name(row),
            whose=standing.Whose(row.customer, row.msisdn, row.chosen),
            way=way,
            doubts=",".join(doubts),
            place=place,
            stood=stood,
            form=form,
            reasons=reasons,
            **_of_form(row, form, variables, filled, sight),
            **beside.of_hands(row, history.definition),
            **beside_form,
            proposal=approval.of(beside_form["element"], beside_form["definition"], variables, scope, sight, own),
            departments=names.departments(),
            process_name=names.process_name,
            **filled,
        )


def _kept(task_id: int, place: str) -> Answer:
    """Return what was entered before and could not be taken; nothing entered where all was."""
    kept_form = unsent_forms.kept(place)
    if not kept_form or not kept_form.at:
        return Answer(None, {})
    refusal = kept_form.refusal or {}
    return Answer(kept_form.values, kept_form.reasons, ways.around(task_id, refusal), refusal.get("doubts", ()))


def _note_opening(row: standing.AskedTask, sight: Sight) -> None:
    """Note that a task was opened; opening an order is acknowledging it."""
    if row.process_key == work_orders.PROCESS:
        work_orders.acknowledge(row.business_key, by=auth.actor(), at=engine.now())
        work_orders.read_chases(row.business_key, by=auth.actor(), at=engine.now())
    access_logging.at_case(row.business_key, sight)


def _as_seen(filled: dict[str, Any], definition: engine.definitions.Definition, sight: Sight) -> dict[str, Any]:
    """Return what stands in the form: nothing secret, and the form of a colleague may be read."""
    values = filled_form.without(filled["values"], definition.private.secret)
    secret = [field for field in filled["fields"] if field.key in definition.private.secret]
    return {**filled, "values": values if sight.numbers else masked(values), "again": secret}


def _of_form(
    row: standing.AskedTask,
    form: engine.language.Form,
    variables: Mapping[str, Any],
    filled: dict[str, Any],
    sight: Sight,
) -> dict[str, Any]:
    """Return what stands around the form's fields; the customer's bar where lines are picked."""
    picker = _picker(form, variables, filled)
    return {
        "words": shown_to(variables.get("complaint_text"), sight),
        "picker": picker,
        "bar": customer_bar.of(row.msisdn, row.business_key) if picker and row.msisdn else None,
        "batch": batch_list.of(row.process_key, row.business_key),
        "receipts": receipt_paper.of_payment(variables)
        if row.process_key == PAYMENT
        else receipt_paper.of_exchange(variables),
    }


@blueprint.get("/definitions/<key>/versions/<int:version>/diagram.bpmn")
def diagram(key: str, version: int) -> Response:
    """Return the BPMN of a published version, for the viewer."""
    return Response(published.current(key, version or None).xml, mimetype="application/xml")


@blueprint.get("/cases/<number>/diagrams/<process>.bpmn")
def case_diagram(number: str, process: str) -> Response:
    """Return a diagram of the very version a case runs on, called processes included."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    definition = proof.definition_of(instance.id)
    if process not in definition.processes:
        abort(404)
    return Response(definition.package.bpmn(process), mimetype="application/xml")
