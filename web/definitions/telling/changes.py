"""What a draft or a version changes, in words: one sentence per change, with what it was and what it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext

from engine import definitions, runtime
from office import papers
from service_tasks import labels
from web.definitions.telling import time_limits
from web.definitions.telling.part_names import Called, title_of_table
from web.telling import element_kinds, names
from web.telling.i18n import filled, in_language, language, yuan
from web.telling.i18n import mark as _

ENGLISH = {
    "english name": _("English name"),
    "english documentation": _("English of what the person is told"),
    "english subject": _("English of a notice's subject"),
}
KINDS = {
    "process": _("process"),
    **element_kinds.ELEMENTS,
    "decision": _("decision"),
    "table": _("table"),
    "expression": _("expression"),
    "column": _("column"),
    "result": _("result column"),
    "row": _("row"),
    "shown": _("what is shown beside the form"),
    **ENGLISH,
    "file": _("file"),
    "unused file": _("file that no step uses yet: it is not published and stays in the draft"),
    "writing": _("the way the file is written"),
    "textfield": _("text field"),
    "textarea": _("text area"),
    "number": _("number field"),
    "select": _("select"),
    "radio": _("radio group"),
    "checkbox": _("checkbox"),
    "checklist": _("checkbox group"),
    "datetime": _("date field"),
    "lines": _("field of disputed lines"),
    "text": _("paragraph of text"),
    "separator": _("separator"),
    "spacer": _("spacer"),
    "group": _("group of fields"),
}
ONE_BY_ONE, AT_ONCE = _("one after the other"), _("all at once")
FACTS = {
    **ENGLISH,
    "name": _("name"),
    "documentation": _("what the person is told"),
    "type": _("kind"),
    "lane": _("department"),
    "property group": _("department"),
    "condition": _("condition"),
    "ends": _("from and to"),
    "default": _("default flow"),
    "timer": _("time"),
    "timer_kind": _("kind of time"),
    "message": _("message"),
    "error_code": _("error"),
    "topic": _("service task"),
    "result_variable": _("name of the result"),
    "decision": _("decision table"),
    "called": _("called process"),
    "attached_to": _("at the step"),
    "interrupting": _("ends the step"),
    "parent": _("inside of"),
    "trigger": _("what it waits for"),
    "hint": _("hint"),
    "description_en": _("English hint"),
    "among": _("papers offered"),
    "boolean": _("stored as yes or no"),
    "channelOf": _("the way by which the customer hears"),
    "dateLabel": _("label of the date"),
    "numberIn": _("papers of the number in"),
    "overtakenBy": _("not shown once there is"),
    "submit.amount": _("amount on the button"),
    "submit.label": _("button"),
    "submit.label_en": _("button in English"),
    "written": _("what it holds"),
    "defaultValue": _("default value"),
    "decimalDigits": _("decimals"),
    "minLength": _("fewest characters"),
    "maxLength": _("most characters"),
    "valueType": _("stored as"),
    "property form": _("form"),
    "property groupFrom": _("department from"),
    "property due": _("limit"),
    "property dueGroup": _("shared limit"),
    "property manualRef": _("manual"),
    "property correlationKey": _("correlation key"),
    "property resultVariable": _("name of the result"),
    "property caseLimit": _("answers the customer within the case's limit"),
    "property caseLimitWhen": _("answers the customer within the case's limit when"),
    "property customerWaits": _("the clock is paused"),
    "property awaitsCustomer": _("waits for the customer alone"),
    "property tries": _("tries before"),
    "property triesWhen": _("tries before when"),
    "property paper": _("papers"),
    "property skippedWhen": _("not asked when"),
    "property refuses": _("refuses with"),
    "property refusesWhen": _("refuses when"),
    "property about": _("refuses because of"),
    "repeated": _("multi-instance"),
    "completionCondition": _("completion condition"),
    "property inputCollection": _("list"),
    "property inputElement": _("name of an item"),
    "property outputCollection": _("name of the list of results"),
    "property outputElement": _("result of an item"),
    "property notBy": _("second person"),
    "property approves": _("name of the approval"),
    "property approvedWhen": _("approved when"),
    "property approvedAmount": _("approved amount"),
    "property approvedKind": _("approved kind"),
    "property approvedPayee": _("approved payee"),
    "property approvedLines": _("approved lines"),
    "hitPolicy": _("hit policy"),
    "aggregation": _("aggregation"),
    "typeRef": _("type"),
    "expression": _("expression"),
    "description": _("remark"),
    "label": _("label"),
    "label_en": _("English label"),
    "text": _("text"),
    "text_en": _("English text"),
    "required": _("required"),
    "options": _("options"),
    "min": _("minimum"),
    "max": _("maximum"),
    "prefill": _("prefilled with"),
    "allowed": _("may be chosen"),
    "requiredWhen": _("required when"),
    "hide": _("hidden when"),
    "unit": _("unit"),
    "personal": _("personal"),
    "decides": _("what the step decides"),
    "pattern": _("pattern"),
    "shown_as": _("shown as"),
    "writing": _("the way the file is written"),
    "unreadable": _("content that cannot be read"),
    "order": _("order"),
    "inside": _("inside of"),
    "manualRef": _("manual"),
}


PLACES = frozenset({"ends", "default", "attached_to", "parent", "sequenceFlow", "property notBy", "property tries"})
FILES = {
    ".bpmn": _("The diagram"),
    ".yaml": _("English names"),
    ".dmn": _("Decision table “%(name)s”"),
    ".form": _("Form “%(name)s”"),
}


def is_published(change: definitions.Difference) -> bool:
    """Tell whether a change comes into force when the draft is published."""
    return change.what != "unused file"


def between(old: definitions.Package | None, new: definitions.Package) -> list[definitions.Difference]:
    """Return what changed from one package to another, in the files of the process itself; told in the language of the page."""
    own = definitions.own_files(new) | (definitions.own_files(old) if old is not None else set())
    changes = definitions.differences_between(old, new, own, english=language() == "en")
    element_names = {**(_names(old) if old is not None else {}), **_names(new)}
    return [_called(change, element_names) for change in changes]


def _names(package: definitions.Package) -> dict[str, str]:
    """Return what the elements of a package's own diagram are called, those without a name by their kinds."""
    return Called(package).own.get(package.key, {})


