"""What people may do to any case, whatever its process: withdraw it for the customer, void it as entered in error, extend it, take back what was given, say that the customer cannot be reached.

Each is a step of the case's own history, done in one commit with what follows from it, in open cases of every version and, where it makes sense,
in closed ones. Nothing of it is drawn: docs/adr/0017-acts-on-any-case-are-history-steps-not-drawn-elements.md.
"""

from __future__ import annotations

from office.acts.contact import awaited_otherwise, close_unreached, missing, try_customer
from office.acts.extension import ask_extension, grant_extension
from office.acts.grounds import ACCOUNTING, TELLING, NotDone, may_act, may_agree
from office.acts.requests import (
    UnknownRequest,
    follow,
    open_requests,
    refuse,
    requests_and_tries,
    requests_of,
    tries_of,
)
from office.acts.reversal import agree_reversal, ask_reversal, asked_of, credits_of, is_asked
from office.acts.voiding import void
from office.acts.withdrawal import CHANNELS, SAID_BY, withdraw

__all__ = [
    "ACCOUNTING",
    "CHANNELS",
    "SAID_BY",
    "TELLING",
    "NotDone",
    "UnknownRequest",
    "agree_reversal",
    "ask_extension",
    "ask_reversal",
    "asked_of",
    "awaited_otherwise",
    "close_unreached",
    "credits_of",
    "follow",
    "grant_extension",
    "is_asked",
    "may_act",
    "may_agree",
    "missing",
    "open_requests",
    "refuse",
    "requests_and_tries",
    "requests_of",
    "tries_of",
    "try_customer",
    "void",
    "withdraw",
]
