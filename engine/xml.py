"""The one XML parser: no document type, no entities, no network, a size limit; SpiffWorkflow is handed trees parsed here."""

from __future__ import annotations

from typing import Any, TypeAlias

from lxml import etree

from engine.errors import Invalid

MOST_BYTES = 4_000_000
UNDECLARED = etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE
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


def parse(content: bytes) -> Element:
    """The root element.

    Errors: MalformedXml(line, why) when it is too long, has a document type, or is not well formed.
    """
    if len(content) > MOST_BYTES:
        raise MalformedXml(line=0, why="too_long")
    for mark in (b"<!DOCTYPE", b"<!ENTITY"):
        if mark in content:
            raise MalformedXml(line=content[: content.index(mark)].count(b"\n") + 1, why="document_type")
    try:
        root = etree.fromstring(content, parser=etree.XMLParser(**_PARSER_OPTIONS))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MalformedXml(**_place(error)) from error
    if root.getroottree().docinfo.doctype:
        raise MalformedXml(line=0, why="document_type")
    return root


def _place(error: etree.XMLSyntaxError | ValueError) -> dict[str, Any]:
    """Where and why a text is no XML, as far as the parser knows."""
    line, column = getattr(error, "position", (0, 0))
    detail = str(error).splitlines()[0] if str(error) else ""
    if getattr(error, "code", 0) == UNDECLARED:
        prefix = detail.removeprefix("Namespace prefix ").partition(" ")[0]
        return {"line": line or 0, "column": column, "why": "undeclared_prefix", "prefix": prefix, "detail": detail}
    return {"line": line or 0, "column": column, "why": "not_well_formed", "detail": detail}


def local(element: Element) -> str:
    """The tag without its namespace; empty for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def namespace(element: Element) -> str:
    """The namespace of the tag, or an empty string."""
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""


def serialise(root: Element) -> bytes:
    """The tree as UTF-8 bytes with an XML declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
