"""What a person calls the fields that a program sends, and where in the request each stands; pages have their labels beside the fields."""

from __future__ import annotations

from flask import request
from flask_babel import gettext

import engine
from engine import cases
from web.telling.i18n import in_language
from web.telling.i18n import mark as _

SENT = {
    "msisdn": _("Mobile number"),
    "complaint_text": _("What the customer said"),
    "channel": _("By which way"),
    "demand": _("What the customer wants"),
    "disputed_amount": _("Disputed amount"),
    "process": _("Process"),
    "overrule_reason": _("Why not the suggested one"),
    "number_confirmed": _("The number is right"),
    "variables": _("What the case begins with"),
    "form": _("What is entered at the step"),
    "despite": _("Despite what was told"),
    "reason": _("Reason"),
    "said_by": _("Said by"),
    "tell": _("How the customer is told"),
    "until": _("New limit"),
    "entry": _("What is to be taken back"),
    "case": _("Case"),
    "line": _("Line"),
    "amount": _("Amount"),
    "component": _("Component"),
    "failure": _("Why it was not delivered"),
    "json": _("What was sent"),
    "Idempotency-Key": _("Key of the request"),
}
OTHERWISE = {"text": "complaint_text"}  # fields that the intake calls otherwise than the API
OF_THE_CASE = "case"  # no field, but how the case stands


def label(place: str, name: str) -> str:
    """Return a field in the reader's language, by the innermost part of its dotted name that is no number; `place` is where it was looked for: json, query or headers."""
    if place == "query":
        return parameter(name)
    of_form = _of_the_form()
    last = next((part for part in reversed((name or place).split(".")) if not part.isdecimal()), place)
    if last in of_form:
        return of_form[last]
    return gettext(SENT[last]) if last in SENT else gettext("Field %(name)s", name=last)


def _of_the_form() -> dict[str, str]:
    """Return the labels of the form of the step that this request completes."""
    task = (request.view_args or {}).get("task_id")
    if not isinstance(task, int):
        return {}
    try:
        form, _variables, _scope = cases.form_of(task, at=engine.now())
    except engine.EngineError:
        return {}
    return {field.key: in_language(field.label, field.label_en) for field in form.inputs}


def within(name: str) -> str:
    """Return the dotted name, in what was sent, of a field that a verb refused by its own name."""
    field = OTHERWISE.get(name, name)
    arguments = request.view_args or {}
    if "task_id" in arguments:
        return f"form.{field}"
    return f"variables.{field}" if "key" in arguments else field


def pointer(place: str, name: str) -> str:
    """Return where it stands in the body, as a JSON pointer in a URI fragment; empty for what stands elsewhere or is no field."""
    if place != "json" or name == OF_THE_CASE:
        return ""
    steps = (part.replace("~", "~0").replace("/", "~1") for part in name.split(".") if part)
    return "#" + "".join(f"/{part}" for part in steps)


def parameter(name: str) -> str:
    """Return what a person calls a parameter of an address."""
    labels = {
        "from": gettext("From"),
        "to": gettext("To"),
        "version": gettext("Version"),
        "against": gettext("Version"),
        "process": gettext("Process"),
        "state": gettext("State"),
        "text": gettext("Search"),
        "customer": gettext("Customer"),
        "msisdn": gettext("Mobile number"),
        "clerk": gettext("Colleague, by name or login"),
        "group": gettext("Department"),
        "after": gettext("Page"),
        "person": gettext("Person"),
        "show": gettext("Kind"),
        "at": gettext("Moment"),
        "personal": gettext("With personal data"),
        "late": gettext("Late"),
        "scope": gettext("Whose"),
        "pays": gettext("Payment at the counter"),
        "tab": gettext("Tab"),
        "before": gettext("Page"),
        "form": gettext("Form"),
        "next": gettext("Page to go on with"),
        "measure": gettext("Measure"),
        "file": gettext("File"),
        "element": gettext("Step"),
        "line": gettext("Line"),
        "name": gettext("Name"),
        "verify": gettext("Verify"),
        "scenario": gettext("Scenario"),
        "try-so-far": gettext("Steps of the try so far"),
        "try-task": gettext("Step"),
    }
    return labels.get(name, gettext("Address"))
