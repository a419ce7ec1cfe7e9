"""The customer behind a number: status, balances, bill, calls and cases on one page."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from flask_login import current_user

from office import intake, looks
from service_tasks import numbers
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
    msisdn = numbers.msisdn(typed)
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
        process_name=names.process_name,
        versions=versions,
        looks=looks.of_customer(msisdn) if msisdn and current_user.has("auditor") else None,
    )
