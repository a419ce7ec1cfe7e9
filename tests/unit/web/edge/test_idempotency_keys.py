"""The key of a form: one per page, kept while the form is wrong, and never longer than a column takes."""

from __future__ import annotations

from flask import Flask

from web.edge import idempotency_keys


def key_of(app: Flask, sent: dict[str, str]) -> tuple[str, str]:
    """The key that came with a form, and the one its page offers."""
    with app.test_request_context("/", method="POST", data=sent):
        return idempotency_keys.sent(), idempotency_keys.for_page()


def test_a_page_offers_a_new_key_until_a_form_brings_one(desk: Flask) -> None:
    """Two pages are two intentions; a form that comes back wrong is the same one still."""
    first, second = (key_of(desk, {})[1] for _page in range(2))
    assert first != second
    assert key_of(desk, {idempotency_keys.NAME: first}) == (first, first)


def test_a_key_of_somebodys_own_fills_no_column(desk: Flask) -> None:
    """PostgreSQL would answer with an error of its own."""
    assert key_of(desk, {idempotency_keys.NAME: "k" * 5_000}) == (
        "k" * idempotency_keys.MOST,
        "k" * idempotency_keys.MOST,
    )
    assert key_of(desk, {idempotency_keys.NAME: "a\0b"})[0] == ""
