"""What a case has in reserve of a customer's lines is free again when the case ends, in the same commit; what it gave back stays given."""

from __future__ import annotations

from engine.running import Change
from service_tasks.gateway import gateway

ENDS = ("instance_completed", "instance_cancelled")


def follow(change: Change) -> None:
    """Free what the case has in reserve when it ends, however it does: replied to, refused, withdrawn or cancelled."""
    if any(step["type"] in ENDS for step in change.steps):
        gateway().release(change.business_key)
