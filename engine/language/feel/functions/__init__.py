"""FEEL's built-in functions, as far as the subset goes, and those of the business calendar; one file for each kind.

A function that is given what it cannot use answers null, as the standard has it. The scope brings the instant, the calendar and the budget.
"""

from collections.abc import Mapping
from types import MappingProxyType

from engine.language.feel.functions import contexts, dates, lists, numbers, office, ranges, strings
from engine.language.feel.functions.registry import CHARGE, DECLARED, Function

BUILTINS: Mapping[str, Function] = MappingProxyType(DECLARED)
KINDS = (contexts, dates, lists, numbers, office, ranges, strings)

__all__ = ["BUILTINS", "CHARGE", "KINDS", "Function"]
