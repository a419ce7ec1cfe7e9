"""Every refusal is told as a person writes it: its sums in yuan, whichever of them it names."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from service_tasks import refusals as values
from web.telling import error_catalogue, refusals

SUM = 123_456
WRITTEN = {"zh": "1,234.56 元", "en": "¥1,234.56"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(refusals.SENTENCES))
def test_every_sum_of_a_refusal_is_told_in_yuan(desk: Flask, code: str, language: str) -> None:
    """Told in fen, 4.00 would be read as 400."""
    named = set(re.findall(r"%\((\w+)\)s", refusals.SENTENCES[code]))
    assert named <= values.NAMES
    with desk.test_request_context(headers={"Accept-Language": language}):
        told = refusals.sentence({"code": code, **dict.fromkeys(values.FEN, SUM)})
    assert told.count(WRITTEN[language]) == len(named & values.FEN)
    assert str(SUM) not in told


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(refusals.SENTENCES))
def test_what_a_refusal_is_about_is_told_without_its_values(desk: Flask, code: str, language: str) -> None:
    """Where refusals are listed there is no amount to name, and nobody reads the place of one."""
    with desk.test_request_context(headers={"Accept-Language": language}):
        assert "%(" not in refusals.brief(code)


SAYS_WHAT_IS_LEFT = {"balance", "left", "approved", "disputed"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(refusals.SENTENCES))
def test_where_nothing_is_left_no_zero_is_named(desk: Flask, code: str, language: str) -> None:
    """A refusal with nothing left says so; "at most 0.00" sends a person looking for an amount there is not."""
    named = set(re.findall(r"%\((\w+)\)s", refusals.SENTENCES[code]))
    if not named & SAYS_WHAT_IS_LEFT or code == "part_without_reason":  # of a part something is left
        return
    with desk.test_request_context(headers={"Accept-Language": language}):
        told = refusals.sentence({"code": code, "amount": SUM, **dict.fromkeys(SAYS_WHAT_IS_LEFT, 0)})
        kept = refusals.sentence({"code": code, "amount": SUM, **dict.fromkeys(SAYS_WHAT_IS_LEFT, 1)})
    assert "0.00" not in told
    assert "0.01" in kept


OF_ONE_KIND = (
    ("FourEyesViolation", "SamePerson", "OwnPayment", "NotASecondPerson"),
    ("NotASupervisor", "NotForYou"),
    ("NoReason", "NoReasonGiven"),
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("codes", OF_ONE_KIND, ids=[codes[0] for codes in OF_ONE_KIND])
def test_one_refusal_has_one_wording(desk: Flask, codes: tuple[str, ...], language: str) -> None:
    """Whoever may not check what is their own reads the same at a step, a request, a payment and a draft."""
    with desk.test_request_context(headers={"Accept-Language": language}):
        assert len({error_catalogue.why_barred(code) for code in codes}) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_number_that_nobody_has_is_called_one_thing(desk: Flask, language: str) -> None:
    """Wherever it was typed, and so is a number of the own household."""
    with desk.test_request_context(headers={"Accept-Language": language}):
        unknown = {refusals.sentence({"code": code}) for code in ("number_unknown", "subscription_unknown")}
        assert unknown == {error_catalogue.why_barred("SubscriptionUnknown")}
        assert refusals.sentence({"code": "own_household"}) == error_catalogue.why_barred("OwnHousehold")
