"""FEEL's built-in functions, as far as the subset goes, and those of the business calendar, one file for each kind; and what an office adds to them.

A function that is given what it cannot use answers null, as the standard has it. The scope brings the instant, the calendar and the budget.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from engine.language import vocabulary
from engine.language.feel.functions import contexts, dates, lists, numbers, office, ranges, strings
from engine.language.feel.functions.registry import CHARGE, DECLARED, Catalogue, Function
from engine.language.vocabulary import Vocabulary

BUILTINS: Mapping[str, Function] = MappingProxyType(DECLARED)
KINDS = (contexts, dates, lists, numbers, office, ranges, strings)


def known_functions() -> Mapping[str, Function]:
    """Return every function by its FEEL name: the built-in ones and those of the office. Errors: ValueError when the office adds one that is built in."""
    return _with(vocabulary.in_force())


@lru_cache(maxsize=16)
def _with(words: Vocabulary) -> Mapping[str, Function]:
    functions = Catalogue(BUILTINS)
    for added in words.functions:
        if added.name in functions:
            raise ValueError(f"FEEL has a function {added.name} already")
        functions.declare(added.name, added.parameters, cost=added.cost)(added.run)
    return MappingProxyType(functions)


__all__ = ["BUILTINS", "CHARGE", "KINDS", "Function", "known_functions"]
