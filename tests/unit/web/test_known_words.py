"""No code, no name of a class and no type of an element is printed because a page knows no word for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, g

import engine
from engine.record.steps import STEPS
from office import acts
from tests.support import wording
from tests.support.visitors import LANGUAGES
from web.definitions.telling import changes, findings
from web.queries import publications
from web.telling import act_texts, element_kinds, incident_texts, refusals

NOBODYS = frozenset[str]()
FOREIGN = ("complexGateway", "transaction", "adHocSubProcess", "implicitThrowEvent", "globalBusinessRuleTask")


@pytest.fixture(params=LANGUAGES)
def language(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    """A request whose page has a language."""
    with app.test_request_context():
        g.language = request.param
        yield request.param


def wrong(text: str, language: str) -> list[tuple[str, str]]:
    """What is wrong with a text."""
    return list(wording.in_text(text, language, NOBODYS))


@pytest.mark.parametrize("type", FOREIGN)
def test_elements_of_other_tools_have_words(language: str, type: str) -> None:
    """Whoever compares or opens a foreign drawing reads kinds, not the names of its file."""
    assert wrong(element_kinds.of(type), language) == []
    assert wrong(changes.kind(type), language) == []


def test_an_element_without_an_id_is_called_by_its_kind(language: str) -> None:
    """A task of people as much as what is not executed."""
    told = engine.Problem(3, "", "element_without_id", {"type": "userTask"}, "AA-1.bpmn")
    assert wrong(findings.text(told), language) == []


def test_parts_of_a_form_have_words(language: str) -> None:
    """What only divides it too, and what nobody here has heard of."""
    for part in ("separator", "spacer", "dynamiclist"):
        assert wrong(changes.kind(part), language) == []


def test_an_error_of_a_program_is_no_class(language: str) -> None:
    """The owner reads whom to tell; class and message stand with the operator's incident."""
    assert wrong(incident_texts.why("KeyError", "'left_over'", {}), language) == []


def test_a_refusal_without_a_sentence_is_no_code(language: str) -> None:
    """It is called what the diagram calls it, else it is said that nothing does."""
    assert refusals.called("not_liable", {"not_liable": "不负责"}) == "不负责"
    assert wrong(refusals.called("not_liable", {}), language) == []


def test_what_an_act_may_say_has_words() -> None:
    """Everything that a verb lets through is known to the time line."""
    assert set(acts.SAID_BY) <= act_texts.SAID_BY.keys()
    assert set(acts.CHANNELS) <= act_texts.HEARD.keys()
    assert set(acts.TELLING) <= act_texts.TOLD.keys()
    assert set(acts.contact.CHANNELS) <= act_texts.TRIED.keys()


def test_every_step_of_a_definition_has_words(language: str) -> None:
    """A new one is not printed as its type."""
    for type in (type for type, holds in STEPS.items() if holds.startswith("of a definition")):
        step = {"type": type, "version": 1}
        assert wrong(publications.text(step), language) == []
