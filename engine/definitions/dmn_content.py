"""What stands in a DMN file, as facts to compare: decisions, columns and rows. Nothing is compiled; `dmn_reader` does that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.definitions.dmn_boxed import EXPRESSIONS
from engine.definitions.dmn_parts import child, heading_of, id_of, text_of
from engine.ground import xml

BESIDE = frozenset({"businessKnowledgeModel", "itemDefinition", "inputData"})
LOGIC = EXPRESSIONS - {"decisionTable"}
HEADS = {"input": "column", "output": "result"}


def facts(text: str | None) -> dict[str, Mapping[str, Any]] | None:
    """Return id → facts of every decision, column and row; None for what cannot be read."""
    if text is None:
        return {}
    try:
        root = xml.tree(text.encode())
    except xml.MalformedXml:
        return None
    return dict(_facts(root))


def _facts(root: xml.Element) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for node in root.iter():
        kind = xml.local(node)
        if kind == "decision":
            variable = child(node, "variable")
            type_name = variable.get("typeRef", "") if variable is not None else ""
            yield id_of(node), {"type": "decision", "name": node.get("name", ""), "typeRef": type_name}
        elif kind == "decisionTable":
            yield node.get("id", ""), _policy(node)
            yield from _rows(node)
        elif kind in LOGIC and xml.local(xml.around(node)) == "decision":
            yield f"{id_of(xml.around(node))} =", {"type": "expression", "expression": _written(node)}
        elif kind in BESIDE and xml.local(xml.around(node)) == "definitions":
            yield id_of(node), {"type": "expression", "name": node.get("name", ""), "expression": _written(node)}


def _written(node: xml.Element) -> str:
    """Return all that is written in an expression, names and types too, so that no change in it goes unnoticed."""
    if xml.local(node) == "literalExpression":
        return text_of(node)
    parts: list[str] = []
    for inner in node.iter():
        parts += [inner.get(name, "") for name in ("name", "iteratorVariable", "typeRef", "isCollection")]
        parts += [(inner.text or "").strip()] if xml.local(inner) in ("text", "typeRef") else []
    return "; ".join(part for part in parts if part)


def _policy(table: xml.Element) -> Mapping[str, Any]:
    return {"type": "table", "hitPolicy": table.get("hitPolicy", "UNIQUE"), "aggregation": table.get("aggregation", "")}


def _rows(table: xml.Element) -> Iterator[tuple[str, Mapping[str, Any]]]:
    heads = [node for node in table if xml.local(node) in HEADS]
    for node in heads:
        expression = text_of(child(node, "inputExpression"))
        yield (
            node.get("id", ""),
            {
                "type": HEADS[xml.local(node)],
                "name": _head(node),
                "expression": expression,
                "typeRef": node.get("typeRef", ""),
            },
        )
    rules = [node for node in table if xml.local(node) == "rule"]
    for number, rule in enumerate(rules, start=1):
        cells = [text_of(cell) for cell in rule if xml.local(cell) in ("inputEntry", "outputEntry")]
        cells_shown = [
            f"{_head(head)} {cell}" for head, cell in zip(heads, cells, strict=False) if cell not in ("", "-")
        ]
        row = {f"cell {_head(head)}": cell for head, cell in zip(heads, cells, strict=False)}
        remark = {"description": text_of(rule, "description")}
        yield rule.get("id", ""), {"type": "row", "name": str(number), **row, **remark, "says": "; ".join(cells_shown)}


def _head(node: xml.Element) -> str:
    return heading_of(node) or node.get("id", "")
