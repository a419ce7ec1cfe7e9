"""Whether whoever reads a page may open a case that the page names, asked once a page for each case."""

from __future__ import annotations

from flask import g
from flask_login import current_user

from web.edge import access


def may_open_case(number: str) -> bool:
    """Tell whether there is a case of this number that the person may open."""
    if not current_user.is_authenticated:
        return False
    answers: dict[str, bool] = g.setdefault("openable_cases", {})
    if number not in answers:
        answers[number] = access.may_open_case(current_user, number)
    return answers[number]
