"""Work orders beside the cases that asked and the process of each: rows, places and acts, each against the calls and steps that made them.

Opening the order, and who waits, stand in the record of the cases; handing on, answering, chasing and verifying in that of the order's own
process. That a department opened an order, and that a person chased it by hand, stands in no record, and is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.proof import Verdict
from engine.record import CaseEntry, beginning
from models.work_order import OrderState, WorkOrder, WorkOrderAct
from office.derived.calls import Answered, answered
from office.derived.liabilities import differs, words
from office.derived.rows import Beside, Orders
from office.work_orders import BY_HAND, ENDINGS, NOBODY_WAITS, PROCESS
from service_tasks.work_orders.rows import BY_OTHERS, MESSAGE
from service_tasks.work_orders.schemas import NEW

ASKING = ("work_orders/send", "work_orders/ask")
TEXTS = ("question", "cause", "proposal", "person")
UNANSWERED: Mapping[str, Any] = {
    "chased": 0,
    "cause": "",
    "proposal": "",
    "unit": "",
    "person": "",
    **dict.fromkeys(("reported_at", "finding", "line_amount", "answered_at", "answered_by", "verified_at")),
    "verified_by": None,
}
Differences = Iterator[tuple[int, str]]


def differing(verdict: Verdict, beside: Beside) -> Differences:
    """Yield since which entry, and what: an order, a place or an act that is missing, one too many, or the columns that say something else."""
    orders = beside.orders
    asking = [call for call in answered(verdict) if call.topic in ASKING]
    own = next((row for row in orders.rows if row.number == verdict.business_key), None)
    expected = _Acts(verdict, orders)
    yield from _opened(verdict, asking, orders, expected)
    yield from _places(verdict, asking, orders, expected)
    if beginning(verdict.history)["process"] == PROCESS:
        if own is None:
            yield 1, f"work_order {verdict.business_key} is missing"
            return
        yield from _row(_followed(verdict, own, expected), own, orders, verdict.entries)
    yield from expected.differing(own)


class _Acts:
    """The acts of orders that a record makes, by key."""

    def __init__(self, verdict: Verdict, orders: Orders) -> None:
        self.verdict, self.orders = verdict, orders
        self.by_key: dict[str, dict[str, Any]] = {}

    def note(self, order: WorkOrder, kind: str, key: str, **columns: Any) -> bool:
        """Expect an act, once per key; whether it is new."""
        if f"{key}:{kind}" in self.by_key:
            return False
        said_by = {"department": ""} if kind in BY_OTHERS else {}
        self.by_key[f"{key}:{kind}"] = {
            "order_id": order.id,
            "kind": kind,
            "case_number": "",
            "text": "",
            **said_by,
            **columns,
        }
        return True

    def differing(self, own: WorkOrder | None) -> Differences:
        """Yield where the acts that are there differ from those that the record makes, both ways."""
        verdict, remaining = self.verdict, dict(self.by_key)
        for row in self.orders.acts:
            expected = remaining.pop(row.key, None)
            if expected is not None:
                wrong = [name for name, value in expected.items() if self._differs(row, name, value)]
                if wrong:
                    yield verdict.entries, f"work_order_act {row.id}: {', '.join(wrong)}"
            elif self._is_ours(row, own):
                yield verdict.entries, f"work_order_act {row.id} belongs to no recorded step"
        yield from ((verdict.entries, f"work_order_act {key} is missing") for key in remaining)

    def _differs(self, row: WorkOrderAct, name: str, value: object) -> bool:
        if name == "text" and row.text == "" and self.verdict.erasure is not None and row.case_number:
            return False
        return differs(getattr(row, name), value)

    def _is_ours(self, row: WorkOrderAct, own: WorkOrder | None) -> bool:
        """Tell whether the record of this case would tell of an act: by its key, or by what only the process of the order does."""
        if _is_by_hand(row):
            return False
        key: object = row.key  # or what cannot be read
        by_key = isinstance(key, str) and key.startswith(f"{self.verdict.instance_id}:")
        of_place = row.case_number == self.verdict.business_key
        return by_key or of_place or (own is not None and row.order_id == own.id and not row.case_number)


def _is_by_hand(act: WorkOrderAct) -> bool:
    """Tell whether an act was done on the order's page, outside every process."""
    prefix = {"acknowledged": "order:", "chased": f"{BY_HAND}:"}.get(act.kind)
    key: object = act.key  # or what cannot be read
    return prefix is not None and isinstance(key, str) and key.startswith(prefix)


