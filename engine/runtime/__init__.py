"""What an office brings to the engine: its runtime, calendar and service tasks, who acts, and what of a step is personal."""

from engine.runtime.calendars import calendar
from engine.runtime.declarations import background
from engine.runtime.handlers import BpmnError, Call, handler, handlers_by_topic, together
from engine.runtime.permissions import AlreadyCompleted, NotACandidate
from engine.runtime.personal import Personal
from engine.runtime.runtime import Around, Dated, Runtime, Service, current, enter, entered, leave

__all__ = [
    "AlreadyCompleted",
    "Around",
    "BpmnError",
    "Call",
    "Dated",
    "NotACandidate",
    "Personal",
    "Runtime",
    "Service",
    "background",
    "calendar",
    "current",
    "enter",
    "entered",
    "handler",
    "handlers_by_topic",
    "leave",
    "together",
]
