"""Cases, their tasks and their history by the API; beside them accounts, and the messages that another program sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

import engine
import engine.language
from engine import cases, proof, published, record, running
from engine.record.case_steps import IncidentOpened, JobRefused
from models.base import session
from models.instance import ProcessInstance
from models.notice import OutboxMessage
from models.states import CaseState, TaskState
from models.user_task import UserTask
from office import correspondence, free_text, intake, masking, reply_amounts
from service_tasks import numbers
from service_tasks.gateway import Receipt, SubscriptionUnknown, gateway
from web.api import schemas
from web.api.frame import WRITTEN, actor, blueprint, person, refuses
from web.edge import access, access_logging, problems
from web.queries import casefile, picking_lines, shown_variables, standing, worklist
from web.telling import code_texts, names
from web.telling.i18n import in_language

ENTRIES_ON_A_PAGE = 100


class BeginsElsewhere(engine.NotPermitted):
    """This process is not begun by a person with a complaint; another process or a date begins it."""


class NoticesUnread(engine.Conflict):
    """There are notices to read and confirm before the next case."""


@blueprint.route("/processes/<key>/instances")
class Instances(MethodView):
    """Beginning a case."""

    @blueprint.arguments(schemas.RequestKey, location="headers")
    @blueprint.arguments(schemas.Start)
    @blueprint.response(201, schemas.Advanced)
    @refuses(*WRITTEN)
    def post(self, headers: dict[str, str], body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take a complaint in.

        `key` is the intake process itself, or the process that the complaint is to go through: then that one is confirmed in the name of the
        caller, who says why (`overrule_reason`) when it is not the suggested one.
        """
        published.current(key)
        if key not in (intake.PROCESS, *intake.CHOICES):
            raise BeginsElsewhere(process=key)
        if person().has("clerk") and person().has_notices:
            raise NoticesUnread
        complaint = _intake(key, body["variables"])
        number = intake.accept(complaint, by=actor(), at=engine.now(), key=headers["key"], other_words=False)
        return _advanced(casefile.find(number))


def _intake(key: str, entered: dict[str, Any]) -> intake.Intake:
    process = key if key != intake.PROCESS else entered["process"]
    if not process:
        wrong = free_text.wrong(entered["complaint_text"], intake.MOST_TEXT, required=True)
        if wrong:
            raise engine.language.InvalidForm(reasons={"text": wrong})
        number = numbers.msisdn(entered["msisdn"]) or ""
        suggestion = intake.suggest(entered["complaint_text"], number, engine.now())
        process = suggestion.process if suggestion.confidence else ""
    return intake.Intake(
        msisdn=numbers.msisdn(entered["msisdn"]) or entered["msisdn"].strip(),
        text=entered["complaint_text"],
        channel=entered["channel"],
        demand=entered["demand"],
        disputed_amount=entered["disputed_amount"],
        process=process,
        overrule_reason=entered["overrule_reason"],
        known_only=not entered["number_confirmed"],
    )


def _advanced(instance: ProcessInstance, advanced: running.Advanced | None = None) -> dict[str, Any]:
    tasks, workable = casefile.open_tasks(instance.id), cases.workable(instance.id, actor())
    return {
        "instance_id": instance.id,
        "case_number": instance.business_key,
        "user_task_ids": [task.id for task in tasks],
        "ended": instance.state != CaseState.ACTIVE,
        "tasks": [{**_summary(task), "workable": task.id in workable} for task in tasks],
        "troubles": [_trouble(step, instance) for step in (advanced.troubles if advanced else [])],
    }


def _trouble(step: JobRefused | IncidentOpened, instance: ProcessInstance) -> dict[str, Any]:
    return {
        "element": step["element"],
        "code": step["code"] if step["type"] == "job_refused" else step["kind"],
        "refused": step["type"] == "job_refused",
        "text": standing.trouble(step, proof.definition_of(instance.id)),
    }


@blueprint.route("/tasks")
class Tasks(MethodView):
    """Worklists."""

    @blueprint.arguments(schemas.TaskFilter, location="query")
    @blueprint.response(200, schemas.TaskPage)
    @refuses(422)
    def get(self, filters: dict[str, str]) -> dict[str, Any]:
        """Return the open user tasks of the caller's departments, the most urgent first, a page at a time."""
        page = worklist.page(
            person(), worklist.Wanted(group=filters["group"], process=filters["process"], after=filters["after"])
        )
        return {"tasks": [{**row.__dict__, "case_number": row.case} for row in page.rows], "next": page.next or None}


