"""What a draft or a version changes, in words: one sentence per change, with what it was and what it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext

import engine
from office import drafts
from service_tasks import labels
from web.i18n import in_language, language
from web.i18n import mark as _
from web.queries import kinds, limits, names
from web.queries.called import Called

ENGLISH = {
    "english name": _("English name"),
    "english documentation": _("English of what the person is told"),
    "english subject": _("English of a notice's subject"),
}
KINDS = {
    "process": _("process"),
    **kinds.ELEMENTS,
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
    "textfield": _("field: line of text"),
    "textarea": _("field: text"),
    "number": _("field: number"),
    "select": _("field: drop-down"),
    "radio": _("field: one of several"),
    "checkbox": _("field: tick box"),
    "checklist": _("field: several of several"),
    "datetime": _("field: date"),
    "lines": _("field: disputed lines"),
    "text": _("field: paragraph"),
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
    "description_en": _("English hint"),
    "defaultValue": _("default value"),
    "decimalDigits": _("decimals"),
    "minLength": _("fewest characters"),
    "maxLength": _("most characters"),
    "valueType": _("stored as"),
    "property form": _("form"),
    "property due": _("limit"),
    "property dueGroup": _("shared limit"),
    "property manualRef": _("manual"),
    "property correlationKey": _("correlation key"),
    "property resultVariable": _("name of the result"),
    "property caseLimit": _("keeps the limit of the case"),
    "property caseLimitWhen": _("keeps the limit of the case when"),
    "property customerWaits": _("the clock stands still"),
    "property tries": _("tries before"),
    "property triesWhen": _("tries before when"),
    "property paper": _("papers"),
    "property refuses": _("refuses with"),
    "property refusesWhen": _("refuses when"),
    "property about": _("refuses because of"),
    "repeated": _("for each item of a list"),
    "completionCondition": _("no more items when"),
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
    "required": _("must be filled in"),
    "options": _("options"),
    "min": _("least value"),
    "max": _("largest value"),
    "prefill": _("filled in beforehand"),
    "allowed": _("may be chosen"),
    "requiredWhen": _("required when"),
    "hide": _("hidden when"),
    "unit": _("unit"),
    "personal": _("personal"),
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


def of_draft(found: drafts.Draft) -> list[engine.Difference]:
    """What a draft changes against the newest version, in the files of its own process."""
    listed = between(engine.newest_package(found.key), drafts.ready(found.package))
    waiting = sorted(drafts.waiting_files(found) - {one.file for one in listed})
    return [*listed, *(engine.Difference(file=name, element="", kind="added", what="unused file") for name in waiting)]


def is_published(one: engine.Difference) -> bool:
    """Whether a change comes into force when the draft is published."""
    return one.what != "unused file"


def between(old: engine.Package | None, new: engine.Package) -> list[engine.Difference]:
    """What changed from one package to another, in the files of the process itself; told in the language of the page."""
    own = engine.own_files(new) | (engine.own_files(old) if old is not None else set())
    found = engine.differences(old, new, own, english=language() == "en")
    known = {**(_names(old) if old is not None else {}), **_names(new)}
    return [_called(one, known) for one in found]


def _names(package: engine.Package) -> dict[str, str]:
    """What the elements of a package's own diagram are called, those without a name by their kinds."""
    return Called(package).own.get(package.key, {})


def _called(one: engine.Difference, known: Mapping[str, str]) -> engine.Difference:
    """The change with a name where nobody gave one, and no id where it speaks of an element."""
    element = one.element.rpartition(" ")[2]
    if one.file.endswith(".yaml"):
        return replace(one, name=one.name if one.name not in ("", element) else known.get(element, one.name))
    if not one.file.endswith(".bpmn"):
        return one
    before, after = (_places(text, known) if one.what in PLACES else text for text in (one.before, one.after))
    name = _places(one.name or known.get(one.element, ""), known)
    return replace(one, name=name, before=before, after=after)


def _places(text: str, known: Mapping[str, str]) -> str:
    """Ids of elements without a name by their kinds; the ends of a flow one by one."""
    return " → ".join(known.get(one, one) for one in text.split(" → ")) if text else ""


def text(one: engine.Difference) -> str:
    """One change as a sentence."""
    values = {"what": fact(one.what), "name": name(one), "kind": kind(one.what)}
    values |= {"before": shown(one.before, one.what), "after": shown(one.after, one.what)}
    return str(gettext(_sentence(one)) % values)


