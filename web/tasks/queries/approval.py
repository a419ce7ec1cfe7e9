"""What a step that approves is asked to approve, as its page says it first: what, how much, to whom, on what grounds and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import definitions, diagrams, language
from office.masking import Sight, masked
from service_tasks.gateway import gateway
from web.telling import disputed_lines
from web.telling.code_texts import code_text
from web.telling.i18n import shown_to

REASONS = (
    "form_reason",
    "hold_reason",
    "relief_reason",
    "insistence_reason",
    "transfer_reason",
    "finding_note",
    "overrule_reason",
    "demand",
    "complaint_text",
)
VERDICTS = ("roaming_verdict",)
CASH, CREDIT = "cash", "credit"


@dataclass(frozen=True)
class Payee:
    """To whom: a number as this person may see it, whose it is, and whether it is another than the one complained about."""

    number: str
    holder: str
    is_other: bool


@dataclass(frozen=True)
class Proposal:
    """What is proposed: fen by what is done with it, in words, of which picked charges, to whom, on what verdict and grounds, and why; empty where the case does not say."""

    amounts: tuple[tuple[str, int], ...]
    lines: tuple[tuple[str, int], ...]
    payees: tuple[Payee, ...]
    verdict: str
    grounds: str
    reason: str


def of(
    element: diagrams.Element,
    definition: definitions.Definition,
    variables: Mapping[str, Any],
    scope: language.feel.Scope,
    sight: Sight,
    own: tuple[str, str],
) -> Proposal | None:
    """Return what this step approves; None for one that approves no money that is known yet. `own` is the number of the case and whose it is."""
    amount, kinds, payees = (
        definition.expression(text).evaluate(variables, scope=scope) if (text := element.properties.get(name)) else None
        for name in ("approvedAmount", "approvedKind", "approvedPayee")
    )
    amounts = tuple(_amounts(amount, _listed(kinds), in_cash=variables.get("payment_in_cash") is True))
    if not element.properties.get("approves") or not amounts:
        return None
    reasons = (shown_to(variables.get(name), sight) for name in REASONS)
    grounds = variables.get("authority_basis") or variables.get("credit_basis")
    return Proposal(
        amounts,
        tuple(_lines(variables.get("disputed_lines"), sum(fen for _, fen in amounts))),
        tuple(_payee(number, own, sight) for number in _listed(payees)),
        next((code_text(verdict) for name in VERDICTS if isinstance(verdict := variables.get(name), str)), ""),
        code_text(grounds) if isinstance(grounds, str) and grounds not in _listed(kinds) else "",
        next((reason for reason in reasons if isinstance(reason, str) and reason.strip()), ""),
    )


def _amounts(amount: Any, kinds: list[str], *, in_cash: bool) -> list[tuple[str, int]]:
    """Return the fen by what is done with it; one sum that may be given in one of several ways is told once."""
    if isinstance(amount, Mapping):
        shares = {kind: fen for kind, fen in amount.items() if kind != CASH or amount.get(CREDIT) != fen}
        return [(code_text(kind), fen) for kind, fen in shares.items() if isinstance(fen, int) and fen]
    if not isinstance(amount, int) or isinstance(amount, bool):
        return []
    ways = " / ".join(dict.fromkeys(map(code_text, kinds)))
    return [(f"{ways} · {code_text(CASH)}" if in_cash and CASH not in kinds else ways, amount)]


def _lines(charges: Any, approved: int) -> list[tuple[str, int]]:
    """Return the charges picked and their fen, in words; none where they are not what comes to the sum, as of a reward."""
    lines = [line for line in charges if disputed_lines.is_picked(line)] if isinstance(charges, list) else []
    if sum(line["amount"] for line in lines) != approved:
        return []
    return [(disputed_lines.called_part(line["line"], line.get("component") or ""), line["amount"]) for line in lines]


def _listed(value: Any) -> list[str]:
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str) and text]


def _payee(number: str, own: tuple[str, str], sight: Sight) -> Payee:
    own_number, own_name = own
    holder = own_name
    if number != own_number:
        subscription = gateway().find(number)
        customer = gateway().customer(subscription.customer_id) if subscription is not None else None
        holder = customer.name if customer is not None else ""
    visible = number if sight.numbers else masked(number)
    return Payee(str(visible), str(shown_to(holder, sight) or ""), number != own_number)
