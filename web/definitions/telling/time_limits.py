"""Limits of steps in words: what the FEEL of a due property means to the person who has to keep it."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask_babel import gettext

from engine import definitions, diagrams
from web.telling.names import element_name

DURATION = re.compile(r'duration\("P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?"\)')
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def text(definition: definitions.Definition, element: diagrams.Element) -> str:
    """Return the limit of a step as one sentence; empty when it has none."""
    parts = [words(element.properties.get("due", "").strip()), _shared(definition, element)]
    if element.properties.get("caseLimit") == "met":
        parts.append(gettext("within the limit of the case"))
    if element.properties.get("customerWaits") == "true":
        parts.append(gettext("the clock stands still meanwhile"))
    if element.properties.get("awaitsCustomer") == "true":
        parts.append(gettext("only the customer's answer is waited for"))
    return gettext("; ").join(part for part in parts if part)


def _shared(definition: definitions.Definition, element: diagrams.Element) -> str:
    group = element.properties.get("dueGroup")
    steps = [
        element_name(definition.key, member.id, member.name)
        for member in definition.elements.values()
        if group and member.properties.get("dueGroup") == group and member.id != element.id
    ]
    return gettext("together with: %(steps)s", steps=gettext(", ").join(steps)) if steps else ""


def words(due: str) -> str:
    """Return the FEEL of a limit in words; empty when there is none."""
    if not due:
        return ""
    for pattern, say in _sentences():
        match = re.fullmatch(pattern, due)
        if match is not None:
            return say(match)
    return gettext("by a date that the process works out")


def _sentences() -> tuple[tuple[str, Callable[[re.Match[str]], str]], ...]:
    """Return patterns of limits, and what each says."""
    length = r'(duration\("[^"]+"\))'
    return (
        (rf"accepted_at \+ {length}", lambda m: gettext("within %(time)s of acceptance", time=_length(m[1]))),
        (rf"entered_at \+ {length}", lambda m: gettext("within %(time)s", time=_length(m[1]))),
        (
            rf"office_hours\(\w+, {length}\)",
            lambda m: gettext("within %(time)s of office time", time=_length(m[1])),
        ),
        (r"same_day\(\w+\)", lambda _m: gettext("the same day")),
        (r'next_weekday\(\w+, "(\w+)"\)', lambda m: gettext("by the next %(day)s", day=_weekday(m[1]))),
        (r"day_of_month\(\w+, (\d+)\)", lambda m: gettext("by day %(day)s of the month", day=m[1])),
        (r"working_days\(\w+, (\d+)\)", lambda m: gettext("within %(count)s working days", count=m[1])),
        (r"first_working_day\([\w()]+\)", lambda _m: gettext("by the first working day of the month")),
    )


def _length(duration: str) -> str:
    match = DURATION.fullmatch(duration)
    if match is None:
        return duration
    days, hours, minutes = (int(part or 0) for part in match.groups())
    parts = [
        gettext("%(n)s days", n=days) if days else "",
        gettext("%(n)s hours", n=hours) if hours else "",
        gettext("%(n)s minutes", n=minutes) if minutes else "",
    ]
    return " ".join(part for part in parts if part)


def _weekday(name: str) -> str:
    weekdays = dict(
        zip(
            WEEKDAYS,
            (
                gettext("Monday"),
                gettext("Tuesday"),
                gettext("Wednesday"),
                gettext("Thursday"),
                gettext("Friday"),
                gettext("Saturday"),
                gettext("Sunday"),
            ),
            strict=True,
        )
    )
    return weekdays.get(name, name)
