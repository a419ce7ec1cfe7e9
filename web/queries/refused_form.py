"""What a form that could not be taken held, in words to be read and copied, and who was first where somebody was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

import engine
from engine import language, proof, record
from models.base import session
from models.states import TaskState
from models.user_task import UserTask
from web.edge import access, unsent_forms
from web.edge.addresses import MOST_NUMBER
from web.queries import standing
from web.telling.code_texts import code_text
from web.telling.i18n import in_language
from web.telling.i18n import mark as _
from web.telling.names import person_name, process_name


@dataclass(frozen=True)
class First:
    """The case that a request was about, whose it is and, where somebody was first, their name and when they were; why, of a step that was cancelled."""

    case_number: str
    person: str = ""
    at: datetime | None = None
    whose: standing.Whose | None = None
    why: str = ""


def first() -> First | None:
    """Return who has done or taken the task of this request, for those who may see its case."""
    task_id = _task_id()
    row = session().get(UserTask, task_id) if task_id is not None else None
    if row is None:
        return None
    try:
        access.check_case(current_user, row.instance_id)
    except engine.EngineError:
        return None
    customer = standing.whose(row.instance_id)
    if row.state == TaskState.CANCELLED:
        return _cancelled(row, customer)
    by = row.completed_by or (row.assignee if row.assignee != current_user.name else None)
    return First(row.business_key, person_name(by) if by else "", row.completed_at, customer)


def _cancelled(row: UserTask, customer: standing.Whose) -> First:
    """Say by whom and when, and through what, a step was cancelled."""
    for entry in proof.history_of(row.instance_id).entries:
        kinds = {step["type"] for step in entry.steps if record.token_of(step) in (None, row.token)}
        if "user_task_cancelled" in kinds:
            cause = next((text for kind, text in CANCELLED.items() if kind in kinds), OTHERWISE)
            by = person_name(entry.actor) if entry.actor != engine.SYSTEM.user else ""
            return First(row.business_key, by, entry.at, customer, gettext(cause))
    return First(row.business_key, whose=customer)


CANCELLED = {
    "case_withdrawn": _("The customer took the complaint back, so the steps that were open are cancelled."),
    "case_voided": _("The case was there by mistake and is void, so the steps that were open are cancelled."),
    "case_not_reached": _(
        "The customer could not be reached, so the case was closed and the steps that were open are cancelled."
    ),
}
OTHERWISE = _("The case went on in another way, in which this step is not needed.")


def _task_id() -> int | None:
    """Return the task that the address names, as far as there can be one."""
    number: int | None = (request.view_args or {}).get("task_id")
    return number if number is not None and number <= MOST_NUMBER else None


def lines() -> list[tuple[str, str]]:
    """Return (label, what was typed) of the form that this request brought, or whose page it asked for."""
    form, task_id = unsent_forms.typed(), _task_id()
    return _of_page(form) if task_id is None else _of_task(task_id, form)


def _of_task(task_id: int, form_typed: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Return it in the order and the words of the task's form; empty when nothing can be said of it."""
    row = session().get(UserTask, task_id)
    if row is None:
        return []
    try:
        definition = proof.definition_of(row.instance_id)
        element = definition.processes[row.process_key].element(row.element_id)
        form = definition.form_by_id(element.properties["form"])
    except (engine.EngineError, KeyError):
        return []
    return [
        (in_language(field.label, field.label_en), gettext(", ").join(_shown(field, value) for value in values))
        for field in form.inputs
        if field.key not in definition.private.secret and (values := form_typed.getlist(field.key))
    ]


def _shown(field: language.forms.Field, value: str) -> str:
    labels = {option.value: in_language(option.label, option.label_en) for option in field.options}
    return labels.get(value, gettext("yes") if field.type == "checkbox" else value)


def _of_page(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Return the same for the forms of the pages, whose fields are known by name; what no person enters is left out."""
    own = _OF_PAGES.get(str(request.endpoint), {})
    return [
        (
            gettext(own.get(name) or _OF_PAGE[name]),
            gettext(", ").join(_in_words(name, value) for value in form.getlist(name)),
        )
        for name in _OF_PAGE
        if name in form
    ]


_OF_PAGE = {
    "msisdn": _("Number"),
    "channel": _("Came in"),
    "text": _("Text"),
    "demand": _("What the customer wants"),
    "disputed_amount": _("Disputed amount"),
    "process": _("Process"),
    "overrule_reason": _("Why not the suggested one"),
    "told": _("How things stand"),
    "reason": _("Reason"),
    "note": _("What this change is for"),
    "key": _("Key of the process"),
    "to": _("Give it to"),
}
_OF_PAGES = {
    "intake.accept": {"text": _("What the customer said")},
    "cases.comment": {"text": _("Remark")},
    "notices.publish": {"text": _("Wording")},
}


def _in_words(name: str, value: str) -> str:
    """Return what was chosen, as the page calls it."""
    if name == "channel":
        return code_text(value)
    if name == "process":
        return process_name(value)
    return person_name(value) if name == "to" else value
