"""The one XML parser: no document type, no entities, no network, a size limit; SpiffWorkflow is handed trees parsed here."""

from __future__ import annotations

from typing import Any, TypeAlias

from lxml import etree

from engine.errors import Invalid

MOST_BYTES = 4_000_000
Element: TypeAlias = Any  # lxml carries no types

_PARSER_OPTIONS = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "encoding": "utf-8",  # files are kept as text; what a declaration says about their bytes is past
}


class MalformedXml(Invalid):
    """The file is not well-formed XML of an acceptable kind."""


def parse(content: bytes, *, whole: bool = False) -> Element:
    """The root element; `whole` with comments and processing instructions, for what is written again.

    Errors: MalformedXml(line, why) when it is too long, has a document type, or is not well formed.
    """
    if len(content) > MOST_BYTES:
        raise MalformedXml(line=0, why="too_long")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise MalformedXml(line=0, why="document_type")
    try:
        options = {**_PARSER_OPTIONS, "remove_comments": not whole, "remove_pis": not whole}
        root = etree.fromstring(content, parser=etree.XMLParser(**options))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MalformedXml(line=getattr(error, "lineno", 0) or 0, why="not_well_formed", detail=str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise MalformedXml(line=0, why="document_type")
    return root


def local(element: Element) -> str:
    """The tag without its namespace; empty for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def namespace(element: Element) -> str:
    """The namespace of the tag, or an empty string."""
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""


def add(parent: Element, tag: str, *, prefixes: dict[str, str] | None = None, **attributes: str) -> Element:
    """A new last child; `prefixes` are namespaces by the prefix they are written with."""
    return etree.SubElement(parent, tag, attributes, nsmap=prefixes)


def indent(node: Element) -> None:
    """Begin a line with each element in it."""
    etree.indent(node, level=sum(1 for _ in node.iterancestors()))


def serialise(root: Element) -> bytes:
    """The tree as UTF-8 bytes with an XML declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
