"""What the HTTP server loads: the application, and beside it the clockwork that lets timers fire, limits pass and queued work be done."""

from __future__ import annotations

import logging
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

import engine
from office import batches
from web import create_app

EVERY_SECONDS = 1.0
_log = logging.getLogger(__name__)


def application() -> Flask:
    """The app of a serving process, with its clockwork running."""
    app = create_app()
    stop = threading.Event()
    threading.Thread(target=keep_time, args=(app, stop), name="clockwork", daemon=True).start()
    return app


def keep_time(app: Flask, stop: threading.Event) -> None:
    """Do what is due, again and again, until told to stop. A failure is logged and tried again; several processes may do this at once."""
    while not stop.wait(EVERY_SECONDS):
        with app.app_context():
            try:
                batches.begin_due(engine.now())
                engine.run_due(engine.now())
            except (engine.EngineError, SQLAlchemyError):
                _log.exception("what is due could not be done; trying again")
