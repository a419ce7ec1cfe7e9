"""What a form that could not be taken held, in words to be read and copied, and who was first where somebody was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

import engine
from models.base import session
from models.user_task import UserTask
from web import unsent
from web.addresses import MOST_NUMBER
from web.i18n import in_language
from web.i18n import mark as _
from web.queries import access
from web.queries.names import person_name, process_name
from web.queries.words import code_text


@dataclass(frozen=True)
class First:
    """The case that a request was about and, where somebody was first, their name and when they were."""

    case_number: str
    person: str = ""
    at: datetime | None = None


def first() -> First | None:
    """Who has done or taken the task of this request, for those who may see its case."""
    task_id = _task_id()
    row = session().get(UserTask, task_id) if task_id is not None else None
    if row is None:
        return None
    try:
        access.check_case(current_user, row.instance_id)
    except engine.EngineError:
        return None
    by = row.completed_by or (row.assignee if row.assignee != current_user.name else None)
    return First(row.business_key, person_name(by) if by else "", row.completed_at)


def _task_id() -> int | None:
    """The task that the address names, as far as there can be one."""
    number: int | None = (request.view_args or {}).get("task_id")
    return number if number is not None and number <= MOST_NUMBER else None


def lines() -> list[tuple[str, str]]:
    """(label, what was typed) of the form that this request brought, or whose page it asked for."""
    given, task_id = unsent.typed(), _task_id()
    return _of_page(given) if task_id is None else _of_task(task_id, given)


def _of_task(task_id: int, given: MultiDict[str, str]) -> list[tuple[str, str]]:
    """In the order and the words of the task's form; empty when nothing can be said of it."""
    row = session().get(UserTask, task_id)
    if row is None:
        return []
    try:
        definition = engine.definition_of(row.instance_id)
        element = definition.processes[row.process_key].element(row.element_id)
        form = definition.form_by_id(element.properties["form"])
    except (engine.EngineError, KeyError):
        return []
    return [
        (in_language(field.label, field.label_en), gettext(", ").join(_shown(field, value) for value in values))
        for field in form.inputs
        if (values := given.getlist(field.key))
    ]


def _shown(field: engine.forms.Field, value: str) -> str:
    labels = {option.value: in_language(option.label, option.label_en) for option in field.options}
    return labels.get(value, gettext("yes") if field.type == "checkbox" else value)


def _of_page(given: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The same for the forms of the pages, whose fields are known by name; what no person enters is left out."""
    own = _OF_PAGES.get(str(request.endpoint), {})
    return [
        (
            gettext(own.get(name) or _OF_PAGE[name]),
            gettext(", ").join(_in_words(name, one) for one in given.getlist(name)),
        )
        for name in _OF_PAGE
        if name in given
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
    """What was chosen, as the page calls it."""
    if name == "channel":
        return code_text(value)
    if name == "process":
        return process_name(value)
    return person_name(value) if name == "to" else value
