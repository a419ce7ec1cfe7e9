"""What an office is made of: the service tasks and the background work it serves, its words, its calendar, who follows every change, who keeps people from cases, what is doubted."""

from __future__ import annotations

from importlib.metadata import version

import engine
import engine.runtime
import service_tasks
from engine import language, record
from office import (
    batches,
    calendar,
    complaints,
    correspondence,
    erasure,
    households,
    recalls,
    reply_amounts,
    reservations,
    reviews,
    supervision,
    work_orders,
)
from office.acts import requests
from service_tasks import amounts, dates, numbers
from service_tasks.zone import ZONE

FOLLOWERS = (
    complaints.follow,
    requests.follow,
    correspondence.follow,
    recalls.follow,
    erasure.follow,
    reservations.follow,
    work_orders.follow,
    supervision.report_missed,
)
SOFTWARE = version("reception-desk")
PERSONAL = frozenset({"msisdn", "complaint_text", "demand", "told", "proposed_reason"})
# What published forms and expressions say beside the engine's own words: none of them may go or change its meaning.
VOCABULARY = language.Vocabulary(
    zone=ZONE,
    unit=amounts.FEN,
    kinds={"msisdn": numbers.MSISDN},
    functions=(dates.IN_FEEL, amounts.IN_FEEL),
    displays={
        "calls": frozenset({"list"}),
        "reasons": frozenset(),
        "money": frozenset({"number"}),
        "balance": frozenset({"number", "context"}),
    },
    channels=(*correspondence.AT_ONCE, *correspondence.LATER),
)
BARS = (households.barred, reviews.barred)
DOUBTS = (reply_amounts.doubt,)


def runtime(keys: record.Keys | None = None) -> engine.runtime.Runtime:
    """Return a whole office: the one that is served, and those in which scenarios are played."""
    office = bare(keys)
    office.observers, office.bars, office.doubts = FOLLOWERS, BARS, DOUBTS
    return office


def bare(keys: record.Keys | None = None) -> engine.runtime.Runtime:
    """Return an office in which processes are checked: nobody follows what happens there, and nobody is kept from anything."""
    office = engine.runtime.Runtime(
        keys=keys, vocabulary=VOCABULARY, calendar=calendar.current, personal=PERSONAL, software=SOFTWARE
    )
    office.serve(service_tasks, batches, reviews, work_orders)
    office.timed = frozenset({reviews.PROCESS, *(kind.process for kind in batches.KINDS)})
    return office
