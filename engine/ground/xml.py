"""The one XML parser: no document type, no entities, no network, limits of size, depth and count; SpiffWorkflow is handed trees parsed here."""

from __future__ import annotations

import codecs
import re
import threading
from collections.abc import Mapping
from operator import itemgetter
from typing import Any, TypeAlias

from cachetools import LRUCache, cached
from lxml import etree

from engine.ground.errors import Invalid

MOST_BYTES = 4_000_000
MOST_TAGS = 200_000
MOST_ATTRIBUTES = 200_000
MOST_NAMESPACES = 2_000
MOST_DEPTH = 100
KEPT_BYTES = 4_000_000  # how much content there may be of the trees that are kept
ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "gb2312", "gbk", "gb18030", "big5", "iso-8859-1", "windows-1252"})
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(r"^(<\?xml[^>]*?\bencoding\s*=\s*[\"'])([A-Za-z0-9._-]+)([\"'])")
UNDECLARED = etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE
Element: TypeAlias = etree._Element


class MalformedXml(Invalid):
    """The file is not well-formed XML of an acceptable kind."""


def tree(content: bytes) -> Element:
    """Return the root element, for reading only: whoever reads the same content again is given the same tree. Errors: as `parse`."""
    return _kept(content)[0]


@cached(LRUCache(KEPT_BYTES, getsizeof=itemgetter(1)), lock=threading.Lock())
def _kept(content: bytes) -> tuple[Element, int]:
    return parse(content), len(content)


def parse(content: bytes, *, whole: bool = False) -> Element:
    """Return the root element of a tree of its own; `whole` with comments and processing instructions, for what is written again.

    Errors: MalformedXml(line, why): empty, no_xml, too_long, too_many, too_deep, document_type, not_well_formed.
    """
    _measure(content)
    try:
        root = etree.fromstring(content, parser=_parser(whole=whole))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MalformedXml(**_place(error)) from error
    if root.getroottree().docinfo.doctype:
        raise MalformedXml(line=0, why="document_type")
    _hold_depth(root)
    return root


def _parser(*, whole: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=not whole,
        remove_pis=not whole,
        encoding="utf-8",  # files are kept as text; what a declaration says about their bytes is past
    )


def _place(error: etree.XMLSyntaxError | ValueError) -> dict[str, Any]:
    """Return where and why a text is no XML, as far as the parser knows."""
    line, column = getattr(error, "position", (0, 0))
    detail = str(error).splitlines()[0] if str(error) else ""
    if "Excessive depth" in detail:
        return {"line": line or 0, "column": column, "why": "too_deep", "limit": MOST_DEPTH}
    if getattr(error, "code", 0) == UNDECLARED:
        prefix = detail.removeprefix("Namespace prefix ").partition(" ")[0]
        return {"line": line or 0, "column": column, "why": "undeclared_prefix", "prefix": prefix, "detail": detail}
    return {"line": line or 0, "column": column, "why": "not_well_formed", "detail": detail}


def _measure(content: bytes) -> None:
    """Refuse what can be seen before anything is built: every tag costs a bracket, every attribute a sign of equality and a quotation mark. Errors: MalformedXml."""
    if not content.strip():
        raise MalformedXml(line=0, why="empty")
    if not content.lstrip().startswith(b"<"):
        raise MalformedXml(line=1, why="no_xml")
    if len(content) > MOST_BYTES:
        raise MalformedXml(line=0, why="too_long", limit=MOST_BYTES)
    for mark in (b"<!DOCTYPE", b"<!ENTITY"):
        if mark in content:
            raise MalformedXml(line=content[: content.index(mark)].count(b"\n") + 1, why="document_type")
    quotations = min(content.count(b"="), (content.count(b'"') + content.count(b"'")) // 2)
    many = content.count(b"<") > MOST_TAGS or quotations > MOST_ATTRIBUTES
    if many or content.count(b"xmlns") > MOST_NAMESPACES:
        raise MalformedXml(line=0, why="too_many", limit=MOST_TAGS // 2)


def _hold_depth(root: Element) -> None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MOST_DEPTH:
            raise MalformedXml(line=element.sourceline or 0, why="too_deep", limit=MOST_DEPTH)


def decoded_file(content: bytes) -> str:
    """Return a file as text: UTF-8, UTF-16 with its mark, or the encoding that its declaration names, which then says UTF-8.

    Errors: MalformedXml(why="encoding", encoding) when it is written in another, or in one that it does not name.
    """
    marked = next((name for mark, name in MARKS if content.startswith(mark)), "")
    declared = _DECLARED.match(content[:200].decode("latin-1"))
    encoding = marked or (declared[2].lower() if declared is not None else "utf-8")
    if encoding not in ENCODINGS | {"utf-8-sig"}:
        raise MalformedXml(line=0, why="encoding", encoding=encoding[:40])
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise MalformedXml(line=0, why="encoding", encoding=encoding) from None
    return _DECLARED.sub(r"\g<1>UTF-8\g<3>", text)


def local(element: Element) -> str:
    """Return the tag without its namespace; empty for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def around(element: Element) -> Element:
    """Return the element that it stands in. Errors: MalformedXml for the root, which stands in none."""
    parent = element.getparent()
    if parent is None:
        raise MalformedXml(line=element.sourceline or 0, why="not_well_formed")
    return parent


def namespace(element: Element) -> str:
    """Return the namespace of the tag, or an empty string."""
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""


def add(parent: Element, tag: str, *, prefixes: Mapping[str, str] | None = None, **attributes: str) -> Element:
    """Add a new last child; `prefixes` are namespaces by the prefix they are written with."""
    return etree.SubElement(parent, tag, attributes, nsmap=prefixes)


def indent(node: Element) -> None:
    """Begin a line with each element in it."""
    etree.indent(node, level=sum(1 for _ in node.iterancestors()))


def serialise(root: Element) -> bytes:
    """Return the tree as UTF-8 bytes with an XML declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
