"""What every handler makes of its call: the ledger effect it stands for, and billing's refusals as BPMN errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from engine.runtime import BpmnError, Call
from service_tasks.gateway import Effect, Refused


def effect(call: Call) -> Effect:
    """Return the reason money moves: the call's idempotency key, its instant, its case."""
    return Effect(key=call.key, at=call.at, case=call.business_key or None)


@contextmanager
def refusing(*codes: str, renamed: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn a refusal of billing into the BPMN error of the same code, or of the code it is `renamed` to.

    A refusal the topic does not declare passes through: then the diagram has asked for something that makes no sense.
    """
    try:
        yield
    except Refused as refusal:
        code = (renamed or {}).get(refusal.reason, refusal.reason)
        if code not in codes:
            raise
        raise BpmnError(
            code, **{name: value for name, value in refusal.values.items() if name != "reason"}
        ) from refusal
