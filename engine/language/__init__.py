"""FEEL, decision tables, form rules and deadline arithmetic: pure functions, no database."""

from engine.language import feel, forms, written
from engine.language.calendar import Calendar
from engine.language.decisions import Outcome
from engine.language.forms import Field, Form, InvalidForm, Option, Reason
from engine.language.vocabulary import Added, Kind, Unit, Vocabulary

__all__ = [
    "Added",
    "Calendar",
    "Field",
    "Form",
    "InvalidForm",
    "Kind",
    "Option",
    "Outcome",
    "Reason",
    "Unit",
    "Vocabulary",
    "feel",
    "forms",
    "written",
]
