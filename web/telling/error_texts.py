"""What people read when something cannot be done: the text of its class, or another for what an error says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, gettext

import engine
from engine import language
from models.states import TaskState
from web.telling import error_catalogue, reason_texts


def describe(error: engine.EngineError) -> str:
    """Return an error in the language of the page."""
    sentence = _told_by_values(error)
    if sentence:
        return sentence
    sentences = error_catalogue.texts()
    for kind in type(error).__mro__:
        if kind.__name__ in sentences:
            return sentences[kind.__name__]
    return sentences["Conflict"]


def on_the_draft(error: engine.EngineError) -> str:
    """Return a refusal as the page of a draft tells it, with what to do there."""
    n = error.values.get("left", 0) if error.code == "ScenariosNotPlayed" else len(error.values.get("scenarios", ()))
    sentences = {
        "UnknownProcess": gettext("The draft is no longer there: somebody has discarded or published it meanwhile."),
        "StaleDraft": gettext(
            "The draft has been saved again since you opened this page. It is shown here as it is now, and what you typed is kept: look at what changes, then repeat."
        ),
        "NotSubmitted": gettext(
            "The draft is not submitted any more: somebody has given it back or changed it. It is shown here as it is now."
        ),
        "ScenariosNotPlayed": gettext(
            "%(n)s scenarios have not been played on the draft as it is now. Have them played above, then repeat; what you typed is kept.",
            n=n,
        ),
        "DifferencesNotAccepted": gettext(
            "%(n)s scenarios differ from what was agreed; above stands how. If this is meant, tick it below and repeat; if not, change the draft.",
            n=n,
        ),
        "Conflict": gettext(
            "Another version has been published since you opened this page. The comparison is with that one now: look at what changes, then repeat."
        ),
        "InvalidDefinition": gettext(
            "The draft has problems and cannot be published. They are listed above, each with the way to its place."
        ),
    }
    return sentences.get(error.code) or describe(error)


def _told_by_values(error: engine.EngineError) -> str:
    """Return what is said for the particular `why` of an error; empty when its class says it all."""
    values = {"limit": "", "encoding": "", "file": "", "key": "", **getattr(error, "values", {})}
    if error.code == "NoReason" and values.get("why") in ("too_long", "not_text"):
        return reason_texts.reason(language.Reason(str(values["why"]), {"limit": values.get("most")}))
    if error.code == "UnknownProcess" and values.get("version"):
        return gettext("The process %(process)s has no version %(n)s.", process=values["process"], n=values["version"])
    if error.code == "AlreadyCompleted" and values.get("state") == TaskState.CANCELLED:
        return gettext("This step was cancelled and is not to be done any more. Nothing was changed.")
    if error.code == "FilesDiffer" and values.get("processes"):
        return gettext(
            "%(one)s and %(other)s hold the file %(file)s with different contents. Bring the one that is meant into both.",
            one=values["processes"][0],
            other=values["processes"][1],
            file=values["file"],
        )
    return _of_file(values) if error.code == "UnusableFile" else ""


def _of_file(values: Mapping[str, Any]) -> str:
    """Return why a file that was brought in cannot be used."""
    sentences = {
        "kind": gettext(
            "%(file)s is none of the kinds that are read here: .bpmn, .xml, .dmn, .form or .yaml; the package of a version (.zip) under Bring in a diagram."
        ),
        "no_diagram": gettext("%(file)s is no diagram. Choose a file that ends in .bpmn or .xml."),
        "encoding": gettext(
            "%(file)s is not written in the encoding it names, or it names none and is not UTF-8 (%(encoding)s). Save it as UTF-8."
        ),
        "too_large": gettext("%(file)s is too long: at most %(limit)s characters are kept."),
        "not_text": gettext("%(file)s contains characters that cannot be kept."),
        "twice": gettext("%(file)s would take the place of another file you chose. Bring one of them in at a time."),
        "of_another_process": gettext("%(file)s belongs to another process and is changed there."),
        "too_many_files": gettext("There are too many files; at most %(limit)s are kept with a process."),
        "broken_package": gettext(
            "%(file)s is no package that can be unpacked here. Take it from the list of versions again."
        ),
        "no_diagram_in_package": gettext("%(file)s does not hold exactly one process that no other in it calls."),
        "other_content": gettext("%(file)s is not what was packed: its content has another fingerprint."),
        "package_key": gettext("%(file)s is a package of %(key)s and keeps that key. Leave the key empty."),
        "name": gettext("%(file)s cannot be kept under this name. Use letters, digits, dots, hyphens and underscores."),
    }
    sentence = sentences.get(str(values.get("why")))
    return sentence % {**values, "limit": format_decimal(values["limit"] or 0)} if sentence else ""
