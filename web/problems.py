"""problem+json (RFC 9457): what the REST API answers when something cannot be done, with a code for programs and a text for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

import engine
from web import errors
from web.i18n import language


def register(blueprint: Blueprint) -> None:
    """Answer the errors of a blueprint this way."""
    blueprint.register_error_handler(engine.EngineError, _engine_error)
    blueprint.register_error_handler(HTTPException, _http_error)


def answer(status: int, title: str, code: str, **more: Any) -> Response:
    """A problem+json response."""
    response = jsonify({"type": "about:blank", "title": title, "status": status, "code": code, **more})
    response.status_code, response.mimetype = status, "application/problem+json"
    return response


def _engine_error(error: engine.EngineError) -> Response:
    status = errors.status_of(error)
    if isinstance(error, engine.InvalidForm):
        about = {name: value for name, value in error.values.items() if name != "reasons"}
        return answer(status, errors.describe(error), error.code, reasons=_reasons(error), values=plain(about))
    return answer(status, errors.describe(error), error.code, values=plain(error.values) if status < 500 else {})


def _reasons(error: engine.InvalidForm) -> dict[str, Any]:
    return {
        field: [{"code": one.code, "text": errors.reason(one), "values": plain(one.values)} for one in found]
        for field, found in error.reasons.items()
    }


def _http_error(error: HTTPException) -> Response:
    """What the request's own shape got wrong, field by field, or any other refusal of HTTP."""
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages")
    if messages:
        return misshapen(messages, status)
    return answer(status, errors.of_status(status), error.name.replace(" ", ""))


def misshapen(messages: Mapping[str, Any], status: int = 422) -> Response:
    """The answer to a body that marshmallow refuses; its messages by where they were looked for (`json`, `query`), then by field."""
    reasons = dict(_flat(messages))
    return answer(status, gettext("What was entered cannot be accepted."), "Invalid", reasons=reasons)


def _flat(messages: Any, at: str = "") -> list[tuple[str, list[dict[str, Any]]]]:
    """Marshmallow's nested messages as (dotted field, reasons)."""
    if isinstance(messages, Mapping):
        return [pair for name, inner in messages.items() for pair in _flat(inner, f"{at}.{name}" if at else str(name))]
    place = at.removesuffix("._schema")  # what marshmallow calls an object as a whole
    return [(place.partition(".")[2] or place, [_shape(one) for one in messages])]


SHAPES = {
    "Missing data for required field.": "required",
    "Field may not be null.": "required",
    "Not a valid string.": "not_text",
    "Not a valid integer.": "not_a_number",
    "Unknown field.": "unknown_field",
    "Invalid input type.": "not_an_object",
    "Not a valid mapping type.": "not_an_object",
    "not_json": "not_json",
}
LIMITS = (
    (re.compile(r"[Ll]onger than maximum length (\d+)"), "too_long"),
    (re.compile(r"[Ss]horter than minimum length (\d+)"), "too_short"),
    (re.compile(r"greater than or equal to (-?\d+)"), "min"),
    (re.compile(r"less than or equal to (-?\d+)"), "max"),
)


def _shape(message: Any) -> dict[str, Any]:
    """One message of marshmallow, or a reason of ours, with its text in the caller's language."""
    found = message if isinstance(message, engine.Reason) else engine.Reason(SHAPES.get(str(message), "shape"))
    text = errors.reason(found) if found.code != "shape" else _shape_text(str(message))
    return {"code": "shape" if found is not message else found.code, "text": text, "values": plain(found.values)}


def _shape_text(message: str) -> str:
    """What marshmallow says in English, in the caller's language; what has no sentence of ours is told in English to whoever reads that."""
    told = [
        errors.reason(engine.Reason(code, {"limit": int(limit)}))
        for pattern, code in LIMITS
        for limit in pattern.findall(message)
    ]
    if told:
        return " ".join(told)
    return message if language() == "en" else errors.reason(engine.Reason("shape"))


def plain(value: Any) -> Any:
    """A value of the engine as JSON has it: instants and dates as text, whole decimals as integers, bytes in hex."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
