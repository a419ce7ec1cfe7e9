"""CDRs as the analyses take them: plain values with the cell they were made in; read here, judged elsewhere."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import select

from models.base import session
from models.usage import Cdr, Cell
from service_tasks.schemas import ZONE

VOICE = ("originating", "terminating", "forwarded")


class CallRecord(NamedTuple):
    """One call of the disputed number. Charges in fen; latitude and longitude in degrees (WGS 84), None where the cell is not known."""

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

    @property
    def charge(self) -> int:
        """All components together, in fen."""
        return self.basic + self.long_distance + self.ip + self.forwarding + self.roaming + self.information


def voice_calls(msisdn: str, since: date, until: date) -> list[CallRecord]:
    """The calls of a number from the first to the last day (Shanghai), both included, in order of time."""
    query = (
        select(Cdr, Cell)
        .outerjoin(Cell, Cell.code == Cdr.cell)
        .where(Cdr.served_msisdn == msisdn, Cdr.kind.in_(VOICE))
        .where(Cdr.start >= _midnight(since), Cdr.start < _midnight(until + timedelta(days=1)))
        .order_by(Cdr.start, Cdr.id)
    )
    return [_record(cdr, cell) for cdr, cell in session().execute(query)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _record(cdr: Cdr, cell: Cell | None) -> CallRecord:
    return CallRecord(
        start=cdr.start,
        kind=cdr.kind,
        duration_s=cdr.duration_s,
        other_party=cdr.other_party,
        cell=cdr.cell,
        place=cell.place if cell else "",
        network=cdr.visited_network or (cell.network if cell else ""),
        latitude=cell.latitude if cell else None,
        longitude=cell.longitude if cell else None,
        border=cell.border if cell else False,
        basic=cdr.basic,
        long_distance=cdr.long_distance,
        ip=cdr.ip,
        forwarding=cdr.forwarding,
        roaming=cdr.roaming,
        information=cdr.information,
    )
