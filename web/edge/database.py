"""Flask-SQLAlchemy: a session for each request of an office, which code below `web` knows as `models.base.session()` alone."""

from __future__ import annotations

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session

from models import base, drivers


class OfRequest(base.Joining, Session):
    """The session of a request."""


base.only_inside_transactions(OfRequest)
db = SQLAlchemy(model_class=base.Base, session_options={"class_": OfRequest})


def register(app: Flask) -> None:
    """Connect an application to its database."""
    db.init_app(app)
    with app.app_context():
        drivers.listen(db.engine)
