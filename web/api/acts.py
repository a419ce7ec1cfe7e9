"""The acts of a case by the API: the same verbs, permissions and refusals as on its page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask.views import MethodView

import engine
from models.states import CaseState
from office import acts
from web.api import frame, resources, schemas
from web.queries import casefile

blueprint = frame.blueprint


def _case(instance_id: int) -> str:
    """Return the number of a case that the caller may see. Errors: UnknownInstance, NotYourCase."""
    row, _sight = resources.visible_instance(instance_id)
    return row.business_key


def _standing(number: str) -> dict[str, Any]:
    """Return how a case stands after an act."""
    instance = casefile.find(number)
    complaint, _whose = casefile.complaint_of(instance)
    return {
        "case_number": number,
        "ended": instance.state != CaseState.ACTIVE,
        "outcome": complaint.outcome if complaint is not None else None,
        "due_at": instance.due_at,
        "requests": acts.requests_of(number),
        "tries": acts.tries_of(number),
        "credits": acts.credits_of(number),
    }


@blueprint.route("/instances/<int:instance_id>/acts")
class Acts(MethodView):
    """What was done to a case outside its steps."""

    @blueprint.response(200, schemas.Acts)
    @frame.refuses(403, 404)
    def get(self, instance_id: int) -> dict[str, Any]:
        """Return requests, tries to reach the customer, and the credits that can be taken back."""
        return _standing(_case(instance_id))


@blueprint.route("/instances/<int:instance_id>/withdrawal")
class Withdrawal(MethodView):
    """The customer takes the complaint back."""

    @blueprint.arguments(schemas.Withdrawal)
    @blueprint.response(200, schemas.Acts)
    @frame.refuses(*frame.WRITTEN)
    def post(self, body: dict[str, str], instance_id: int) -> dict[str, Any]:
        """End the case where it stands; its lines are free, what is on hold is due again. Refused where money has been given."""
        number = _case(instance_id)
        acts.withdraw(number, **body, by=frame.actor(), at=engine.now())
        return _standing(number)


@blueprint.route("/instances/<int:instance_id>/voiding")
class Voiding(MethodView):
    """The office itself entered the case in error."""

    @blueprint.arguments(schemas.Voiding)
    @blueprint.response(200, schemas.Acts)
    @frame.refuses(*frame.WRITTEN)
    def post(self, body: dict[str, str], instance_id: int) -> dict[str, Any]:
        """End the case as void, which repeats no complaint and is repeated by none. Refused where money has been given."""
        number = _case(instance_id)
        acts.void(number, **body, by=frame.actor(), at=engine.now())
        return _standing(number)


@blueprint.route("/instances/<int:instance_id>/extensions")
class Extensions(MethodView):
    """More time for a complex dispute."""

    @blueprint.arguments(schemas.ExtensionAsked)
    @blueprint.response(200, schemas.Acts)
    @frame.refuses(*frame.WRITTEN)
    def post(self, body: dict[str, Any], instance_id: int) -> dict[str, Any]:
        """Ask for it; a supervisor who is somebody else grants it."""
        number = _case(instance_id)
        acts.ask_extension(number, **body, by=frame.actor(), at=engine.now())
        return _standing(number)


@blueprint.route("/instances/<int:instance_id>/reversals")
class Reversals(MethodView):
    """Taking back what was wrongly given."""

    @blueprint.arguments(schemas.ReversalAsked)
    @blueprint.response(200, schemas.Acts)
    @frame.refuses(*frame.WRITTEN)
    def post(self, body: dict[str, str], instance_id: int) -> dict[str, Any]:
        """Ask for it, by the key of a credit; closed cases too."""
        number = _case(instance_id)
        acts.ask_reversal(number, **body, by=frame.actor(), at=engine.now())
        return _standing(number)


@blueprint.route("/instances/<int:instance_id>/requests/<int:request_number>/grant")
class RequestGrant(MethodView):
    """Granting what somebody else has asked for."""

    @blueprint.arguments(schemas.Granting)
    @blueprint.response(200, schemas.Acts)
    @frame.refuses(*frame.WRITTEN)
    def post(self, body: dict[str, Any], instance_id: int, request_number: int) -> dict[str, Any]:
        """Grant it; a reversal above the table's figure needs a second yes, of the other office."""
        number = _case(instance_id)
        reverse = partial(acts.agree_reversal, handed_back=body["handed_back"])
        grants: dict[str, Callable[..., Any]] = {"extend": acts.grant_extension, "reverse": reverse}
        verb = next((request.verb for request in acts.requests_of(number) if request.number == request_number), None)
        if verb is None:
            raise acts.UnknownRequest(case=number, request=request_number)
        grants[verb](number, request_number, tell=body["tell"], by=frame.actor(), at=engine.now())
        return _standing(number)


@blueprint.route("/instances/<int:instance_id>/requests/<int:request_number>/refusal")
class RequestRefusal(MethodView):
    """Refusing it."""

    @blueprint.arguments(schemas.Because)
    @blueprint.response(200, schemas.Acts)
    @frame.refuses(*frame.WRITTEN)
    def post(self, body: dict[str, str], instance_id: int, request_number: int) -> dict[str, Any]:
        """Say no and why; whoever asked takes it back so."""
        number = _case(instance_id)
        acts.refuse(number, request_number, reason=body["reason"], by=frame.actor(), at=engine.now())
        return _standing(number)


@blueprint.route("/instances/<int:instance_id>/tries")
class Tries(MethodView):
    """A customer who cannot be reached."""

    @blueprint.arguments(schemas.Try)
    @blueprint.response(200, schemas.Acts)
    @frame.refuses(*frame.WRITTEN)
    def post(self, body: dict[str, str], instance_id: int) -> dict[str, Any]:
        """Write down that they were tried just now and not reached."""
        number = _case(instance_id)
        acts.try_customer(number, channel=body["channel"], by=frame.actor(), at=engine.now())
        return _standing(number)


@blueprint.route("/instances/<int:instance_id>/unreached")
class Unreached(MethodView):
    """Closing it for that."""

    @blueprint.arguments(schemas.Telling)
    @blueprint.response(200, schemas.Acts)
    @frame.refuses(*frame.WRITTEN)
    def post(self, body: dict[str, str], instance_id: int) -> dict[str, Any]:
        """Tell the customer and close the case; what is missing is told."""
        number = _case(instance_id)
        acts.close_unreached(number, tell=body["tell"], by=frame.actor(), at=engine.now())
        return _standing(number)
