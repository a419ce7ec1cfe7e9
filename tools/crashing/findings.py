"""What must be true after a crash: everything confirmed is there and once, money balances, nothing is stuck, the record holds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, exists, func, or_, select

import engine
from engine import proof, record
from models.base import session
from models.billing import CREDIT_NORMAL, JournalEntry, LedgerAccount, Posting
from models.complaint import Complaint
from models.incident import Incident
from models.instance import ProcessInstance
from models.job import Job
from models.states import CaseState, IncidentState, JobState, TaskState
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from tools.crashing.load import Confirmed
from tools.crashing.place import KEY, Place
from tools.crashing.serving import WORLD

SECONDS_TO_SETTLE = 180


@dataclass
class Findings:
    """What is wrong, as lines a person can follow up; empty lists when all is well."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    deviations: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return every finding with its kind."""
        return [f"{kind}  {line}" for kind, lines in vars(self).items() for line in lines]


def lost(place: Place, confirmed: Confirmed) -> list[str]:
    """Return what was confirmed and is not in the database; asked while nothing runs."""
    with place.app.app_context():
        completed = select(UserTask.id).where(
            UserTask.state == TaskState.COMPLETED, UserTask.id.in_(confirmed.completions)
        )
        there = set(session().scalars(completed))
        numbers = set(
            session().scalars(select(Complaint.case_number).where(Complaint.case_number.in_(confirmed.starts)))
        )
    tasks = [f"task {id} of instance {confirmed.completions[id]}" for id in confirmed.completions.keys() - there]
    return tasks + [f"case {number}" for number in set(confirmed.starts) - numbers]


def settled(place: Place) -> bool:
    """Wait until nothing is due any more, with the office up and nobody at work; False when it takes too long."""
    limit = time.monotonic() + SECONDS_TO_SETTLE
    while time.monotonic() < limit:
        with place.app.app_context():
            if not any(session().scalar(query) for query in _unfinished()):
                return True
        time.sleep(0.2)
    return False


def _unfinished() -> Iterable[Any]:
    yield select(exists().where(Job.state == JobState.QUEUED))
    yield select(exists().where(Timer.due_at <= engine.now()))


def everything(place: Place, progress: Callable[[list[int]], Iterable[int]]) -> tuple[Findings, dict[str, int]]:
    """Return all that can be asked of the whole office, and how much of what there is; `progress` may show how far it is."""
    findings = Findings()
    with place.app.app_context():
        instances = list(session().scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)))
        findings.stuck = [*_stuck(), *_given_up()]
        findings.unbalanced = [*_balances(), *_payments()]
        counts = {"instances": len(instances), "entries": 0, "incidents": _count(Incident), "jobs": _count(Job)}
        calls = _told(place)
        for instance_id in progress(instances):
            entries = proof.entries(instance_id)
            counts["entries"] += len(entries)
            findings.twice += completed_twice(instance_id, entries)
            findings.lost += untold(instance_id, entries, calls)
            findings.deviations += [
                f"{deviation.instance_id} {deviation.kind} {deviation.seq} {deviation.what}"
                for deviation in proof.verify(instance_id)
            ]
    return findings, counts | {"told_again": sum(calls.values()) - len(calls)}


def _count(model: Any) -> int:
    return int(session().scalar(select(func.count()).select_from(model)) or 0)


def _stuck() -> list[str]:
    """Return open cases that wait for nothing and nobody."""
    waits = [
        exists().where(UserTask.instance_id == ProcessInstance.id, UserTask.state == TaskState.OPEN),
        exists().where(Timer.instance_id == ProcessInstance.id),
        exists().where(MessageSubscription.instance_id == ProcessInstance.id),
        exists().where(Incident.instance_id == ProcessInstance.id, Incident.state == IncidentState.OPEN),
        exists().where(Job.instance_id == ProcessInstance.id, Job.state == JobState.QUEUED),
    ]
    query = select(ProcessInstance.business_key).where(ProcessInstance.state == CaseState.ACTIVE, ~or_(*waits))
    return [f"case {number} waits for nothing" for number in session().scalars(query)]


def _given_up() -> list[str]:
    """Return incidents and given-up jobs of our own process, which has no reason to fail."""
    incidents = (
        select(ProcessInstance.business_key, Incident.kind)
        .join(Incident, Incident.instance_id == ProcessInstance.id)
        .where(ProcessInstance.key == KEY)
    )
    failed = select(Job.key, Job.error).where(Job.state == JobState.FAILED)
    return [f"{kind}: {number}" for query in (incidents, failed) for number, kind in session().execute(query)]


def _balances() -> list[str]:
    """Return accounts whose kept balance is not the sum of their postings."""
    into, out = Posting.debit_account_id == LedgerAccount.id, Posting.credit_account_id == LedgerAccount.id
    balance = func.coalesce(func.sum(case((into, Posting.amount), (out, -Posting.amount), else_=0)), 0)
    query = (
        select(LedgerAccount.id, LedgerAccount.kind, LedgerAccount.balance, balance)
        .outerjoin(Posting, into | out)
        .where(LedgerAccount.balance.is_not(None))
        .group_by(LedgerAccount.id, LedgerAccount.kind, LedgerAccount.balance)
    )
    rows = [
        (id, kind, balance, -total if kind in CREDIT_NORMAL else total)
        for id, kind, balance, total in session().execute(query)
    ]
    return [
        f"account {id} ({kind}): {balance} kept, {total} posted"
        for id, kind, balance, total in rows
        if balance != total
    ]


def _payments() -> list[str]:
    """Return cases of ours that paid without having passed the task before, or more than once."""
    payments = select(JournalEntry.case_number, func.count()).where(JournalEntry.case_number.like("CRASH-%"))
    passed = (
        select(UserTask.business_key)
        .where(UserTask.process_key == KEY, UserTask.element_id == "begin", UserTask.state == TaskState.COMPLETED)
        .order_by(UserTask.business_key)
    )
    expected = dict.fromkeys(session().scalars(passed), 1)
    actual = {
        number: count for number, count in session().execute(payments.group_by(JournalEntry.case_number)) if number
    }
    return [
        f"case {number} paid {actual.get(number, 0)} times instead of {expected.get(number, 0)}"
        for number in sorted(expected.keys() | actual.keys())
        if expected.get(number, 0) != actual.get(number, 0)
    ]


def completed_twice(instance_id: int, entries: list[record.CaseEntry]) -> list[str]:
    """Return tasks, timers and jobs that the record of an instance completes more than once."""
    occurrences = Counter(
        (s["type"], s["token"])
        for entry in entries
        for s in entry.steps
        if s["type"] in ("user_task_completed", "timer_fired", "job_completed")
    )
    return [f"instance {instance_id}: {kind} {token} {n} times" for (kind, token), n in occurrences.items() if n > 1]


def _told(place: Place) -> Counter[str]:
    file = place.var / WORLD
    return Counter(file.read_text(encoding="ascii").split() if file.exists() else [])


def untold(instance_id: int, entries: list[record.CaseEntry], calls: Counter[str]) -> list[str]:
    """Return outside effects that the record claims and the world knows nothing of."""
    completions = [
        s for entry in entries for s in entry.steps if s["type"] == "job_completed" and s["topic"].startswith("crash/")
    ]
    return [
        f"job {instance_id}:{s['token']} was never told"
        for s in completions
        if not calls[f"{instance_id}:{s['token']}"]
    ]
