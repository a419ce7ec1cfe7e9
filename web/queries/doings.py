"""What people did that is no step of a case: log-ins, looks and exports, newest first, a page at a time by keyset; told in words, numbers of customers masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

import engine
from models.base import session
from models.identity import User
from office import masking
from office.papers import PAPERS
from web.i18n import in_language, moment
from web.queries import names

PAGE = 50
KINDS: dict[str, tuple[str, ...]] = {
    "logins": ("logged_in", "login_failed", "login_locked", "login_refused", "logged_out", "sessions_ended"),
    "tokens": ("token_made", "tokens_revoked"),
    "looks": ("case_looked_at", "customer_looked_at", "messages_read"),
    "exports": ("exported",),
}
Step = Mapping[str, Any]


@dataclass(frozen=True)
class Doing:
    """Something somebody did; `case` is the number of the case it was about, `is_wrong` that the record of it was altered."""

    user: str
    at: datetime
    told: str
    case: str = ""
    is_wrong: bool = False


@dataclass(frozen=True)
class Page:
    """Some of what people did, and where the next ones begin; empty at the end."""

    rows: list[Doing]
    next: str


def people() -> list[tuple[str, str]]:
    """(login, name) of everybody who may be asked about, by name."""
    rows = session().execute(select(User.name, User.display_name).order_by(User.display_name, User.name))
    return [(login, shown) for login, shown in rows]


def page(asked: Mapping[str, Any]) -> Page:
    """One page. `asked`: the `person`, the kind to `show`, `after` which entry; empty means everything."""
    types = KINDS.get(asked["show"], ())
    acts = engine.latest_of_people(most=PAGE + 1, user=asked["person"], types=types, before=_before(asked["after"]))
    names.know_people([act.user for act in acts])
    last = acts[PAGE - 1] if len(acts) > PAGE else None
    rows = [doing for act in acts[:PAGE] for doing in _doings(act)]
    return Page(rows, f"{last.at.isoformat()}|{last.user}|{last.sequence}" if last else "")


def _before(cursor: str) -> engine.Act | None:
    if not cursor:
        return None
    at, user, sequence = cursor.split("|")
    return engine.Act(user, datetime.fromisoformat(at), int(sequence), None)


def _doings(act: engine.Act) -> list[Doing]:
    if act.entry is None:
        return [Doing(act.user, act.at, gettext("This entry has been altered."), is_wrong=True)]
    return [Doing(act.user, act.entry.at, told(step), _case(step)) for step in act.entry.steps]


def _case(step: Step) -> str:
    return str(step.get("case") or (step.get("chosen") or {}).get("case") or "")


def told(step: Step) -> str:
    """A step in the language of the page, without the number of its case."""
    known = _TOLD.get(step["type"])
    return str(masking.masked(known(step))) if known is not None else gettext("did something else")


def _exported(step: Step) -> str:
    kind = str(step["what"])
    if kind == "paper":
        paper = PAPERS.get(str(step["chosen"].get("paper")))
        return gettext("printed “%(paper)s”", paper=in_language(paper.zh, paper.en) if paper else "—")
    if kind.startswith("history."):
        what = gettext("took the history of a case away (%(kind)s)", kind=kind.rpartition(".")[2].upper())
    elif kind == "sheet.csv":
        what = gettext(
            "took the file of a secondary-pricing run away (CSV), rows in it: %(number)s", number=step["rows"]
        )
    else:
        what = gettext("took an event log away (XES), cases in it: %(number)s", number=step["rows"])
    with_personal = gettext("with personal data") if step["personal"] else gettext("without personal data")
    return " · ".join([what, *_chosen(step["chosen"]), with_personal])


def _chosen(chosen: Step) -> list[str]:
    """The filters of an export in words."""
    found = [names.process_name(str(chosen["process"]))] if chosen.get("process") else []
    since, until = chosen.get("from"), chosen.get("to")
    if since or until:
        found.append(gettext("%(since)s to %(until)s", since=since or "…", until=until or "…"))
    return found


def _locked(step: Step) -> str:
    """What the lock holds for; steps of before it was recorded say where the password was tried."""
    known = {
        "browser": gettext(
            "wrong password, from %(address)s; the log-in is locked in that browser for ten minutes",
            address=step["address"] or "—",
        ),
        "address": gettext(
            "wrong password, from %(address)s; every log-in is locked there for ten minutes, except where somebody has logged in before",
            address=step["address"] or "—",
        ),
        "name": gettext(
            "wrong password, from %(address)s; the log-in is locked for ten minutes everywhere, except where the person has logged in before",
            address=step["address"] or "—",
        ),
    }
    otherwise = gettext(
        "wrong password, from %(address)s; the log-in is locked there for ten minutes", address=step["address"] or "—"
    )
    return known.get(step.get("of", ""), otherwise)


_TOLD: dict[str, Callable[[Step], str]] = {
    "logged_in": lambda step: gettext("logged in, from %(address)s", address=step["address"] or "—"),
    "login_failed": lambda step: gettext("wrong password, from %(address)s", address=step["address"] or "—"),
    "login_locked": _locked,
    "login_refused": lambda step: gettext(
        "tried to log in while that was locked, from %(address)s", address=step["address"] or "—"
    ),
    "token_made": lambda step: gettext(
        "was given a token of the API by the operator; it holds until %(until)s", until=moment(step["until"])
    ),
    "tokens_revoked": lambda step: gettext("lost the tokens of the API; tokens: %(number)s", number=step["tokens"]),
    "logged_out": lambda _step: gettext("logged out"),
    "sessions_ended": lambda step: gettext(
        "logged %(name)s out everywhere; sessions: %(number)s",
        name=names.person_name(step["user"]),
        number=step["sessions"],
    ),
    "case_looked_at": lambda _step: gettext("looked at a case of others"),
    "customer_looked_at": lambda step: gettext("looked up the customer %(number)s", number=step["number"]),
    "messages_read": lambda _step: gettext("fetched the text messages that wait to be sent"),
    "exported": _exported,
}
