"""Samples that are drawn without chance."""

from __future__ import annotations

from service_tasks import sampling


def test_the_same_is_drawn_by_everybody() -> None:
    """What an auditor draws again is what was drawn then: the digits are written here, not worked out."""
    assert sampling.mark("2026-11-23", "k", "t").startswith("52af1c4e")
    assert sampling.percentile("TS20260305-0119") == 1
    assert sampling.percentile("TS20260305-0100") == 68


def test_a_share_of_a_hundred_is_drawn() -> None:
    """Of many cases about five in a hundred lie at 5 or below, and all from 1 to 100 occur."""
    percentiles = [sampling.percentile(f"TS20260305-{number:04d}") for number in range(10_000)]
    assert 400 < sum(percentile <= 5 for percentile in percentiles) < 600
    assert set(percentiles) == set(range(1, 101))
