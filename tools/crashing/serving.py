"""What is killed: the office as it is always served, and in it one service task that reaches outside, so that this can be cut off too.

The world outside is a file to which every call appends the key of its job: it shows what was asked, and how often.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any, NoReturn

from marshmallow import Schema, fields

from cli import serving
from engine.runtime import Call, handler
from web import create_app, server
from web.edge import config
from web.edge.application import Office
from web.edge.asgi import Edge

TOPIC = "crash/outside"
WORLD = "world.log"


class Words(Schema):
    """What the world is told, and what it says."""

    text = fields.String()


@handler(TOPIC, parameters=Words, result=Words, outside=True, title_zh="告知外部", title_en="Tell the world")
def tell(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Append the key of the job to the world's file."""
    descriptor = os.open(config.read().var / WORLD, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as world:
        world.write(f"{call.key}\n")
    return {"text": parameters["text"]}


def office(settings: config.Settings | None = None) -> Office:
    """Return the office with the service task; nowhere else is there such a thing."""
    app = create_app(settings)
    app.runtime.serve(tell)
    return app


def application() -> Edge:
    """Return the app of a serving process."""
    app = office()
    server.start_background(app, threading.Event())
    return server.at_the_edge(app)


def main() -> None:
    """Start a process for every line on standard input (a port and a number of workers, or `work`), and answer with its id.

    Everything is imported once, here, so that a thousand starts do not cost a thousand imports; a database is opened in the children only.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        id = os.fork()
        if not id:
            _become(line.split())
        print(id, flush=True)


def _become(arguments: list[str]) -> NoReturn:
    os.setsid()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a line cut off half-way must not spoil the next answer
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if arguments == ["work"]:
        serving.work(office())
    else:
        serving.listen("127.0.0.1", int(arguments[0]), int(arguments[1]), f"{__name__}:application")
    sys.exit()
