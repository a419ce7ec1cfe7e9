"""Customers for the journeys, a number each, so that no case is the repetition of another: half with a receipt, half with calls over the border."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bench.office.clerks import REFUND, ROAMING, Customer
from office.demo.month import Month

ALTERNATING = ("09:00", "09:08", "09:17", "09:25", "09:41", "09:52")


def all_of_them(count: int, at: datetime) -> list[Customer]:
    """Return so many customers, the two courses in turn; their calls are of the month before `at`."""
    month = Month(at)
    return [_refund(place, month) if place % 2 == 0 else _roaming(place, month) for place in range(count)]


def given(customers: list[Customer], at: datetime) -> dict[str, Any]:
    """Return what has to be known of them, as office.fixtures builds it."""
    month = Month(at)
    return {
        "subscriptions": [_subscription(customer, month) for customer in customers],
        "cdrs": [
            call for customer in customers if customer.course is ROAMING for call in _calls(customer.msisdn, month)
        ],
    }


def _refund(place: int, month: Month) -> Customer:
    papers = {"receipt_number": f"SJ-B{place:07d}", "disputed_lines": f"bill-item:{month.period}:1 88.00"}
    return Customer(REFUND, f"1360{place:07d}", papers)


def _roaming(place: int, month: Month) -> Customer:
    months = {"call_since": f"{month.on(1):%Y-%m-%d}", "call_until": f"{month.on(28):%Y-%m-%d}"}
    return Customer(ROAMING, f"1370{place:07d}", months)


def _subscription(customer: Customer, month: Month) -> dict[str, Any]:
    subscription = {"msisdn": customer.msisdn, "customer": {"name": f"虚构客户{customer.msisdn[-4:]}"}}
    if customer.course is ROAMING:
        return {**subscription, "bill": month.bill(("monthly_fee", "月租费", 5000), ("roaming", "漫游费", 1590))}
    return {
        **subscription,
        "bill": month.bill(("monthly_fee", "商务套餐费", 8800), paid=True),
        "receipts": [{"number": customer.brings["receipt_number"], "kind": "charge", "amount": 13800}],
        "orders": [{"service": "商务套餐", "agreed": "基本套餐", "keyed": "商务套餐", "monthly_fee": 8800}],
    }


def _calls(msisdn: str, month: Month) -> Iterator[dict[str, Any]]:
    for place, clock in enumerate(ALTERNATING):
        cell, network, away = (("ZH-GB", "中国移动", False), ("MO-GJ", "澳门电讯", True))[place % 2]
        yield {
            "msisdn": msisdn,
            "other_party": "13900000999",
            "start": month.on(8, clock),
            "duration_s": 95,
            "cell": cell,
            "visited_network": network,
            "basic": 0 if away else 40,
            "roaming": 530 if away else 0,
        }
