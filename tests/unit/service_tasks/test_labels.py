"""What service tasks call their own values, for whoever shows them to a person."""

from __future__ import annotations

from engine.runtime import handlers
from models.authority import LEVELS
from service_tasks import labels


def test_the_words_of_a_choice_are_those_of_its_codes() -> None:
    """Every level of authority, everything that is owed for and every payee has words, and nothing else does under these names."""
    by_name: dict[str, set[str]] = {}
    for name, code in labels.words():
        by_name.setdefault(name, set()).add(code)
    assert by_name == {"level": set(LEVELS), "owed_for": {"bill", "other", "late_fee"}, "payee": {"holder", "agent"}}


def test_what_stands_in_rows_is_named() -> None:
    """The columns of a table that a service task gives back are called as its schema calls them."""
    label = labels.column("up_to")
    assert label is not None
    assert (label.zh, label.en, label.unit) == ("缴到此项共需", "Paid up to here", "fen")
    before = labels.column("before")  # of a refusal alone
    assert before is not None
    assert (before.zh, before.en) == ("原份数", "Forms before")
    assert labels.column("nowhere") is None
    assert "payments/owed" in handlers.handlers_by_topic()
