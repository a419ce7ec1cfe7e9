"""What changed between two packages: elements, flows and their conditions, parameters, forms' fields and decisions' rows, one by one.

Positions on the drawing do not count as a change of the process; an element that was only moved is said to be moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from engine.definitions import catalogue, dmn_content, xml_leaves
from engine.definitions.package import Package
from engine.diagrams import diagram, shapes
from engine.diagrams.diagram import ACTIVITIES, Diagram, Element, Flow
from engine.ground import xml
from engine.language import vocabulary
from engine.language.forms import content as form_content

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
SILENT = frozenset({"id", "line", "trigger_count", "error_named", "properties", "parameters", "multi_instance"})
UNCOMPARED = ("says", "at", "called")
NAMED_BY = ("message", "error_code")
OF_FIELDS_TOLD = frozenset({"type", "says", "called", "at", "label", "text", "subtype"})
AMOUNTS = frozenset({"min", "max", "prefill", "defaultValue"})
OF_ACTIVITIES = frozenset({"lane", "topic", "decision", "result_variable", "documentation"})
Facts = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One change: in which file, at which element (or field or row), of what kind, in `what`, from what to what.

    Shape: `kind` is added, removed, changed or moved; `what` the fact that changed ("condition", "due", "parameter amount", "row", "field" …).
    """

    file: str
    element: str
    kind: str
    what: str
    name: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Named:
    """Something compared by its id and shown by its name, so that a new name does not change what refers to it."""

    id: str
    text: str = field(compare=False)

    def __str__(self) -> str:
        return self.text


def differences_between(
    old: Package | None, new: Package, names: frozenset[str] | set[str] | None = None, *, english: bool = False
) -> list[Difference]:
    """Return every change from one package to another, file by file; only in the files of `names` when given.

    An element is called as in `new`, one taken out as in `old`; with `english` by the English name that package has for it, if any.
    """
    former = old if old is not None else Package(key=new.key, files={})
    files = set(former.files) | set(new.files)
    selection = sorted(files if names is None else files & names)
    return [difference for file in selection for difference in _file(file, former, new, english)]


def _file(file: str, former: Package, content: Package, english: bool) -> Iterator[Difference]:
    old, new = former.files.get(file), content.files.get(file)
    if old == new:
        return
    before, after = _facts(file, former, english), _facts(file, content, english)
    differences = list(_inside(file, before, after))
    if old is None or new is None:
        yield Difference(file=file, element="", kind=ADDED if old is None else REMOVED, what="file")
    elif before is None or after is None:
        yield Difference(file=file, element="", kind=CHANGED, what="unreadable")
    else:
        differences += [*_order(file, before, after), *_unnamed(file, (old, new), (before, after), differences)]
    if old is not None and new is not None and not differences and before is not None and after is not None:
        yield Difference(file=file, element="", kind=CHANGED, what="writing")
    yield from differences


def _order(file: str, before: Mapping[str, Facts], after: Mapping[str, Facts]) -> Iterator[Difference]:
    """Yield fields and columns that stand in another order, which a clerk sees; elements of a diagram have none."""
    if not file.endswith((".form", ".dmn")):
        return
    former = [id for id in before if id in after and not _is_row(after[id])]
    now = [id for id in after if id in before and not _is_row(after[id])]
    if former != now:
        orders = [", ".join(filter(None, (_name(after[id]) or id for id in ids))) for ids in (former, now)]
        yield Difference(file=file, element="", kind=CHANGED, what="order", before=orders[0], after=orders[1])


def _is_row(facts: Facts) -> bool:
    return facts.get("type") == "row"  # told by its number


