"""Why a file cannot be read at all, in words: what its reader refused it for, and what to do. Keyed by the `why` that engine.ground.xml and engine.ground.yaml give."""

from __future__ import annotations

from collections.abc import Mapping

from web.telling.i18n import mark as _

DIAGRAM: Mapping[str, str] = {
    "empty": _("The file is empty."),
    "no_xml": _("The file is no XML, so it is no diagram and no decision table. Export it as BPMN 2.0 or DMN."),
    "encoding": _(
        "The file is not written in the encoding it names, or it names none and is not UTF-8 (%(encoding)s). Save it as UTF-8."
    ),
    "document_type": _(
        "The file has a document type (DOCTYPE, line %(line)s), which is not read here. Take that line out."
    ),
    "undeclared_prefix": _(
        "The prefix “%(prefix)s” in line %(line)s, column %(column)s, is not declared. Add xmlns:%(prefix)s to the first tag, or take out what bears it."
    ),
    "too_long": _("The file is too long; at most %(limit)s characters are read. Divide the process."),
    "too_many": _("The file has too many parts; at most %(limit)s elements are read. Divide the process."),
    "too_many_elements": _("The diagram has too many elements; at most %(limit)s are read. Divide the process."),
    "too_deep": _(
        "The elements of the file lie too deep within each other. Draw fewer sub-processes in sub-processes."
    ),
    "not_well_formed": _(
        "The XML of the file is broken from line %(line)s, column %(column)s, on. Export the file again."
    ),
    "no_bpmn": _("The file is XML, but no BPMN 2.0 diagram: it begins with <%(found)s>. Export it as BPMN 2.0."),
    "dmn": _("The file is a decision table (DMN), no diagram. Bring it in under decisions."),
    "no_process": _("There is no process in the diagram. Draw one, or export the whole diagram."),
    "no_dmn": _("The file is XML, but no decision table in DMN. Export it as DMN."),
}
CATALOGUE: Mapping[str, str] = {
    "alias": _("%(file)s: an alias or anchor (& or *) in line %(line)s is not read. Write the text out."),
    "tag": _("%(file)s: a type (beginning with !) in line %(line)s is not read. Put the text in quotation marks."),
    "number": _("%(file)s: the number in line %(line)s is too long. Put it in quotation marks."),
    "duplicate_key": _("%(file)s: “%(key)s” in line %(line)s stands there twice. Take one of the lines out."),
    "too_long": _("%(file)s is too long; at most %(limit)s characters are read."),
    "too_many": _("%(file)s has too many lines; at most %(limit)s texts are read."),
    "too_deep": _("%(file)s: the lists in line %(line)s lie too deep within each other. Write one line per element."),
}
EXPRESSION: Mapping[str, str] = {
    "unknown_function": _(
        "The expression for %(place)s calls a function that is not there: %(function)s. Correct its name: %(text)s"
    ),
    "unknown_function_near": _(
        "The expression for %(place)s calls a function that is not there: %(function)s (nearest known: %(near)s). Correct its name: %(text)s"
    ),
    "equals_first": _(
        "The expression for %(place)s begins with “=”, as other tools write it. Drop the “=” at the beginning: %(text)s"
    ),
}
BY_RULE = {"malformed_xml": DIAGRAM, "malformed_catalogue": CATALOGUE, "feel_syntax": EXPRESSION}