def _opened(verdict: Verdict, asking: list[Answered], orders: Orders, acts: _Acts) -> Differences:
    """Yield the orders that a case opened, and the acts of opening and joining."""
    calls = {call.key: call for call in asking}
    by_number = {row.number: row for row in orders.rows}
    for row in orders.rows:
        if row.case_number == verdict.business_key and row.key not in calls:
            yield verdict.entries, f"work_order {row.number} belongs to no recorded service call"
    for call in asking:
        order = by_number.get(call.fields.get("number"))
        if order is None:
            yield call.seq, f"work_order {call.fields.get('number')} is missing"
            continue
        opens = _opens(call, order)
        about = {"case_number": verdict.business_key, "text": call.parameters.get("question")}
        said_by = {"department": call.parameters.get("department")} if opens else {}
        acts.note(order, "opened" if opens else "joined", call.key, at=call.at, by_whom=call.by, **about, **said_by)
        if opens:
            yield from _row(_begun(call, verdict, order), order, orders, call.seq)


def _opens(call: Answered, row: WorkOrder) -> bool:
    """Tell whether a call opened its order; where the process finds out itself whether there is one, the order says so."""
    if call.topic == ASKING[0]:
        return (call.parameters.get("joined") or "").strip() in ("", NEW)
    return bool(row.key == call.key)


def _begun(call: Answered, verdict: Verdict, row: WorkOrder) -> Mapping[str, Any]:
    parameters, limits = call.parameters, call.fields
    columns = {"key": call.key, "case_number": verdict.business_key, "opened_at": call.at, "opened_by": call.by}
    columns |= {"about": parameters.get("about"), "question": parameters.get("question")}
    columns["due_whole_at"] = _instant(limits.get("due_whole_at"))
    if row.instance_id is not None:
        return columns
    waiting = {name: _instant(limits.get(name)) for name in ("half_at", "due_at")}
    state = OrderState.DROPPED if row.state == OrderState.DROPPED else OrderState.OPEN
    return {**columns, **waiting, **UNANSWERED, "department": parameters.get("department"), "state": state}


def _instant(text: object) -> object:
    return datetime.fromisoformat(text) if isinstance(text, str) else text


def _row(expected: Mapping[str, Any], row: WorkOrder, orders: Orders, seq: int) -> Differences:
    erased_texts = TEXTS if row.id in orders.erased else ()
    if "chased" in expected:
        by_hand = [act for act in orders.acts if act.order_id == row.id and act.kind == "chased" and _is_by_hand(act)]
        expected = {**expected, "chased": expected["chased"] + len(by_hand)}
    wrong = [
        name
        for name, value in expected.items()
        if differs(getattr(row, name), value) and not (name in erased_texts and getattr(row, name) == "")
    ]
    if wrong:
        yield seq, f"work_order {row.number}: {', '.join(wrong)}"


def _places(verdict: Verdict, asking: list[Answered], orders: Orders, acts: _Acts) -> Differences:
    """Yield in which orders a case waits or waited, and how it left each."""
    numbers = {row.number: row for row in orders.rows}
    expected = _waited(verdict, asking, numbers, acts)
    for place in orders.places.get(verdict.instance_id, []):
        columns = expected.pop(place.order_id, None)
        if columns is None:
            yield verdict.entries, f"work_order_case {place.order_id} {place.instance_id} belongs to no recorded call"
            continue
        wrong = [name for name, value in columns.items() if differs(getattr(place, name), value)]
        if wrong:
            yield verdict.entries, f"work_order_case {place.order_id} {place.instance_id}: {', '.join(wrong)}"
    for order_id in expected:
        yield verdict.entries, f"work_order_case {order_id} {verdict.instance_id} is missing"


def _waited(
    verdict: Verdict, asking: list[Answered], numbers: Mapping[Any, WorkOrder], acts: _Acts
) -> dict[int, dict[str, Any]]:
    """Return the places that the record makes, by order."""
    places: dict[int, dict[str, Any]] = {}
    awaited: dict[int, Any] = {}
    for entry in verdict.history:
        for call in asking:
            order = numbers.get(call.fields.get("number")) if call.seq == entry.seq else None
            if order is not None:
                joined = {"case_number": verdict.business_key, "joined_at": call.at, "joined_by": call.by}
                places[order.id] = {**places.get(order.id, joined), "left_at": None, "how": None}
        received = {step["key"] for step in entry.steps if step["type"] == "message_received"}
        for step in entry.steps:
            if step["type"] == "message_awaited" and step["message"] == MESSAGE:
                awaited[step["token"]] = step["key"]
            elif step["type"] == "message_received" or step["type"] == "message_cancelled":
                awaited.pop(step["token"], None)
            elif step["type"] in ENDINGS:
                awaited.clear()
        if any(step["type"] in ENDINGS for step in entry.steps):
            _leave(verdict, entry, places, {*awaited.values()}, received, numbers, acts)
    return places


