"""Codes of the tables in words: those of a column's own service task go before those that a code has everywhere."""

from __future__ import annotations

import pytest
from flask import Flask, g
from flask_babel import force_locale

from tests.support.visitors import LANGUAGES
from web.telling import code_texts
from web.telling.i18n import CODES as LOCALES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_is_told_by_the_words_of_its_own_column(app: Flask, language: str) -> None:
    """A bill that is owed is no next bill, and the department that decides is its head; elsewhere the code has its usual words."""
    with app.test_request_context(), force_locale(LOCALES[language]):
        g.language = language
        told = [code_texts.cell_text(*cell) for cell in (("owed_for", "bill"), ("level", "two"), ("kind", "bill"))]
        told.append(code_texts.column_text("owed_for"))
    words = {
        "zh": ["帐单费用", "两人", "下期帐单", "应缴项目"],
        "en": ["charges of the bill", "two people", "the next bill", "What is owed"],
    }
    assert told == words[language]
