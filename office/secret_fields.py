"""What a form took that no page shows again, for the person who records the refusal it met: sealed, theirs, of this step and for an hour."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import engine
from engine import record

NAME = "taken_secrets"
FOR = timedelta(hours=1)


def sealed(task_id: int, typed: Mapping[str, Any], secret: Collection[str], *, user: str, at: datetime) -> str:
    """Return the secret fields of a form as a page may carry them to its person; empty where it has none."""
    secrets = {name: typed[name] for name in sorted(secret) if typed.get(name)}
    if not secrets:
        return ""
    envelope = {"task": task_id, "user": user, "until": (at + FOR).isoformat(), "taken": secrets}
    return base64.urlsafe_b64encode(record.seal_for_office(json.dumps(envelope).encode())).decode()


def restored(task_id: int, typed: Mapping[str, Any], carried: str, *, user: str, at: datetime) -> dict[str, Any]:
    """Return the form with the secret fields that were left empty as they were taken; as it is where what is carried is not this person's, or too old."""
    envelope = _opened(carried)
    is_theirs = (envelope.get("task"), envelope.get("user")) == (task_id, user)
    if not is_theirs or at >= datetime.fromisoformat(envelope["until"]):
        return dict(typed)
    return {**typed, **{name: value for name, value in envelope["taken"].items() if not typed.get(name)}}


def _opened(carried: str) -> dict[str, Any]:
    try:
        envelope: dict[str, Any] = json.loads(record.unseal_for_office(base64.urlsafe_b64decode(carried)))
    except (engine.Corrupt, ValueError):
        return {}
    return envelope
