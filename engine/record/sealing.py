"""Sealing: personal values encrypted under a key per case, and the MAC on every history entry.

The case key is wrapped by the master key and stored outside the hash chain, so that deleting it erases the personal data while the
chain over the ciphertext still verifies. The keys are those of the office's `Runtime`; nothing here reads files.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from engine.ground.ciphers import Keys, Unreadable, seal, unseal
from engine.ground.errors import Corrupt
from engine.language import values
from engine.runtime import runtime
from engine.runtime.personal import LEAVES, Personal

SEALED = "~sealed"


class KeysMissing(Corrupt):
    """No keys have been configured."""


def _keys() -> Keys:
    keys = runtime.current().keys
    if keys is None:
        raise KeysMissing
    return keys


def new_case_key() -> tuple[bytes, bytes]:
    """Return a fresh case key: (as used, as stored)."""
    key = secrets.token_bytes(32)
    return key, seal(_keys().master, key)


def seal_for_office(plain: bytes) -> bytes:
    """Return what belongs to no case yet, sealed with a key that comes from the master key."""
    return seal(_office_key(), plain)


def unseal_for_office(sealed: bytes) -> bytes:
    """Undo `seal_for_office`. Errors: Unreadable."""
    return unseal(_office_key(), sealed)


def _office_key() -> bytes:
    return hmac.new(_keys().master, b"reception-desk office", hashlib.sha256).digest()


def unwrap(wrapped: bytes | None) -> bytes:
    """Return the case key from its stored form. Errors: Unreadable, also where there is none."""
    if wrapped is None:
        raise Unreadable
    return unseal(_keys().master, wrapped)


def unsealed_beside(wrapped: bytes, sealed: bytes) -> bytes | None:
    """Return what is kept sealed beside a case, by its key as it is stored; None where it does not open."""
    try:
        return unseal(unwrap(wrapped), sealed)
    except Unreadable:
        return None


def mac(content: bytes) -> bytes:
    """Return the HMAC-SHA256 with the signing key."""
    return hmac.new(_keys().signing, content, hashlib.sha256).digest()


def hide(key: bytes, personal: Personal, steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the same steps with what is personal in them sealed."""
    return [personal.replaced(step, lambda value: {SEALED: _encode(key, value)}) for step in steps]


def is_sealed(value: object) -> bool:
    """Tell whether this is what `hide` leaves in the place of a value."""
    return isinstance(value, Mapping) and set(value) == {SEALED}


def reveal(key: bytes | None, value: Any, erased: object = None) -> Any:
    """Undo `hide`; without a key the sealed values become `erased` (the case has been erased)."""
    if isinstance(value, dict):
        if len(value) == 1 and SEALED in value:
            return _decode(key, value[SEALED]) if key is not None else erased
        return {n: inner if type(inner) in LEAVES else reveal(key, inner, erased) for n, inner in value.items()}
    if isinstance(value, list):
        return [inner if type(inner) in LEAVES else reveal(key, inner, erased) for inner in value]
    return value


def _encode(key: bytes, value: object) -> str:
    return base64.b64encode(seal(key, values.canonical(value))).decode()


def _decode(key: bytes, text: str) -> Any:
    try:
        return values.unpack(orjson.loads(unseal(key, base64.b64decode(text))))
    except (TypeError, ValueError):
        raise Unreadable from None
