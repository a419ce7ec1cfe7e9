"""What a service task says of the receipt against which it paid cash: the replacement over the rest, or the red invoice."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from service_tasks import schemas
from service_tasks.gateway import Exchanged


class ExchangedResult(Schema):
    """Left out where nothing is left on the receipt that was taken back."""

    replacement = schemas.text("换开收据", "Replacement receipt")
    replacement_amount = schemas.fen("换开金额", "Amount of the replacement")
    red_invoice = schemas.text("红字发票", "Red invoice")


def exchanged(exchange: Exchanged | None) -> dict[str, Any]:
    """Return the fields of an exchange; none of none."""
    if exchange is None:
        return {}
    if exchange.kind == "red_invoice":
        return {"red_invoice": exchange.number}
    return {"replacement": exchange.number, "replacement_amount": exchange.amount}
