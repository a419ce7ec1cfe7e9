"""What a paper says: put together from a case's record and from what stands in the form it is printed from. Papers are Chinese, whoever prints them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g

import engine
from models.complaint import Complaint
from office.masking import Sight, masked
from office.papers import Paper, named, wording
from service_tasks import amounts
from service_tasks.gateway.listing import Listed
from web.i18n import ZONE, language
from web.queries import money, names, picking, words
from web.queries.standing import Whose
from web.queries.variables import Variables
from web.visible import visible

MOST_SAID = 1_000
MOST_AMOUNT = 10**14  # what capitals can say
LATE_FEES = "late-fee:"
OTHERWISE = ("reserved.amount", "disputed_amount")


class NoAmount(engine.Conflict):
    """The amount of a paper has not been entered yet."""


class NoPaper(engine.NotFound):
    """This step has no such paper."""


@dataclass(frozen=True)
class Printed:
    """A paper of a step, for the list on a case's page: `token` is the step's; `step` and `at` say by which step it was made and when."""

    paper: Paper
    token: int
    step: str
    at: datetime


@dataclass(frozen=True)
class Step:
    """The step that a paper is filled in at: its element, its process, the variables around it, and who does it."""

    element: engine.Element
    process: str
    variables: Mapping[str, Any]
    clerk: str


@dataclass(frozen=True)
class Asked:
    """What a paper is made of: the case with its history, the step, whom it is about, and what the reader may see."""

    case: str
    history: engine.CaseHistory
    step: Step
    complaint: Complaint | None
    whose: Whose
    sight: Sight


def of_step(element: engine.Element) -> list[Paper]:
    """The papers that a step's property `paper` names."""
    return named(element.properties.get("paper", ""))


def made(history: engine.CaseHistory) -> list[Printed]:
    """The papers of the steps that a case has done and that have an amount, oldest first; of a long case those of its newest steps."""
    scopes, found = {0: history.definition.key}, []
    for entry in history.entries:
        for step in entry.steps:
            engine.follow_scopes(scopes, step)
            if step["type"] == "user_task_completed":
                process = scopes.get(step.get("scope", 0), history.definition.key)
                element = _element(history.definition, process, step["element"])
                name = names.element_name(process, step["element"], "", history.definition)
                papers = of_step(element) if element is not None else []
                has = [one for one in papers if _fits(one, history.definition, element, step["form"])]
                found += [
                    Printed(one, step["token"], name, entry.at) for one in has if _is_full(one, history, step["token"])
                ]
    return found


def _is_full(paper: Paper, history: engine.CaseHistory, token: int) -> bool:
    """Whether the record has an amount for a paper of a step that was done."""
    try:
        return _amount(paper, history, done_step(history, token)) > 0
    except NoAmount:
        return False


def done_step(history: engine.CaseHistory, token: int) -> Step:
    """A step that was done, with the variables around it as they are now. Errors: NoPaper."""
    scopes = {0: history.definition.key}
    for entry in history.entries:
        for step in entry.steps:
            engine.follow_scopes(scopes, step)
            if step["type"] == "user_task_completed" and step["token"] == token:
                scope = step.get("scope", 0)
                process = scopes.get(scope, history.definition.key)
                element = _element(history.definition, process, step["element"])
                if element is not None:
                    return Step(element, process, history.marking(scope).variables, step["by"])
    raise NoPaper(token=token)


def _element(definition: engine.Definition, process: str, id: str) -> engine.Element | None:
    drawn = definition.processes.get(process)
    return drawn.diagram.elements.get(id) if drawn is not None else None


def content(paper: Paper, asked: Asked) -> dict[str, Any]:
    """What the template is given. Errors: NoAmount."""
    amount = _amount(paper, asked.history, asked.step)
    with _in_chinese(), names.of_definition(asked.history.definition):
        said = _said(paper, asked, amount)
    shown = said if asked.sight.numbers else masked(said)
    clean: dict[str, Any] = _plain(shown)
    return clean


