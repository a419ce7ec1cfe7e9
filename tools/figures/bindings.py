"""The names that a function binds: parameters, assignments, targets of loops and of comprehensions; and whether what they are bound to is a truth value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tools.figures.sources import Function, functions, inside

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
TRUTHS = frozenset({"bool", "any", "all", "isinstance", "issubclass", "hasattr", "callable"})
ASKING = ("is_", "has_", "may_", "can_", "startswith", "endswith", "isdigit", "exists")
RECEIVERS = frozenset({"self", "cls"})


@dataclass(frozen=True)
class Binding:
    """A name bound once; `is_truth` when by annotation, default or value it holds true or false."""

    name: str
    line: int
    is_truth: bool = False


def scopes(tree: ast.Module) -> Iterator[list[Binding]]:
    """Yield the bindings of each function, those of lambdas and comprehensions in it included; then those of comprehensions outside every function."""
    for function in functions(tree):
        parameters = [binding for binding in _parameters(function.args) if not _is_of_python(function, binding.name)]
        yield [*parameters, *_bound(list(inside(function)))]
    yield _bound([node for node in _outside(tree) if isinstance(node, Comprehension | ast.Lambda)], is_deep=True)


def _is_of_python(function: Function, name: str) -> bool:
    """Tell whether the language itself calls a parameter so, as the other of two that are compared."""
    return name == "other" and function.name.startswith("__")


def _outside(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes of a module and of its classes without those of functions."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, Comprehension | ast.Lambda):
            pending.extend(child for child in ast.iter_child_nodes(node) if not isinstance(child, Function))


def _bound(nodes: list[ast.AST], *, is_deep: bool = False) -> list[Binding]:
    """Return what these nodes bind, or with `is_deep` what any node below them binds."""
    walked = [inner for node in nodes for inner in ast.walk(node)] if is_deep else nodes
    values = dict(pair for node in walked for pair in _assigned(node))
    bindings = []
    for node in walked:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bindings.append(Binding(node.id, node.lineno, values.get(id(node), False)))
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            bindings.append(Binding(node.name, node.lineno))
        elif isinstance(node, ast.Lambda):
            bindings += _parameters(node.args)
    return bindings


def _assigned(node: ast.AST) -> Iterator[tuple[int, bool]]:
    """Yield the names that an assignment binds, by the identity of their nodes, and whether to a truth value."""
    if isinstance(node, ast.Assign):
        yield from ((id(target), _is_truth(node.value)) for target in node.targets)
    elif isinstance(node, ast.AnnAssign):
        yield id(node.target), _is_boolean(node.annotation)
    elif isinstance(node, ast.NamedExpr):
        yield id(node.target), _is_truth(node.value)


def _parameters(arguments: ast.arguments) -> list[Binding]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    pairs += [(rest, None) for rest in (arguments.vararg, arguments.kwarg) if rest]
    return [_parameter(parameter, default) for parameter, default in pairs if parameter.arg not in RECEIVERS]


def _parameter(parameter: ast.arg, default: ast.expr | None) -> Binding:
    is_truth = _is_boolean(parameter.annotation) if parameter.annotation else default is not None and _is_truth(default)
    return Binding(parameter.arg, parameter.lineno, is_truth)


def _is_boolean(annotation: ast.expr) -> bool:
    return ast.unparse(annotation) in ("bool", "bool | None")


def _is_truth(value: ast.expr) -> bool:
    """Tell whether an expression gives true or false whatever it is about."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, bool)
    if isinstance(value, ast.BoolOp):
        return all(_is_truth(operand) for operand in value.values)
    if isinstance(value, ast.Call):
        callee = ast.unparse(value.func)
        return callee in TRUTHS or callee.rpartition(".")[2].lstrip("_").startswith(ASKING)
    return isinstance(value, ast.Compare) or (isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not))
