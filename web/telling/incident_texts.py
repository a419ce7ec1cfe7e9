"""Why something could not be carried out, in words: an incident by its kind, for those who mend it and those who drew it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from service_tasks import notification
from web.telling import error_catalogue, refusals
from web.telling.i18n import mark as _

REASONS = {
    "NoCollection": _("The list that this step is done for is not there: its expression gives nothing."),
    "CollectionNotAList": _("What this step is to be done for is no list."),
    "CollectionTooLong": _("The list that this step is done for has more than 100 items."),
}
# Told without the sentence that the step could not be carried out.
STANDING = {
    "StandsStill": _(
        "The case stands still here: what this gateway waits for can no longer come, and nobody is asked. Let it go on with what has come, or cancel the case; tell the owner of the process."
    ),
    "KeyNotReckoned": _(
        "The message that is waited for here cannot find the case: the expression of its key gives nothing. Correct what it is made of and try again."
    ),
    "LimitNotReckoned": _(
        "The limit cannot be reckoned: its expression gives no time. The work goes on without a limit until this is tried again or settled."
    ),
    "DepartmentNotReckoned": _(
        "Nobody is named whose work this is: the expression of its department gives nothing. The department of the lane has it meanwhile."
    ),
    "NothingToChoose": _(
        "The step asks for a choice, and nothing may be chosen as things stand: nobody can complete it. End the case, or let the owner of the process mend the form, move the case to that version and try again."
    ),
}
BROKEN = _("an error in the program of the service task; tell the operator of the system")
# For the owner, who can change what is drawn.
DRAWN = {
    "StandsStill": _("the case stands still, because nothing comes from %(missing)s any more"),
    "KeyNotReckoned": _("the expression of its correlation key gives nothing: %(text)s"),
    "LimitNotReckoned": _("the expression of its limit gives no time: %(text)s"),
    "DepartmentNotReckoned": _("the expression of its department gives nothing: %(text)s"),
    "NothingToChoose": _("it asks for a choice, and nothing may be chosen as things stand: %(text)s"),
    "TimerNotReckoned": _("its time cannot be reckoned: %(text)s"),
    "NoCollection": _("the expression of its list gives nothing: %(text)s"),
    "CollectionNotAList": _("what it is to be done for is no list: %(text)s"),
    "CollectionTooLong": _("the list that it is to be done for is too long: %(text)s"),
    "UncaughtBpmnError": _("it was refused, and no event catches that: %(why)s"),
    "InvalidParameters": _("a value that it is given does not fit: %(text)s"),
    "SeveralRulesMatch": _("several rules of the decision table hold at once"),
    "RulesDisagree": _("rules of the decision table that hold at once give different results"),
    "UnexpectedInput": _("the decision table is asked about a value that it does not list"),
    "ValuesMissing": _("the wording of a message asks for a value that is not given"),
    "UnknownTemplate": _("there is no wording of this name: %(text)s; there are: %(wordings)s"),
    "UnknownDepartment": _("there is no such department: %(text)s"),
    "UnknownElement": _("the draft has no such element: %(text)s"),
    "JobFailed": _("the service did not answer"),
    "TypeError": BROKEN,
}


def why(kind: str, message: str, element_names: Mapping[str, str]) -> str:
    """Return what went wrong, for who drew it; `element_names` are the names of elements by id, `message` what was recorded."""
    missing = gettext(", ").join(
        f"“{element_names.get(element, element)}”" for element in message.split(", ") if element
    )
    if kind == "StandsStill" and not missing:
        return str(gettext("the case stands still: nothing that it waits for can come any more"))
    if kind in DRAWN:
        return str(gettext(DRAWN[kind])) % {
            "missing": missing,
            "text": message,
            "wordings": gettext(", ").join(sorted(notification.TEMPLATES)),
            "why": refusals.brief(message),
        }
    sentence = error_catalogue.texts().get(kind)
    if sentence:
        return sentence.rstrip(".。")
    return str(gettext(BROKEN))
