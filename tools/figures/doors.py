"""What stands at the front doors of models, engine, service tasks and office, and imports that point up."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.figures import Figure
from tools.figures.sources import Modules

MOST = 30
WITH_DOORS = ("models/", "engine/", "service_tasks/", "office/")
FLOORS = ("reception_desk", "models", "engine", "service_tasks", "office", "web", "cli", "bench", "tools", "tests")


def measured(modules: Modules) -> list[Figure]:
    """Return names at the widest door, names changed on the way out, and imports of a higher floor."""
    names = {door: list(offered(tree)) for door, tree in _doors(modules)}
    widest = max(names, key=lambda door: len(names[door]), default="")
    renamed = [f"{door}: {name}" for door, here in names.items() for name, as_ in here if as_]
    up = arrows_up(modules)
    return [
        Figure("names at the widest front door", len(names.get(widest, ())), MOST, places=(widest,)),
        Figure("names changed at a front door", len(renamed), 0, places=tuple(renamed[:5])),
        Figure("imports that point up", len(up), 0, places=tuple(up[:5])),
    ]


def arrows_up(modules: Modules) -> list[str]:
    """Return every import of a higher floor than the module's own: a command that needs the tests, a page that needs the benchmarks."""
    return [arrow for path, tree in modules for arrow in _up(path, tree)]


def _doors(modules: Modules) -> Iterator[tuple[str, ast.Module]]:
    """Yield the packages below the pages and all packages in them."""
    for path, tree in modules:
        folder, _, file = path.rpartition("/")
        if path.startswith(WITH_DOORS) and file == "__init__.py":
            yield folder, tree


def offered(tree: ast.Module) -> Iterator[tuple[str, str | None]]:
    """Yield what a door offers, each with the other name that it gets there: its `__all__`, or all that it imports and defines."""
    all_names = _listed(tree)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            imported = [(alias.name, alias.asname or alias.name) for alias in node.names]
            yield from (
                (name, as_ if as_ != name else None) for name, as_ in imported if all_names is None or as_ in all_names
            )
        else:
            yield from ((name, None) for name in _defined(node) if all_names is None or name in all_names)


def _defined(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a module defines; a constant counts like a function."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name) and not target.id.startswith("__")]


def _listed(tree: ast.Module) -> set[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return None


def _up(path: str, tree: ast.Module) -> Iterator[str]:
    floor = FLOORS.index(path.split("/", maxsplit=1)[0])
    for node in ast.walk(tree):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for module in modules:
            package = module.split(".")[0]
            if package in FLOORS and FLOORS.index(package) > floor:
                yield f"{path} imports {module}"
