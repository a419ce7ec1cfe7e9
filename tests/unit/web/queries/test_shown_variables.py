"""What lies beside a form is written for people: in every scenario, at every task, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from flask import Flask, g, get_template_attribute
from flask_babel import force_locale

import engine
import engine.language
from engine import cases, definitions
from engine.runtime import handlers
from models.base import scratch
from office import scenarios
from office.scenarios.player import Play
from tests.support.visitors import PROCESSES
from web.queries import shown_variables
from web.telling.code_texts import reason_text
from web.telling.i18n import CODES as LOCALES
from web.telling.refusals import SENTENCES

RAW = {"zh": re.compile(r"\b[a-z]{2,}(?:_[a-z]+)*\b"), "en": re.compile(r"\b[a-z]+_[a-z_]+\b|\bNone\b|[{}]")}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT")


class Noting(Play):
    """A play that notes which form was shown with which variables."""

    noted: dict[str, tuple[engine.language.Form, dict[str, Any]]]

    def _complete(self, step: Mapping[str, Any]) -> None:
        form, variables, _ = cases.form_of(self._open_task(step["task"]).id, at=self.clock)
        roots = {one.variable.split(".")[0] for one in form.shows}
        seen = {name: variables.get(name) for name in roots}
        self.noted[f"{form.id} {seen!r}"] = form, seen
        super()._complete(step)


def shown(app: Flask, language: str) -> dict[str, str]:
    """Everything noted as a person reads it, by label and value."""
    found: dict[str, str] = {}
    with app.test_request_context(), force_locale(LOCALES[language]):
        g.language = language
        draw = get_template_attribute("_macros.html", "evidence")
        for form, variables in Noting.noted.values():
            found |= {
                f"{item.label} {item.value!r}": str(draw(item)) for item in shown_variables.of(form, variables, {})
            }
    return found


@pytest.mark.slow
def test_no_code_is_shown_as_it_is(app: Flask) -> None:
    """Whatever a service task answered, a clerk reads words, amounts in yuan and times, never a code, a number of fen or an empty line."""
    Noting.noted = {}
    for scenario in scenarios.read(PROCESSES):
        with scratch():
            package = partial(definitions.read_package, PROCESSES, scenario.process)
            Noting(scenario, package, scenarios.drawn_in(PROCESSES)).run()
    for language in LOCALES:
        read = shown(app, language)
        bare = {key: " ".join(re.sub("<[^>]+>", " ", text).split()) for key, text in read.items()}
        assert len(bare) > 50
        assert [(key, text) for key, text in bare.items() if RAW[language].search(text) or INSTANT.search(text)] == []
        assert [key for key, text in read.items() if re.search(r"<li>\s*</li>|<dd>\s*</dd>", text)] == []


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
