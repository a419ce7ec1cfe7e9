"""The REST API under /api/v1: the same verbs, permissions and checks as the pages, in JSON, with bearer tokens.

Here stands what every resource of it needs: who calls, how it is described, how it refuses. It is described by /api/v1/openapi.json, which is made
from its resources and from `web.api.schemas`. Errors are problem+json in the caller's language: Accept-Language, else the language the person has
chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, Response, g, request
from flask_babel import gettext
from flask_smorest import Api, Blueprint

import engine
import engine.language
from office import tokens
from web.api import schemas
from web.edge import addresses, auth, bodies, problems
from web.edge.asgi.refusals import TEXTS as AT_THE_EDGE
from web.edge.auth import Person
from web.telling.i18n import preferred

PREFIX = "/api/v1"
View = TypeVar("View", bound=Callable[..., Any])


class _Blueprint(Blueprint):
    """flask-smorest's, which reads bodies by our limits."""

    ARGUMENTS_PARSER = bodies.JsonParser()


blueprint = _Blueprint("api", __name__, url_prefix=PREFIX, description="Complaints, their tasks and their history")
problems.register(blueprint)


class _Api(Api):
    """flask-smorest without its handlers for the whole application: pages answer errors in their own way."""

    ERROR_SCHEMA = schemas.Problem

    def _register_error_handlers(self) -> None:
        return None

    def _register_responses(self) -> None:
        """Describe refusals as what they are sent as."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/problem+json"
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE  # what is not refused is what it is for the class


def refuses(*statuses: int) -> Callable[[View], View]:
    """Describe the refusals of an operation, beside those that every operation has: of no token, of its address, and of the edge."""

    def described(view: View) -> View:
        for status in sorted({400, 401, 422, *AT_THE_EDGE, *statuses}):
            view = blueprint.alt_response(status, HTTPStatus(status).name)(view)
        return view

    return described


WRITTEN = (403, 404, 409, 422)


def register(app: Flask) -> None:
    """Add the API and its description."""
    app.config.update(
        API_TITLE="Reception Desk",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _Api(app, spec_kwargs={"security": [{"bearer": []}]})
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    api.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(blueprint)


@blueprint.before_request
def _authenticate() -> Response | None:
    """Find the person behind the bearer token; nobody else passes."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    user = tokens.user_of(token.strip(), at=engine.now()) if scheme.lower() == "bearer" else None
    caller = auth.load(user) if user else None
    if caller is None:
        answer = problems.answer(401, gettext("A valid bearer token is needed."), "Unauthorized")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    g.person = caller
    if not preferred(request.accept_languages):
        g.language = caller.language
    return _wrong_query()


def _wrong_query() -> Response | None:
    """Refuse an address that asks by a name that the resource does not have, or twice; None for any other."""
    of_query = schemas.QUERIES.get(str(request.endpoint)) if request.method == "GET" else None
    try:
        addresses.refuse_unknown(of_query().fields if of_query is not None else ())
    except addresses.UnknownParameter as error:
        return problems.misshapen({"query": error.reasons}, 400)
    twice = {name: [engine.language.Reason("twice")] for name in addresses.given_twice()}
    return problems.misshapen({"query": twice}) if twice else None


def person() -> Person:
    """Give the person behind the token."""
    caller: Person = g.person
    return caller


def actor() -> engine.Actor:
    """Return who calls."""
    return auth.actor_of(person())
