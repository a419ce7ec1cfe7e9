"""Asking a served office over kept connections, as a browser does: cookies, redirects by hand, a clock for every request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from time import perf_counter
from urllib.parse import urlencode, urlsplit

from bench.office.clerks import Ask
from bench.office.pages import Answer, Given, Page, Unexpected

Noted = Callable[[str, Callable[[], Answer]], Answer]
"""Sends a request of a kind by calling the function, and keeps what it wants to know of it."""


class Visit:
    """Somebody's browser: one kept connection, and cookies."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies = dict(cookies or {})

    def ask(self, method: str, path: str, form: Mapping[str, Given] | None = None) -> Answer:
        """Send a request; a redirect is not followed."""
        place = urlsplit(path)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        target = place.path + (f"?{place.query}" if place.query else "")
        self._connection.request(method, target, urlencode(form, doseq=True) if form is not None else None, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
        return Answer(answer.status, answer.headers.get("Location", ""), text)

    def log_in(self, name: str) -> Visit:
        """Log in as one of the demo people. Errors: Unexpected."""
        form = Page(self.ask("GET", "/login")).form("/login")
        login = {"name": name, "password": f"{name}-reception-desk"}
        answer = self.ask("POST", "/login", {**form.filled({}), **login})
        if answer.status not in (302, 303):
            raise Unexpected(f"{name} cannot log in: {answer.status}")
        return self


class People:
    """Everybody at their browsers; each logs in once, and a second browser of theirs begins with the first one's cookies."""

    def __init__(self, port: int, cookies: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._port, self._known = (
            port,
            {name: dict(jar) for name, jar in (cookies or {}).items()},
        )

    def cookies(self, *names: str) -> dict[str, dict[str, str]]:
        """Log these in; what their browsers keep."""
        for name in names:
            self._known.setdefault(name, Visit(self._port).log_in(name).cookies)
        return self._known

    def asks(self, noting: Noted) -> Callable[[str], Ask]:
        """Return browsers of their own for one clerk and their colleagues, every request through `noting`."""
        open_: dict[str, Visit] = {}

        def as_one(name: str) -> Ask:
            visit = open_.setdefault(name, Visit(self._port, self.cookies(name)[name]))

            def ask(kind: str, method: str, path: str, form: Mapping[str, Given] | None) -> Answer:
                return noting(kind, lambda: visit.ask(method, path, form))

            return ask

        return as_one


def timed(send: Callable[[], Answer]) -> tuple[Answer, float]:
    """Return an answer, and how many milliseconds it took."""
    began = perf_counter()
    answer = send()
    return answer, (perf_counter() - began) * 1000
