"""Files that lie anywhere, checked as what they are: a diagram, a decision table or a form, whoever drew it. Always findings, never an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from engine.definitions import diagram, dmn, filling, matching, names, package, tables
from engine.definitions.package import Package
from engine.errors import EngineError, InvalidDefinition, Problem
from engine.language.feel import Names
from engine.language.forms import Form
from engine.xml import MalformedXml, decoded

Lint = Callable[[Package], list[Problem]]


def check(file: Path, lint: Lint) -> list[Problem]:
    """Every problem of a file; a diagram is checked by `lint`, with the forms and tables that lie beside it as in processes/."""
    if not file.is_file():
        return [Problem(0, "", "missing_file", {"file": file.name}, file.name)]
    checks: dict[str, Callable[[Path, Lint], list[Problem]]] = {".dmn": _decisions, ".form": _form}
    try:
        return checks.get(file.suffix, _diagram)(file, lint)
    except MalformedXml as error:
        return [Problem(error.values["line"], "", "malformed_xml", error.values, file.name)]
    except InvalidDefinition as error:
        return [replace(one, file=file.name) for one in error.problems]
    except UnicodeDecodeError:
        return [Problem(0, "", "malformed_xml", {"why": "encoding"}, file.name)]


def of_unused(name: str, text: str) -> list[Problem]:
    """That no step uses a table or a form, and everything wrong or doubtful in it, all of it as warnings: it is not executed."""
    try:
        if name.endswith(".dmn"):
            found = [*_of_model(dmn.read_file(text.encode())), *_of_tables(text.encode())]
        else:
            form = Form.parse(text)
            labels = [*filling.unlabelled(form), *filling.half_labelled(form)]
            found = [*_of_form(form), *labels, *filling.warnings(form), *names.of_form(form)]
    except MalformedXml as error:
        found = [Problem(error.values["line"], "", "malformed_xml", error.values)]
    except InvalidDefinition as error:
        found = list(error.problems)
    told = Problem(0, "", "unused_file", {"file": name})
    return [replace(one, file=name, element_id="", warning=True) for one in (told, *found)]


def _decisions(file: Path, _lint: Lint) -> list[Problem]:
    return [replace(one, file=file.name) for one in _of_model(dmn.read_file(file.read_bytes()))]


def _of_model(model: dmn.Model) -> list[Problem]:
    found = [*model.problems, *(one for decision in model.decisions.values() for one in tables.problems(decision))]
    doubts = {str(one): one for decision in model.decisions.values() for one in matching.of_decision(model, decision)}
    return found + [Problem(0, "", one.rule, one.values) for one in doubts.values()]


def _form(file: Path, _lint: Lint) -> list[Problem]:
    return [replace(one, file=file.name) for one in _of_form(Form.parse(decoded(file.read_bytes())))]


def _of_form(form: Form) -> list[Problem]:
    return [*filling.problems(form), *matching.problems(form)]


def _diagram(file: Path, lint: Lint) -> list[Problem]:
    content = package_of(file)
    alone = content.key != file.stem or len(content.files) == 1
    return [replace(one, file=file.name) if alone else one for one in lint(content)]


def package_of(file: Path) -> Package:
    """A diagram with what lies beside it as in processes/; alone when nothing lies so. Errors: MalformedXml."""
    text = decoded(file.read_bytes())
    drawn = diagram.parse(text.encode())
    if file.suffix == ".bpmn" and (file.parent / "forms").is_dir():
        return package.found(file.parent, file.stem)
    return Package(key=drawn.key, files={f"{drawn.key}.bpmn": text})


def warnings(file: Path, started: Mapping[str, str]) -> list[Problem]:
    """What can hardly be right in a file that can be executed: of a decision table by itself, of a diagram among those that lie beside it.

    Shape: `started` as in `names.check`.
    """
    try:
        if file.suffix == ".dmn":
            return [replace(one, file=file.name) for one in _of_tables(file.read_bytes())]
        if file.suffix == ".form":
            form = Form.parse(decoded(file.read_bytes()))
            return [replace(one, file=file.name) for one in [*filling.warnings(form), *names.of_form(form)]]
        if file.suffix == ".bpmn" and (file.parent / "forms").is_dir():
            beside = [_found(path) for path in sorted(file.parent.glob("*.bpmn"))]
            others = [one for one in beside if one is not None]
            return names.check(package.found(file.parent, file.stem), others, started)
    except (EngineError, OSError, UnicodeDecodeError):  # told as problems
        return []
    return []


def _found(path: Path) -> package.Package | None:
    try:
        return package.found(path.parent, path.stem)
    except (EngineError, OSError, UnicodeDecodeError):
        return None


def _of_tables(content: bytes) -> Iterator[Problem]:
    model = dmn.read_file(content)
    nothing = Names({}, complete=False)
    doubts = tables.of_knowledge(model)
    for decision in model.decisions.values():
        doubts += tables.of_one(model, decision, nothing, asked_for=False)
    yield from names.told_of_table(doubts)
