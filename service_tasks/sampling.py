"""Samples without chance: what is drawn follows from what is known of it, so that whoever draws again draws the same."""

from __future__ import annotations

from hashlib import sha256


def mark(*facts: str) -> str:
    """Return by what something is drawn: 64 hexadecimal digits that follow from what is known of it and from nothing else."""
    return sha256("|".join(facts).encode()).hexdigest()


def percentile(*facts: str) -> int:
    """Return where the mark of something lies among all that there could be, 1 to 100: those up to 5 are a sample of five per cent."""
    digits = mark(*facts)
    return int(digits, 16) * 100 // 16 ** len(digits) + 1
