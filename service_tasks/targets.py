"""Which numbers may be paid into: another one than the disputed, in use, GoTone where the manual says so."""

from __future__ import annotations

from engine.runtime import BpmnError
from models.customer import SubscriptionState
from service_tasks.gateway import Subscription, gateway

TARGET_ERRORS = ("same_number", "target_unknown", "target_cancelled", "target_suspended", "target_not_gotone")


def target_refusal(
    source: str, msisdn: str, target: Subscription | None, *, gotone_only: bool = True, suspended_too: bool = False
) -> str | None:
    """Return why nothing may be paid into `target`, the subscription of `msisdn`: one of TARGET_ERRORS, or None when it may.

    Source: TS-002.10 and its reading: another number than the source, and a GoTone one. TS-004.5 moves a recharge card to any number
            in service (`gotone_only` false); SUB.2 may pay into a suspended number, which restores it (`suspended_too`).
    """
    if msisdn == source:
        return "same_number"
    if target is None:
        return "target_unknown"
    if target.state == SubscriptionState.CANCELLED:
        return "target_cancelled"
    if target.state == SubscriptionState.SUSPENDED and not suspended_too:
        return "target_suspended"
    return "target_not_gotone" if gotone_only and target.kind != "gotone" else None


def open_target(source: str, msisdn: str, *, gotone_only: bool = True, suspended_too: bool = False) -> Subscription:
    """Return the subscription of `msisdn`, into which may be paid. Errors: BpmnError with one of TARGET_ERRORS."""
    target = gateway().find(msisdn)
    code = target_refusal(source, msisdn, target, gotone_only=gotone_only, suspended_too=suspended_too)
    if target is None or code:
        raise BpmnError(code or "target_unknown")
    return target
