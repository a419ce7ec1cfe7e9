"""CDRs as the analyses take them: plain values with the cell they were made in; read here, judged elsewhere."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, select

from models.base import session
from models.usage import Cdr, Cell
from service_tasks import dates
from service_tasks.zone import ZONE

VOICE = ("originating", "terminating", "forwarded")
RETENTION_MONTHS = 5


class CallRecord(NamedTuple):
    """One call of the disputed number. Charges in fen; latitude and longitude in degrees (WGS 84), None where the cell is not known.

    `id` names the record, so that what is disputed of it can be picked; 0 for a call that is not stored.
    """

    start: datetime
    kind: str = "originating"
    duration_s: int = 0
    other_party: str = ""
    cell: str = ""
    place: str = ""
    network: str = ""
    latitude: float | None = None
    longitude: float | None = None
    border: bool = False
    basic: int = 0
    long_distance: int = 0
    ip: int = 0
    forwarding: int = 0
    roaming: int = 0
    information: int = 0
    id: int = 0

    @property
    def charge(self) -> int:
        """All components together, in fen."""
        return self.basic + self.long_distance + self.ip + self.forwarding + self.roaming + self.information


_CDR = (
    Cdr.id,
    Cdr.start,
    Cdr.kind,
    Cdr.duration_s,
    Cdr.other_party,
    Cdr.cell,
    Cdr.basic,
    Cdr.long_distance,
    Cdr.ip,
    Cdr.forwarding,
    Cdr.roaming,
    Cdr.information,
    Cdr.visited_network,
)
_VOICE_CALLS = (
    select(*_CDR, Cell.place, Cell.network, Cell.latitude, Cell.longitude, Cell.border)
    .outerjoin(Cell, Cell.code == Cdr.cell)
    .where(Cdr.served_msisdn == bindparam("msisdn"), Cdr.kind.in_(VOICE))
    .where(Cdr.start >= bindparam("since"), Cdr.start < bindparam("until"))
    .order_by(Cdr.start, Cdr.id)
)

_OLDEST = select(func.min(Cdr.start)).where(Cdr.served_msisdn == bindparam("msisdn"), Cdr.kind.in_(VOICE))


def voice_calls(msisdn: str, since: date, until: date) -> list[CallRecord]:
    """Return the calls of a number from the first to the last day (Shanghai), both included, in order of time."""
    bounds = {"msisdn": msisdn, "since": _midnight(since), "until": _midnight(until + timedelta(days=1))}
    return [_record(row) for row in session().execute(_VOICE_CALLS, bounds)]


class Line(NamedTuple):
    """A component of a call that a complaint is about: `call` is the id of its record, `amount` in fen."""

    call: int
    component: str
    amount: int
    reason: str


def lines(call: CallRecord, components: Sequence[str], reason: str) -> list[Line]:
    """Return the components of a call that were charged, each as a line."""
    charged = ((name, getattr(call, name)) for name in components)
    return [Line(call.id, name, amount, reason) for name, amount in charged if amount]


def kept_from(at: datetime) -> date:
    """Return the first day whose call records are still kept at `at`: five calendar months back. Source: reading (retention)."""
    day = dates.day_of(at)
    months = day.year * 12 + day.month - 1 - RETENTION_MONTHS
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def are_gone(msisdn: str, since: date, at: datetime) -> bool:
    """Tell whether records of the time from `since` on need not exist any more: it is older than they are kept, and none so old is left."""
    if since >= kept_from(at):
        return False
    oldest = session().scalar(_OLDEST, {"msisdn": msisdn})
    return oldest is None or dates.day_of(oldest) > since


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _record(row: Row[*tuple[Any, ...]]) -> CallRecord:
    return CallRecord(
        start=row.start,
        kind=row.kind,
        duration_s=row.duration_s,
        other_party=row.other_party,
        cell=row.cell,
        place=row.place or "",
        network=row.visited_network or row.network or "",
        latitude=row.latitude,
        longitude=row.longitude,
        border=bool(row.border),
        basic=row.basic,
        long_distance=row.long_distance,
        ip=row.ip,
        forwarding=row.forwarding,
        roaming=row.roaming,
        information=row.information,
        id=row.id,
    )
