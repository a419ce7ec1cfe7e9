"""Replies that the desk drafts while a scenario is played, each beside what the books of the case hold at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import select

from engine import cases
from models.base import session
from models.billing import ChargeHold, JournalEntry, Posting, SecondaryPricingItem
from models.lines import DisputedLine, LineClaim
from office.scenarios.player import Play

DRAFTED = "resolution"


class Draft(NamedTuple):
    """What a step has filled in beforehand for the customer to hear, and the sums, in fen, that the books know of or that were picked."""

    element: str
    text: str
    sums: frozenset[int]


class Watching(Play):
    """A play that keeps the reply that is drafted at each step before somebody does it."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.drafts: list[Draft] = []
        self.written: set[str] = set()

    def do(self, step: Mapping[str, Any]) -> None:
        """Do a step, with what was drafted for it kept."""
        if "task" in step:
            self._keep(step)
        super().do(step)

    def _keep(self, step: Mapping[str, Any]) -> None:
        task = self._open_task(step["task"], step.get("item"))
        form, variables, scope = cases.form_of(task.id, at=self.clock)
        text = form.prefill(variables, scope).get(DRAFTED)
        if text is not None and text not in self.written:  # a person's own word is not the desk's
            sums = _sums() | _together(line["amount"] for line in variables.get("disputed_lines") or ())
            self.drafts.append(Draft(f"{task.process_key} {task.element_id}", text, sums))
        self.written.add(str((step.get("form") or {}).get(DRAFTED, "")))


def _sums() -> frozenset[int]:
    """What was posted, claimed, held or entered for a run: each amount, and what those of one entry, case or key come to."""
    entry, posting, claim = JournalEntry, Posting, LineClaim
    posted = select(posting.entry_id, posting.amount).join(entry, entry.id == posting.entry_id)
    groups: dict[Any, list[int]] = {}
    for key, amount in session().execute(posted.where(entry.kind != "opening")):
        groups.setdefault(("entry", key), []).append(amount)
    for key, state, amount in session().execute(select(claim.key, claim.state, claim.amount)):
        groups.setdefault(("claim", key), []).append(amount)
        groups.setdefault(("state", state), []).append(amount)
    alone = (ChargeHold.amount, SecondaryPricingItem.amount, DisputedLine.amount)
    amounts = {amount for column in alone for amount in session().scalars(select(column))}
    return frozenset(amounts.union(*map(_together, groups.values())))


def _together(amounts: Iterable[int]) -> set[int]:
    values = list(amounts)
    return {*values, *accumulate(values)}
