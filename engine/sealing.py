"""Sealing: personal values encrypted under a key per case, and the MAC on every history entry.

The case key is wrapped by the master key and stored outside the hash chain, so that deleting it erases the personal data while the
chain over the ciphertext still verifies. The composition root hands the keys over once; nothing here reads files.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import Corrupt
from engine.language import values
from engine.personal import LEAVES, Personal

SEALED = "~sealed"
_NONCE = 12
_TOLD_APART_BY = b"reception-desk key "


class KeysMissing(Corrupt):
    """No keys have been configured."""


class Unreadable(Corrupt):
    """A sealed value does not open with the key of its case."""


@dataclass(frozen=True)
class Keys:
    """32 bytes each: `master` wraps case keys, `signing` makes the MAC."""

    master: bytes = field(repr=False)
    signing: bytes = field(repr=False)

    def fingerprints(self) -> dict[str, str]:
        """What tells each key from another and says nothing of it, in hex."""
        keys = {"master": self.master, "signing": self.signing}
        return {
            name: hmac.new(key, _TOLD_APART_BY + name.encode(), hashlib.sha256).hexdigest()
            for name, key in keys.items()
        }

    def opens(self, wrapped: bytes) -> bool:
        """Whether a stored case key was wrapped by this master key."""
        try:
            unseal(self.master, wrapped)
        except Unreadable:
            return False
        return True

    def signed(self, content: bytes, mac: bytes) -> bool:
        """Whether a MAC was made by this signing key."""
        return hmac.compare_digest(mac, hmac.new(self.signing, content, hashlib.sha256).digest())


_configured: list[Keys] = []


def configure(keys: Keys) -> None:
    """Set the keys of this process."""
    _configured[:] = [keys]


def ephemeral() -> Keys:
    """Keys for a database that does not outlive the process."""
    return Keys(master=secrets.token_bytes(32), signing=secrets.token_bytes(32))


def _keys() -> Keys:
    if not _configured:
        raise KeysMissing
    return _configured[0]


def new_case_key() -> tuple[bytes, bytes]:
    """A fresh case key: (as used, as stored)."""
    key = secrets.token_bytes(32)
    return key, seal(_keys().master, key)


def seal_for_office(plain: bytes) -> bytes:
    """What belongs to no case yet, sealed with a key that comes from the master key."""
    return seal(_office_key(), plain)


def unseal_for_office(sealed: bytes) -> bytes:
    """The inverse. Errors: Unreadable."""
    return unseal(_office_key(), sealed)


def _office_key() -> bytes:
    return hmac.new(_keys().master, b"reception-desk office", hashlib.sha256).digest()


def unwrap(wrapped: bytes) -> bytes:
    """The case key from its stored form. Errors: Unreadable."""
    return unseal(_keys().master, wrapped)


def seal(key: bytes, plain: bytes) -> bytes:
    """Nonce and AES-256-GCM ciphertext."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """The plain bytes. Errors: Unreadable."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
    except (InvalidTag, TypeError, ValueError):  # too short to be sealed, or no bytes at all
        raise Unreadable from None


def unsealed_beside(wrapped: bytes, sealed: bytes) -> bytes | None:
    """What is kept sealed beside a case, by its key as it is stored; None where it does not open."""
    try:
        return unseal(unwrap(wrapped), sealed)
    except Unreadable:
        return None


def mac(content: bytes) -> bytes:
    """HMAC-SHA256 with the signing key."""
    return hmac.new(_keys().signing, content, hashlib.sha256).digest()


def hide(key: bytes, personal: Personal, steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The same steps with what is personal in them sealed."""
    return [personal.replaced(step, lambda value: {SEALED: _encode(key, value)}) for step in steps]


def is_sealed(value: Any) -> bool:
    """Whether this is what `hide` leaves in the place of a value."""
    return isinstance(value, Mapping) and set(value) == {SEALED}


def reveal(key: bytes | None, value: Any, erased: Any = None) -> Any:
    """The inverse of `hide`; without a key the sealed values become `erased` (the case has been erased)."""
    if isinstance(value, dict):
        if len(value) == 1 and SEALED in value:
            return _decode(key, value[SEALED]) if key is not None else erased
        return {n: inner if type(inner) in LEAVES else reveal(key, inner, erased) for n, inner in value.items()}
    if isinstance(value, list):
        return [inner if type(inner) in LEAVES else reveal(key, inner, erased) for inner in value]
    return value


def _encode(key: bytes, value: Any) -> str:
    return base64.b64encode(seal(key, values.canonical(value))).decode()


def _decode(key: bytes, text: str) -> Any:
    try:
        return values.unpack(orjson.loads(unseal(key, base64.b64decode(text))))
    except (TypeError, ValueError):
        raise Unreadable from None
