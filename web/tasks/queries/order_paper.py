"""What the paper of a work order says: question, limits, answer and what was done, from its rows. Papers are Chinese, whoever prints them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext

import engine
from engine import proof
from models.work_order import OrderState
from office.masking import Sight, masked
from office.masking import number as masked_number
from office.papers import Paper, wording
from web.queries import orders
from web.tasks.queries.papers import at_shanghai, in_chinese, plain, yuan
from web.telling import names
from web.telling.code_texts import code_text


def content(paper: Paper, sheet: orders.Sheet, own: str, sight: Sight, history: proof.CaseHistory) -> dict[str, Any]:
    """Return what the template is given; a case (`own`) is told of no other case, and of no answer before it is verified."""
    with in_chinese():
        sections = _said(paper, sheet, own, sight, history)
    clean: dict[str, Any] = plain(sections if sight.numbers else masked(sections))
    return clean


def _said(paper: Paper, sheet: orders.Sheet, own: str, sight: Sight, history: proof.CaseHistory) -> dict[str, Any]:
    order, last = sheet.order, history.entries[-1]
    return {
        "company": wording.COMPANY,
        "title": paper.zh,
        "case": order.number,
        "date": f"{'' if sight.numbers else wording.COPY}{wording.UNTIL.format(at=at_shanghai(last.at))}",
        "facts": [[label, value] for label, value in _facts(sheet)],
        "reason_label": wording.QUESTION,
        "reason": order.question,
        "blocks": [[label, value] for label, value in _blocks(sheet, own, sight) if value],
        "done": [_act(part) for part in sheet.acts if not own or part.case_number in ("", own)],
        "signs": [{"who": part, "name": ""} for part in paper.signs],
        "note": wording.ORDER_NOTE.format(edition=paper.edition, basis=paper.basis),
        "foot": [
            wording.VERSION.format(process=history.definition.key, version=history.definition.version),
            wording.ENTRY.format(seq=last.seq),
            wording.FINGERPRINT.format(hash=last.hash.hex()[:16]),
        ],
    }


def _facts(sheet: orders.Sheet) -> Iterator[tuple[str, str]]:
    order = sheet.order
    yield wording.DEPARTMENT, names.department(order.department)
    yield wording.ABOUT, gettext(orders.ABOUT[order.about])
    yield wording.SENT, f"{at_shanghai(order.opened_at)} {names.person_name(order.opened_by)}"
    yield wording.DUE, at_shanghai(order.due_at)
    yield wording.DUE_WHOLE, at_shanghai(order.due_whole_at)
    opened = order.acknowledged_at
    yield wording.OPENED, f"{at_shanghai(opened)} {names.person_name(order.acknowledged_by)}" if opened else "—"
    yield wording.CHASED, wording.TIMES.format(n=order.chased)
    yield wording.STATE, gettext(orders.STATES[order.state])


def _blocks(sheet: orders.Sheet, own: str, sight: Sight) -> Iterator[tuple[str, str]]:
    order = sheet.order
    yield wording.CASES, own or wording.BETWEEN.join(_case(case, sight) for case in sheet.cases)
    if order.finding and (order.state == OrderState.CLOSED or not own):
        yield wording.FOUND, code_text(order.finding)
        yield wording.REASON, order.cause
        yield wording.PROPOSAL, order.proposal
        yield (
            wording.PER_LINE,
            wording.YUAN.format(amount=yuan(order.line_amount)) if order.line_amount is not None else "",
        )
        yield wording.LIABLE, f"{order.unit} {order.person}".strip()


def _case(case: Any, sight: Sight) -> str:
    row = case.WorkOrderCase
    msisdn = case.msisdn if sight.numbers else masked_number(case.msisdn)
    return f"{row.case_number} {msisdn or ''} {wording.WAITING[row.how]}"


def _act(act: Any) -> dict[str, str]:
    deed = orders.deed(act)
    author = "" if act.by == engine.SYSTEM.user else names.person_name(act.by)
    sentence = (
        wording.WITH_REASON.format(what=deed, why=act.text)
        if act.text and act.kind in ("handed_on", "sent_back")
        else deed
    )
    return {"at": at_shanghai(act.at), "what": sentence, "department": names.department(act.department), "who": author}
