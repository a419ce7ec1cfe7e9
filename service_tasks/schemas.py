"""Labelled fields for the schemas of service tasks, and the base of their parameters; no schema of a topic stands here.

The labels are what the modeler and the reference pages show. Amounts are integer fen. Instants leave as ISO text in Shanghai time,
because results are read by people and by FEEL.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, missing, pre_load, validate

from service_tasks.zone import ZONE


class Parameters(Schema):
    """Parameters of a topic. A null counts as left out where the field has a default, for FEEL gives null for what is not there."""

    @pre_load
    def _leave_out_nulls(self, values: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in values.items() if value is not None or not self._has_default(name)}

    def _has_default(self, name: str) -> bool:
        return name in self.fields and self.fields[name].load_default is not missing


class Instant(fields.AwareDateTime):
    """An aware instant, written as ISO text in Shanghai time."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | float | None:
        return super()._serialize(None if value is None else value.astimezone(ZONE), attr, obj, **kwargs)


def text(zh: str, en: str, *, longest: int = 200, personal: bool = False, **options: Any) -> fields.String:
    """Return a text of at most `longest` characters."""
    return fields.String(validate=validate.Length(max=longest), metadata=_labels(zh, en, personal), **options)


def secret(zh: str, en: str, **options: Any) -> fields.String:
    """Return a text that is used once and never shown again, to nobody."""
    marked = {**_labels(zh, en, personal=True), "secret": True}
    return fields.String(validate=validate.Length(max=200), metadata=marked, **options)


def choice(zh: str, en: str, values: tuple[str, ...] | Mapping[str, tuple[str, str]], **options: Any) -> fields.String:
    """Return one of `values`; where these are a mapping, each has its Chinese and English words under this name."""
    words = {"words": dict(values)} if isinstance(values, Mapping) else {}
    return fields.String(validate=validate.OneOf(tuple(values)), metadata={**_labels(zh, en), **words}, **options)


def msisdn(zh: str = "手机号码", en: str = "Number", **options: Any) -> fields.String:
    """Return a number as somebody typed it: one that cannot exist is refused as unknown, not as malformed."""
    return text(zh, en, personal=True, **options)


def fen(zh: str, en: str, *, least: int | None = None, signed: bool = False, **options: Any) -> fields.Integer:
    """Return an amount in fen, not below `least`; a result is never below nothing unless it is `signed`, as a balance is."""
    field = number(zh, en, unit="fen", least=least, **options)
    field.metadata = {**field.metadata, **({"signed": True} if signed else {})}
    return field


def number(zh: str, en: str, *, unit: str = "", least: int | None = None, **options: Any) -> fields.Integer:
    """Return a whole number in `unit`, not below `least`."""
    limits = None if least is None else validate.Range(min=least)
    labels = _labels(zh, en) | ({"unit": unit} if unit else {})
    return fields.Integer(strict=True, validate=limits, metadata=labels, **options)


def examined() -> fields.Integer:
    """Return how many records a check had to look at. Where there was none it has found nothing out, and its verdict is null."""
    return number("核查的记录数", "Records looked at")


def flag(zh: str, en: str, **options: Any) -> fields.Boolean:
    """Return a field that is true or false."""
    return fields.Boolean(metadata=_labels(zh, en), **options)


def day(zh: str, en: str, **options: Any) -> fields.Date:
    """Return a date."""
    return fields.Date(metadata=_labels(zh, en), **options)


def instant(zh: str, en: str, **options: Any) -> Instant:
    """Return a date and time."""
    return Instant(metadata=_labels(zh, en), **options)


def mapping(zh: str, en: str, *, personal: bool = False, **options: Any) -> fields.Dict:
    """Return an object whose keys the topic's documentation names."""
    return fields.Dict(metadata=_labels(zh, en, personal), **options)


def approval() -> fields.Dict:
    """Return the grant under which a payment is made; left out by processes that began before there were any."""
    return mapping("授权", "Grant", personal=True, load_default=None, allow_none=True)


def fault() -> fields.String:
    """Return what was found to be the cause; a payment for our fault then opens a liability. Left out, none is opened."""
    return text("责任原因", "Whose fault", longest=40, load_default=None, allow_none=True)


def one(zh: str, en: str, schema: type[Schema], *, personal: bool = False, **options: Any) -> fields.Nested:
    """Return an object of `schema`."""
    return fields.Nested(schema, metadata=_labels(zh, en, personal), **options)


def rows(zh: str, en: str, schema: type[Schema], *, personal: bool = False, **options: Any) -> fields.List:
    """Return a list of objects of `schema`."""
    return fields.List(fields.Nested(schema), metadata=_labels(zh, en, personal), **options)


def texts(zh: str, en: str, **options: Any) -> fields.List:
    """Return a list of codes or numbers."""
    return fields.List(fields.String(), metadata=_labels(zh, en), **options)


def _labels(zh: str, en: str, personal: bool = False) -> dict[str, Any]:
    return {"zh": zh, "en": en, **({"personal": True} if personal else {})}
