"""What the call list shows: border roaming, ultra-short calls, orphan Monternet charges; the rules stand in the files beside this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from engine.runtime import Call, handler
from models.customer import SubscriptionState
from service_tasks import batches, charge_hold, dates
from service_tasks.cdr_analysis import (
    border_roaming,
    given,
    monternet,
    orphan_monternet,
    records,
    schemas,
    ultra_short,
)
from service_tasks.gateway import LinePart, Subscription, gateway
from service_tasks.gateway.listing import papers

__all__ = ["analyse_border_roaming", "find_orphan_monternet", "find_ultra_short"]


@handler(
    "cdr_analysis/border_roaming",
    parameters=schemas.BorderRoamingParameters,
    result=schemas.BorderRoamingResult,
    manual_ref="TS-005.2, TS-005.3, TS-005.5",
    title_zh="边界漫游分析",
    title_en="Border-roaming analysis",
)
def analyse_border_roaming(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Show whether border roaming is established at first sight, and by which calls.

    What another case has of their charges is told and in no sum. Calls of another phone with the same number, made while this one was used, stand apart. Where no call was looked at, or records are no longer kept, it is neither established nor not; then the archive has to be asked.
    """
    since, until = _span(parameters, call)
    figures = {field.name: parameters[field.name] for field in fields(border_roaming.Thresholds)}
    calls = records.voice_calls(parameters["msisdn"], since, until)
    verdict = border_roaming.analyse(calls, border_roaming.Thresholds(**figures))
    apart = given.apart(parameters["msisdn"], verdict.lines, _starts(calls), call)
    if apart.rows:
        verdict = border_roaming.less(verdict, apart.left, calls)
    apart_clone = given.apart(parameters["msisdn"], verdict.cloned, _starts(calls), call)
    reasons = (*verdict.reasons, *apart.reasons)
    are_gone = not verdict.established and records.are_gone(parameters["msisdn"], since, call.at)
    return {
        **verdict._asdict(),
        "established": None if are_gone else verdict.established,
        "examined": len(calls),
        "reasons": _with_gone(reasons) if are_gone else reasons,
        "amount": None if are_gone else verdict.amount,
        "lines": _lines(verdict.lines, calls),
        "cloned": _lines(apart_clone.left, calls),
        **given.together((apart, apart_clone)).told(),
        "left": [
            {**excluded.call._asdict(), "call": excluded.call.id, "reason": excluded.reason}
            for excluded in verdict.left
        ],
        "parameters": {"since": since.isoformat(), "until": until.isoformat(), "calls": len(calls), **figures},
    }


