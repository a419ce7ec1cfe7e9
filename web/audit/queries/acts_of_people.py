"""What people did that is no step of a case: log-ins, looks and exports, newest first, a page at a time by keyset; told in words, numbers of customers masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never, cast

from flask_babel import gettext

import engine
from engine import record
from engine.record.person_steps import (
    EntryRefused,
    Exported,
    LoggedIn,
    LoginLocked,
    LoginUnknown,
    Looked,
    LookRefused,
    OfficeVerified,
    PersonIdentified,
    PersonStep,
    RefusalsNotKept,
    Token,
)
from office import masking
from office.papers import PAPERS
from web.lookup import staff
from web.queries import days
from web.telling import names, refused_acts
from web.telling.i18n import in_language, moment

PAGE, OF_MARK = 50, 8
KINDS: dict[str, tuple[str, ...]] = {
    "logins": (
        "logged_in",
        "login_failed",
        "login_locked",
        "login_refused",
        "login_unknown",
        "logged_out",
        "sessions_ended",
    ),
    "tokens": ("token_made", "tokens_revoked"),
    "looks": ("case_looked_at", "customer_looked_at", "messages_read", "page_looked_at", "look_refused"),
    "exports": ("exported",),
    "refusals": ("act_refused", "look_refused", "entry_refused", "refusals_not_kept", "login_refused"),
}


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
    """Return (login, name) of everybody who may be asked about, by name."""
    return [*staff.everybody(), (engine.SYSTEM.user, names.person_name(engine.SYSTEM.user))]


def page(filters: Mapping[str, Any]) -> Page:
    """Return one page. `filters`: the `person`, the kind to `show`, the days `from` and `to`, `after` which entry; empty means everything."""
    acts = record.latest_acts(
        most=PAGE + 1,
        user=filters["person"],
        types=KINDS.get(filters["show"], ()),
        before=_before(filters["after"]),
        period=days.period(filters["from"], filters["to"]),
    )
    staff.know_people([act.user for act in acts])
    last = acts[PAGE - 1] if len(acts) > PAGE else None
    rows = [doing for act in acts[:PAGE] for doing in _doings(act)]
    return Page(rows, f"{last.at.isoformat()}|{last.user}|{last.sequence}" if last else "")


def _before(cursor: str) -> record.Act | None:
    if not cursor:
        return None
    at, user, sequence = cursor.split("|")
    return record.Act(user, datetime.fromisoformat(at), int(sequence), None)


def _doings(act: record.Act) -> list[Doing]:
    if act.entry is None:
        return [Doing(act.user, act.at, gettext("This entry has been altered."), is_wrong=True)]
    steps = cast(list[PersonStep], act.entry.steps)
    rows = [Doing(act.user, act.entry.at, told(step), _case(step)) for step in steps]
    if not act.follows:
        rows.append(Doing(act.user, act.at, gettext("What stood before this entry has been removed."), is_wrong=True))
    return rows


def _case(step: PersonStep) -> str:
    if step["type"] in ("case_looked_at", "entry_refused", "refusals_not_kept"):
        return step["case"]
    if step["type"] == "look_refused" or step["type"] == "act_refused":
        return step.get("case", "")
    return step["chosen"].get("case", "") if step["type"] == "exported" else ""


def told(step: PersonStep) -> str:
    """Return a step in the language of the page, without the number of its case."""
    return str(masking.masked(_told(step)))


def _told(step: PersonStep) -> str:
    match step["type"]:
        case "logged_in" | "login_failed" | "login_locked" | "login_refused" | "login_unknown":
            return _tried(step)
        case "logged_out":
            return str(gettext("logged out"))
        case "sessions_ended":
            name, number = names.person_name(step["user"]), step["sessions"]
            return str(gettext("logged %(name)s out everywhere; sessions: %(number)s", name=name, number=number))
        case "token_made" | "tokens_revoked":
            return _token(step)
        case "case_looked_at" | "customer_looked_at" | "messages_read" | "page_looked_at" | "look_refused":
            return _looked(step)
        case "exported":
            return _exported(step)
        case "act_refused":
            return refused_acts.told(step)
        case "entry_refused" | "refusals_not_kept":
            return _refused(step)
        case "person_identified" | "office_verified":
            return _by_the_operator(step)
        case _:
            assert_never(step)


def _by_the_operator(step: PersonIdentified | OfficeVerified) -> str:
    if step["type"] == "office_verified":
        return verified(step)
    return str(gettext("was identified by the operator, for the numbers of the household"))


def _refused(step: EntryRefused | RefusalsNotKept) -> str:
    if step["type"] == "entry_refused":
        number = len(step["fields"])
        return str(gettext("sent a step that was refused; fields to correct: %(number)s", number=number))
    texts = {"number": step["number"], "since": moment(step["since"]), "until": moment(step["until"])}
    return str(gettext("sent it %(number)s more times, from %(since)s to %(until)s; these are only counted", **texts))


def _looked(step: Looked) -> str:
    match step["type"]:
        case "case_looked_at":
            return str(gettext("looked at a case of others"))
        case "customer_looked_at":
            return str(gettext("looked up the customer %(number)s", number=step["number"]))
        case "look_refused":
            return _not_shown(step)
        case "page_looked_at":
            return str(gettext("looked at who is liable for what"))
        case "messages_read":
            return str(gettext("fetched the text messages that wait to be sent"))
        case _:
            assert_never(step)


def _not_shown(step: LookRefused) -> str:
    if step.get("number"):
        return str(gettext("wanted to look up the customer %(number)s and was refused", number=step["number"]))
    return str(gettext("wanted to look at a case of others and was refused"))


def _tried(step: LoggedIn | LoginLocked | LoginUnknown) -> str:
    address = step["address"] or "—"
    match step["type"]:
        case "logged_in":
            return str(gettext("logged in, from %(address)s", address=address))
        case "login_failed":
            return str(gettext("wrong password, from %(address)s", address=address))
        case "login_refused":
            return str(gettext("tried to log in while that was locked, from %(address)s", address=address))
        case "login_unknown":
            return _unknown(step)
        case "login_locked":
            return _locked(step)
        case _:
            assert_never(step)


def _unknown(step: LoginUnknown) -> str:
    """Return a log-in under a name of nobody: the mark tells the tries under one name together, the name itself is nowhere."""
    texts = {"address": step["address"] or "—", "mark": step["mark"][:OF_MARK]}
    sentence = gettext("log-in under a name that nobody here has, from %(address)s; mark of the name %(mark)s", **texts)
    more = gettext("More from this address within the hour are not written down.")
    return f"{sentence} · {more}" if step.get("last") else str(sentence)


def last_verified() -> tuple[datetime, OfficeVerified] | None:
    """Return when the whole office was verified the last time, and with which result; None where it never was, or the entry was altered."""
    for act in record.latest_acts(most=1, user=engine.SYSTEM.user, types=("office_verified",)):
        for step in cast(list[PersonStep], act.entry.steps if act.entry is not None else []):
            if step["type"] == "office_verified":
                return act.at, step
    return None


def verified(step: OfficeVerified) -> str:
    """Return the result of a verification of the whole office."""
    texts = {"cases": step["cases"], "entries": step["entries"], "number": step["deviations"]}
    if step["deviations"]:
        return str(
            gettext(
                "the whole office was verified: %(cases)s cases, %(entries)s entries, contradictions: %(number)s",
                **texts,
            )
        )
    return str(
        gettext("the whole office was verified: %(cases)s cases, %(entries)s entries, no contradiction", **texts)
    )


def _token(step: Token) -> str:
    if step["type"] == "tokens_revoked":
        return str(gettext("lost the tokens of the API; tokens: %(number)s", number=step["tokens"]))
    until = moment(step["until"])
    return str(gettext("was given a token of the API by the operator; it holds until %(until)s", until=until))


def _exported(step: Exported) -> str:
    kind = str(step["what"])
    if kind == "paper":
        paper = PAPERS.get(str(step["chosen"].get("paper")))
        return gettext("printed “%(paper)s”", paper=in_language(paper.zh, paper.en) if paper else "—")
    if kind.startswith("history."):
        export = gettext("took the history of a case away (%(kind)s)", kind=kind.rpartition(".")[2].upper())
    elif kind == "sheet.csv":
        export = gettext(
            "took the file of a secondary-pricing run away (CSV), rows in it: %(number)s", number=step["rows"]
        )
    else:
        export = gettext("took an event log away (XES), cases in it: %(number)s", number=step["rows"])
    with_personal = gettext("with personal data") if step["personal"] else gettext("without personal data")
    return " · ".join([export, *_chosen(step["chosen"]), with_personal])


def _chosen(filters: Mapping[str, str]) -> list[str]:
    """Return the filters of an export in words."""
    texts = [names.process_name(str(filters["process"]))] if filters.get("process") else []
    since, until = filters.get("from"), filters.get("to")
    if since or until:
        texts.append(gettext("%(since)s to %(until)s", since=since or "…", until=until or "…"))
    return texts


def _locked(step: LoginLocked) -> str:
    """Return what the lock holds for; steps of before it was recorded say where the password was tried."""
    wordings = {
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
    return wordings.get(step.get("of", ""), otherwise)
