"""A local is called by what it holds, in every folder but those of tests that are still to do; one of these that is done stays so."""

from __future__ import annotations

import re
from functools import cache

from tools.figures import naming, sources

# A folder stands for the modules in it, not for the folders below; the names that say nothing are listed in tools/figures/naming.py.
STILL_TO_DO = {
    "tests/browser",
    "tests/crash",
    "tests/properties",
    "tests/support",
    "tests/unit/engine/cases",
    "tests/unit/engine/cases/user_tasks",
    "tests/unit/engine/elements",
    "tests/unit/engine/elements/user_task",
    "tests/unit/engine/ground",
    "tests/unit/engine/proof",
    "tests/unit/engine/published/publishing",
    "tests/unit/engine/running",
    "tests/unit/engine/running/execution",
    "tests/unit/engine/spiff",
    "tests/unit/engine/spiff/run",
    "tests/unit/web",
    "tests/unit/web/api",
    "tests/unit/web/audit",
    "tests/unit/web/audit/queries",
    "tests/unit/web/cases",
    "tests/unit/web/cases/acts",
    "tests/unit/web/cases/cases",
    "tests/unit/web/customers",
    "tests/unit/web/definitions",
    "tests/unit/web/definitions/processes",
    "tests/unit/web/definitions/publication",
    "tests/unit/web/definitions/queries",
    "tests/unit/web/definitions/telling",
    "tests/unit/web/edge",
    "tests/unit/web/edge/asgi",
    "tests/unit/web/edge/auth",
    "tests/unit/web/edge/idempotency_keys",
    "tests/unit/web/operations",
    "tests/unit/web/queries",
    "tests/unit/web/supervision",
    "tests/unit/web/supervision/queries",
    "tests/unit/web/tasks",
    "tests/unit/web/tasks/beside",
    "tests/unit/web/tasks/completed",
    "tests/unit/web/tasks/papers",
    "tests/unit/web/tasks/queries",
    "tests/unit/web/tasks/tasklist",
    "tests/unit/web/telling",
    "tests/unit/web/telling/timeline",
}


@cache
def banned() -> list[naming.Local]:
    """Every local that is called by a name that says nothing."""
    names = naming.locals_of((*sources.product(), *sources.bench(), *sources.tests()))
    return [local for local in names if local.is_banned]


def test_a_local_is_called_by_what_it_holds() -> None:
    """Whoever reads a function learns from a name what it holds, in a new folder as well."""
    assert [f"{local.path}:{local.line} {local.name}" for local in banned() if local.folder not in STILL_TO_DO] == []


def test_a_folder_that_is_done_stays_so() -> None:
    """What is to do is only what `./desk check --names` still lists, all of it among the tests."""
    assert {local.folder for local in banned()} >= STILL_TO_DO
    assert [folder for folder in sorted(STILL_TO_DO) if not f"{folder}/".startswith("tests/")] == []


# Names of modules that could stand over anything, and that nobody opens who looks for something.
GUESSED_BY_NOBODY = {
    *("again", "people", "known", "loose", "foreign", "looking", "submission", "trying", "evidence", "filling"),
    *("spans", "limits", "words", "reference", "looks", "texts"),
}
PACKAGES = ("engine", "models", "office", "service_tasks", "web", "cli", "tools", "bench", "reception_desk")


def test_a_module_is_called_by_what_it_holds() -> None:
    """Python and JavaScript, folders as well: whoever looks for something finds the file by its name."""
    paths = {
        path.relative_to(sources.ROOT)
        for package in PACKAGES
        for ending in ("py", "js")
        for path in (sources.ROOT / package).rglob(f"*.{ending}")
    }
    own = {path for path in paths if not {"node_modules", "static"} & {*path.parts}}
    names = {(part.split(".")[0], path.as_posix()) for path in own for part in path.parts}
    assert sorted(path for name, path in names if name in GUESSED_BY_NOBODY) == []


def test_no_blueprint_is_called_by_a_name_nobody_guesses() -> None:
    """An address names its endpoint, the endpoint its blueprint, and that the module to open."""
    pattern = re.compile(r'^\w+ = (?:Blueprint|ApiBlueprint)\(\s*"(\w+)"', re.MULTILINE)
    names = {name for path in (sources.ROOT / "web").rglob("*.py") for name in pattern.findall(path.read_text("utf-8"))}
    assert names & GUESSED_BY_NOBODY == set()
