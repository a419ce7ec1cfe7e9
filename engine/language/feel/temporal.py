"""Dates, times and durations of FEEL: reading their ISO 8601 text and naming their parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.language.feel.types import FeelValue
from engine.language.values import YearsMonths

_DURATION = re.compile(
    r"(-?)P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{0,9})?)S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-?)P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
FURTHEST = timedelta(hours=14)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?(?:@([\w/+-]{1,60}))?", re.ASCII)


def read_duration(text: str) -> timedelta | YearsMonths | None:
    """Return a duration from its ISO 8601 text; null for anything else."""
    if text.endswith("T") or text in ("P", "-P"):
        return None
    if match := _MONTHS.fullmatch(text):
        sign, years, months = match.groups()
        count = int(years or 0) * 12 + int(months or 0)
        return YearsMonths(-count if sign else count)
    if not (match := _DURATION.fullmatch(text)):
        return None
    sign, days, hours, minutes, seconds = match.groups()
    try:
        span = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            microseconds=int(Decimal(seconds or 0) * 1_000_000),
        )
    except OverflowError:
        return None
    return -span if sign else span


def read_date(text: str) -> date | None:
    """Return a date from its ISO 8601 text."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Return a time of day from its ISO 8601 text, with offset or zone when given."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hour, minute, second, fraction, offset, zone = match.groups()
    if offset and zone:
        return None
    try:
        return time(int(hour), int(minute), int(second), _micro(fraction), tzinfo=zone_of(offset, zone))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None


def _micro(fraction: str | None) -> int:
    return int(Decimal(fraction) * 1_000_000) if fraction else 0


def zone_of(offset: str | None, name: str | None = None) -> tzinfo | None:
    """Return the zone of a written offset or of a name; none without either. Errors: ValueError, ZoneInfoNotFoundError."""
    if name:
        return ZoneInfo(name)
    if offset is None:
        return None
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return zone_at(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))


def zone_at(offset: timedelta) -> timezone:
    """Return the zone so far from UTC. Errors: ValueError when no place on earth is, by XML Schema."""
    if abs(offset) > FURTHEST:
        raise ValueError(offset)
    return timezone(offset)


def read_date_time(text: str) -> datetime | None:
    """Return a date and time from its ISO 8601 text; a bare date is its midnight."""
    day, separator, clock = text.partition("T")
    on = read_date(day)
    if on is None:
        return None
    if not separator:
        return datetime.combine(on, time())
    at = read_time(clock)
    return datetime.combine(on, at) if at is not None else None


_READERS: tuple[Callable[[str], date | time | timedelta | YearsMonths | None], ...] = (
    read_date,
    read_date_time,
    read_time,
    read_duration,
)


def at_literal(text: str) -> date | time | timedelta | YearsMonths | None:
    """Return what @"…" means: a date, a date and time, a time or a duration; null when none of these."""
    for reader in _READERS:
        value = reader(text)
        if value is not None:
            return value
    return None


def property_of(value: FeelValue, name: str) -> FeelValue:
    """Return a part of a date, time or duration; null for what it does not have."""
    if isinstance(value, YearsMonths):
        sign = -1 if value.months < 0 else 1
        return {"years": sign * (abs(value.months) // 12), "months": sign * (abs(value.months) % 12)}.get(name)
    if isinstance(value, timedelta):
        return _duration_part(value, name)
    part: FeelValue = _date_part(value, name) if isinstance(value, date) else None
    if part is None and isinstance(value, datetime | time):
        part = _time_part(value, name)
    return part


def _duration_part(value: timedelta, name: str) -> int | None:
    sign = -1 if value < timedelta() else 1
    seconds = abs(value) // timedelta(seconds=1)
    parts = {
        "days": seconds // 86_400,
        "hours": seconds % 86_400 // 3_600,
        "minutes": seconds % 3_600 // 60,
        "seconds": seconds % 60,
    }
    return sign * parts[name] if name in parts else None


def _date_part(value: date, name: str) -> int | None:
    match name:
        case "year":
            return value.year
        case "month":
            return value.month
        case "day":
            return value.day
        case "weekday":
            return value.isoweekday()
    return None


def _time_part(value: datetime | time, name: str) -> int | timedelta | str | None:
    match name:
        case "hour":
            return value.hour
        case "minute":
            return value.minute
        case "second":
            return value.second
        case "time offset":
            return value.utcoffset()
        case "timezone" if isinstance(value.tzinfo, ZoneInfo):
            return value.tzinfo.key
    return None


def write(value: object) -> str:
    """Return the text of `string(value)`."""
    if isinstance(value, timedelta):
        return _write_duration(value)
    if isinstance(value, datetime | time):
        text = value.replace(tzinfo=None).isoformat()
        text = text.rstrip("0") if value.microsecond else text
        if isinstance(value.tzinfo, ZoneInfo):
            return f"{text}@{value.tzinfo.key}"
        offset = value.utcoffset()
        return text if offset is None else text + ("Z" if not offset else write_offset(offset))
    return value.isoformat() if isinstance(value, date) else str(value)


def write_offset(offset: timedelta) -> str:
    """Return an offset from UTC, "+08:00"."""
    minutes, seconds = divmod(abs(offset) // timedelta(seconds=1), 60)
    text = f"{'-' if offset < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


def _write_duration(value: timedelta) -> str:
    span = abs(value)
    hours, rest = divmod(span.seconds, 3_600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{span.microseconds:06d}".rstrip("0") if span.microseconds else ""
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    text = "P" + (f"{span.days}D" if span.days else "") + (f"T{clock}" if clock else "")
    return ("-" if value < timedelta() else "") + (text if text != "P" else "PT0S")