@handler(
    "cdr_analysis/ultra_short",
    parameters=schemas.UltraShortParameters,
    result=schemas.UltraShortResult,
    manual_ref="TS-007.2, TS-007.3",
    title_zh="超短话单核查",
    title_en="Ultra-short calls",
)
def find_ultra_short(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """List the long-distance calls of a few seconds, with what is to be credited of each, when, and to what.

    What another case has of them is told and in no sum; where it has all, nothing is `found` that could be credited. Where no call was looked at, or records are no longer kept, `found` is null; then the archive has to be asked.
    """
    msisdn, (since, until) = parameters["msisdn"], _span(parameters, call)
    calls = records.voice_calls(msisdn, since, until)
    short = ultra_short.find(calls, parameters["limit_s"])
    are_gone = not short and records.are_gone(msisdn, since, call.at)
    known = bool(calls) and not are_gone
    apart = given.apart(msisdn, [line for short_call in short for line in short_call.lines], _starts(calls), call)
    fen_by_call = apart.fen
    return {
        "found": bool(apart.left) if known else None,
        "examined": len(calls),
        "reasons": _with_gone(()) if are_gone else apart.reasons,
        "calls": [_short(short_call, fen_by_call.get(short_call.call.id, 0)) for short_call in short],
        "lines": _lines(apart.left, calls),
        **apart.told(),
        "amount": sum(fen_by_call.values()) if known else None,
        "kept": sum(short_call.kept for short_call in short) if known else None,
        "settle_on": date.fromisoformat(batches.first_open(charge_hold.KIND, charge_hold.thursdays_from(call.at))),
        "credit_to": credit_to(gateway().find(msisdn)),
    }


@handler(
    "cdr_analysis/orphan_monternet",
    parameters=schemas.OrphanParameters,
    result=schemas.OrphanResult,
    manual_ref="TS-006.2, TS-006.3, TS-006.4, SUB.3",
    title_zh="梦网无主话单核查",
    title_en="Orphan Monternet charges",
)
def find_orphan_monternet(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Show which Monternet charges came after the number could no longer be used, and which of them are paid.

    What another case has of them is told and in no sum. Where no charge was looked at, or records are no longer kept, `orphan` is null; then the archive has to be asked.
    """
    numbers, charges = monternet.history(parameters["msisdn"])
    orphans = [orphan for number in numbers for orphan in orphan_monternet.find(number, charges)]
    are_gone = not orphans and monternet.are_gone(numbers, charges, call.at)
    known = bool(charges) and not are_gone
    apart = given.together(_apart(orphans, number.msisdn, call) for number in numbers)
    fen_by_charge = apart.fen
    paid_fen = sum(fen_by_charge.get(orphan.charge.id, 0) for orphan in orphans if orphan.charge.paid)
    amount = sum(fen_by_charge.values())
    open_orphans = [
        orphan._replace(charge=orphan.charge._replace(amount=fen_by_charge[orphan.charge.id]))
        for orphan in orphans
        if orphan.charge.id in fen_by_charge
    ]
    picks = _picked(open_orphans, parameters["msisdn"])
    return {
        "orphan": bool(orphans) if known else None,
        "examined": len(charges),
        "reasons": _with_gone(()) if are_gone else apart.reasons,
        "charges": [_orphan(orphan) for orphan in orphans],
        "lines": [_line_of(orphan) for orphan in open_orphans],
        **apart.told(),
        "picked": picks,
        "events": _events(numbers[-1]),
        "changed_from": numbers[-2].msisdn if len(numbers) > 1 else None,
        "elsewhere": sum(orphan.charge.msisdn != parameters["msisdn"] for orphan in open_orphans),
        "amount": amount if known else None,
        "paid": paid_fen == amount if open_orphans else None,
        "paid_amount": paid_fen if known else None,
        "unpaid_amount": amount - paid_fen if known else None,
        "site": _sites([orphan.charge for orphan in orphans] or charges),
    }


def credit_to(subscription: Subscription | None) -> str:
    """Return what a credit goes to: a cancelled number gets no further bill, so cash; a prepaid number's own prepayment, else the bill.

    Source: TS-007.3, reading.
    """
    if subscription is not None and subscription.state == SubscriptionState.CANCELLED:
        return "cash"
    return "prepayment" if subscription is not None and subscription.kind == "prepaid" else "bill"


def _span(parameters: dict[str, Any], call: Call) -> tuple[date, date]:
    until = parameters["until"] or dates.day_of(call.at)
    return parameters["since"] or until - timedelta(days=schemas.DAYS), until


def _with_gone(reasons: tuple[str, ...]) -> tuple[str, ...]:
    return ("no_records", *(reason for reason in reasons if reason != "no_calls"))


def _short(short_call: ultra_short.ShortCall, amount: int) -> dict[str, Any]:
    return {**short_call.call._asdict(), **short_call._asdict(), "call": short_call.call.id, "amount": amount}


def _apart(orphans: Iterable[orphan_monternet.Orphan], msisdn: str, call: Call) -> given.Apart:
    charges = [orphan.charge for orphan in orphans if orphan.charge.msisdn == msisdn]
    lines = [records.Line(charge.id, "information", charge.amount, "") for charge in charges]
    return given.apart(msisdn, lines, {charge.id: charge.at for charge in charges}, call)


def _events(number: orphan_monternet.Number) -> list[dict[str, Any]]:
    return [{"event": row.event, "day": dates.day_of(row.at)} for row in orphan_monternet.events(number)]


def _orphan(orphan: orphan_monternet.Orphan) -> dict[str, Any]:
    return {**orphan.charge._asdict(), "call": orphan.charge.id, "after": orphan.after, "counted_at": orphan.counted_at}


def _starts(calls: Iterable[records.CallRecord]) -> dict[int, datetime]:
    return {call.id: call.start for call in calls}


def _lines(lines: Iterable[records.Line], calls: Iterable[records.CallRecord]) -> list[dict[str, Any]]:
    starts = _starts(calls)
    return [{**line._asdict(), "start": starts[line.call]} for line in lines]


def _line_of(orphan: orphan_monternet.Orphan) -> dict[str, Any]:
    charge = orphan.charge
    return {
        **records.Line(charge.id, "information", charge.amount, orphan.after)._asdict(),
        "start": charge.at,
    }


def _picked(orphans: Iterable[orphan_monternet.Orphan], msisdn: str) -> list[dict[str, Any]]:
    """Return the orphan charges that stand in the papers of this number, as a form picks them; of one that pays by bill those on a bill."""
    subscription = gateway().find(msisdn)
    calls = papers(subscription.id).calls if subscription and orphans else ()
    prepaid = subscription is not None and subscription.kind == "prepaid"
    lines_in_papers = {call.line for call in calls if call.period or prepaid}
    addressed = [(f"information-fee:{orphan.charge.id}", orphan.charge.amount) for orphan in orphans]
    return [LinePart(line, amount)._asdict() for line, amount in addressed if line in lines_in_papers]


def _sites(charges: list[orphan_monternet.Charge]) -> str | None:
    """Return the providers of the charges in one text; None when none is known, and service management has to be asked (SUB.3)."""
    return "、".join(dict.fromkeys(charge.site for charge in charges if charge.site)) or None
