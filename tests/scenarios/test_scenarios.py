"""Does every process do what the office agreed? One test per scenario in processes/scenarios/, and none of their flows may be left untaken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask, g, get_template_attribute
from flask_babel import force_locale

from engine import definitions, ground, language, runtime
from models.base import scratch
from office import composition, coverage, scenarios
from office.scenarios import Played, Scenario
from tests.scenarios.drafts import Draft, Watching
from tools.coverage import PAGE, answered
from tools.reference_pages import manual_page
from web.queries import shown_variables
from web.telling.i18n import CODES

PROCESSES = Path(__file__).parents[2] / "processes"
AGREED = scenarios.read(PROCESSES)
KEYS = sorted(path.stem for path in PROCESSES.glob("*.bpmn"))


YUAN = re.compile(r"([\d,]+\.\d\d) 元")
PAIRS = ("“”", "《》", "（）")
LEFT = ("null", "  ", "；；", "，。", "；。")
DANGLING = ("；", "，", "、", "：", " ")
UNANSWERABLE: dict[str, list[str]] = {}
SHOWN: dict[str, tuple[language.Form, dict[str, Any]]] = {}  # every form with what lies beside it
RAW = {"zh": re.compile(r"\b[a-z]{2,}(?:_[a-z]+)*\b"), "en": re.compile(r"\b[a-z]+_[a-z_]+\b|\bNone\b|[{}]")}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT")


@contextmanager
def looking_at_forms(scenario: str) -> Iterator[None]:
    """Every form that is filled in is looked at as its page shows it at first: what must be answered and offers nothing is kept."""
    load = language.Form.load

    def looked_at(form: language.Form, submitted: Any, variables: Any, scope: Any) -> Any:
        if keys := form.unanswerable(variables, form.prefill(variables, scope), scope):
            UNANSWERABLE.setdefault(scenario, []).extend(keys)
        beside = {root: variables.get(root) for root in {item.variable.split(".")[0] for item in form.shows}}
        SHOWN[f"{form.id} {beside!r}"] = form, beside
        return load(form, submitted, variables, scope)

    with patch.object(language.Form, "load", looked_at):
        yield


@cache
def watched(index: int) -> tuple[Played, tuple[Draft, ...]]:
    """Each scenario is played once, whoever asks, with the replies that are drafted on the way."""
    scenario = AGREED[index]
    with runtime.entered(composition.runtime(ground.ephemeral_keys())), scratch(), looking_at_forms(title(scenario)):
        package = partial(definitions.read_package, PROCESSES, scenario.process)
        play = Watching(scenario, package, scenarios.drawn_in(PROCESSES))
        return play.run(), tuple(play.drafts)


def played(index: int) -> Played:
    """What came of a scenario."""
    return watched(index)[0]


def title(scenario: Scenario) -> str:
    """TS-002 Cash of a prepayment."""
    return f"{scenario.process} {scenario.name_en or scenario.name}"


@pytest.mark.parametrize("index", range(len(AGREED)), ids=[title(scenario) for scenario in AGREED])
def test_it_goes_as_agreed(index: int) -> None:
    """The path, the end, the ledger and the variables are those that the file names, and nobody was asked what has no answer left."""
    assert played(index).differences == ()
    assert UNANSWERABLE.get(title(AGREED[index]), []) == []


@pytest.mark.parametrize("index", range(len(AGREED)), ids=[title(scenario) for scenario in AGREED])
def test_a_drafted_reply_names_money_as_the_books_have_it(index: int) -> None:
    """Whatever sum is drafted for the customer is one that the ledger, a line, a hold or a run of the case has; no sentence is empty or left hanging."""
    for draft in watched(index)[1]:
        sums = [round(float(text.replace(",", "")) * 100) for text in YUAN.findall(draft.text)]
        assert [fen for fen in sums if fen not in draft.sums] == [], draft
        assert draft.text.strip(), draft
        assert not draft.text.endswith(DANGLING), draft
        assert [leftover for leftover in LEFT if leftover in draft.text] == [], draft
        assert all(draft.text.count(pair[0]) == draft.text.count(pair[1]) for pair in PAIRS), draft


def shown(app: Flask, locale: str) -> dict[str, str]:
    """Everything that lay beside a form as a person reads it, by label and value."""
    texts: dict[str, str] = {}
    with app.test_request_context(), force_locale(CODES[locale]):
        g.language = locale
        draw = get_template_attribute("_macros.html", "evidence")
        for form, variables in SHOWN.values():
            items = shown_variables.of(form, variables, {})
            texts |= {f"{item.label} {item.value!r}": str(draw(item)) for item in items}
    return texts


@pytest.mark.slow
@pytest.mark.parametrize("locale", CODES)
def test_no_code_is_shown_as_it_is(sqlite_office: Flask, locale: str) -> None:
    """Whatever a service task answered, a clerk reads words, amounts in yuan and times, never a code, a number of fen or an empty line."""
    for index in range(len(AGREED)):
        played(index)
    texts = shown(sqlite_office, locale)
    bare = {key: " ".join(re.sub("<[^>]+>", " ", text).split()) for key, text in texts.items()}
    assert len(bare) > 50
    assert [(key, text) for key, text in bare.items() if RAW[locale].search(text) or INSTANT.search(text)] == []
    assert [key for key, text in texts.items() if re.search(r"<li>\s*</li>|<dd>\s*</dd>", text)] == []


@pytest.mark.parametrize("key", KEYS)
def test_every_flow_is_taken_by_some_scenario(key: str) -> None:
    """A flow that no scenario takes is a flow about which nobody has agreed anything."""
    outcomes = [played(index) for index in range(len(AGREED))]
    (coverage_of_key,) = scenarios.coverage(PROCESSES, outcomes, [key])
    assert coverage_of_key.never == ()


def test_no_step_of_the_manual_falls_back() -> None:
    """What is declared is taken by a scenario or a test, and the page says what is: `./desk coverage --write`."""
    ids = coverage.manual_ids(coverage.MANUAL)
    flows = {flow for index in range(len(AGREED)) if played(index).ok for flow in played(index).flows}
    answers = answered(coverage.survey(PROCESSES, ids), ids, flows)
    assert [answer for answer in answers if answer.state != "done"] == []
    assert manual_page.render(answers) == PAGE.read_text(encoding="utf-8")


def test_who_named_a_person_does_not_decide_on_their_objection() -> None:
    """SUB-007: the supervisor who said who bears it is refused when the person objects; another one decides."""
    (objection,) = [
        scenario
        for scenario in AGREED
        if scenario.process == "SUB-007" and scenario.name == "当事人有异议，裁定由公司承担"
    ]
    steps = [{**step, "by": "Sam"} if step.get("task") == "decide_objection" else step for step in objection.steps]
    with runtime.entered(composition.runtime(ground.ephemeral_keys())), scratch():
        package = partial(definitions.read_package, PROCESSES, "SUB-007")
        stopped = Watching(replace(objection, steps=tuple(steps)), package, scenarios.drawn_in(PROCESSES)).run()
    assert stopped.differences[0].values["code"] == "FourEyesViolation", stopped.differences
