"""Boxed expressions of DMN, written as the FEEL they stand for: `{"a": 1, "b": a + 1}`, `f(1)`, `for x in … return …`. Functions are left out: the language is closed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from engine.ground import xml

BOXED = frozenset({"context", "invocation", "list", "relation", "conditional", "filter", "for", "some", "every"})
EXPRESSIONS = BOXED | {"literalExpression", "decisionTable", "functionDefinition"}
RESULT = "result"
NAME = re.compile(r"[^\W\d]\w*( \w+)*")


class NotBoxed(Exception):
    """What stands there is no expression of the subset."""


def names(element: xml.Element) -> Iterator[str]:
    """Yield the names that a boxed expression introduces: entries of contexts, and what is iterated over."""
    for inner in element.iter():
        if xml.local(inner) == "contextEntry":
            yield from (e.get("name", "") for e in inner if xml.local(e) == "variable")
        elif inner.get("iteratorVariable"):
            yield inner.get("iteratorVariable", "")


class Writer:
    """Writes an expression as FEEL; `leaf` writes literals and tables, `parameters` tells those of a known function in order."""

    def __init__(
        self,
        leaf: Callable[[xml.Element], str],
        parameters: Callable[[str], tuple[str, ...]],
        typed: Callable[..., str],
    ) -> None:
        self.leaf, self.parameters, self.typed = leaf, parameters, typed

    def write(self, element: xml.Element | None) -> str:
        """Return the FEEL of an expression, in brackets. Errors: NotBoxed."""
        kind = xml.local(element) if element is not None else ""
        if element is None or kind == "functionDefinition":
            raise NotBoxed
        if kind not in BOXED:
            return self.leaf(element)
        feel = getattr(self, f"_{kind}")(element)
        return self.typed(element, f"({feel})")

    def _inside(self, element: xml.Element, name: str = "") -> str:
        """Return the expression that a part holds."""
        holder = next((e for e in element if xml.local(e) == name), None) if name else element
        if holder is None:
            raise NotBoxed
        return self.write(next((e for e in holder if xml.local(e) in EXPRESSIONS), None))

    def _context(self, element: xml.Element) -> str:
        entries: list[str] = []
        result = RESULT
        while result in set(names(element)):
            result += "_"
        end = ""
        for entry in (e for e in element if xml.local(e) == "contextEntry"):
            variable = next((e for e in entry if xml.local(e) == "variable"), None)
            value = self._inside(entry)
            if variable is None:
                entries.append(f"{result}: {value}")
                end = f".{result}"
            else:
                entries.append(f"{_quoted(variable.get('name', ''))}: {self.typed(variable, value)}")
        return f"{{{', '.join(entries)}}}{end}"

    def _invocation(self, element: xml.Element) -> str:
        function = next((e for e in element if xml.local(e) == "literalExpression"), None)
        name = " ".join("".join(function.itertext()).split()) if function is not None else ""
        arguments: dict[str, str] = {}
        for binding in (e for e in element if xml.local(e) == "binding"):
            parameter = next((e.get("name", "") for e in binding if xml.local(e) == "parameter"), "")
            arguments[parameter] = self._inside(binding)
        parameters = self.parameters(name)
        if arguments.keys() <= set(parameters):
            return f"{name}({', '.join(arguments.get(parameter, 'null') for parameter in parameters)})"
        return f"{name}({', '.join(f'{label}: {value}' for label, value in arguments.items())})"

    def _list(self, element: xml.Element) -> str:
        return f"[{', '.join(self.write(e) for e in element if xml.local(e) in EXPRESSIONS)}]"

    def _relation(self, element: xml.Element) -> str:
        columns = [_quoted(e.get("name", "")) for e in element if xml.local(e) == "column"]
        rows = []
        for row in (e for e in element if xml.local(e) == "row"):
            cells = [self.write(e) for e in row if xml.local(e) in EXPRESSIONS]
            if len(cells) != len(columns):
                raise NotBoxed
            rows.append(f"{{{', '.join(f'{c}: {v}' for c, v in zip(columns, cells, strict=True))}}}")
        return f"[{', '.join(rows)}]"

    def _conditional(self, element: xml.Element) -> str:
        return " ".join(f"{part} {self._inside(element, part)}" for part in ("if", "then", "else"))

    def _filter(self, element: xml.Element) -> str:
        return f"{self._inside(element, 'in')}[{self._inside(element, 'match')}]"

    def _for(self, element: xml.Element) -> str:
        return f"for {self._iterated(element)} return {self._inside(element, 'return')}"

    def _some(self, element: xml.Element) -> str:
        return f"{xml.local(element)} {self._iterated(element)} satisfies {self._inside(element, 'satisfies')}"

    _every = _some

    def _iterated(self, element: xml.Element) -> str:
        name = element.get("iteratorVariable", "")
        if not NAME.fullmatch(name):
            raise NotBoxed
        return f"{name} in {self._inside(element, 'in')}"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
