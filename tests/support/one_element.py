"""Processes around one element `x`, for what is asked of its attributes and properties."""

from __future__ import annotations

from engine import definitions
from tests.support.drawing import call, end, package, path, process, start, user

CALLED = {"C_bpmn": process("C", start(), user("in"), end(), path("begun", "in", "finished"))}


def line(*middle: str) -> str:
    """A process that goes from its start through `x` to its end."""
    return process("P", start(), *middle, end(), path("begun", "x", "finished"))


def calling(**mapping: str) -> definitions.Package:
    """A process in which `x` calls another, with these values in and out."""
    return package("P", line(call("x", "C", **mapping)), **CALLED)


def with_property(name: str, value: str, element: str = user("x")) -> str:
    """The drawn element with a property of any name."""
    property_and_end = f'<spiffworkflow:property name="{name}" value="{value}"/></spiffworkflow:properties>'
    return element.replace("</spiffworkflow:properties>", property_and_end, 1)
