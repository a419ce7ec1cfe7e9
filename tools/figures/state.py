"""State that lives in modules instead of in what `create_app` makes, and tests that reach for private names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.figures import Figure
from tools.figures.sources import PACKAGES, Modules, functions, inside

CONTEXTS = ("engine/runtime/runtime.py", "engine/language/vocabulary.py", "models/base.py")  # docs/adr/0020
CHANGES = frozenset({"append", "add", "update", "clear", "extend", "remove", "discard"})
CHANGES_AND_ANSWERS = frozenset({"setdefault", "pop", "popitem"})


def measured(modules: Modules, tests: Modules) -> list[Figure]:
    """Return modules with names that functions rebind or change, their own or another's; private names that tests reach for; context variables."""
    holders = [path for path, tree in modules if set(_changed(tree)) or any(_elsewhere(tree))]
    beside = [f"{path}:{node.lineno}" for path, tree in modules if path not in CONTEXTS for node in _contexts(tree)]
    own = private_members(modules)
    reached = [place for path, tree in tests for place in reaches(path, tree, own)]
    return [
        Figure("modules with state of their own", len(holders), 0, places=tuple(holders[:5])),
        Figure("private names that tests reach for", len(reached), 0, places=tuple(reached[:5])),
        Figure("context variables beside the runtime", len(beside), 0, places=tuple(beside[:5])),
    ]


def _contexts(tree: ast.Module) -> Iterator[ast.Call]:
    """Yield every place at which a context variable is made."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and "ContextVar" in ast.unparse(node.func))


def _changed(tree: ast.Module) -> Iterator[str]:
    """Yield names of the module that some function declares global, changes by a method or sets an item of."""
    globals_ = {target.id for node in tree.body for target in _targets(node) if isinstance(target, ast.Name)}
    for function in functions(tree):
        nodes = list(inside(function))
        own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        for node in nodes:
            if isinstance(node, ast.Global):
                yield from node.names
            elif (name := _changed_by(node)) in globals_ - own:
                yield name


def _elsewhere(tree: ast.Module) -> Iterator[str]:
    """Yield constants of other modules that this one changes: `module.NAME[key] = …`, `module.NAME.append(…)`."""
    modules = {alias.asname or alias.name for node in ast.walk(tree) for alias in _imported(node)}
    for node in ast.walk(tree):
        holder = _holder(node)
        if isinstance(holder, ast.Attribute) and holder.attr.isupper() and ast.unparse(holder.value) in modules:
            yield ast.unparse(holder)


def _imported(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def _changed_by(node: ast.AST) -> str:
    holder = _holder(node)
    return holder.id if isinstance(holder, ast.Name) else ""


def _holder(node: ast.AST) -> ast.AST | None:
    """Return what a statement or a call changes an item of, if it changes one."""
    holder: ast.AST | None = None
    if isinstance(node, ast.Expr) and (attribute := _called(node.value)) and attribute.attr in CHANGES:
        holder = attribute.value  # whose answer is used, such as the sum of two numbers, changed nothing
    elif (attribute := _called(node)) and attribute.attr in CHANGES_AND_ANSWERS:
        holder = attribute.value
    elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        holder = node.value
    return holder


def _called(node: ast.AST) -> ast.Attribute | None:
    return node.func if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None


def private_members(modules: Modules) -> frozenset[str]:
    """Return the private methods and attributes of the product's classes; those of `engine/spiff` are SpiffWorkflow's own names."""
    own = (tree for path, tree in modules if not path.startswith("engine/spiff/"))
    classes = [node for tree in own for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    parts = [part for node in classes for part in ast.walk(node)]
    names = {part.name for part in parts if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)}
    names |= {part.attr for part in parts if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)}
    return frozenset(filter(_is_private, names))


def reaches(path: str, tree: ast.Module, members: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield every place at which a test names something private of the product: by import, as an attribute of a module or of an object that has it
    among its `members`, or in words to be patched. What a class of the test calls so itself is its own.
    """
    members -= private_members(((path, tree),))
    modules: set[str] = set()
    foreign = {"self", "cls"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] not in PACKAGES:
            foreign |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules |= {alias.asname or alias.name for alias in node.names}
            yield from (f"{path}:{node.lineno} {alias.name}" for alias in node.names if _is_private(alias.name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and _is_private(node.attr):
            is_of_product = node.value.id in modules or (node.attr in members and node.value.id not in foreign)
            yield from [f"{path}:{node.lineno} {node.value.id}.{node.attr}"] if is_of_product else []
        elif isinstance(node, ast.Call) and (attribute := _called(node)) and attribute.attr == "setattr":
            yield from (f"{path}:{node.lineno} {name}" for name in _patched(node, modules))


def _patched(call: ast.Call, modules: set[str]) -> Iterator[str]:
    """Yield the private name that `monkeypatch.setattr` puts something else in the place of, if it is the product's."""
    first, second, *_ = [*call.args, None, None]
    if isinstance(first, ast.Constant):
        package, *names = str(first.value).split(".")
        yield from [str(first.value)] if package in PACKAGES and any(map(_is_private, names)) else []
    elif isinstance(first, ast.Name) and first.id in modules and isinstance(second, ast.Constant):
        yield from [f"{first.id}.{second.value}"] if _is_private(str(second.value)) else []


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")
