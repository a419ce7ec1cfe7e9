"""The rows beside the record of a case, held against what the record says: its complaint, what was told about it, and the papers of its money.

They are made for searching and for the counter; what they say is shown beside the word "verified", so it has to be so. What the record does not
know (whose number it is, whether a text message arrived) is not asked here: docs/explanation/verification.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine import record, running
from engine.proof import Deviation, Verdict
from office.derived import acts, collected, complaint, liabilities, mandates, papers, told, work_orders
from office.derived.rows import Beside, can_be_read, read

__all__ = ["deviations"]


def deviations(verdicts: Sequence[Verdict]) -> Iterator[Deviation]:
    """Yield what stands beside these cases otherwise than their records say; a case whose record does not hold is not asked."""
    whole = [verdict for verdict in verdicts if verdict.whole]
    beside = read(whole) if whole else Beside()
    for verdict in whole:
        outcome = running.survive(f"comparing {verdict.instance_id}", lambda v=verdict: list(_case(v, beside)))  # type: ignore[misc]
        if isinstance(outcome, record.Failed):
            if verdict.deviations:  # why it cannot be compared is said there
                continue
            reason = f"the rows beside it cannot be compared: {outcome.kind}"
            outcome = [Deviation(verdict.instance_id, "unverifiable", verdict.entries, reason)]
        yield from outcome


def _case(verdict: Verdict, beside: Beside) -> Iterator[Deviation]:
    def deviation(kind: str, seq: int, difference: str) -> Deviation:
        return Deviation(verdict.instance_id, kind, seq, difference)

    rows = beside.complaints.get(verdict.instance_id, [])
    for seq, difference in complaint.differing(verdict, rows, beside):
        yield deviation("rows", seq, difference)
    if can_be_read(verdict):
        messages, notices = told.to_customer(verdict), told.to_departments(verdict)
        for seq, difference in told.differing(
            "outbox_message", messages, beside.messages.get(verdict.business_key, []), verdict
        ):
            yield deviation("rows", seq, difference)
        own_notices = [row for row in beside.notices.get(verdict.business_key, []) if told.is_ours(row.key, verdict)]
        for seq, difference in told.differing("department_notice", notices, own_notices, verdict):
            yield deviation("rows", seq, difference)
    for seq, difference in acts.differing(verdict, beside):
        yield deviation("rows", seq, difference)
    for seq, difference in (*papers.differing(verdict, beside), *collected.differing(verdict, beside)):
        yield deviation("ledger", seq, difference)
    for seq, difference in (*liabilities.differing(verdict, beside), *mandates.differing(verdict, beside)):
        yield deviation("ledger", seq, difference)
    for seq, difference in work_orders.differing(verdict, beside):
        yield deviation("rows", seq, difference)
