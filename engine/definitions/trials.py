"""What a user task tries: later service tasks that are carried out and undone for what is being entered, so that a refusal is told there.

`tries` lists them by element id, `settle, refund:pay`; one in a called process stands after its call activity.
`triesWhen`, in FEEL over what was known and is being entered, says when; without it they are tried always.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.diagrams.diagram import Diagram, Element

SEPARATOR = ":"


def names(element: Element) -> list[str]:
    """Return the names as they are written."""
    return [name.strip() for name in element.properties.get("tries", "").split(",") if name.strip()]


def find(name: str, process: str, diagrams: Mapping[str, Diagram]) -> tuple[Element | None, Element] | None:
    """Return the call activity, if there is one, and the service task of a name; None when nothing is called so."""
    first, _, inner = name.partition(SEPARATOR)
    element = diagrams[process].elements.get(first)
    if inner:
        callee = diagrams.get(element.called) if element is not None else None
        service = callee.elements.get(inner) if callee is not None else None
        return (element, service) if service is not None and service.topic else None
    return (None, element) if element is not None and element.topic else None


def of(element: Element, process: str, diagrams: Mapping[str, Diagram]) -> Iterator[tuple[Element | None, Element]]:
    """Yield each one that is there."""
    for name in names(element):
        call_and_service = find(name, process, diagrams)
        if call_and_service is not None:
            yield call_and_service