def _own_amounts(paper: Paper, definition: engine.Definition, element: engine.Element) -> list[str]:
    """The fields of a step's form that hold the amount of a paper."""
    form = definition.form_by_id(element.properties.get("form", ""))
    return [one.key for one in form.inputs if one.key in paper.amounts]


def _fits(paper: Paper, definition: engine.Definition, element: engine.Element | None, entered: Any) -> bool:
    """Whether a step that was done entered an amount of the paper or picked a line that belongs on it, or has no field for either."""
    if element is None:
        return True
    given = entered if isinstance(entered, Mapping) else {}
    if own := _own_amounts(paper, definition, element):
        return any(given.get(name) for name in own)
    field = picking.field_of(definition.form_by_id(element.properties.get("form", "")))
    return field is None or len(of_step(element)) < 2 or bool(_belonging(paper, given.get(field.key)))


def _belonging(paper: Paper, lines: Any) -> list[Mapping[str, Any]]:
    """Of the lines picked at a step that fills in several papers, those that belong on this one."""
    picked = [one for one in lines if isinstance(one, Mapping)] if isinstance(lines, list) else []
    return [one for one in picked if str(one.get("line")).startswith(LATE_FEES) == paper.late_fees]


def _amount(paper: Paper, history: engine.CaseHistory, step: Step) -> int:
    """What the step's own field says; where it has none, what is reserved or disputed."""
    own = _own_amounts(paper, history.definition, step.element)
    field = picking.field_of(history.definition.form_by_id(step.element.properties.get("form", "")))
    if (
        field is not None
        and not own
        and (total := sum(int(one.get("amount") or 0) for one in _picked(paper, history, step)))
    ):
        return total
    if field is not None and not own and len(of_step(step.element)) > 1:
        raise NoAmount(paper=paper.key)
    for name in own or OTHERWISE:
        found = _value(step.variables, name)
        if isinstance(found, int) and not isinstance(found, bool) and 0 < found < MOST_AMOUNT:
            return found
    raise NoAmount(paper=paper.key)


def _value(variables: Mapping[str, Any], path: str) -> Any:
    found: Any = variables
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _said(paper: Paper, asked: Asked, amount: int) -> dict[str, Any]:
    told = Variables(asked.history.definition.package)
    lines = _lines(paper, asked)
    last = asked.history.entries[-1]
    return {
        "company": wording.COMPANY,
        "title": paper.zh,
        "case": asked.case,
        "date": f"{'' if asked.sight.numbers else wording.COPY}{wording.UNTIL.format(at=_at(last.at))}",
        "facts": [[label, value] for label, value in _facts(paper, asked, told)],
        "reason_label": wording.REASON,
        "reason": next(filter(None, (_text(asked.step.variables.get(one)) for one in paper.reasons)), "—"),
        "lines": lines,
        "total": _yuan(sum(one["fen"] for one in lines)),
        "amount": _yuan(amount),
        "capitals": wording.CAPITALS.format(words=amounts.in_words(amount)),
        "approvals": _approvals(asked),
        "signs": [
            {"who": one, "name": names.person_name(asked.step.clerk) if one == wording.CLERK else ""}
            for one in paper.signs
        ],
        "note": wording.NOTE.format(edition=paper.edition, basis=paper.basis),
        "foot": [
            wording.VERSION.format(process=asked.step.process, version=asked.history.definition.version),
            wording.ENTRY.format(seq=last.seq),
            wording.FINGERPRINT.format(hash=last.hash.hex()[:16]),
        ],
    }


