"""One thing is not called several, and whatever is written for one belongs to a text that is really used."""

from __future__ import annotations

import re

import pytest
from flask import Flask, g
from flask_babel import gettext

from web import i18n, singular
from web.commands.words import extracted


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_is_said_as_one(app: Flask, language: str) -> None:
    """In code and in templates alike; Chinese has one wording for both."""
    with app.test_request_context():
        g.language = language
        for say in (gettext, i18n.written):
            said = [str(say("%(n)s steps so far", n=n)) for n in (1, 2)]
            assert said[0] != said[1]
            if language == "en":
                assert said == ["1 step so far", "2 steps so far"]


def test_each_wording_for_one_has_its_text() -> None:
    """A text that was reworded takes its wording for one along; values that go in are the same."""
    assert singular.ONE.keys() <= extracted()
    for several, one in singular.ONE.items():
        counted = {f"%({name})s" for name in singular.COUNTED}
        assert set(re.findall(r"%\(\w+\)s", one)) == set(re.findall(r"%\(\w+\)s", several)) - counted
