"""The customer behind a number: status, balances, bill, calls and cases on one page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import Blueprint, Flask, render_template
from flask_login import current_user

from models.receipt_print import ReceiptPrint
from office import access_log, intake, receipts
from service_tasks import numbers
from service_tasks.gateway import Receipt, gateway
from web.edge import access, access_logging
from web.edge.addresses import asked
from web.lookup import definitions
from web.queries import money, settled_lines
from web.telling import names

blueprint = Blueprint("customers", __name__, url_prefix="/customers")


def register(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def customer() -> str:
    """Return a number's customer, or the question for a number."""
    access.check_counter(current_user)
    typed = asked()["msisdn"]
    msisdn = numbers.msisdn(typed)
    if msisdn:
        access_logging.at_customer(msisdn)
    caller = intake.look_up(msisdn) if msisdn else None
    versions = definitions.versions_of(case.case_number for case in caller.cases) if caller else {}
    reasons = {"msisdn": [intake.NO_MSISDN]} if typed and not msisdn else {}
    in_cash = money.in_cash(caller.subscription.id) if caller and caller.subscription else []
    on_file = {row.receipt_number for row in in_cash if not row.is_handed_back}
    return render_template(
        "customers/customer.html",
        settled=settled_lines.of_caller(caller),
        msisdn=msisdn or typed,
        reasons=reasons,
        caller=caller,
        in_cash=in_cash,
        receipts=_receipts(caller.subscription.id, on_file) if caller and caller.subscription else [],
        comes_to_pay=bool(caller and caller.balances and caller.balances.bill_due + caller.balances.late_fee > 0),
        process_name=names.process_name,
        versions=versions,
        looks=access_log.of_customer(msisdn) if msisdn and current_user.has("auditor") else None,
    )


@dataclass(frozen=True)
class IssuedReceipt:
    """A receipt of a number with its prints; `is_given_back`: spent, replaced, or it lies in the office's file. `copy` is which print the next one is."""

    receipt: Receipt
    prints: list[ReceiptPrint]
    is_given_back: bool
    copy: int


def _receipts(subscription_id: int, on_file: Collection[str | None]) -> list[IssuedReceipt]:
    """Return the receipts of a number, the newest first; those `on_file` were taken back for cash."""
    issued = gateway().receipts(subscription_id)
    prints = receipts.prints_of([receipt.number for receipt in issued])
    copies = receipts.next_copies(issued, prints)
    return [
        IssuedReceipt(
            receipt,
            prints.get(receipt.number, []),
            receipt.left <= 0 or (receipt.medium == "paper" and receipt.number in on_file),
            copies[receipt.number],
        )
        for receipt in issued
    ]
