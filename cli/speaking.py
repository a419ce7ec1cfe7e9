"""What the pages say, said on a command line, which has no page to take the language from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, g

from web.telling import i18n


@contextmanager
def speaking(language: str = "en") -> Iterator[None]:
    """Let the catalogues answer in a language, without an office."""
    app = Flask("web")
    i18n.register(app)
    with app.app_context():
        g.language = language
        yield
