"""The rows beside the record of a case, held against what the record says: its complaint, what was told about it, and the papers of its money.

They are made for searching and for the counter; what they say is shown beside the word "verified", so it has to be so. What the record does not
know (whose number it is, whether a text message arrived) is not asked here: docs/explanation/verification.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import engine
from engine import Deviation, Verdict
from office.derived import acts, complaint, papers, told
from office.derived.rows import Beside, can_be_read, read

__all__ = ["deviations"]


def deviations(verdicts: Sequence[Verdict]) -> Iterator[Deviation]:
    """What stands beside these cases otherwise than their records say; a case whose record does not hold is not asked."""
    whole = [verdict for verdict in verdicts if verdict.whole]
    beside = read(whole) if whole else Beside()
    for verdict in whole:
        asked = engine.survive(f"comparing {verdict.instance_id}", lambda v=verdict: list(_case(v, beside)))  # type: ignore[misc]
        if isinstance(asked, engine.Failed):
            if verdict.deviations:  # why it cannot be compared is said there
                continue
            what = f"the rows beside it cannot be compared: {asked.kind}"
            asked = [Deviation(verdict.instance_id, "unverifiable", verdict.entries, what)]
        yield from asked


def _case(verdict: Verdict, beside: Beside) -> Iterator[Deviation]:
    def deviation(kind: str, seq: int, what: str) -> Deviation:
        return Deviation(verdict.instance_id, kind, seq, what)

    rows = beside.complaints.get(verdict.instance_id, [])
    for seq, what in complaint.differing(verdict, rows, beside):
        yield deviation("rows", seq, what)
    if can_be_read(verdict):
        said, notices = told.to_customer(verdict), told.to_departments(verdict)
        for seq, what in told.differing("outbox_message", said, beside.messages.get(verdict.business_key, []), verdict):
            yield deviation("rows", seq, what)
        posted = [row for row in beside.notices.get(verdict.business_key, []) if told.is_ours(row.key, verdict)]
        for seq, what in told.differing("department_notice", notices, posted, verdict):
            yield deviation("rows", seq, what)
    for seq, what in acts.differing(verdict, beside):
        yield deviation("rows", seq, what)
    for seq, what in papers.differing(verdict, beside):
        yield deviation("ledger", seq, what)