def _unnamed(
    file: str,
    texts: tuple[str, str],
    facts: tuple[Mapping[str, Facts], Mapping[str, Facts]],
    differences: list[Difference],
) -> Iterator[Difference]:
    """Yield what changed in a diagram or a table and has no words of its own: every attribute and text, from what to what."""
    if not file.endswith((".bpmn", ".dmn")):
        return
    old, new = (xml_leaves.leaves(text, set(facts[0]) | set(facts[1])) for text in texts)
    for anchor in [id for id in (*facts[1], "") if id in old or id in new]:
        if anchor and not (anchor in facts[0] and anchor in facts[1]):
            continue  # new, or taken out, as a whole
        compared = {
            (difference.before, difference.after)
            for difference in differences
            if difference.element == anchor or not anchor
        }
        former, now = old.get(anchor, {}), new.get(anchor, {})
        for path in sorted(set(former) | set(now)):
            pair = (former.get(path, ""), now.get(path, ""))
            if pair[0] != pair[1] and pair not in compared:
                name = _name(facts[1].get(anchor, {}))
                path_name, compared = f"written {path}", compared | {pair}
                yield Difference(
                    file=file, element=anchor, kind=CHANGED, what=path_name, name=name, before=pair[0], after=pair[1]
                )


def _facts(file: str, content: Package, english: bool) -> Mapping[str, Facts] | None:
    """Return element id → its facts; none for a file that is not there, None for one that cannot be read."""
    text = content.files.get(file)
    if file.endswith(".bpmn"):
        return _diagram_facts(text, _english(content, file.removesuffix(".bpmn")) if english else {})
    if file.endswith(".yaml"):
        return _catalogue_facts(text, _called(content, file.removeprefix("translations/").split(".")[0], english))
    content_facts = dmn_content.facts(text) if file.endswith(".dmn") else form_content.facts(text)
    if not english or content_facts is None:
        return content_facts
    return {element: {**facts, "called": facts.get("label_en", "")} for element, facts in content_facts.items()}


def _english(content: Package, process: str) -> dict[str, str]:
    return catalogue.names(content.files.get(f"translations/{process}.en.yaml", ""))


def _called(content: Package, process: str, english: bool) -> dict[str, str]:
    """Return what the elements and flows of a process are called, by their ids."""
    facts_by_id = (
        _diagram_facts(content.files.get(f"{process}.bpmn"), _english(content, process) if english else {}) or {}
    )
    return {element: _name(facts) for element, facts in facts_by_id.items()}


def _inside(file: str, before: Mapping[str, Facts] | None, after: Mapping[str, Facts] | None) -> Iterator[Difference]:
    if before is None or after is None:
        return
    for element in [*after, *(id for id in before if id not in after)]:
        yield from _element(file, element, before.get(element), after.get(element))


def _element(file: str, element: str, old: Facts | None, new: Facts | None) -> Iterator[Difference]:
    facts = new or old or {}
    name = _name(facts)
    if (old is None or new is None) and facts.get("type") == "form":
        return  # told as the file
    if old is None or new is None:
        fact, text = str(facts.get("type", "")), str(facts.get("says", ""))
        kind = ADDED if old is None else REMOVED
        side = {"before": text} if new is None else {"after": text}
        yield Difference(file=file, element=element, kind=kind, what=fact, name=name, **side)
        yield from _event(file, element, old or {}, new or {}, name)
        yield from _activity(file, element, new or {}, name)
        yield from _field(file, element, new or {}, name)
        return
    for fact in sorted(set(old) | set(new), key=str):
        before, after = old.get(fact, ""), new.get(fact, "")
        if before != after and fact not in UNCOMPARED:
            values = {"before": str(before), "after": str(after)}
            yield Difference(file=file, element=element, kind=CHANGED, what=_counted(fact, new), name=name, **values)
    if old.get("at") != new.get("at"):
        yield Difference(file=file, element=element, kind=MOVED, what="place", name=name)


def _event(file: str, element: str, old: Facts, new: Facts, name: str) -> Iterator[Difference]:
    """Yield what an event does that is new or taken out: at which step, whether it ends it, what it waits for."""
    if not str((new or old).get("type", "")).endswith("Event"):
        return
    at_a_step = bool((new or old).get("attached_to"))
    for fact in (*(("attached_to", "interrupting") if at_a_step else ()), "trigger", "timer_kind", "timer", *NAMED_BY):
        before, after = str(old.get(fact, "")), str(new.get(fact, ""))
        if before or after:
            yield Difference(file=file, element=element, kind=CHANGED, what=fact, name=name, before=before, after=after)