def _leave(
    verdict: Verdict,
    entry: CaseEntry,
    places: Mapping[int, dict[str, Any]],
    awaited: set[Any],
    received: set[Any],
    numbers: Mapping[Any, WorkOrder],
    acts: _Acts,
) -> None:
    for number, order in numbers.items():
        place = places.get(order.id)
        if place is None or place["left_at"] is not None or number in awaited:
            continue
        place |= {"left_at": entry.at, "how": "answered" if number in received else "left"}
        if number not in received:
            key = f"order:{order.id}:{verdict.instance_id}:{entry.at.isoformat()}"
            acts.note(order, "left", key, at=entry.at, by_whom=entry.actor, case_number=verdict.business_key)


def _followed(verdict: Verdict, own: WorkOrder, acts: _Acts) -> Mapping[str, Any]:
    """Return an order as its own process left it."""
    order: Mapping[str, Any] = (beginning(verdict.history)["variables"] or {}).get("order") or {}
    columns: dict[str, Any] = {**UNANSWERED, "state": OrderState.OPEN, "instance_id": verdict.instance_id}
    columns["department"] = order.get("department")
    columns |= {name: _instant(order.get(name)) for name in ("half_at", "due_at", "due_whole_at")}
    for call in answered(verdict):
        if call.topic in FOLLOWS:
            FOLLOWS[call.topic](call, columns, own, acts)
    end = verdict.history[-1]
    for step in end.steps:
        if step["type"] == "instance_cancelled":
            dropped = step.get("reason") == NOBODY_WAITS
            columns["state"] = OrderState.DROPPED if dropped or own.state == OrderState.DROPPED else columns["state"]
            if dropped:
                acts.note(own, "dropped", f"order:{own.id}:{end.at.isoformat()}", at=end.at, by_whom=end.actor)
    return columns


def _limits(call: Answered) -> dict[str, Any]:
    return {name: _instant(call.fields.get(name)) for name in ("half_at", "due_at")}


def _handed_on(call: Answered, columns: dict[str, Any], own: WorkOrder, acts: _Acts) -> None:
    department = call.parameters.get("department")
    columns |= {"department": department, **_limits(call)}
    reason = call.parameters.get("reason")
    acts.note(own, "handed_on", call.key, at=call.at, by_whom=call.by, text=reason, department=department)


def _answered(call: Answered, columns: dict[str, Any], own: WorkOrder, acts: _Acts) -> None:
    parameters = call.parameters
    columns |= {name: parameters.get(name) for name in ("finding", "cause", "proposal", "line_amount")}
    columns |= {"unit": words(parameters, "unit"), "person": words(parameters, "person"), "state": OrderState.ANSWERED}
    columns |= {"answered_at": call.at, "answered_by": call.by}
    department = columns["department"]
    acts.note(
        own, "answered", call.key, at=call.at, by_whom=call.by, text=parameters.get("cause"), department=department
    )


def _sent_back(call: Answered, columns: dict[str, Any], own: WorkOrder, acts: _Acts) -> None:
    columns |= {"state": OrderState.OPEN, **_limits(call)}
    acts.note(own, "sent_back", call.key, at=call.at, by_whom=call.by, text=call.parameters.get("reason"))


def _chased(call: Answered, columns: dict[str, Any], own: WorkOrder, acts: _Acts) -> None:
    due, key_place = columns["due_at"], f"order:{own.id}"
    key = f"{key_place}:{due.astimezone(call.at.tzinfo).isoformat()}:{call.parameters.get('when')}"
    columns["chased"] += acts.note(own, "chased", key, at=call.at, by_whom=call.by)


def _reported(call: Answered, columns: dict[str, Any], own: WorkOrder, acts: _Acts) -> None:
    if call.fields.get("reported"):
        columns["reported_at"] = call.at
        acts.note(own, "late", call.key, at=call.at, by_whom=call.by)


def _verified(call: Answered, columns: dict[str, Any], own: WorkOrder, acts: _Acts) -> None:
    columns |= {"state": OrderState.CLOSED, "verified_at": call.at, "verified_by": call.by}
    acts.note(own, "verified", call.key, at=call.at, by_whom=call.by)


FOLLOWS: Mapping[str, Callable[[Answered, dict[str, Any], Any, _Acts], None]] = {
    "work_orders/hand_on": _handed_on,
    "work_orders/answer": _answered,
    "work_orders/send_back": _sent_back,
    "work_orders/chase": _chased,
    "work_orders/report": _reported,
    "work_orders/release": _verified,
}