def _facts(paper: Paper, asked: Asked, told: Variables) -> Iterator[tuple[str, str]]:
    yield wording.CUSTOMER, asked.whose.name or "—"
    yield wording.NUMBER, asked.whose.msisdn or str(asked.step.variables.get("msisdn") or "—")
    if asked.complaint is not None:
        yield wording.ACCEPTED, _at(asked.complaint.accepted_at)
        yield wording.PROCESS, f"{asked.complaint.process_key} {names.process_name(asked.complaint.process_key)}"
    for name, label in paper.facts:
        value = asked.step.variables.get(name)
        if value not in (None, "", [], {}):
            yield label, told.value(name, value).strip("“”")


def _text(value: Any) -> str:
    return value.strip()[:MOST_SAID] if isinstance(value, str) else ""


def _picked(paper: Paper, history: engine.CaseHistory, step: Step) -> list[Mapping[str, Any]]:
    """The lines that were picked at the step, or before it; where it fills in several papers, those that belong on this one."""
    form = history.definition.form_by_id(step.element.properties.get("form", ""))
    field = picking.field_of(form)
    given = step.variables.get(field.key if field else "disputed_lines")
    picked = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    if len(of_step(step.element)) < 2:
        return picked
    return _belonging(paper, picked)


def _lines(paper: Paper, asked: Asked) -> list[dict[str, Any]]:
    """The lines that were picked, else those that the case has claims on, with what was charged."""
    listing = picking.of({**asked.step.variables, "msisdn": asked.whose.msisdn or asked.step.variables.get("msisdn")})
    known = {one.line: one for one in listing.each()}
    chosen: list[Mapping[str, Any]] = _picked(paper, asked.history, asked.step)
    if not chosen:
        chosen = [
            {"line": one.address, "component": one.component, "amount": one.amount, "reason": one.reason}
            for one in money.claims_of(asked.case)
            if one.state != "reversed"
        ]
    return [_line(one, known.get(str(one.get("line")))) for one in chosen]


def _line(picked: Mapping[str, Any], known: Listed | None) -> dict[str, Any]:
    address, component, amount = str(picked.get("line")), picked.get("component"), int(picked.get("amount") or 0)
    what = words.cell_text("line", address)
    if known is not None and words.line_text(known) not in what:
        what = f"{what} {words.line_text(known)}"
    return {
        "what": f"{what} {words.code_text(component)}" if component else what,
        "charged": _yuan(known.amount) if known is not None and not component else "",
        "amount": _yuan(amount),
        "fen": amount,
        "why": _text(picked.get("reason")),
    }


def _approvals(asked: Asked) -> list[dict[str, str]]:
    """Who approved what at which step; a no stands there too."""
    scopes, found = {0: asked.history.definition.key}, []
    for entry in asked.history.entries:
        for step in entry.steps:
            engine.follow_scopes(scopes, step)
            if step["type"] == "approval_given":
                process = scopes.get(step.get("scope", 0), asked.history.definition.key)
                name = names.element_name(process, step["element"], "", asked.history.definition)
                given = next(iter(step["variables"].values()), None)
                found.append(
                    {
                        "step": name,
                        "opinion": _opinion(given),
                        "who": names.person_name(entry.actor),
                        "at": _at(entry.at),
                    }
                )
    return found


def _opinion(given: Any) -> str:
    """Yes or no, with the amount where the approval names one."""
    if not isinstance(given, Mapping):
        return wording.REFUSED
    amount = given.get("amount")
    fen = sum(one for one in amount.values() if isinstance(one, int)) if isinstance(amount, Mapping) else amount
    return wording.AGREED_UP_TO.format(yuan=_yuan(fen)) if isinstance(fen, int) and fen > 0 else wording.AGREED


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _at(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


@contextmanager
def _in_chinese() -> Iterator[None]:
    """Inside the block the page's language is Chinese."""
    before = language()
    g.language = "zh"
    try:
        yield
    finally:
        g.language = before


def _plain(value: Any) -> Any:
    """Texts with every sign that turns or hides what stands beside it written out."""
    if isinstance(value, str):
        return str(visible(value))
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
