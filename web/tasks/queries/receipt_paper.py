"""What a printed receipt says: the payment, what of it has gone back, of a replacement what it stands for, and of a duplicate that it is one and why. Papers are Chinese, whoever prints them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext

from models.base import session
from models.customer import Customer, Subscription
from office.papers import PAPERS, wording
from office.receipts import Printed
from service_tasks import amounts
from service_tasks.gateway import gateway
from web.tasks.queries.papers import at_shanghai, in_chinese, plain, yuan
from web.telling import names
from web.telling.code_texts import code_text
from web.telling.i18n import mark as _

PAYING = (
    "refund",
    "deposit",
    "correction",
)  # what the processes call the answers of service tasks that pay against a receipt
WHY = {"lost": _("the customer has lost it"), "spoiled": _("damaged"), "unread": _("not printed legibly")}


def of_payment(variables: Mapping[str, Any]) -> list[str]:
    """Return the numbers of the receipts that a payment at the counter has left."""
    payment = variables.get("payment")
    issued = payment.get("receipts") if isinstance(payment, Mapping) else None
    return [receipt["receipt"] for receipt in issued or ()]


def of_exchange(variables: Mapping[str, Any]) -> list[str]:
    """Return the numbers of the replacements that a payment in cash of this case has left."""
    results = [variables.get(name) for name in PAYING]
    numbers = [result.get("replacement") for result in results if isinstance(result, Mapping)]
    return [number for number in (*numbers, variables.get("replacement")) if isinstance(number, str)]


def content(printed: Printed) -> dict[str, Any]:
    """Return what the template is given."""
    with in_chinese():
        clean: dict[str, Any] = plain(_said(printed))
    return clean


def _said(printed: Printed) -> dict[str, Any]:
    paper, receipt, row = PAPERS["counter_receipt"], printed.receipt, printed.print
    return {
        "company": wording.COMPANY,
        "title": wording.REPLACEMENT if receipt.number != receipt.original else paper.zh,
        "case": receipt.number,
        "date": at_shanghai(row.at),
        "duplicate": wording.DUPLICATE.format(copy=row.copy) if row.copy else "",
        "facts": [[label, value] for label, value in _facts(printed)],
        "amount": yuan(receipt.amount),
        "capitals": wording.CAPITALS.format(words=amounts.in_words(receipt.amount)),
        "signs": [
            {"who": sign, "name": names.person_name(row.by) if sign == paper.signs[-1] else ""} for sign in paper.signs
        ],
        "note": wording.RECEIPT_NOTE.format(edition=paper.edition, basis=paper.basis),
        "foot": [receipt.number, *([wording.DUPLICATE.format(copy=row.copy)] if row.copy else [])],
    }


def _facts(printed: Printed) -> Iterator[tuple[str, str]]:
    receipt, row = printed.receipt, printed.print
    subscription = session().get_one(Subscription, receipt.subscription_id)
    customer = session().get(Customer, subscription.customer_id)
    yield wording.CUSTOMER, customer.name if customer is not None else "—"
    yield wording.NUMBER, subscription.msisdn
    yield wording.PAYS_FOR, code_text(receipt.kind)
    is_replacement = receipt.number != receipt.original
    if is_replacement and (original := gateway().receipt(receipt.original)) is not None:
        whole, refunded = yuan(original.amount), yuan(original.amount - receipt.amount)
        yield wording.REPLACES, wording.REPLACED.format(number=original.number, whole=whole, refunded=refunded)
    yield wording.REPLACED_AT if is_replacement else wording.ISSUED, at_shanghai(receipt.issued_at)
    yield wording.REFUNDED, wording.YUAN.format(amount=yuan(receipt.refunded))
    yield wording.PRINTED, at_shanghai(row.at)
    if row.reason:
        yield wording.WHY_AGAIN, gettext(WHY[row.reason])
