"""FEEL, decision tables, form rules and deadline arithmetic: pure functions, no database."""

from engine.language import feel, forms, written
from engine.language.calendar import Calendar
from engine.language.decisions import Outcome
from engine.language.forms import Field, Form, InvalidForm, Reason

__all__ = [
    "Calendar",
    "Field",
    "Form",
    "InvalidForm",
    "Outcome",
    "Reason",
    "feel",
    "forms",
    "written",
]
