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
import engine.language
from web.edge import access_logging, errors, field_names
from web.telling import error_texts, reason_texts


def register(blueprint: Blueprint) -> None:
    """Answer the errors of a blueprint this way."""
    blueprint.register_error_handler(engine.EngineError, _engine_error)
    blueprint.register_error_handler(HTTPException, _http_error)


def answer(status: int, title: str, code: str, **more: Any) -> Response:
    """Return a problem+json response."""
    response = jsonify({"type": "about:blank", "title": title, "status": status, "code": code, **more})
    response.status_code, response.mimetype = status, "application/problem+json"
    return response


def _engine_error(error: engine.EngineError) -> Response:
    status = errors.status_of(error)
    access_logging.refused(error)
    if isinstance(error, engine.language.InvalidForm):
        about = {name: value for name, value in error.values.items() if name != "reasons"}
        return answer(status, error_texts.describe(error), error.code, reasons=_reasons(error), values=plain(about))
    return answer(status, error_texts.describe(error), error.code, values=plain(error.values) if status < 500 else {})


def _reasons(error: engine.language.InvalidForm) -> dict[str, Any]:
    return {
        field: [
            _named(
                "json",
                field_names.within(field),
                code=reason.code,
                text=reason_texts.reason(reason),
                values=plain(reason.values),
            )
            for reason in reasons
        ]
        for field, reasons in error.reasons.items()
    }


def _named(place: str, name: str, **details: Any) -> dict[str, Any]:
    """Return a reason with what a person calls its field and, in a body, where that stands."""
    pointer = field_names.pointer(place, name)
    return {**details, "label": field_names.label(place, name), **({"pointer": pointer} if pointer else {})}


def _http_error(error: HTTPException) -> Response:
    """Return what the request's own shape got wrong, field by field, or any other refusal of HTTP."""
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages")
    if messages:
        return misshapen(messages, status)
    return answer(status, errors.of_status(status), error.name.replace(" ", ""))


def misshapen(messages: Mapping[str, Any], status: int = 422) -> Response:
    """Return the answer to a body that marshmallow refuses; its messages by where they were looked for (`json`, `query`), then by field."""
    reasons = dict(_flat(messages))
    return answer(status, gettext("What was entered cannot be accepted."), "Invalid", reasons=reasons)


def _flat(messages: Any, at: str = "") -> list[tuple[str, list[dict[str, Any]]]]:
    """Return marshmallow's nested messages as (dotted field, reasons)."""
    if isinstance(messages, Mapping):
        return [pair for name, inner in messages.items() for pair in _flat(inner, f"{at}.{name}" if at else str(name))]
    at = at.removesuffix("._schema")  # what marshmallow calls an object as a whole
    place, _dot, name = at.partition(".")
    return [(name or place, [_named(place, name, **_shape(message)) for message in messages])]


SHAPES = {
    "Missing data for required field.": "required",
    "Field may not be null.": "required",
    "Not a valid string.": "not_a_string",
    "Not a valid utf-8 string.": "not_text",
    "Not a valid integer.": "not_an_integer",
    "Not a valid number.": "not_a_number",
    "Not a valid boolean.": "not_a_boolean",
    "Not a valid list.": "not_a_list",
    "Not a valid date.": "not_a_date",
    "Not a valid datetime.": "not_an_instant",
    "Not a valid aware datetime.": "not_an_instant",
    "Unknown field.": "unknown_field",
    "Invalid input type.": "not_an_object",
    "Invalid type.": "not_an_object",
    "Not a valid mapping type.": "not_an_object",
    "not_json": "not_json",
}
LIMITS = (
    (re.compile(r"[Ll]onger than maximum length (\d+)"), "too_long"),
    (re.compile(r"[Ss]horter than minimum length (\d+)"), "too_short"),
    (re.compile(r"greater than or equal to (-?\d+)"), "min"),
    (re.compile(r"less than or equal to (-?\d+)"), "max"),
)
ONE_OF = re.compile(r"Must be one of: (.+)\.")


def _shape(message: Any) -> dict[str, Any]:
    """Return one message of marshmallow, or a reason of ours, with its text in the caller's language."""
    reason = message if isinstance(message, engine.language.Reason) else _reason(str(message))
    text = reason_texts.reason(reason) if reason.code != "shape" else _shape_text(str(message))
    return {"code": "shape" if reason is not message else reason.code, "text": text, "values": plain(reason.values)}


def _reason(message: str) -> engine.language.Reason:
    """Return what marshmallow means, as a reason of ours: `shape` for what has none."""
    options = ONE_OF.fullmatch(message)
    if options is not None:
        return engine.language.Reason("not_one_of", {"options": options[1]})
    return engine.language.Reason(SHAPES.get(message, "shape"))


def _shape_text(message: str) -> str:
    """Return what marshmallow says in English, in the caller's language; what has no sentence of ours is told as a shape that does not fit."""
    sentences = [
        reason_texts.reason(engine.language.Reason(code, {"limit": int(limit)}))
        for pattern, code in LIMITS
        for limit in pattern.findall(message)
    ]
    return " ".join(sentences) or reason_texts.reason(engine.language.Reason("shape"))


def plain(value: Any) -> Any:
    """Return a value of the engine as JSON has it: instants and dates as text, whole decimals as integers, bytes in hex."""
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
