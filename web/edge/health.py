"""Whether the office is alive and ready; the one page that needs no login."""

from __future__ import annotations

from flask import Blueprint, Flask, jsonify
from sqlalchemy import text
from werkzeug.wrappers import Response

from models.base import session

blueprint = Blueprint("health", __name__)


def register(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/health")
def live() -> Response:
    """Answer when the process serves and the database answers."""
    session().execute(text("SELECT 1"))
    return jsonify(status="ok")
