"""What a paper says: put together from a case's record and from what stands in the form it is printed from. Papers are Chinese, whoever prints them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g

import engine
import engine.definitions
from engine import diagrams, proof, record
from models.complaint import Complaint
from models.lines import ClaimState
from office.masking import Sight, masked
from office.papers import Paper, named, wording
from service_tasks import amounts
from service_tasks.gateway.listing import Listed
from service_tasks.zone import ZONE
from web.lookup import definitions
from web.queries import money, picking_lines
from web.queries.standing import Whose
from web.telling import code_texts, names
from web.telling.i18n import language
from web.telling.variables import Variables
from web.telling.visible_text import visible

MOST_SAID = 1_000
MOST_AMOUNT = 10**14  # what capitals can say
LATE_FEES = "late-fee:"
OTHERWISE = ("reserved.amount", "disputed_amount")
IN_CASH, FALLS_FIRST = "refund_amount", "payable.falls"  # what is counted out, and what a bill still owed takes before


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

    element: diagrams.Element
    process: str
    variables: Mapping[str, Any]
    clerk: str


@dataclass(frozen=True)
class TakenBack:
    """Money of a case that was taken back after a step: fen, and when."""

    amount: int
    at: datetime


@dataclass(frozen=True)
class Asked:
    """What a paper is made of: the case with its history, the step, whom it is about, what the reader may see, and what was taken back since."""

    case: str
    history: proof.CaseHistory
    step: Step
    complaint: Complaint | None
    whose: Whose
    sight: Sight
    taken_back: tuple[TakenBack, ...] = ()


def of_step(element: diagrams.Element) -> list[Paper]:
    """Return the papers that a step's property `paper` names."""
    return named(element.properties.get("paper", ""))


def made(history: proof.CaseHistory) -> list[Printed]:
    """Return the papers of the steps that a case has done and that have an amount, oldest first; of a long case those of its newest steps."""
    scopes, printed = record.Scopes(history.definition.key), []
    for entry in history.entries:
        for step in entry.steps:
            scopes.follow(step)
            if step["type"] == "user_task_completed":
                process = scopes.process(step.get("scope", 0))
                element = _element(history.definition, process, step["element"])
                name = names.element_name(process, step["element"], "", history.definition)
                papers = of_step(element) if element is not None else []
                has = [paper for paper in papers if _fits(paper, history.definition, element, step["form"])]
                printed += [
                    Printed(paper, step["token"], name, entry.at)
                    for paper in has
                    if _is_full(paper, history, step["token"])
                ]
    return printed


def _is_full(paper: Paper, history: proof.CaseHistory, token: int) -> bool:
    """Tell whether the record has an amount for a paper of a step that was done."""
    try:
        return _amount(paper, history, done_step(history, token)) > 0
    except NoAmount:
        return False


def entry_of(history: proof.CaseHistory, token: int) -> int:
    """Return the entry of the record with which a step was done. Errors: NoPaper."""
    for entry in history.entries:
        if any(step["type"] == "user_task_completed" and step["token"] == token for step in entry.steps):
            return entry.seq
    raise NoPaper(token=token)


def taken_back(history: proof.CaseHistory, token: int) -> tuple[TakenBack, ...]:
    """Return what was taken back of the case's money since a step was done. Errors: NoPaper."""
    since, amounts, reversals = entry_of(history, token), dict[int, int](), []
    for entry in history.entries:
        for step in entry.steps:
            if step["type"] == "reversal_asked":
                amounts[step["request"]] = step["amount"]
            elif step["type"] == "credit_reversed" and entry.seq > since:
                reversals.append(TakenBack(amounts.get(step["request"], 0), entry.at))
    return tuple(reversals)


def done_step(history: proof.CaseHistory, token: int) -> Step:
    """Return a step that was done, with the variables around it as they are after the last of the entries. Errors: NoPaper."""
    scopes = record.Scopes(history.definition.key)
    for entry in history.entries:
        for step in entry.steps:
            scopes.follow(step)
            if step["type"] == "user_task_completed" and step["token"] == token:
                scope = step.get("scope", 0)
                process = scopes.process(scope)
                element = _element(history.definition, process, step["element"])
                if element is not None:
                    return Step(element, process, history.marking(scope).variables, step["by"])
    raise NoPaper(token=token)


def _element(definition: engine.definitions.Definition, process: str, id: str) -> diagrams.Element | None:
    process_drawn = definition.processes.get(process)
    return process_drawn.diagram.elements.get(id) if process_drawn is not None else None


def content(paper: Paper, request: Asked) -> dict[str, Any]:
    """Return what the template is given. Errors: NoAmount."""
    amount = _amount(paper, request.history, request.step)
    with in_chinese(), definitions.of_definition(request.history.definition):
        sections = _said(paper, request, amount)
    visible = sections if request.sight.numbers else masked(sections)
    clean: dict[str, Any] = plain(visible)
    return clean