def _called(change: definitions.Difference, element_names: Mapping[str, str]) -> definitions.Difference:
    """Return the change with a name where nobody gave one, and no id where it speaks of an element."""
    element = change.element.rpartition(" ")[2]
    if change.file.endswith(".yaml"):
        return replace(
            change, name=change.name if change.name not in ("", element) else element_names.get(element, change.name)
        )
    if not change.file.endswith(".bpmn"):
        return change
    before, after = (
        _places(text, element_names) if change.what in PLACES else text for text in (change.before, change.after)
    )
    name = _places(change.name or element_names.get(change.element, ""), element_names)
    return replace(change, name=name, before=before, after=after)


def _places(text: str, element_names: Mapping[str, str]) -> str:
    """Return ids of elements without a name by their kinds; the ends of a flow one by one."""
    return " → ".join(element_names.get(end, end) for end in text.split(" → ")) if text else ""


def text(change: definitions.Difference) -> str:
    """Return one change as a sentence."""
    is_hint = change.what == "description" and change.file.endswith(".form")
    values = {"what": fact("hint" if is_hint else change.what), "name": name(change), "kind": kind(change.what)}
    values |= {"before": shown(change.before, change.what), "after": shown(change.after, change.what)}
    return filled(gettext(_sentence(change)), values)


def _sentence(change: definitions.Difference) -> str:
    if change.kind == "moved":
        return _("“%(name)s” stands elsewhere on the drawing.")
    if change.kind == "added":
        return _("New: %(kind)s “%(name)s”. %(after)s") if change.after else _("New: %(kind)s “%(name)s”.")
    if change.kind == "removed":
        return _("Taken out: %(kind)s “%(name)s”.")
    if change.what == "writing":
        return _("“%(name)s” is written otherwise, with the same content.")
    if change.what == "unreadable":
        return _("“%(name)s” cannot be read, so that it is not known what it changes.")
    if not change.before:
        return _("“%(name)s”: %(what)s is now %(after)s; before there was none.")
    if not change.after:
        return _("“%(name)s”: %(what)s was %(before)s; now there is none.")
    return _("“%(name)s”: %(what)s was %(before)s, now %(after)s.")


