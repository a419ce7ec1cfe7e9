"""Embedded sub-processes: what is inside sees the variables around it, so entering one is all there is to say."""

from __future__ import annotations

from engine.elements.kind import Kind
from engine.elements.running import Running
from engine.elements.token import Token


def arrive(run: Running, token: Token) -> None:
    """Let a token go in."""
    run.add({"type": "entered", "scope": token.scope.number, "element": token.element.id, "token": token.number})


KIND = Kind(arrive=arrive, steps=frozenset({"entered"}))