def _sentence(one: engine.Difference) -> str:
    if one.kind == "moved":
        return _("“%(name)s” stands elsewhere on the drawing.")
    if one.kind == "added":
        return _("New: %(kind)s “%(name)s”. %(after)s") if one.after else _("New: %(kind)s “%(name)s”.")
    if one.kind == "removed":
        return _("Taken out: %(kind)s “%(name)s”.")
    if one.what == "writing":
        return _("“%(name)s” is written otherwise, with the same content.")
    if one.what == "unreadable":
        return _("“%(name)s” cannot be read, so that it is not known what it changes.")
    if not one.before:
        return _("“%(name)s”: %(what)s is now %(after)s; before there was none.")
    if not one.after:
        return _("“%(name)s”: %(what)s was %(before)s; now there is none.")
    return _("“%(name)s”: %(what)s was %(before)s, now %(after)s.")


def kind(what: str) -> str:
    """The kind of a thing in words."""
    return str(gettext(KINDS[what])) if what in KINDS else what


def fact(what: str) -> str:
    """The fact that changed in words; parameters and columns keep their own names."""
    if what in FACTS:
        return str(gettext(FACTS[what]))
    group, _space, own = what.partition(" ")
    if group == "parameter":
        label = labels.by_name().get(own)
        return str(gettext("parameter %(name)s", name=in_language(label.zh, label.en) if label is not None else own))
    if group == "written":
        return _written(own)
    if group == "cell":
        return str(gettext("column %(name)s", name=own))
    if group == "property" and own.startswith(("in.", "out.")):
        return str(gettext("value handed over %(name)s", name=own.partition(".")[2]))
    return own or what


def _written(path: str) -> str:
    """What stands at a path in the file, in words: the fact when there is one for its last named part, else what it belongs to."""
    named = [part for part in re.findall(r"\[([^\]]+)\]", path) if not part.isdigit()]
    attribute = path.rpartition(".")[2].rpartition("[")[0] or path.rpartition(".")[2]
    for one in (*(f"property {part}" for part in reversed(named)), attribute):
        if one in FACTS:
            said = str(gettext(FACTS[one]))
            return said if attribute in ("value", one) else str(gettext("how %(name)s is written", name=said))
    if named:
        return str(gettext("%(name)s in the file", name=named[-1]))
    return str(gettext("a detail in the file (%(name)s)", name=attribute))


def name(one: engine.Difference) -> str:
    """What an element, a field or a row is called."""
    if one.what == "row" or one.what.startswith("cell "):
        return str(gettext("row %(n)s", n=one.name))
    return one.name or one.element or one.file


def shown(value: str, what: str = "") -> str:
    """A value as it stands in the sentence, a dash for none; limits in words."""
    if not value:
        return "—"
    if what in ("timer_kind", "trigger") and value in TRIGGERS:
        return str(gettext(TRIGGERS[value]))
    if what == "property due" and value:
        return limits.words(value)
    if what == "repeated" and value:
        return gettext(ONE_BY_ONE) if value == ONE_BY_ONE else gettext(AT_ONCE)
    if what == "type":
        return kind(value)
    if what in ("lane", "property group"):
        return names.department(value)
    if what == "topic" and value in engine.operators():
        known = engine.operators()[value]
        return in_language(known.title_zh, known.title_en)
    said = {"true": gettext("yes"), "false": gettext("no"), "": "—", "none": "—"}
    return said.get(value.lower(), value) if value in WORDS else value


def sheet(file: str) -> str:
    """What the changes of a file are headed with: what it is, and what it is called."""
    stem, _dot, suffix = file.rpartition("/")[2].rpartition(".")
    told = FILES.get(f".{suffix}")
    return str(gettext(told)) % {"name": stem} if told is not None else file


TRIGGERS = {
    "timeDate": _("at an instant"),
    "timeDuration": _("after a duration"),
    "timeCycle": _("again and again"),
    "timer": _("a time"),
    "message": _("a message"),
    "error": _("an error"),
    "terminate": _("the end of the whole process"),
}
WORDS = frozenset({"True", "False", "true", "false", "", "None"})


@dataclass(frozen=True)
class Sheet:
    """The changes of one file: those to read, and how many elements only stand elsewhere on the drawing."""

    file: str
    changes: list[engine.Difference]
    moved: int


def by_file(found: Iterable[engine.Difference]) -> list[Sheet]:
    """Changes file by file, in their order."""
    grouped: dict[str, list[engine.Difference]] = {}
    for one in found:
        grouped.setdefault(one.file, []).append(one)
    return [
        Sheet(file, [one for one in listed if one.kind != "moved"], sum(one.kind == "moved" for one in listed))
        for file, listed in grouped.items()
    ]


def as_json(found: Iterable[engine.Difference]) -> list[dict[str, Any]]:
    """Changes as the pages' scripts read them."""
    return [
        {
            "file": one.file,
            "element": one.element,
            "kind": one.kind,
            "what": one.what,
            "before": one.before,
            "after": one.after,
            "text": text(one),
        }
        for one in found
    ]