def kind(fact_key: str) -> str:
    """Return the kind of a thing in words."""
    return str(gettext(KINDS[fact_key])) if fact_key in KINDS else str(gettext("part"))


def fact(fact_key: str) -> str:
    """Return the fact that changed in words; parameters and columns keep their own names."""
    fact_key = fact_key.removeprefix(AMOUNT)
    if fact_key in FACTS:
        return str(gettext(FACTS[fact_key]))
    group, _space, own = fact_key.partition(" ")
    if group == "parameter":
        label = labels.by_name().get(own)
        return str(gettext("parameter %(name)s", name=in_language(label.zh, label.en) if label is not None else own))
    if group == "written":
        return _written(own)
    if group == "cell":
        return str(gettext("column %(name)s", name=own))
    if group == "property" and own.startswith(("in.", "out.")):
        return str(gettext("value handed over %(name)s", name=own.partition(".")[2]))
    return own or fact_key


def _written(path: str) -> str:
    """Return what stands at a path in the file, in words: the fact when there is one for its last named part, else what it belongs to."""
    names_inside = [part for part in re.findall(r"\[([^\]]+)\]", path) if not part.isdigit()]
    attribute = path.rpartition(".")[2].rpartition("[")[0] or path.rpartition(".")[2]
    for fact_key in (*(f"property {part}" for part in reversed(names_inside)), attribute):
        if fact_key in FACTS:
            wording = str(gettext(FACTS[fact_key]))
            return (
                wording if attribute in ("value", fact_key) else str(gettext("how %(name)s is written", name=wording))
            )
    if names_inside:
        return str(gettext("%(name)s in the file", name=names_inside[-1]))
    return str(gettext("a detail in the file (%(name)s)", name=attribute))


def name(change: definitions.Difference) -> str:
    """Return what an element, a field or a row is called."""
    if change.what == "row" or change.what.startswith("cell "):
        return str(gettext("row %(n)s", n=change.name))
    return change.name or change.element or change.file


def shown(value: str, fact_key: str = "") -> str:
    """Return a value as it stands in the sentence, a dash for none; limits in words."""
    if not value:
        return "—"
    if fact_key in ("timer_kind", "trigger") and value in TRIGGERS:
        return str(gettext(TRIGGERS[value]))
    if fact_key.startswith(AMOUNT) or fact_key in CODES:
        return _coded(value, fact_key)
    if fact_key == "property due" and value:
        return time_limits.words(value)
    if fact_key == "repeated" and value:
        return gettext(ONE_BY_ONE) if value == ONE_BY_ONE else gettext(AT_ONCE)
    if fact_key == "type":
        return kind(value)
    if fact_key in ("lane", "property group"):
        return names.department(value)
    if fact_key == "property paper":
        return gettext(", ").join(_paper(key.strip()) for key in value.split(","))
    if fact_key == "topic" and value in runtime.handlers_by_topic():
        operator = runtime.handlers_by_topic()[value]
        return in_language(operator.title_zh, operator.title_en)
    wordings = {"True": gettext("yes"), "False": gettext("no"), "None": "—"}
    is_flag = fact_key in FLAGS or fact_key.startswith("written ")
    return wordings.get(value.capitalize() if is_flag else value, value)


def _coded(value: str, fact_key: str) -> str:
    """Return what a file says by a word of its own, and an amount in its smallest unit; anything else as it stands."""
    is_amount = fact_key.startswith(AMOUNT) and value.lstrip("-").isdigit()
    return yuan(int(value)) if is_amount else str(gettext(CODES.get(fact_key, {}).get(value, value)))


def _paper(key: str) -> str:
    paper = papers.PAPERS.get(key)
    return in_language(paper.zh, paper.en) if paper is not None else key


def sheet(file: str, title: str = "") -> str:
    """Return what the changes of a file are headed with: what it is, and what it is called, where nobody calls it anything by its own name."""
    stem, _dot, suffix = file.rpartition("/")[2].rpartition(".")
    heading = FILES.get(f".{suffix}")
    return str(gettext(heading)) % {"name": title or stem} if heading is not None else file


