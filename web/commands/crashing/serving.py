"""What is killed: the office as it is always served, and in it one service task that reaches outside, so that this can be cut off too.

The world outside is a file to which every call appends the key of its job: it shows what was asked, and how often.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

from marshmallow import Schema, fields

from engine.handlers import Call, handler
from web import config, create_app, server
from web.commands import serving
from web.edge import Edge

TOPIC = "crash/outside"
WORLD = "world.log"


class Words(Schema):
    """What the world is told, and what it says."""

    text = fields.String()


def tell(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Append the key of the job to the world's file."""
    descriptor = os.open(config.read().var / WORLD, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as world:
        world.write(f"{call.key}\n")
    return {"text": parameters["text"]}


def register() -> None:
    """Add the service task to this process; nowhere else is there such a thing."""
    handler(TOPIC, parameters=Words, result=Words, outside=True, title_zh="告知外部", title_en="Tell the world")(tell)


def application() -> Edge:
    """The app of a serving process."""
    return server.application()


def main() -> None:
    """Start a process for every line on standard input (a port and a number of workers, or `work`), and answer with its id.

    Everything is imported once, here, so that a thousand starts do not cost a thousand imports; a database is opened in the children only.
    """
    register()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        id = os.fork()
        if not id:
            _become(line.split())
        print(id, flush=True)


def _become(wanted: list[str]) -> NoReturn:
    os.setsid()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a line cut off half-way must not spoil the next answer
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if wanted == ["work"]:
        serving.work(create_app())
    else:
        serving.listen("127.0.0.1", int(wanted[0]), int(wanted[1]), f"{__name__}:application")
    sys.exit()
