"""What the elements of a DMN file say, one at a time: names, texts, types and headings. Nothing is compiled here; `dmn_reader` walks the tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.ground import xml

_MANUAL_ID = re.compile(r"\b[A-Z]{2,5}(?:-?\d{1,3})?\.\d+\b")


@dataclass(frozen=True)
class Heads:
    """What the columns of a table are called and which type they say they have, inputs and outputs in order."""

    inputs: tuple[tuple[str, str], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()


NO_HEADS = Heads()


def is_feel(language: str) -> bool:
    """Tell whether an address or a word names FEEL, in whichever version: `http://www.omg.org/spec/FEEL/20140401`, `feel`."""
    return "FEEL" in language.upper().split("/")


def children(element: xml.Element, *names: str) -> Iterator[xml.Element]:
    """Return the elements directly inside, of these names in any namespace."""
    return (child for child in element if xml.local(child) in names)


def child(element: xml.Element | None, *names: str) -> xml.Element | None:
    """Return the first of them."""
    return next(children(element, *names), None) if element is not None else None


def text_of(element: xml.Element | None, name: str = "text") -> str:
    """Return what is written in a part of an element; empty when there is none."""
    holder = child(element, name)
    return (holder.text or "").strip() if holder is not None else ""


def spaced(names: Iterable[str]) -> set[str]:
    """Return the names that are not plain words, which have to be known to be read."""
    return {name for name in names if name and not name.isidentifier()}


def id_of(element: xml.Element) -> str:
    """Return what a decision or knowledge model is called in references; the standard lets it go without an id."""
    return element.get("id") or element.get("name") or ""


def manual_refs(*elements: xml.Element | None) -> tuple[str, ...]:
    """Return what a manualRef attribute of any namespace lists, or the ids that a description mentions."""
    refs: list[str] = []
    for element in (e for e in elements if e is not None):
        attribute = next((v for n, v in element.attrib.items() if n.rpartition("}")[2] == "manualRef"), "")
        refs += [ref.strip() for ref in attribute.split(",") if ref.strip()]
        refs += _MANUAL_ID.findall(text_of(element, "description")) if not attribute else []
    return tuple(dict.fromkeys(refs))


def heading_of(column: xml.Element) -> str:
    """Return what a column is called on the screen."""
    return column.get("label") or column.get("name") or text_of(child(column, "inputExpression"))


def heads_of(table: xml.Element | None) -> Heads:
    """Return the headings and types of all columns."""
    if table is None:
        return NO_HEADS
    inputs = tuple((heading_of(c), type_of(child(c, "inputExpression"))) for c in children(table, "input"))
    outputs = list(children(table, "output"))
    whole = type_of(table) if len(outputs) == 1 else ""
    return Heads(inputs, tuple((heading_of(c), type_of(c) or whole) for c in outputs))


def type_of(element: xml.Element | None) -> str:
    """Return the FEEL type that a column names; empty for one of the file's own, and for none."""
    return (element.get("typeRef") or "").removeprefix("feel:") if element is not None else ""
