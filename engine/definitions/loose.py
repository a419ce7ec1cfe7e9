"""Files that lie anywhere, checked as what they are: a diagram, a decision table or a form, whoever drew it. Always findings, never an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine.definitions import diagram, dmn, lint, package
from engine.errors import InvalidDefinition, Problem
from engine.language.forms import Form
from engine.xml import MalformedXml, decoded


def check(file: Path) -> list[Problem]:
    """Every problem of a file; a diagram is checked with the forms and tables that lie beside it as in processes/."""
    if not file.is_file():
        return [Problem(0, "", "missing_file", {"file": file.name}, file.name)]
    checks: dict[str, Callable[[Path], list[Problem]]] = {".dmn": _decisions, ".form": _form}
    try:
        return checks.get(file.suffix, _diagram)(file)
    except MalformedXml as error:
        return [Problem(error.values["line"], "", "malformed_xml", error.values, file.name)]
    except InvalidDefinition as error:
        return [replace(one, file=file.name) for one in error.problems]
    except UnicodeDecodeError:
        return [Problem(0, "", "malformed_xml", {"why": "encoding"}, file.name)]


def _decisions(file: Path) -> list[Problem]:
    return [replace(one, file=file.name) for one in dmn.parse(decoded(file.read_bytes()).encode()).problems]


def _form(file: Path) -> list[Problem]:
    Form.parse(decoded(file.read_bytes()))
    return []


def _diagram(file: Path) -> list[Problem]:
    text = decoded(file.read_bytes())
    drawn = diagram.parse(text.encode())
    if file.suffix == ".bpmn" and (file.parent / "forms").is_dir():
        return lint.check(package.found(file.parent, file.stem))
    content = package.Package(key=drawn.key, files={f"{drawn.key}.bpmn": text})
    return [replace(one, file=file.name) for one in lint.check(content)]
