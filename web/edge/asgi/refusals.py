"""What a stranger reads who is refused at the edge: a short page in both languages, problem+json under /api/. Made once, so that a refusal costs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape

from flask import Flask
from flask_babel import force_locale, gettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from web.edge.bodies import MOST_FIELDS, MOST_MEGABYTES
from web.telling.i18n import CODES, LANGUAGES, is_api, preferred
from web.telling.i18n import mark as _

TEXTS = {
    400: _(
        "The address of this request cannot be read, or the request is not whole. Nothing was changed; please send it again."
    ),
    408: _("The request did not arrive in time. Nothing was changed; please send it again."),
    413: _("This is too large: at most %(limit)s MB in %(fields)s fields are taken at once. Nothing was changed."),
    431: _(
        "This request brings too many or too long headers. Nothing was changed; deleting the cookies of this site may help."
    ),
    500: _("Something went wrong here. Nothing was changed; please try again or tell the operator."),
    503: _("Too much is under way at the moment. Nothing was changed; please try again in a few seconds."),
}
NAMES = {
    400: "BadRequest",
    408: "RequestTimeout",
    413: "RequestEntityTooLarge",
    431: "RequestHeaderFieldsTooLarge",
    500: "Unexpected",
    503: "Busy",
}
RETRY_AFTER_SECONDS = b"3"
_HARD = [
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
]
_PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{status}</title>
<style>body{{font:1rem/1.6 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem}}h1{{font-size:1.25rem}}</style></head>
<body><main><h1>{zh}</h1><p lang="en">{en}</p><p><a href="">{back_zh}</a> · <a href="/">{list_zh}</a></p><p lang="en"><a href="">{back_en}</a> · <a href="/">{list_en}</a></p><p><small>{status}</small></p></main></body></html>
"""

# The address that refused, asked for anew, leads to the page of its form.
BACK, LIST = _("Back to the page"), _("To the worklist")
Headers = list[tuple[bytes, bytes]]


class Refusals:
    """Every refusal in every language, ready to be sent."""

    def __init__(self, app: Flask) -> None:
        catalogue = {language: _texts(app, language) for language in LANGUAGES}
        self._pages = {status: _page(status, catalogue) for status in TEXTS}
        self._problems = {
            (status, language): _problem(status, catalogue[language][status])
            for status in TEXTS
            for language in LANGUAGES
        }

    def answer(self, status: int, path: str, languages: str) -> tuple[Headers, bytes]:
        """Return the headers and the body. `languages` is what Accept-Language said."""
        if is_api(path):
            language = preferred(parse_accept_header(languages[:200], LanguageAccept)) or LANGUAGES[0]
            kind, body = b"application/problem+json", self._problems[status, language]
        else:
            kind, body = b"text/html; charset=utf-8", self._pages[status]
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *_HARD]
        return headers + [(b"retry-after", RETRY_AFTER_SECONDS)] * (status == 503), body


def _texts(app: Flask, language: str) -> dict[int | str, str]:
    limits = {"limit": MOST_MEGABYTES, "fields": MOST_FIELDS}
    with app.app_context(), force_locale(CODES[language]):
        texts: dict[int | str, str] = {status: gettext(text) for status, text in TEXTS.items() if status != 413}
        return texts | {413: gettext(TEXTS[413]) % limits, BACK: gettext(BACK), LIST: gettext(LIST)}


def _page(status: int, catalogue: Mapping[str, Mapping[int | str, str]]) -> bytes:
    wordings = {
        f"{place}{language}": escape(texts[name])
        for language, texts in catalogue.items()
        for place, name in (("", status), ("back_", BACK), ("list_", LIST))
    }
    return _PAGE.format(status=status, **wordings).encode()


def _problem(status: int, title: str) -> bytes:
    document = {"type": "about:blank", "title": title, "status": status, "code": NAMES[status]}
    return json.dumps(document, ensure_ascii=False).encode()


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """Return the first header of a name."""
    return next((value for key, value in headers if key == name), None)
