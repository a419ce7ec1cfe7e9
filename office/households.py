"""Nobody works on a number of their own household: which cases that bars a person from, and what it says at the intake."""

from __future__ import annotations

from collections.abc import Collection

import engine
from engine import language
from service_tasks import households


class OwnHousehold(engine.NotPermitted):
    """The case is about a number of this person's own household; somebody else has to work on it."""


def barred(instances: Collection[int], user: str) -> dict[int, engine.NotPermitted]:
    """Return the cases of these that a person may not work on, each with the reason."""
    return {instance: OwnHousehold(instance=instance) for instance in households.cases(instances, user)}


def check(instance_id: int | None, by: engine.Actor) -> None:
    """Check that the person may work on a case. Errors: OwnHousehold where they may not."""
    if instance_id is not None and not by.unbarred:
        for refusal in barred([instance_id], by.user).values():
            raise refusal


def wrong(msisdn: str, by: engine.Actor) -> list[language.Reason]:
    """Return why a person may not take a case of this number in; empty when they may."""
    if by.unbarred or not households.owns(by.user, msisdn):
        return []
    return [language.Reason("OwnHousehold")]
