"""The keys of an office, and AES-256-GCM under one of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.ground.errors import Corrupt

_NONCE = 12
_TOLD_APART_BY = b"reception-desk key "


class Unreadable(Corrupt):
    """A sealed value does not open with the key of its case."""


@dataclass(frozen=True)
class Keys:
    """32 bytes each: `master` wraps case keys, `signing` makes the MAC."""

    master: bytes = field(repr=False)
    signing: bytes = field(repr=False)

    def fingerprints(self) -> dict[str, str]:
        """Return what tells each key from another and says nothing of it, in hex."""
        keys = {"master": self.master, "signing": self.signing}
        return {
            name: hmac.new(key, _TOLD_APART_BY + name.encode(), hashlib.sha256).hexdigest()
            for name, key in keys.items()
        }

    def opens(self, wrapped: bytes) -> bool:
        """Tell whether a stored case key was wrapped by this master key."""
        try:
            unseal(self.master, wrapped)
        except Unreadable:
            return False
        return True

    def signed(self, content: bytes, mac: bytes) -> bool:
        """Tell whether a MAC was made by this signing key."""
        return hmac.compare_digest(mac, hmac.new(self.signing, content, hashlib.sha256).digest())


def ephemeral_keys() -> Keys:
    """Make keys for a database that does not outlive the process."""
    return Keys(master=secrets.token_bytes(32), signing=secrets.token_bytes(32))


def seal(key: bytes, plain: bytes) -> bytes:
    """Seal it: nonce and AES-256-GCM ciphertext."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """Return the plain bytes. Errors: Unreadable."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
    except (InvalidTag, TypeError, ValueError):  # too short to be sealed, or no bytes at all
        raise Unreadable from None