def _activity(file: str, element: str, new: Facts, name: str) -> Iterator[Difference]:
    """Yield what a new activity is given: who does it, with which form, table or service task, by when."""
    if new.get("type") not in ACTIVITIES:
        return
    for fact in sorted(new):
        if fact in OF_ACTIVITIES or fact.startswith(("property ", "parameter ")):
            yield Difference(file=file, element=element, kind=CHANGED, what=fact, name=name, after=str(new[fact]))


def _field(file: str, element: str, new: Facts, name: str) -> Iterator[Difference]:
    """Yield all that a new part of a form says: both its titles, its hints, what it is counted in, what may be entered, when it is shown."""
    for fact in sorted(new) if file.endswith(".form") else ():
        text = str(new[fact])
        if fact not in OF_FIELDS_TOLD and text and not fact.startswith("values."):
            fact_key = _counted(fact, new)
            yield Difference(file=file, element=element, kind=CHANGED, what=fact_key, name=name, after=text)


def _counted(fact: str, facts: Facts) -> str:
    """Return the fact, marked where it is an amount of money: what stands there as a number is then in its smallest unit."""
    return f"amount {fact}" if fact in AMOUNTS and vocabulary.in_force().counts(facts.get("unit")) else fact


def _name(facts: Facts) -> str:
    return str(facts.get("called") or facts.get("name") or facts.get("label") or facts.get("ends") or "")


def _diagram_facts(text: str | None, english: dict[str, str]) -> dict[str, Facts] | None:
    if text is None:
        return {}
    try:
        parsed = diagram.parse(text.encode())
        places = shapes.places(text.encode())
    except xml.MalformedXml:
        return None
    names = {e.id: e.name for e in parsed.elements.values() if e.name} | english
    facts: dict[str, Facts] = {"": {"type": "process", "name": parsed.name, "documentation": parsed.documentation}}
    facts |= {e.id: {**_element_facts(e, parsed, names), "at": places.get(e.id)} for e in parsed.elements.values()}
    facts |= {f.id: _flow_facts(f, names) for f in parsed.flows.values()}
    return {element: {**element_facts, "called": english.get(element, "")} for element, element_facts in facts.items()}


def _element_facts(element: Element, drawing: Diagram, names: Mapping[str, str]) -> Facts:
    facts = {f.name: getattr(element, f.name) for f in fields(element) if f.name not in SILENT}
    facts |= {f"property {name}": text for name, text in element.properties.items()}
    facts |= {f"parameter {parameter.name}": parameter.expression for parameter in element.parameters}
    if element.multi_instance is not None:
        facts["repeated"] = "one after the other" if element.multi_instance.sequential else "all at once"
        facts["completionCondition"] = element.multi_instance.completion
    if element.default in drawing.flows:
        target = drawing.flows[element.default].target
        facts["default"] = Named(element.default, names.get(target, target))
    return {name: value for name, value in facts.items() if value not in ("", None)}


def _flow_facts(flow: Flow, names: Mapping[str, str]) -> Facts:
    source, target = (names.get(end, end) for end in (flow.source, flow.target))
    ends = Named(f"{flow.source} {flow.target}", f"{source} → {target}")
    facts = {"type": "sequenceFlow", "name": flow.name, "ends": ends, "condition": flow.condition}
    return {k: v for k, v in facts.items() if v} | {"says": f"{ends} {flow.condition}".strip()}


def _catalogue_facts(text: str | None, names: Mapping[str, str]) -> dict[str, Facts] | None:
    """Return element id → its English name; of a section text by text, under the section and the id, so that one that changed is one change."""
    sections = catalogue.read(text or "")
    if sections is None:
        return None
    facts: dict[str, Facts] = {}
    for id, value in sections.items():
        if isinstance(value, dict):
            facts |= {
                f"{id} {key}": _text_facts(f"english {id}", str(wording), names.get(key))
                for key, wording in value.items()
            }
        else:
            facts[str(id)] = _text_facts("english name", str(value), names.get(str(id)))
    return facts


def _text_facts(kind: str, wording: str, name: str | None) -> Facts:
    return {"type": kind, kind: wording, "says": wording, "called": name or ""}
