"""Codes of the tables in words: those of a column's own service task go before those that a code has everywhere."""

from __future__ import annotations

import pytest
from flask import Flask, g
from flask_babel import force_locale

from engine.language.forms.fields import Field
from tests.support.visitors import LANGUAGES
from web.telling import code_texts, timeline
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_of_a_run_calls_its_lines_in_words(app: Flask, language: str) -> None:
    """What marketing hands back names lines by their addresses; the case page of the run says which they are."""
    returned = "1,AJ-1,bill-item:2026-02:3,,15.00\n2,AJ-2,late-fee:brought,,6.00\n3,AJ-3,www:1,,1.00"
    with app.test_request_context(), force_locale(LOCALES[language]):
        g.language = language
        text = timeline.shown(returned, Field(type="file", key="priced_file"))
    item, late_fee = {
        "zh": ("2026-02 帐单第 3 项", "以前结转的滞纳金"),
        "en": ("line 3 of the bill of 2026-02", "late fee brought forward"),
    }[language]
    assert text == f"1,AJ-1,{item},,15.00\n2,AJ-2,{late_fee},,6.00\n3,AJ-3,www:1,,1.00"