def _own_amounts(paper: Paper, definition: engine.definitions.Definition, element: diagrams.Element) -> list[str]:
    """Return the fields of a step's form that hold the amount of a paper."""
    form = definition.form_by_id(element.properties.get("form", ""))
    return [field.key for field in form.inputs if field.key in paper.amounts]


def _fits(
    paper: Paper, definition: engine.definitions.Definition, element: diagrams.Element | None, entered: Any
) -> bool:
    """Tell whether a step that was done entered an amount of the paper or picked a line that belongs on it, or has no field for either."""
    if element is None:
        return True
    form = entered if isinstance(entered, Mapping) else {}
    if own := _own_amounts(paper, definition, element):
        return any(form.get(name) for name in own)
    field = picking_lines.field_of(definition.form_by_id(element.properties.get("form", "")))
    return field is None or len(of_step(element)) < 2 or bool(_belonging(paper, form.get(field.key)))


def _belonging(paper: Paper, lines: Any) -> list[Mapping[str, Any]]:
    """Return, of the lines picked at a step that fills in several papers, those that belong on this one."""
    rows = [line for line in lines if isinstance(line, Mapping)] if isinstance(lines, list) else []
    return [line for line in rows if str(line.get("line")).startswith(LATE_FEES) == paper.late_fees]


def _amount(paper: Paper, history: proof.CaseHistory, step: Step) -> int:
    """Return what the step's own field says; where it has none, what is reserved or disputed."""
    own = _own_amounts(paper, history.definition, step.element)
    field = picking_lines.field_of(history.definition.form_by_id(step.element.properties.get("form", "")))
    if (
        field is not None
        and not own
        and (total := sum(int(line.get("amount") or 0) for line in _picked(paper, history, step)))
    ):
        return total
    if field is not None and not own and len(of_step(step.element)) > 1:
        raise NoAmount(paper=paper.key)
    for name in own or OTHERWISE:
        amount = engine.language.forms.at_path(step.variables, name)
        if isinstance(amount, int) and not isinstance(amount, bool) and 0 < amount < MOST_AMOUNT:
            return amount
    raise NoAmount(paper=paper.key)


def _said(paper: Paper, request: Asked, amount: int) -> dict[str, Any]:
    variables = Variables(request.history.definition.package)
    lines = _lines(paper, request)
    last = request.history.entries[-1]
    return {
        "company": wording.COMPANY,
        "title": paper.zh,
        "case": request.case,
        "date": f"{'' if request.sight.numbers else wording.COPY}{wording.UNTIL.format(at=at_shanghai(last.at))}",
        "facts": [[label, value] for label, value in _facts(paper, request, variables)],
        "reason_label": wording.REASON,
        "reason": next(filter(None, (_text(request.step.variables.get(part)) for part in paper.reasons)), "—"),
        "lines": lines,
        "total": yuan(sum(part["fen"] for part in lines)),
        "amount": yuan(amount),
        "capitals": wording.CAPITALS.format(words=amounts.in_words(amount)),
        "approvals": _approvals(request),
        "signs": [
            {"who": part, "name": names.person_name(request.step.clerk) if part == wording.CLERK else ""}
            for part in paper.signs
        ],
        "note": wording.NOTE.format(edition=paper.edition, basis=paper.basis),
        "foot": [
            wording.VERSION.format(process=request.step.process, version=request.history.definition.version),
            wording.ENTRY.format(seq=last.seq),
            wording.FINGERPRINT.format(hash=last.hash.hex()[:16]),
        ],
    }


def _facts(paper: Paper, request: Asked, variables: Variables) -> Iterator[tuple[str, str]]:
    yield wording.CUSTOMER, request.whose.name or "—"
    yield wording.NUMBER, request.whose.msisdn or str(request.step.variables.get("msisdn") or "—")
    if request.complaint is not None:
        yield wording.ACCEPTED, at_shanghai(request.complaint.accepted_at)
        yield wording.PROCESS, f"{request.complaint.process_key} {names.process_name(request.complaint.process_key)}"
    for name, label in paper.facts:
        value = request.step.variables.get(name)
        if value not in (None, "", [], {}):
            yield label, variables.value(name, value).strip("“”")
    for path, label in paper.numbers:
        number = engine.language.forms.at_path(request.step.variables, path)
        if isinstance(number, str) and number:
            yield label, number
    yield from _shares(paper, request)
    for reversal in _taken_back(paper, request):
        yield (
            wording.TAKEN_BACK,
            wording.TAKEN_BACK_AT.format(amount=yuan(reversal.amount), at=at_shanghai(reversal.at)),
        )


