"""What a FEEL function is: its names for its parameters, how many it needs, and what calling it costs. The functions stand beside this file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard, TypeVar

from engine.language.feel.scope import Scope
from engine.language.feel.types import FeelValue, Number, is_number, normal

_Run = TypeVar("_Run", bound=Callable[..., FeelValue])

CHARGE = 8
SINGLE = frozenset(
    {
        *("string", "input", "pattern", "flags", "replacement", "delimiter", "date", "to", "time", "negand"),
        *("start position", "length", "position", "n", "scale", "number", "dividend", "divisor"),
    }
)


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
    run: Callable[..., FeelValue]
    aliases: tuple[tuple[str, ...], ...] = ()
    cost: int = 1

    def accepts(self, count: int) -> bool:
        """Tell whether it can be called with so many arguments."""
        return count >= self.needed and (self.many or count <= len(self.parameters))

    def order(self, names: Iterable[str]) -> tuple[str, ...] | None:
        """Return its parameters in order when called with these names; null when it cannot be."""
        labels = set(names)
        for parameters in (self.parameters, *self.aliases):
            if labels <= set(parameters) and labels >= set(parameters[: self.needed]):
                return parameters
        return None

    def __call__(self, scope: Scope, arguments: list[FeelValue]) -> FeelValue:
        """Return its value; null for what has no meaning. Errors: FeelLimit."""
        parts = 1
        for argument in arguments:
            if type(argument) not in _ATOMS:
                parts += _size(argument)
        scope.spend(self.cost * parts)
        result = self._of(scope, arguments)
        if result is None and (fitting := self._fitting(arguments)) is not None:
            result = self._of(scope, fitting)
        if type(result) not in _ATOMS:
            scope.spend(_size(result))
        return result

    def _of(self, scope: Scope, arguments: list[FeelValue]) -> FeelValue:
        try:
            return self.run(
                scope, *[argument if type(argument) in _NORMAL else normal(argument) for argument in arguments]
            )
        except (ArithmeticError, ValueError):
            return None

    def _fitting(self, arguments: list[FeelValue]) -> list[FeelValue] | None:
        """Return the arguments, a list of one where its only item is asked for, and the other way round; null when nothing changes."""
        if not arguments:
            return None
        fitting = [_fitted(self.name, *pair) for pair in zip(self.parameters, arguments, strict=False)]
        fitting += arguments[len(fitting) :]
        return (
            fitting
            if any(argument is not before for argument, before in zip(fitting, arguments, strict=True))
            else None
        )


def _fitted(function: str, parameter: str, value: FeelValue) -> FeelValue:
    if parameter == "list" and value is not None and not isinstance(value, list):
        return [value]
    single = parameter in SINGLE or (parameter in ("from", "match") and function not in ("string", "index of"))
    return value[0] if single and isinstance(value, list) and len(value) == 1 else value


_ATOMS = frozenset({bool, int, type(None)})
_NORMAL = _ATOMS | {str}


def _size(value: FeelValue) -> int:
    return len(value) // CHARGE if isinstance(value, str | list | dict) else 0


class Catalogue(dict[str, Function]):
    """Functions by their FEEL name, filled while the modules beside this one are imported and read-only from then on."""

    def declare(
        self,
        name: str,
        parameters: str = "",
        *,
        optional: int = 0,
        many: bool = False,
        aliases: tuple[str, ...] = (),
        cost: int = 1,
    ) -> Callable[[_Run], _Run]:
        """Take the decorated function in under its FEEL name; `parameters` and `aliases` are lists with commas."""
        names = _listed(parameters)

        def take(run: _Run) -> _Run:
            least = max(1, len(names) - 1) if many else len(names) - optional
            self[name] = Function(name, names, least, many, run, tuple(map(_listed, aliases)), cost)
            return run

        return take


DECLARED = Catalogue()
builtin = DECLARED.declare


def _listed(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def items_of(values: tuple[FeelValue, ...]) -> list[FeelValue] | None:
    """Return the values of a function over a list: given as one list, or one by one."""
    if len(values) == 1:
        only = values[0]
        return only if isinstance(only, list) else (None if only is None else [only])
    return list(values)


def numbers_of(values: tuple[FeelValue, ...]) -> list[Number] | None:
    """Return the same when all are numbers and there is one; else null."""
    items = items_of(values)
    if not items:
        return None
    numbers = [item for item in items if is_number(item)]
    return numbers if len(numbers) == len(items) else None


def cut(value: FeelValue) -> FeelValue:
    """Return a number without its fraction, where the standard asks for a whole one; anything else as it is."""
    return int(value) if isinstance(value, Decimal) else value


def is_whole(value: FeelValue) -> TypeGuard[int]:
    """Tell whether a value is a whole number."""
    return type(value) is int
