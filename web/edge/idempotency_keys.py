"""The idempotency key that a page gives its form and that comes back with it: a form that comes twice is done once."""

from __future__ import annotations

import secrets

from flask import Flask, request

NAME = "submit_key"
MOST = 100


def register(app: Flask) -> None:
    """Let templates give a form its key."""
    app.jinja_env.globals["submit_key"] = for_page


def sent() -> str:
    """Return the key of the form that was sent; empty when it brought none, or one that no page has given."""
    key = request.form.get(NAME, "")[:MOST]
    return key if key.isascii() and key.isprintable() else ""


def for_page() -> str:
    """Return the key for the form of a page: that of the form that was wrong, or a new one."""
    return sent() or secrets.token_urlsafe(12)
