"""A clerk's journey with one complaint, step by step through the pages: TS-002 refunded in cash to its end, TS-005 held for the weekly batch.

Each step is what a browser does: the case, the task, taking it, its form filled as the page has it, sending it, and the page that it leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bench.office.pages import Answer, Form, Given, Page, Unexpected

MOST_STEPS, MOST_ROUNDS = 20, 5
Ask = Callable[[str, str, str, Mapping[str, Given] | None], Answer]
"""(kind of page, method, path, form) → answer; the kind is what figures are kept by."""


class Course(NamedTuple):
    """A way through a process: what the complaint says, what is answered wherever it is asked, and who does the steps of other departments."""

    name: str
    said: str
    process: str
    answers: Mapping[str, str]
    people: tuple[str, ...]


EVALUATED = {
    "handled_completely": "yes",
    "handled_by_the_rules": "yes",
    "follow_up_needed": "no",
    "own_fault": "no",
    "amount_approved": "yes",
    "authority_opinion": "同意",
    "reply_channel": "counter",
}
REFUND = Course(
    "TS-002",
    "营业员错办了商务套餐,要求退款",
    "TS-002",
    {
        "finding": "staff",
        "error_kind": "wrong_order",
        "refund_kind": "charge",
        "receipt_held": "yes",
        "repayment_method": "cash",
        "right_delivered": "no",
        "refund_amount": "88.00",
        "another_way": "no",
        "receipt_taken_back": "yes",
        "customer_signed": "yes",
        "unit_kind": "own",
        "liable_employee": "YG0001",
        "liable_unit": "拱北厅",
        "liable_person": "陈可",
        "answered_by": "person",
        "liable_objects": "no",
        **EVALUATED,
    },
    ("cleo", "rob", "sam"),
)
ROAMING = Course(
    "TS-005",
    "我没有离开珠海,却收了漫游费",
    "TS-005",
    {
        "explanation_accepted": "no",
        "roaming_verdict": "established",
        "listed_in_attachment": "no",
        "cells_confirmed": "yes",
        "disputed_amount": "15.90",
        "credit_accepted": "no",
        "repayment_way": "hold",
        **EVALUATED,
    },
    ("cleo", "tom", "sam"),
)


@dataclass(frozen=True)
class Customer:
    """Who complains: the number, and what only this customer brings along, by field."""

    course: Course
    msisdn: str
    brings: Mapping[str, str]


class Clerk:
    """Somebody at the counter with the colleagues whose steps the case needs; `asks` sends a request as one of them."""

    def __init__(self, asks: Callable[[str], Ask]) -> None:
        self._asks = asks

    def case(self, customer: Customer) -> Iterator[int]:
        """Take a complaint in and work on it as far as its course goes; yields the task of every step done. Errors: Unexpected."""
        course = customer.course
        desk = {name: _Seat(self._asks(name)) for name in course.people}
        number = desk[course.people[0]].takes_in(customer)
        for _ in range(MOST_STEPS):
            task_done = next((task for name in course.people if (task := desk[name].does_next(number, customer))), None)
            if task_done is None:
                return
            yield task_done
        raise Unexpected(f"{number} does not come to an end within {MOST_STEPS} steps")


class _Seat:
    """One person's browser."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def takes_in(self, customer: Customer) -> str:
        """Take a complaint in: open the page of the intake and send it; returns the case number."""
        blank = self._page("intake form", "/intake")
        complaint = {"msisdn": customer.msisdn, "text": customer.course.said, "process": customer.course.process}
        fields = {"channel": "counter", "demand": "", "disputed_amount": "", "overrule_reason": "客户要求"}
        form = {**blank.form("/intake").filled({}), **fields, **complaint, "action": "accept"}
        answer = self._ask("intake", "POST", "/intake", form)
        if answer.status not in (302, 303):
            raise Unexpected(f"intake of {customer.msisdn} answered {answer.status}: {Page(answer).problems}")
        place = answer.location
        self._led_to("after the intake", place)
        return self._number(place)

    def _number(self, place: str) -> str:
        """Return the case, whether the intake leads to its page or to its first task."""
        if "/cases/" in place:
            return place.split("?", maxsplit=1)[0].rstrip("/").split("/")[-1]
        page = self._page("task", place)
        link_of_case = next((link for link in page.links if "/cases/AJ" in link), None)
        if link_of_case is None:
            raise Unexpected(f"{place} does not name its case")
        return link_of_case.split("?")[0].split("/")[-1]

    def does_next(self, number: str, customer: Customer) -> int | None:
        """Do the next step of a case that is this person's to do; None when there is none."""
        worklist = self._page("worklist", f"/tasks?text={number}")
        task = worklist.task
        if task is None:
            return None
        page = self._page("task", f"/tasks/{task}")
        if page.offers(f"/tasks/{task}/claim"):
            self._send("claim", f"/tasks/{task}/claim", page.form(f"/tasks/{task}/claim").untouched())
            page = self._page("task", f"/tasks/{task}")
        form = page.form(f"/tasks/{task}/completion")
        place = self._send("completion", f"/tasks/{task}/completion", self._filled(form, customer))
        self._led_to("after a step", place)
        return task

    def _filled(self, form: Form, customer: Customer) -> dict[str, Given]:
        """Return the form filled until no choice shows another field, as a browser asks for them."""
        answers = {**customer.course.answers, **customer.brings}
        filled = form.filled(answers)
        for _ in range(MOST_ROUNDS if form.conditional else 0):
            before = filled
            fragment = self._ask("fields of a form", "POST", form.conditional, filled)
            filled = form.with_fields(fragment.text).filled(answers)
            if filled.keys() == before.keys():
                break
        return filled

    def _page(self, kind: str, path: str) -> Page:
        answer = self._ask(kind, "GET", path, None)
        if answer.status in (302, 303):
            answer = self._ask(kind, "GET", answer.location, None)
        if answer.status != 200:
            raise Unexpected(f"{path} answered {answer.status}")
        return Page(answer)

    def _led_to(self, kind: str, place: str) -> None:
        """Follow where the answer leads; that may be a task which a colleague has done by then."""
        answer = self._ask(kind, "GET", place, None)
        if answer.status not in (200, 302, 303, 409):
            raise Unexpected(f"{place} answered {answer.status}")

    def _send(self, kind: str, path: str, form: Mapping[str, Given]) -> str:
        answer = self._ask(kind, "POST", path, form)
        if answer.status not in (302, 303):
            raise Unexpected(f"{path} answered {answer.status}: {Page(answer).problems} to {dict(form)}")
        return answer.location
