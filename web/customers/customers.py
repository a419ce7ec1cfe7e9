"""The customer behind a number: status, balances, bill, calls and cases on one page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, render_template
from flask_login import current_user

from engine import language
from models.billing import ReceiptPrint
from office import intake, looks, receipts
from service_tasks.gateway import Receipt, gateway
from web.edge import access, record_of_looks
from web.edge.addresses import asked
from web.lookup import definitions
from web.queries import money
from web.telling import names

blueprint = Blueprint("customers", __name__, url_prefix="/customers")


def register(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def customer() -> str:
    """A number's customer, or the question for a number."""
    access.check_counter(current_user)
    typed = asked()["msisdn"]
    msisdn = language.written.msisdn(typed)
    if msisdn:
        record_of_looks.at_customer(msisdn)
    caller = intake.look_up(msisdn) if msisdn else None
    versions = definitions.versions_of(case.case_number for case in caller.cases) if caller else {}
    reasons = {"msisdn": [intake.NO_MSISDN]} if typed and not msisdn else {}
    return render_template(
        "customers/customer.html",
        msisdn=msisdn or typed,
        reasons=reasons,
        caller=caller,
        in_cash=money.in_cash(caller.subscription.id) if caller and caller.subscription else [],
        receipts=_receipts(caller.subscription.id) if caller and caller.subscription else [],
        process_name=names.process_name,
        versions=versions,
        looks=looks.of_customer(msisdn) if msisdn and current_user.has("auditor") else None,
    )


@dataclass(frozen=True)
class IssuedReceipt:
    """A receipt of a number with its prints; `is_given_back`: spent, or it lies in the office's file. `copy` is which print the next one is."""

    receipt: Receipt
    prints: list[ReceiptPrint]
    is_given_back: bool
    copy: int


def _receipts(subscription_id: int) -> list[IssuedReceipt]:
    """The receipts of a number, the newest first."""
    issued, on_file = gateway().receipts(subscription_id), gateway().receipts_in_hand(subscription_id)
    by_number = receipts.prints_of([receipt.number for receipt in issued])
    rows = []
    for receipt in issued:
        prints = by_number.get(receipt.number, [])
        given_back = receipt.refunded >= receipt.amount or receipt.number in on_file
        copy = receipts.next_copy(receipt.number, receipt.issued_at, prints)
        rows.append(IssuedReceipt(receipt, prints, given_back, copy))
    return rows
