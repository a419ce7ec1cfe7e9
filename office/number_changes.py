"""Numbers that a customer has changed: under which number they can be reached instead of one that is cancelled."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from models.base import session
from models.customer import Subscription, SubscriptionState

CHANGED = "number_change"


def new_number(msisdn: str) -> str:
    """Return the number in use into which a cancelled one was changed; empty where there is none."""
    former, later = Subscription, aliased(Subscription)
    query = select(later.msisdn).join(former, later.number_changed_from == former.msisdn)
    query = query.where(former.msisdn == msisdn, former.reason == CHANGED)
    query = query.where(former.state == SubscriptionState.CANCELLED, later.state != SubscriptionState.CANCELLED)
    return session().scalars(query.order_by(later.opened_at.desc()).limit(1)).first() or ""
