"""The customer behind a number: status, balances, bill, calls and cases on one page."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from flask_login import current_user

import engine
from office import intake, looks
from web import looking
from web.addresses import asked
from web.queries import access, names

blueprint = Blueprint("customers", __name__, url_prefix="/customers")


def register(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def customer() -> str:
    """A number's customer, or the question for a number."""
    access.check_counter(current_user)
    typed = asked()["msisdn"]
    msisdn = engine.written.msisdn(typed)
    if msisdn:
        looking.at_customer(msisdn)
    found = intake.look_up(msisdn) if msisdn else None
    versions = names.versions_of(case.case_number for case in found.cases) if found else {}
    reasons = {"msisdn": [intake.NO_MSISDN]} if typed and not msisdn else {}
    return render_template(
        "customer.html",
        msisdn=msisdn or typed,
        reasons=reasons,
        caller=found,
        process_name=names.process_name,
        versions=versions,
        looks=looks.of_customer(msisdn) if msisdn and current_user.has("auditor") else None,
    )
