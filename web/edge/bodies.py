"""What a request may carry: forms and JSON are read here, with limits, and refused in words where the reader would give up or, worse, read nothing."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import Flask, Request, request
from flask.json.provider import DefaultJSONProvider
from webargs import missing
from webargs.flaskparser import FlaskParser, is_json_request
from webargs.flaskparser import abort as refuse
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from engine import ground
from engine.language import Reason

MOST_FIELDS, MOST_MEGABYTES = 1_000, 8
MOST_FILE_BYTES = 4_000_000
OF_FILE = "@file"
UNREADABLE = "\0"
MOST_DEPTH = 40
MOST_VALUES = 100_000


class MalformedBody(BadRequest):
    """The body cannot be read as what it says it is."""


class GivenTwice(json.JSONDecodeError):
    """An object of the body gives a `key` twice, for the second time in this `line`."""

    def __init__(self, key: str, line: int) -> None:
        super().__init__("a key twice", "…", 0)  # webargs takes an error about nothing for no body at all
        self.key, self.line = key, line


class Incoming(Request):
    """A request whose form is read, or refused; Flask's own passes over one that cannot be read as if nothing had been sent."""

    max_form_parts = MOST_FIELDS

    def make_form_data_parser(self) -> FormDataParser:
        """Return a reader that says when it cannot read."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except ValueError:
            raise MalformedBody from None
        if self.files:
            self.form = ImmutableMultiDict(_with_files(self))
        if sum(len(values) for _, values in self.form.lists()) > MOST_FIELDS:
            raise RequestEntityTooLarge

    def on_json_loading_failed(self, e: ValueError | None) -> NoReturn:
        """Refuse a body that is not JSON, and say why."""
        _refuse_json(e)


def _with_files(incoming: Request) -> MultiDict[str, str]:
    """Return the form with the text of each file that was handed over in "KEY@file" as what stands in KEY."""
    form = MultiDict(incoming.form)
    for name, file in incoming.files.items():
        if name.endswith(OF_FILE) and file.filename:
            form[name.removesuffix(OF_FILE)] = _text(file.read(MOST_FILE_BYTES + 1))
    return form


def _text(content: bytes) -> str:
    """Return a file as text, in UTF-8 or as office programs write Chinese; what is neither is told at the field as no text."""
    if len(content) > MOST_FILE_BYTES:
        raise RequestEntityTooLarge
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return UNREADABLE


def sent() -> MultiDict[str, str]:
    """Return the form of this request for whoever tells of its refusal: nothing when it cannot be read."""
    try:
        return request.form
    except HTTPException:
        return MultiDict()


class Json(DefaultJSONProvider):
    """JSON with limits of depth and count on the way in, and nothing on the way out that no encoding has."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read a JSON document. Errors: json.JSONDecodeError."""
        return read_json(s)

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Write JSON; a lone surrogate, which somebody sent and is told of, becomes a question mark."""
        return super().dumps(obj, **kwargs).encode("utf-8", "replace").decode()


class JsonParser(FlaskParser):
    """The API's reader of bodies, by the same limits."""

    def _raw_load_json(self, req: Request) -> object:
        if is_json_request(req):
            return read_json(req.get_data(cache=True))
        if req.get_data(cache=True).strip():  # read over, it would be told as a body that holds nothing
            _refuse_json()
        return missing

    def _handle_invalid_json_error(self, error: Exception, req: Request, *arguments: Any, **options: Any) -> NoReturn:
        _refuse_json(error)


def _refuse_json(error: Exception | None = None) -> NoReturn:
    reason: Reason | str = "not_json"
    if isinstance(error, GivenTwice):
        reason = Reason("key_twice", {"key": error.key, "in_line": error.line})
    refuse(400, exc=error, messages={"json": [reason]})


def read_json(text: str | bytes) -> Any:
    """Return a JSON document: no NaN, no key twice in one object, no more than MOST_VALUES values, none deeper than MOST_DEPTH. Errors: json.JSONDecodeError, GivenTwice."""
    try:
        document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
        _measure(document)
    except (ValueError, RecursionError) as error:
        repeated = ground.key_twice(text if isinstance(text, str) else text.decode("utf-8", "replace"))
        if repeated is not None:
            raise GivenTwice(repeated.key, repeated.line) from error
        about = "…" if text.strip() else ""  # webargs takes an error about nothing for no body at all
        raise json.JSONDecodeError("malformed, too deep or too large", about, 0) from error
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object with a key twice, of which a reader would take the last of two values in silence. Errors: ValueError."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key twice")
    return values


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _measure(document: Any) -> None:
    level, count, depth = [document], 0, 0
    while level:
        count, depth = count + len(level), depth + 1
        if count > MOST_VALUES or depth > MOST_DEPTH:
            raise ValueError("too deep or too large")
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = inner


def register(app: Flask) -> None:
    """Read everything that comes in this way."""
    app.request_class = Incoming
    app.json = Json(app)