@blueprint.route("/tasks/<int:task_id>")
class OneTask(MethodView):
    """One user task."""

    @blueprint.response(200, schemas.TaskDetail)
    @refuses(403, 404)
    def get(self, task_id: int) -> dict[str, Any]:
        """Return the task with its form."""
        return _task_detail(_task(task_id))

    @blueprint.arguments(schemas.RequestKey, location="headers")
    @blueprint.arguments(schemas.Completion)
    @blueprint.response(200, schemas.Advanced)
    @refuses(*WRITTEN)
    def post(self, headers: dict[str, str], body: dict[str, Any], task_id: int) -> dict[str, Any]:
        """Complete the task; the same as POST …/completion."""
        return _complete(task_id, body, headers["key"])


@blueprint.route("/tasks/<int:task_id>/completion")
class TaskCompletion(MethodView):
    """Completing a task."""

    @blueprint.arguments(schemas.RequestKey, location="headers")
    @blueprint.arguments(schemas.Completion)
    @blueprint.response(200, schemas.Advanced)
    @refuses(*WRITTEN)
    def post(self, headers: dict[str, str], body: dict[str, Any], task_id: int) -> dict[str, Any]:
        """Complete the task with what was entered, and run the case to its next wait states."""
        return _complete(task_id, body, headers["key"])


@blueprint.route("/tasks/<int:task_id>/claim")
class TaskClaim(MethodView):
    """Claiming a task."""

    @blueprint.response(200, schemas.TaskDetail)
    @refuses(403, 404, 409)
    def post(self, task_id: int) -> dict[str, Any]:
        """Take the task."""
        cases.claim(task_id, by=actor(), at=engine.now())
        return _task_detail(_task(task_id))


@blueprint.route("/tasks/<int:task_id>/release")
class TaskRelease(MethodView):
    """Releasing a task."""

    @blueprint.response(200, schemas.TaskDetail)
    @refuses(403, 404, 409)
    def post(self, task_id: int) -> dict[str, Any]:
        """Give the task back to its department."""
        cases.release(task_id, by=actor(), at=engine.now())
        return _task_detail(_task(task_id))


def _task(task_id: int) -> UserTask:
    row = session().get(UserTask, task_id)
    if row is None:
        raise cases.UnknownUserTask(task=task_id)
    return row


def _complete(task_id: int, body: Mapping[str, Any], key: str) -> dict[str, Any]:
    typed = {
        key: [_typed(item) for item in value] if isinstance(value, list) else _typed(value)
        for key, value in body["form"].items()
    }
    advanced = cases.complete(task_id, form=typed, by=actor(), at=engine.now(), key=key, despite=body["despite"])
    return _advanced(_instance(advanced.instance_id), advanced)


def _typed(value: Any) -> str:
    """Return a JSON value as it would have been typed; an object is a picked line, its amount in yuan."""
    if isinstance(value, Mapping):
        address = f"{value.get('line')}/{value['component']}" if value.get("component") else str(value.get("line"))
        return f"{address} {value.get('amount', '')} {value.get('reason') or ''}".strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _summary(row: UserTask) -> dict[str, Any]:
    return {
        "id": row.id,
        "case_number": row.business_key,
        "process": row.process_key,
        "name": names.element_name(row.process_key, row.element_id, row.name, proof.definition_of(row.instance_id)),
        "item_index": row.item_index,
        "item_count": row.item_count,
        "group": row.group,
        "assignee": row.assignee,
        "created_at": row.created_at,
        "due_at": row.due_at,
        "paused": row.paused_at is not None,
    }


def _task_detail(row: UserTask) -> dict[str, Any]:
    definition = proof.definition_of(row.instance_id)
    element = definition.processes[row.process_key].element(row.element_id)
    sight = access.at_task(access.check_case(person(), row.instance_id), person(), row)
    access_logging.at_case(row.business_key, sight)
    return {
        **_summary(row),
        "instance_id": row.instance_id,
        "element_id": row.element_id,
        "state": row.state,
        "documentation": names.documentation(row.process_key, element, definition),
        "manual_refs": list(element.manual_refs),
        "form": _form(row.id, sight) if row.state == TaskState.OPEN else [],
    }


def _form(task_id: int, sight: masking.Sight) -> list[dict[str, Any]]:
    form, variables, scope = cases.form_of(task_id, at=engine.now())
    values = shown_variables.as_typed(form, reply_amounts.prefilled(form, variables, scope))
    return [
        {
            "key": field.key,
            "type": field.type,
            "label": in_language(field.label, field.label_en),
            "description": in_language(field.description, field.description_en),
            "required": field.required,
            "unit": field.unit,
            "options": [
                {"value": option.value, "label": in_language(option.label, option.label_en)} for option in field.options
            ],
            "value": masking.said(values.get(field.key), sight),
            "lines": _lines(variables, field) if field.type == "lines" and sight.personal else [],
        }
        for field in form.inputs
    ]


def _lines(variables: Mapping[str, Any], field: engine.language.Field) -> list[dict[str, Any]]:
    """Return what can be picked of the customer's papers."""
    return [
        {
            "line": line.line,
            "text": code_texts.line_text(line),
            "at": line.at,
            "amount": line.amount,
            "left": line.left,
            "cases": list(line.cases),
            "became": [{"case": number, "state": state} for number, state in line.became],
            "rejected": [{"case": number, "at": at} for number, at in line.rejected],
        }
        for line in picking_lines.of(variables, field).each()
    ]