def _titles(package: definitions.Package) -> dict[str, str]:
    """Return what the forms and tables of a process are called, by file: a table as it says itself, which is in Chinese, else both as the steps that use them."""
    parts = Called(package)
    diagram, element_names = parts.drawn.get(package.key), parts.own.get(package.key, {})
    titles: dict[str, list[str]] = {}
    for element in diagram.elements.values() if diagram is not None else ():
        if form := element.properties.get("form"):
            titles.setdefault(f"forms/{form}.form", []).append(element_names[element.id])
        if element.decision:
            own_name = "" if language() == "en" else title_of_table(package, element.decision)
            titles.setdefault(f"decisions/{element.decision}.dmn", []).append(own_name or element_names[element.id])
    return {file: gettext(", ").join(dict.fromkeys(steps)) for file, steps in titles.items()}


TRIGGERS = {
    "timeDate": _("at an instant"),
    "timeDuration": _("after a duration"),
    "timeCycle": _("again and again"),
    "timer": _("a time"),
    "message": _("a message"),
    "error": _("an error"),
    "terminate": _("the end of the whole process"),
}
AMOUNT = "amount "  # before what of a money field is counted in fen
# What a file says by a word of its own.
CODES: Mapping[str, Mapping[str, str]] = {
    "property caseLimit": {"met": _("yes")},
    "unit": {"fen": _("money (yuan)")},
    "written": {
        "msisdn": _("a mobile number"),
        "paper": _("the number of a receipt, a proof or a card"),
        "account": _("an account at a bank"),
        "code": _("letters, digits and hyphens"),
        "day": _("a day"),
        "month": _("a month"),
    },
    "typeRef": {
        "string": _("a text"),
        "number": _("a number"),
        "boolean": _("yes or no"),
        "date": _("a date"),
        "dateTime": _("an instant"),
    },
    "hitPolicy": {
        "UNIQUE": _("one rule at most answers"),
        "FIRST": _("the first rule that holds answers"),
        "ANY": _("rules that hold together give the same"),
        "PRIORITY": _("the most important result counts"),
        "COLLECT": _("all rules that hold answer"),
        "RULE ORDER": _("all rules that hold answer, in their order"),
        "OUTPUT ORDER": _("all rules that hold answer, by importance"),
    },
    "aggregation": {
        "SUM": _("the sum"),
        "MIN": _("the least"),
        "MAX": _("the largest"),
        "COUNT": _("how many"),
    },
    "shown_as": {
        "text": _("a text"),
        "money": _("an amount"),
        "reasons": _("reasons"),
        "calls": _("a list of calls"),
        "table": _("a table"),
    },
}
# What a file says with true or false; anywhere else they are what somebody typed, such as a condition.
FLAGS = frozenset({"property customerWaits", "property awaitsCustomer", "personal", "boolean", "decides", "required"})


@dataclass(frozen=True)
class Sheet:
    """The changes of one file under what it is called: those to read, and how many elements only stand elsewhere on the drawing."""

    file: str
    heading: str
    changes: list[definitions.Difference]
    moved: int


def by_file(changes: Iterable[definitions.Difference], *packages: definitions.Package | None) -> list[Sheet]:
    """Return changes file by file, in their order; what a file is called is as the last of the packages has it that uses it."""
    titles = {file: title for package in packages if package is not None for file, title in _titles(package).items()}
    grouped: dict[str, list[definitions.Difference]] = {}
    for change in changes:
        grouped.setdefault(change.file, []).append(change)
    return [
        Sheet(
            file,
            sheet(file, titles.get(file, "")),
            [change for change in of_file if change.kind != "moved"],
            sum(change.kind == "moved" for change in of_file),
        )
        for file, of_file in grouped.items()
    ]


def as_json(changes: Iterable[definitions.Difference]) -> list[dict[str, Any]]:
    """Return changes as the pages' scripts read them."""
    return [
        {
            "file": change.file,
            "element": change.element,
            "kind": change.kind,
            "what": change.what,
            "before": change.before,
            "after": change.after,
            "text": text(change),
        }
        for change in changes
    ]
