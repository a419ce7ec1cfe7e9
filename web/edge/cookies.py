"""The session cookie: Flask's own, with the serializer that signs it made once for an application and not twice for every request."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class Cookies(SecureCookieSessionInterface):
    """Sessions in signed cookies. The secret key is read when the first session is opened."""

    @lru_cache(maxsize=1)  # noqa: B019 - one interface per application, for as long as it lives
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return super().get_signing_serializer(app)
