"""What a FEEL function is: its names for its parameters, how many it needs, and what calling it costs. The functions stand beside this file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from engine.language.feel.types import kind, normal

CHARGE = 8


@dataclass(frozen=True)
class Function:
    """A function: its parameter names, how many are needed, whether the last takes any number of values, and what it does.

    `run` is given the scope and the arguments, numbers normal. `aliases` are other parameter lists by which it may be called with names;
    `cost` is what a call takes from the budget, and every CHARGE parts of what it is given.
    """

    name: str
    parameters: tuple[str, ...]
    needed: int
    many: bool
    run: Callable[..., Any]
    aliases: tuple[tuple[str, ...], ...] = ()
    cost: int = 1

    def accepts(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return count >= self.needed and (self.many or count <= len(self.parameters))

    def order(self, names: Iterable[str]) -> tuple[str, ...] | None:
        """Its parameters in order when called with these names; null when it cannot be."""
        given = set(names)
        for parameters in (self.parameters, *self.aliases):
            if given <= set(parameters) and given >= set(parameters[: self.needed]):
                return parameters
        return None

    def __call__(self, scope: Any, arguments: list[Any]) -> Any:
        """Its value; null for what has no meaning. Errors: FeelLimit."""
        scope.spend(self.cost * (1 + sum(_size(argument) for argument in arguments)))
        try:
            result = self.run(scope, *map(normal, arguments))
        except (ArithmeticError, ValueError):
            return None
        scope.spend(_size(result))
        return result


def _size(value: Any) -> int:
    return len(value) // CHARGE if isinstance(value, str | list | dict) else 0


BUILTINS: dict[str, Function] = {}


def builtin(
    name: str,
    parameters: str = "",
    *,
    optional: int = 0,
    many: bool = False,
    aliases: tuple[str, ...] = (),
    cost: int = 1,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function under its FEEL name; `parameters` and `aliases` are lists with commas."""
    names = _listed(parameters)

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        needed = max(1, len(names) - 1) if many else len(names) - optional
        BUILTINS[name] = Function(name, names, needed, many, run, tuple(map(_listed, aliases)), cost)
        return run

    return register


def _listed(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def items_of(values: tuple[Any, ...]) -> list[Any] | None:
    """The values of a function over a list: given as one list, or one by one."""
    if len(values) == 1:
        only = values[0]
        return only if isinstance(only, list) else (None if only is None else [only])
    return list(values)


def numbers_of(values: tuple[Any, ...]) -> list[Any] | None:
    """The same when all are numbers and there is one; else null."""
    items = items_of(values)
    if not items or any(kind(item) != "number" for item in items):
        return None
    return items


def is_text(*values: Any) -> bool:
    """Whether all are strings."""
    return all(isinstance(value, str) for value in values)


def is_whole(*values: Any) -> bool:
    """Whether all are whole numbers."""
    return all(type(value) is int for value in values)
