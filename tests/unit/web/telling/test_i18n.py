"""Two people with two languages at one server: neither reads what was worked out for the other."""

from __future__ import annotations

import pytest
from flask import Flask, g
from flask_babel import gettext

from office.intake import START_VARIABLES
from web.telling.code_texts import cell_text
from web.telling.i18n import filled, remark, yuan
from web.telling.timeline import plain, written
from web.telling.variables import STARTED


def test_a_constant_is_written_in_the_language_of_each_reader(desk: Flask) -> None:
    """The amount on a button is a filter of a constant, which the template engine is tempted to work out once for all."""
    template, shown = None, []
    for language in ("zh", "en", "zh"):
        with desk.test_request_context("/"):
            g.language = language
            template = template or desk.jinja_env.from_string("{{ 0 | yuan }}")
            shown.append(template.render())
    assert shown == ["0.00 元", "¥0.00", "0.00 元"]


@pytest.mark.parametrize(("language", "read"), [("zh", "功能费"), ("en", "Function fee")])
def test_a_remark_on_a_rule_has_a_line_in_each_language(desk: Flask, language: str, read: str) -> None:
    """The first is Chinese, the second English; a remark of one line is read by everybody."""
    with desk.test_request_context("/"):
        g.language = language
        assert (remark("功能费\nFunction fee"), remark("月租费")) == (read, "月租费")


@pytest.mark.parametrize(("language", "read"), [("zh", "-1,234.50 元"), ("en", "-¥1,234.50")])
def test_what_is_taken_away_has_its_sign_first(desk: Flask, language: str, read: str) -> None:
    """A minus between the sign of the currency and the figure is overlooked."""
    with desk.test_request_context("/"):
        g.language = language
        assert yuan(-123_450) == read


def test_what_a_case_begins_with_has_a_name() -> None:
    """A replay, and a try of a draft, call every value of the intake by a word."""
    assert set(START_VARIABLES) <= set(STARTED)


def test_a_value_may_be_called_text(desk: Flask) -> None:
    """As in the line of a rule in a replay, which took the page down where the name was that of a parameter."""
    with desk.test_request_context("/"):
        assert "r1" in gettext("Rule %(number)s: %(text)s", number=1, text="r1")


@pytest.mark.parametrize(
    "name", ["amount", "late_fee", "charged", "error_amount", "remaining", "first.roaming", "left"]
)
@pytest.mark.parametrize(("language", "read"), [("zh", "0.50 元"), ("en", "¥0.50")])
def test_what_a_service_task_calls_fen_is_shown_as_yuan(desk: Flask, name: str, language: str, read: str) -> None:
    """In a table, a replay and a line of the history alike, by what the schemas of the service tasks say and no list of our own."""
    with desk.test_request_context("/"):
        g.language = language
        assert (cell_text(name, 50), plain(name, 50)) == (read, read)
        assert (cell_text("minutes", 50), plain("minutes", 50), cell_text(name, True)) == ("50", "50", written(True))


@pytest.mark.parametrize(
    ("language", "read"), [("zh", "“为什么选‘没有’”：是。"), ("en", "“Why ‘none’ was chosen”: yes.")]
)
def test_a_quotation_in_a_quotation_has_single_marks(desk: Flask, language: str, read: str) -> None:
    """In texts of Python and of templates; what stands outside of quotation marks keeps its own."""
    question = {"zh": "为什么选“没有”", "en": "Why “none” was chosen"}[language]
    answer = {"zh": "是", "en": "yes"}[language]
    with desk.test_request_context("/"):
        g.language = language
        assert gettext(" “%(question)s”: %(answer)s.", question=question, answer=answer).strip() == read
        template = desk.jinja_env.from_string("{{ _(' “%(question)s”: %(answer)s.', question=q, answer=a) }}")
        assert template.render(q=question, a=answer).strip() == read
        assert filled("%(a)s “%(b)s”", {"a": "“x”", "b": "“y”"}) == "“x” “‘y’”"
