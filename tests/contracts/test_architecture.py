"""Rules of the architecture that import contracts cannot say: one writer, one clock, one reader of the environment, nothing evaluated."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tools.figures import doors, sources, state

ROOT = Path(__file__).parents[2]
PACKAGES = ("tools", "cli", "web", "office", "service_tasks", "engine", "models", "reception_desk")
FLOORS = ("tools", "bench", *PACKAGES[1:])
FOLDERS = {*PACKAGES, "processes", "migrations", "docs", "tests", "bench"}
SOURCES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts
)
COMMANDS = {path.relative_to(ROOT).as_posix() for floor in ("tools", "cli") for path in (ROOT / floor).rglob("*.py")}
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


@cache
def parsed() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of the product as (path from the root, syntax tree)."""
    return tuple((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES)


def dotted(node: ast.AST) -> str:
    """`datetime.now` for the expression that reads so; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def places(*endings: str) -> set[str]:
    """The modules in which an expression ends in one of the dotted names."""
    return {
        path
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and any(dotted(node) == ending or dotted(node).endswith(f".{ending}") for ending in endings)
    }


def test_one_place_commits() -> None:
    """A commit outside models.base would tear a step apart: the entry, the rows and the engine's state go together."""
    committing = [
        path
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert set(committing) == {"models/base.py"}


OF_A_SCOPE = ("variables", "due_groups")
VERBS = ("assign", "seen", "follow_scopes", "limited", "shift", "resume")
STATE = ("open", "stuck", "paused", "due", "scopes", "moves", *OF_A_SCOPE, *VERBS)
CHANGES = ("append", "extend", "update", "setdefault", "pop", "popitem", "clear", "remove")


def changed(node: ast.AST) -> list[ast.expr]:
    """What a statement or a call changes: what is assigned, deleted, or changed by a method."""
    if isinstance(node, ast.Assign | ast.Delete):
        return node.targets
    if isinstance(node, ast.AugAssign):
        return [node.target]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return [node.func.value] if node.func.attr in CHANGES else [node.func] if node.func.attr in VERBS else []
    return []


def is_of_a_case(target: ast.expr) -> bool:
    """Whether it is part of the state of a case, or of one of its scopes."""
    while isinstance(target, ast.Subscript):
        target = target.value
    *around, last = dotted(target).split(".")
    return last in STATE and bool(around) and (last in OF_A_SCOPE or "case" in around)


def test_steps_alone_change_a_case() -> None:
    """State changed by hand is in no record: the engine would go on from what no replay and no row knows of."""
    changing = {
        path
        for path, tree in parsed()
        if path.startswith("engine/")
        for node in ast.walk(tree)
        if any(is_of_a_case(target) for target in changed(node))
    }
    assert changing == {"engine/record/appliers.py", "engine/record/case.py", "engine/record/scopes.py"}


def test_one_place_reads_the_wall_clock() -> None:
    """Replay gives the recorded instant to the same code, which works only while nothing reads a clock of its own."""
    assert places("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time") == {
        "engine/ground/clock.py"
    }


def test_one_place_reads_the_environment() -> None:
    """Every setting is found in web.edge.config, and documented from there."""
    assert places("os.environ", "os.getenv") <= {"web/edge/config.py"}


def test_one_place_reads_what_an_address_asks_for() -> None:
    """A parameter read past its schema is a fault of ours waiting for whoever types something else."""
    assert places("request.args", "request.values", "request.query_string") == {"web/edge/addresses.py"}
    templates = (ROOT / "web" / "templates").rglob("*.html")
    assert [
        template.name
        for template in templates
        if re.search(r"request\.(args|values)", template.read_text(encoding="utf-8"))
    ] == []


def test_one_place_reads_bodies_in_json() -> None:
    """`request.get_json` and the API's parser go through web.edge.bodies; nothing else parses what a stranger sent."""
    assert {path for path in places("json.loads") if path.startswith("web/")} <= {
        "web/__init__.py",
        "web/edge/bodies.py",
        *COMMANDS,
    }


def test_what_tells_asks_no_database() -> None:
    """A sentence that asks is asked again for every line of a page; names are looked up in web.lookup, once for all of them."""
    asking = {
        f"{path}: {node.module}.{alias.name}"
        for path, tree in parsed()
        if path.startswith("web/") and "telling" in Path(path).parts
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module != "flask"
        for alias in node.names
        if alias.name in {"session", "connection", "select"}
        or node.module.startswith("sqlalchemy")
        or "queries" in node.module.split(".")
    }
    assert asking == set()


def test_nothing_is_evaluated_or_unpickled() -> None:
    """Whoever may publish a process or write a row must not thereby run Python."""
    calls = {
        path
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and dotted(node.func) in {"eval", "exec"}
    }
    imports = {
        path
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {"pickle", "marshal", "shelve"} & {alias.name for alias in node.names}
        | {getattr(node, "module", "")} & {"pickle"}
    }
    assert calls | imports == set()


def test_only_two_places_catch_everything() -> None:
    """Elsewhere an unexpected exception rolls back and is seen; jobs make incidents of it, the edge makes an answer."""
    broad = {
        path
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or dotted(node.type) == "Exception")
    }
    assert broad <= {"engine/running/jobs.py", "web/edge/errors.py"}


def test_every_top_level_folder_is_known() -> None:
    """A new folder with Python in it must be named in the import contracts, or nothing holds for it."""
    folders = {
        folder.name
        for folder in ROOT.iterdir()
        if folder.is_dir() and not folder.name.startswith(".") and any(folder.rglob("*.py"))
    }
    assert folders <= FOLDERS | {"var"}


def test_import_contracts_name_every_package() -> None:
    """The layers contract covers every package, in the order in which they may see each other."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert settings["root_packages"] == list(FLOORS)
    assert settings["contracts"][0]["layers"] == list(FLOORS)


def test_no_door_offers_more_than_can_be_looked_over() -> None:
    """Whoever comes to a room reads at its door what it is for, and every name is the one that it has inside."""
    too_much = [figure for figure in doors.measured(sources.product()) if figure.count > (figure.most or 0)]
    assert too_much == []


def test_no_import_points_up() -> None:
    """What is sold runs without what tests and measures it, and a command without the tests: an import of a higher floor would end that."""
    assert doors.arrows_up((*sources.product(), *sources.bench())) == []


def test_no_test_reaches_for_a_private_name() -> None:
    """What is private may be written anew without a test in the way; what a test has reason to call has a public name."""
    members = state.private_members((*sources.product(), *sources.bench()))
    assert [place for path, tree in sources.tests() for place in state.reaches(path, tree, members)] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_says_what_lives_there(path: Path) -> None:
    """A newcomer learns from the first sentence of a file what it holds."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_test_says_what_it_protects(path: Path) -> None:
    """Whoever sees a test fail learns from its first line what would go wrong in the office."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    assert [test.name for test in tests if not ast.get_docstring(test)] == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_test_can_fail(path: Path) -> None:
    """A test that asserts nothing passes whatever the office does; a helper that asserts for it is called so."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    assert [test.name for test in tests if not any(_asserts(node) for node in ast.walk(test))] == []


def _asserts(node: ast.AST) -> bool:
    """Whether something is asserted here, expected, or to be raised."""
    if isinstance(node, ast.Call):
        name = dotted(node.func).rpartition(".")[2]
        return name in ("expect", "raises") or name.startswith(("assert_", "expect_"))
    return isinstance(node, ast.Assert)


STATES, AMONG = ("task_state", "state"), ("in_", "not_in")


def test_states_are_members_of_enums() -> None:
    """A state that is misspelt is an error of the type check and no row that is never found."""
    assert [
        f"{path.relative_to(ROOT)}:{node.lineno} {text}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for text in _written_states(node)
    ] == []


def _written_states(node: ast.AST) -> list[str]:
    """The texts that stand where a state is compared, given by its name or put under it."""
    places: list[ast.expr] = []
    if isinstance(node, ast.Compare) and _names_a_state(node.left):
        places = node.comparators
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in AMONG:
        places = node.args if _names_a_state(node.func.value) else []
    elif isinstance(node, ast.Assign):
        places = [value for target, value in _given(node) if _names_a_state(target)]
    elif isinstance(node, ast.keyword) and node.arg in STATES:
        places = [node.value]
    elif isinstance(node, ast.Dict):
        places = [value for key, value in zip(node.keys, node.values, strict=True) if _is_text(key, *STATES)]
    parts = [part for place in places for part in _alternatives(place)]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _given(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Every target with its value, also of several that are assigned at once."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _alternatives(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]


def _names_a_state(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in STATES
    if isinstance(node, ast.Subscript):
        return _is_text(node.slice, *STATES)
    return isinstance(node, ast.Call) and bool(node.args) and _is_text(node.args[0], *STATES)


def _is_text(node: ast.expr | None, *texts: str) -> bool:
    return isinstance(node, ast.Constant) and node.value in texts