@blueprint.route("/instances/<int:instance_id>")
class OneInstance(MethodView):
    """One case."""

    @blueprint.response(200, schemas.Instance)
    @refuses(403, 404)
    def get(self, instance_id: int) -> dict[str, Any]:
        """Return where the case stands."""
        row, _sight = visible_instance(instance_id)
        history = proof.history_of(row.id)
        return {
            "id": row.id,
            "case_number": row.business_key,
            "process": row.key,
            "version": history.definition.version,
            "state": row.state,
            "started_at": row.started_at,
            "ended_at": row.ended_at,
            "due_at": row.due_at,
            "overdue": row.overdue,
            "active": history.marking().active,
            "tasks": [_summary(task) for task in casefile.open_tasks(row.id)],
        }


@blueprint.route("/instances/<int:instance_id>/entries")
class Entries(MethodView):
    """The history of a case."""

    @blueprint.arguments(schemas.EntryFilter, location="query")
    @blueprint.response(200, schemas.Entry(many=True))
    @refuses(403, 404, 422)
    def get(self, filters: dict[str, int], instance_id: int) -> list[dict[str, Any]]:
        """Return entries in order, at most a hundred; the chain is checked. Personal values are shown as on the pages: "(personal)" and masked numbers
        to whoever does not work on the case. Erased ones are null, secret ones are shown to nobody."""
        row, sight = visible_instance(instance_id)
        history = proof.history_of(row.id)
        entries = [entry for entry in history.entries if entry.seq > filters["after"]]
        for doubted in (entry for entry in history.entries if entry.doubt):
            raise record.BrokenChain(stream=str(row.id), seq=doubted.seq)
        return [
            {
                "sequence": item.seq,
                "at": item.at,
                "actor": item.actor,
                "steps": problems.plain([masking.step(step, history.definition.private, sight) for step in item.steps]),
                "hash": item.hash.hex(),
            }
            for item in entries[:ENTRIES_ON_A_PAGE]
        ]


def _instance(instance_id: int) -> ProcessInstance:
    row = session().get(ProcessInstance, instance_id)
    if row is None:
        raise running.UnknownInstance(instance=instance_id)
    return row


def visible_instance(instance_id: int) -> tuple[ProcessInstance, masking.Sight]:
    """Return a case and what the caller is shown of it. Errors: UnknownInstance, NotYourCase."""
    row = _instance(instance_id)
    sight = access.check_case(person(), instance_id)
    access_logging.at_case(row.business_key, sight)
    return row, sight


@blueprint.route("/accounts/<msisdn>")
class OneAccount(MethodView):
    """What stands on a number."""

    @blueprint.response(200, schemas.Account)
    @refuses(403, 404)
    def get(self, msisdn: str) -> dict[str, Any]:
        """Return state and balances of a number, in fen."""
        access.check_counter(person())
        number = numbers.msisdn(msisdn) or msisdn
        access_logging.at_customer(number)
        caller = intake.look_up(number)
        if caller.subscription is None or caller.balances is None:
            raise SubscriptionUnknown(msisdn=msisdn)
        subscription = caller.subscription
        return {
            "msisdn": caller.msisdn,
            "kind": subscription.kind,
            "state": subscription.state,
            **caller.balances._asdict(),
            "receipts": [_receipt(receipt) for receipt in gateway().receipts(subscription.id)],
        }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    fields = ("number", "kind", "medium", "amount", "refunded", "left", "issued_at", "original", "current")
    reds = [
        {"number": red.number, "amount": red.amount, "case": red.case_number, "at": red.at, "void": red.is_void}
        for red in receipt.red_invoices
    ]
    return {**{name: getattr(receipt, name) for name in fields}, "red_invoices": reds}


@blueprint.route("/messages")
class Messages(MethodView):
    """Text messages to customers, for the program that sends them."""

    @blueprint.response(200, schemas.Message(many=True))
    @refuses(403)
    def get(self) -> list[OutboxMessage]:
        """Return what waits to be sent, the oldest first, at most a hundred. For operators."""
        access.check_role(person(), "operator")
        access_logging.at_messages()
        return correspondence.waiting()


@blueprint.route("/messages/<int:message_id>/outcome")
class MessageOutcome(MethodView):
    """What became of a text message."""

    @blueprint.arguments(schemas.MessageOutcome)
    @blueprint.response(204)
    @refuses(*WRITTEN)
    def post(self, body: dict[str, str], message_id: int) -> None:
        """Report that it was sent, or that it failed, once; the case says so under its correspondence. For operators."""
        access.check_role(person(), "operator")
        correspondence.report(message_id, at=engine.now(), failure=body["failure"])
