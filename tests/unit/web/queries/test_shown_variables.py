"""What a service task refuses is written for people, in both languages; what lies beside a form is looked at in tests/scenarios/."""

from __future__ import annotations

import pytest
from flask import Flask, g
from flask_babel import force_locale

from engine.runtime import handlers
from web.telling.code_texts import reason_text
from web.telling.i18n import CODES as LOCALES
from web.telling.refusals import SENTENCES


def test_every_refusal_of_a_service_task_is_a_sentence() -> None:
    """When billing says no, the clerk reads why, whichever service it was."""
    refused = {code for one in handlers.handlers_by_topic().values() for code in one.errors}
    assert sorted(refused - SENTENCES.keys()) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refusal_names_its_amounts(app: Flask, language: str) -> None:
    """A refused amount is shown in yuan with the limit it broke; a value that is missing breaks nothing."""
    with app.test_request_context(), force_locale(LOCALES[language]):
        g.language = language
        told = reason_text({"code": "exceeds_receipt", "amount": 6000, "left": 5000})
        assert ("60.00" in told, "50.00" in told) == (True, True)
        assert "—" in reason_text({"code": "exceeds_receipt"})
