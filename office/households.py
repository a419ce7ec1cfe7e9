"""Nobody works on a number of their own household: which cases that bars a person from, and what it says at the intake."""

from __future__ import annotations

from collections.abc import Collection

import engine
from service_tasks import households


class OwnHousehold(engine.NotPermitted):
    """The case is about a number of this person's own household; somebody else has to work on it."""


def barred(instances: Collection[int], user: str) -> dict[int, engine.NotPermitted]:
    """The cases of these that a person may not work on, each with the reason."""
    return {instance: OwnHousehold(instance=instance) for instance in households.cases(instances, user)}


def wrong(msisdn: str, by: engine.Actor) -> list[engine.Reason]:
    """Why a person may not take a case of this number in; empty when they may."""
    if by.unbarred or not households.owns(by.user, msisdn):
        return []
    return [engine.Reason("OwnHousehold")]
