"""What an approval allows: never more, never in another way, never for another number or other lines; less is free. Pure, no database.

An approval is what an approving step says (amount, kind, payee, lines, as far as it says them; the amount may be given by kind) or a grant.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from engine.runtime import BpmnError
from models.authority import LEVELS

Approval = Mapping[str, Any]
ANYTHING = -1
CODES = ("exceeds_approval", "other_kind_approved", "other_payee_approved", "other_lines_approved")


def allowed(approval: Approval, way: str) -> int | None:
    """Return how many fen an approval allows in this way; ANYTHING where it names no amount, None where it does not allow the way.

    An approval that was to name an amount and names none allows nothing.
    """
    amount, kind = approval.get("amount", ANYTHING), approval.get("kind")
    if isinstance(amount, Mapping):
        return int(amount[way]) if isinstance(amount.get(way), int) else None
    ways = [kind] if isinstance(kind, str) else kind
    if "kind" in approval and way not in (ways or ()):
        return None
    return int(amount) if amount is not None else 0


def check(
    approval: Approval, *, way: str, amount: int, payee: str | None, lines: Collection[Any] = (), carried_out: int = 0
) -> None:
    """Refuse what the approval does not cover; `carried_out` is what was paid under it before.

    Units:  fen.
    Errors: BpmnError, one of CODES.
    """
    most = allowed(approval, way)
    if most is None:
        raise BpmnError("other_kind_approved", amount=amount)
    if most != ANYTHING and amount + carried_out > most:
        raise BpmnError("exceeds_approval", amount=amount, approved=max(most - carried_out, 0))
    if approval.get("payee") and payee != approval["payee"]:
        raise BpmnError("other_payee_approved", amount=amount)
    if approval.get("lines") and not set(lines) <= set(approval["lines"]):
        raise BpmnError("other_lines_approved", amount=amount)


def level(approval: Approval | None, part: Approval | None = None) -> str:
    """Say on whose authority it stands, the higher of two: what a grant says; a step of the manual that approves is a supervisor's."""
    levels = [str(basis.get("level", "supervisor")) for basis in (approval, part) if basis]
    return max(levels, key=LEVELS.index, default="none")


def covers(approval: Approval, **values: Any) -> bool:
    """Tell whether an approval allows this, of which `check` takes the values."""
    try:
        check(approval, **values)
    except BpmnError:
        return False
    return True
