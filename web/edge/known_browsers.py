"""Browsers in which somebody has logged in before: a signed cookie says who, so that what others fail at elsewhere, or beside them at the same address, is not held against them there."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from office import guesses

COOKIE, SALT = "desk_known", "known browser"
MOST_NAMES, OF_KEY = 20, 8


def browser(name: str) -> str:
    """Return what this browser is called when the person has logged in with it; else empty."""
    key, marks = _read()
    return key if guesses.mark(name) in marks else ""


def remember(answer: Response, name: str) -> None:
    """Remember that the person has logged in with this browser."""
    key, marks = _read()
    own_mark = guesses.mark(name)
    other_marks = [mark for mark in marks if mark != own_mark]
    value = _signed().dumps([key or secrets.token_hex(OF_KEY), [*other_marks, own_mark][-MOST_NAMES:]])
    answer.set_cookie(
        COOKIE,
        value,
        max_age=guesses.KNOWN_FOR,
        path="/login",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _read() -> tuple[str, Sequence[str]]:
    try:
        key, marks = _signed().loads(request.cookies.get(COOKIE, ""))
    except BadData:
        return "", []
    return key, marks


def _signed() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], SALT)
