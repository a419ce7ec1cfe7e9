"""Which cases a question is about: what ran through a process, and in which a person did anything. From rows that every step writes anyway."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Integer, Select, cast, or_, select

from models.comment import Comment
from models.complaint import Complaint
from models.entry import HistoryEntry
from models.identity import User
from models.instance import ProcessInstance

INSTANCE = "instance"


def ran_through(process: str) -> ColumnElement[bool]:
    """Return the condition of an instance that runs through a process: begun as it or classified as it, or called on the way, whether a person had a step there or not."""
    classified_ids = select(Complaint.instance_id).where(Complaint.process_key == process)
    calls = ProcessInstance.processes.contains(f" {process} ", autoescape=True)
    return or_(ProcessInstance.key == process, calls, ProcessInstance.id.in_(classified_ids))


def touched_by(person: str) -> ColumnElement[bool]:
    """Return the condition of an instance in which somebody of this log-in or name did anything: a step, a claim, an act beside the diagram, an approval, a refusal, a remark."""
    entries = select(cast(HistoryEntry.stream_id, Integer)).where(
        HistoryEntry.stream == INSTANCE, HistoryEntry.actor.in_(logins(person))
    )
    remarks = select(Comment.case_number).where(Comment.user.in_(logins(person)))
    taken_in = select(Complaint.instance_id).where(Complaint.accepted_by.in_(logins(person)))
    instance_id = ProcessInstance.id
    return or_(instance_id.in_(entries), instance_id.in_(taken_in), ProcessInstance.business_key.in_(remarks))


def logins(person: str) -> Select[str]:
    """Return the question for the log-ins of somebody, by log-in or by name."""
    return select(User.name).where(or_(User.name == person, User.display_name == person))
