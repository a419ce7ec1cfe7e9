"""From BPMN bytes to the specifications SpiffWorkflow runs, cached per fingerprint of the package."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass

from cachetools import LRUCache, cached
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.diagrams import diagram, normalization
from engine.diagrams.diagram import THROWING
from engine.diagrams.normalization import BPMN
from engine.ground import xml
from engine.ground.errors import Invalid
from engine.spiff.specs import Parser, own_events, repeat

MOST_CACHED = 200
REGULAR = 2  # the first rules under which a diagram is made regular before it is read
NOT_FOR_SPIFFWORKFLOW = (
    *(
        "documentation",
        "extensionElements",
        "ioSpecification",
        "property",
        "dataInputAssociation",
        "dataOutputAssociation",
    ),
    *("dataObject", "dataObjectReference", "dataStoreReference", "dataStore", "BPMNDiagram"),
    "multiInstanceLoopCharacteristics",
)


class NotExecutable(Invalid):
    """SpiffWorkflow refuses the diagram."""


@dataclass(frozen=True)
class Specification:
    """The spec of the main process, those of everything it calls, and which of these are processes of their own."""

    main: BpmnProcessSpec
    others: dict[str, BpmnProcessSpec]
    called: frozenset[str]

    def named(self, name: str) -> BpmnProcessSpec:
        """Return a spec by name."""
        return self.main if name == self.main.name else self.others[name]


def _of_package(
    fingerprint: str, key: str, files: Callable[[], Mapping[str, bytes]], rules: int = REGULAR
) -> tuple[str, int]:
    return fingerprint, rules


@cached(LRUCache(MOST_CACHED), key=_of_package, lock=threading.Lock())
def specification(
    fingerprint: str, key: str, files: Callable[[], Mapping[str, bytes]], rules: int = REGULAR
) -> Specification:
    """Return the parsed processes of a package, as cases of these rules read them; `files`, asked only when it is not known yet, gives BPMN by process key.

    Errors: NotExecutable.
    """
    return parse(key, files(), rules)


def parse(key: str, files: Mapping[str, bytes], rules: int = REGULAR) -> Specification:
    """Parse without the cache. Errors: NotExecutable."""
    parser = Parser()
    try:
        for name, content in files.items():
            parser.add_bpmn_xml(_skeleton(content, rules).getroottree(), filename=name)
        main, subprocess_specs = parser.get_spec(key), parser.get_subprocess_specs(key)
    except (ValidationException, RecursionError) as error:
        raise NotExecutable(process=key, why=str(error)) from error
    for spec in (main, *subprocess_specs.values()):
        own_events(spec)
    specs = {**subprocess_specs, main.name: main}
    for content in files.values():
        for element in diagram.parse(content).elements.values():
            if element.multi_instance is not None and element.parent in specs:
                repeat(specs[element.parent], element.id)
    return Specification(main, subprocess_specs, frozenset(files))


def _skeleton(content: bytes, rules: int) -> xml.Element:
    """Return a diagram without what SpiffWorkflow would run, copy or sort by and we do ourselves: scripts, operators, data, lists, the picture."""
    root = deepcopy(normalization.root(content) if rules >= REGULAR else xml.tree(content))
    _carried_out_by_us(root)
    for element in [e for e in root.iter() if xml.local(e) in NOT_FOR_SPIFFWORKFLOW]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return root


def _carried_out_by_us(root: xml.Element) -> None:
    """Take out what we carry out: a process begins when we begin it, its start timer says when; and a message is thrown by the service task that brings it."""
    for start in [e for e in root.iter() if xml.local(e) == "startEvent"]:
        for timer in [e for e in start if xml.local(e) == "timerEventDefinition"]:
            start.remove(timer)
    for throwing in [e for e in root.iter() if xml.local(e) in THROWING]:
        throwing.tag = f"{{{BPMN}}}serviceTask"
        for event in [e for e in throwing if xml.local(e).endswith("EventDefinition")]:
            throwing.remove(event)
