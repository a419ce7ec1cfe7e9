"""BPMN execution over SpiffWorkflow, in rooms with one door each: `from engine import cases`, `cases.complete(...)`.

Here stands what everybody needs: who acts, what time it is, and the kinds of error.
"""

from engine.ground.errors import (
    Conflict,
    Corrupt,
    EngineError,
    Invalid,
    InvalidDefinition,
    NotFound,
    NotPermitted,
    Problem,
)
from engine.runtime.permissions import SYSTEM, Actor
from engine.runtime.runtime import now

__all__ = [
    "SYSTEM",
    "Actor",
    "Conflict",
    "Corrupt",
    "EngineError",
    "Invalid",
    "InvalidDefinition",
    "NotFound",
    "NotPermitted",
    "Problem",
    "now",
]