def _shares(paper: Paper, request: Asked) -> Iterator[tuple[str, str]]:
    """Yield what the customer is handed, and what is taken off a bill that is paid in part, where a step pays both at once."""
    cash, falls = (
        request.step.variables.get(IN_CASH),
        engine.language.forms.at_path(request.step.variables, FALLS_FIRST),
    )
    if (
        IN_CASH in _own_amounts(paper, request.history.definition, request.step.element)
        and cash
        and isinstance(falls, int)
        and falls
    ):
        yield wording.IN_CASH, wording.YUAN.format(amount=yuan(cash))
        yield wording.FALLS, wording.YUAN.format(amount=yuan(falls))


def _taken_back(paper: Paper, request: Asked) -> tuple[TakenBack, ...]:
    """Return what was taken back since, where it concerns the lines of the paper or the paper has none."""
    on = {str(line.get("line")) for line in _picked(paper, request.history, request.step)}
    reversed_lines = (
        {line.address for line in money.claims_of(request.case) if line.state == ClaimState.REVERSED}
        if request.taken_back
        else set()
    )
    return request.taken_back if not on or on & reversed_lines else ()


def _text(value: Any) -> str:
    return value.strip()[:MOST_SAID] if isinstance(value, str) else ""


def _picked(paper: Paper, history: proof.CaseHistory, step: Step) -> list[Mapping[str, Any]]:
    """Return the lines that were picked at the step, or before it; where it fills in several papers, those that belong on this one."""
    form = history.definition.form_by_id(step.element.properties.get("form", ""))
    field = picking_lines.field_of(form)
    rows = step.variables.get(field.key if field else "disputed_lines")
    lines = [line for line in rows if isinstance(line, Mapping)] if isinstance(rows, list) else []
    if len(of_step(step.element)) < 2:
        return lines
    return _belonging(paper, lines)


def _lines(paper: Paper, request: Asked) -> list[dict[str, Any]]:
    """Return the lines that were picked, else those that the case has claims on, with what was charged."""
    listing = picking_lines.of(
        {**request.step.variables, "msisdn": request.whose.msisdn or request.step.variables.get("msisdn")}
    )
    listing_by_line = {line.line: line for line in listing.each()}
    rows: list[Mapping[str, Any]] = _picked(paper, request.history, request.step)
    if not rows:
        rows = [
            {"line": line.address, "component": line.component, "amount": line.amount, "reason": line.reason}
            for line in money.claims_of(request.case)
            if line.state != ClaimState.REVERSED
        ]
    return [_line(line, listing_by_line.get(str(line.get("line")))) for line in rows]


def _line(row: Mapping[str, Any], listing: Listed | None) -> dict[str, Any]:
    address, component, amount = str(row.get("line")), row.get("component"), int(row.get("amount") or 0)
    label = code_texts.cell_text("line", address)
    if listing is not None and code_texts.line_text(listing) not in label:
        label = f"{label} {code_texts.line_text(listing)}"
    return {
        "what": f"{label} {code_texts.code_text(component)}" if component else label,
        "charged": yuan(listing.amount) if listing is not None and not component else "",
        "amount": yuan(amount),
        "fen": amount,
        "why": _text(row.get("reason")),
    }


def _approvals(request: Asked) -> list[dict[str, str]]:
    """Return who approved what at which step; a no stands there too."""
    scopes, approvals = record.Scopes(request.history.definition.key), []
    for entry in request.history.entries:
        for step in entry.steps:
            scopes.follow(step)
            if step["type"] == "approval_given":
                process = scopes.process(step.get("scope", 0))
                name = names.element_name(process, step["element"], "", request.history.definition)
                opinion = next(iter(step["variables"].values()), None)
                approvals.append(
                    {
                        "step": name,
                        "opinion": _opinion(opinion),
                        "who": names.person_name(entry.actor),
                        "at": at_shanghai(entry.at),
                    }
                )
    return approvals


def _opinion(approval: Any) -> str:
    """Say yes or no, with the amount where the approval names one."""
    if not isinstance(approval, Mapping):
        return wording.REFUSED
    amount = approval.get("amount")
    fen = sum(part for part in amount.values() if isinstance(part, int)) if isinstance(amount, Mapping) else amount
    return wording.AGREED_UP_TO.format(yuan=yuan(fen)) if isinstance(fen, int) and fen > 0 else wording.AGREED


def yuan(fen: int) -> str:
    """Return fen in yuan, as papers have it."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def at_shanghai(at: datetime) -> str:
    """Return an instant in Shanghai."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


@contextmanager
def in_chinese() -> Iterator[None]:
    """Have the page's language be Chinese inside the block."""
    before = language()
    g.language = "zh"
    try:
        yield
    finally:
        g.language = before


def plain(value: Any) -> Any:
    """Return texts with every sign that turns or hides what stands beside it written out."""
    if isinstance(value, str):
        return str(visible(value))
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
