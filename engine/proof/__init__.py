"""What the record says of a case and of an office, and whether it holds: reading a history, a moment long past, verification."""

from engine.proof.chains import Deviation
from engine.proof.comparison import ERASED
from engine.proof.replay import (
    CaseHistory,
    Doubt,
    Follower,
    Marking,
    calls_under_way,
    definition_of,
    end_of,
    entries,
    history_of,
    marking,
    places,
    what_holds,
)
from engine.proof.streams import verify_definitions, verify_registers, verify_streams
from engine.proof.verification import Erasure, Verdict, every_instance, verify, verify_each

__all__ = [
    "ERASED",
    "CaseHistory",
    "Deviation",
    "Doubt",
    "Erasure",
    "Follower",
    "Marking",
    "Verdict",
    "calls_under_way",
    "definition_of",
    "end_of",
    "entries",
    "every_instance",
    "history_of",
    "marking",
    "places",
    "verify",
    "verify_definitions",
    "verify_each",
    "verify_registers",
    "verify_streams",
    "what_holds",
]
