"""Files that lie anywhere, checked as what they are: a diagram, a decision table or a form, whoever drew it. Always findings, never an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from engine.definitions import dmn, form_lint, names, package, pattern_lint, tables
from engine.definitions.package import Package
from engine.diagrams import diagram
from engine.ground.errors import EngineError, InvalidDefinition, Problem
from engine.ground.xml import MalformedXml, decoded_file
from engine.language.feel import Names
from engine.language.forms import Form

Lint = Callable[[Package], list[Problem]]


def check(file: Path, lint: Lint) -> list[Problem]:
    """Return every problem of a file; a diagram is checked by `lint`, with the forms and tables that lie beside it as in processes/."""
    if not file.is_file():
        return [Problem(0, "", "missing_file", {"file": file.name}, file.name)]
    checks: dict[str, Callable[[Path, Lint], list[Problem]]] = {".dmn": _decisions, ".form": _form}
    try:
        return checks.get(file.suffix, _diagram)(file, lint)
    except MalformedXml as error:
        return [Problem(error.values["line"], "", "malformed_xml", error.values, file.name)]
    except InvalidDefinition as error:
        return [replace(problem, file=file.name) for problem in error.problems]
    except UnicodeDecodeError:
        return [Problem(0, "", "malformed_xml", {"why": "encoding"}, file.name)]


def unused_findings(name: str, text: str) -> list[Problem]:
    """Warn that no step uses a table or a form, and of everything wrong or doubtful in it, all of it as warnings: it is not executed."""
    try:
        if name.endswith(".dmn"):
            problems = [*_of_model(dmn.read_decisions(text.encode())), *_of_tables(text.encode())]
        else:
            form = Form.parse(text)
            labels = [*form_lint.unlabelled(form), *form_lint.half_labelled(form)]
            problems = [
                *form_lint.key_twice(text),
                *_of_form(form),
                *labels,
                *form_lint.warnings(form),
                *names.of_form(form),
            ]
    except MalformedXml as error:
        problems = [Problem(error.values["line"], "", "malformed_xml", error.values)]
    except InvalidDefinition as error:
        problems = list(error.problems)
    unused = Problem(0, "", "unused_file", {"file": name})
    return [replace(problem, file=name, element_id="", warning=True) for problem in (unused, *problems)]


def _decisions(file: Path, _lint: Lint) -> list[Problem]:
    return [replace(problem, file=file.name) for problem in _of_model(dmn.read_decisions(file.read_bytes()))]


def _of_model(model: dmn.Model) -> list[Problem]:
    problems = [
        *model.problems,
        *(problem for decision in model.decisions.values() for problem in tables.problems(decision)),
    ]
    doubts = {
        str(doubt): doubt
        for decision in model.decisions.values()
        for doubt in pattern_lint.of_decision(model, decision)
    }
    return problems + [Problem(0, "", doubt.rule, doubt.values) for doubt in doubts.values()]


def _form(file: Path, _lint: Lint) -> list[Problem]:
    text = decoded_file(file.read_bytes())
    problems = [*form_lint.key_twice(text), *_of_form(Form.parse(text))]
    return [replace(problem, file=file.name) for problem in problems]


def _of_form(form: Form) -> list[Problem]:
    return [*form_lint.problems(form), *pattern_lint.problems(form)]


def _diagram(file: Path, lint: Lint) -> list[Problem]:
    content = package_of(file)
    alone = content.key != file.stem or len(content.files) == 1
    return [replace(problem, file=file.name) if alone else problem for problem in lint(content)]


def package_of(file: Path) -> Package:
    """Return a diagram with what lies beside it as in processes/; alone when nothing lies so. Errors: MalformedXml."""
    text = decoded_file(file.read_bytes())
    parsed = diagram.parse(text.encode())
    if file.suffix == ".bpmn" and (file.parent / "forms").is_dir():
        return package.found(file.parent, file.stem)
    return Package(key=parsed.key, files={f"{parsed.key}.bpmn": text})


def warnings(file: Path, opening_types: Mapping[str, str]) -> list[Problem]:
    """Return what can hardly be right in a file that can be executed: of a decision table by itself, of a diagram among those that lie beside it.

    Shape: `opening_types` as in `names.check`.
    """
    try:
        if file.suffix == ".dmn":
            return [replace(problem, file=file.name) for problem in _of_tables(file.read_bytes())]
        if file.suffix == ".form":
            form = Form.parse(decoded_file(file.read_bytes()))
            return [replace(problem, file=file.name) for problem in [*form_lint.warnings(form), *names.of_form(form)]]
        if file.suffix == ".bpmn" and (file.parent / "forms").is_dir():
            beside = [_found(path) for path in sorted(file.parent.glob("*.bpmn"))]
            in_force = [candidate for candidate in beside if candidate is not None]
            return names.check(package.found(file.parent, file.stem), in_force, opening_types)
    except (EngineError, OSError, UnicodeDecodeError):  # told as problems
        return []
    return []


def _found(path: Path) -> package.Package | None:
    try:
        return package.found(path.parent, path.stem)
    except (EngineError, OSError, UnicodeDecodeError):
        return None


def _of_tables(content: bytes) -> Iterator[Problem]:
    model = dmn.read_decisions(content)
    no_names = Names({}, complete=False)
    doubts = tables.of_knowledge(model)
    for decision in model.decisions.values():
        doubts += tables.of_one(model, decision, no_names, asked_for=False)
    yield from names.told_of_table(doubts, no_names)
