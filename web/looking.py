"""An auditor's opening of a case is written down once for each login and case; a reload is no second look."""

from __future__ import annotations

from flask import session
from flask_login import current_user

import engine
from office import looks
from web import auth

LOOKED_AT = "looked_at"
MOST_KEPT = 60


def note(case: str) -> None:
    """Write down that the person of this request looks at a case, when they are an auditor and have not since they logged in."""
    seen: list[str] = session.get(LOOKED_AT, [])
    if not current_user.has("auditor") or case in seen:
        return
    looks.record(case, by=auth.actor(), at=engine.now())
    session[LOOKED_AT] = [*seen, case][-MOST_KEPT:]  # the cookie has little room
