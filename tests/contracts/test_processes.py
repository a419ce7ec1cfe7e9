"""The files in processes/ fit each other and the program: every topic has a handler, every handler a use, every name its English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pytest
import yaml

import service_tasks  # noqa: F401  registers the handlers
from engine import checks, definitions, diagrams, published
from engine.definitions import dmn
from engine.definitions.expressions import expressions
from engine.definitions.names import doubts
from engine.definitions.surroundings import Surroundings
from engine.language.feel import known_functions
from engine.language.feel.lexer import KEYWORDS
from engine.runtime import handlers
from office import coverage, departments_and_duties, drafts

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"
KEYS = sorted(path.stem for path in PROCESSES.glob("*.bpmn"))
FORMS = sorted(PROCESSES.glob("forms/*.form"))
NAME = re.compile(r'"[^"]*"|[A-Za-z_]\w*')
INPUT = re.compile(r"<inputExpression[^>]*>\s*<text>([a-z_]+)</text>")
VALUE = re.compile(r'Entry id="[^"]+"><text>"([a-z_]+)"</text>')
WITHOUT_MOST = {  # money that a form bounds by no figure of the case, and why
    "ts001_accept.disputed_amount": "what the customer says",
    "ts001_ask.requested_amount": "what is asked for, and decided on",
    "ts002_judge.disputed_amount": "what the customer says",
    "ts005_complaint.disputed_amount": "what the customer says",
    "ts002_receipt.spot_amount": "the picked lines bound it in the same step",
    "sub008_answer.line_amount": "each line bounds it",
    "sub010_payment.pay_amount": "the customer may prepay",
    "ts006_answer.province_amount": "what another province agrees to",
}
FEEL_WORDS = KEYWORDS | {word for name in known_functions() for word in name.split()}
CUSTOMER_STEPS = {
    "SUB-002": {"identify_holder", "choose_way"},
    "SUB-004": {"check_identity"},
    "SUB-006": {"take_proof", "choose_correction"},
    "SUB-010": {"ask_payment"},
    "TS-001": {"accept_dispute", "explain"},
    "TS-002": {"ask_receipt", "propose_transfer", "confirm_cash", "ask_target"},
    "TS-004": {"take_card", "propose_other_number", "confirm_user", "record_right_number"},
    "TS-005": {"explain_first", "open_complaint_form", "learn_places", "propose_credit", "persuade"},
    "TS-006": {"accept_monternet"},
    "TS-007": {"accept_short_call"},
    "TS-008": {"accept_mandate", "renew_mandate"},
}
STANDS_AGAIN = {
    "ts002_receipt": ("missed", "right_delivered", "right_charge"),
    "ts001_verify": (
        "arose_roaming",
        "service_used",
        "tariff_doubted",
        "action",
        "reward_severity",
        "reward_repeated",
        "receipt_held",
    ),
    "ts001_judge": ("error_kind",),
    "ts002_judge": ("error_kind",),
    "sub002_way": ("withdrawal_method", "target_msisdn"),
    "sub004_check": ("identity_checked", "receipt_number"),
    "sub006_way": ("correction_way", "receipt_number"),
    "ts006_accept": ("number_event", "event_on"),
}
EXPECTED = {
    *(f"TS-00{number}" for number in range(1, 9)),
    *(f"SUB-00{number}" for number in range(1, 5)),
    "CH-002",
    "BATCH-001",
    "BATCH-002",
}


@cache
def definition(key: str) -> definitions.Definition:
    """A process compiled as it would be published."""
    return definitions.Definition(definitions.read_package(PROCESSES, key))


def elements() -> Iterator[tuple[str, diagrams.Element]]:
    """(process, element) of every element of every process."""
    for key in KEYS:
        for element in definition(key).elements.values():
            yield key, element


@pytest.mark.parametrize("form", STANDS_AGAIN)
def test_what_was_answered_stands_again_where_a_case_comes_back(form: str) -> None:
    """A step that is asked again after a refusal has the facts of the case in it as they were answered, and what is new is all that is typed."""
    components = {
        part.get("key"): part
        for part in _fields(json.loads((PROCESSES / f"forms/{form}.form").read_text())["components"])
    }
    assert {key: components[key]["properties"].get("prefill") for key in STANDS_AGAIN[form]} == {
        key: key for key in STANDS_AGAIN[form]
    }


def test_where_a_case_may_be_closed_because_its_customer_cannot_be_reached() -> None:
    """Only at steps at which nobody but the customer can say how it goes on; no one else decides there, and nothing is answered for a caller."""
    waiting = {
        key: {step for process, step in definition(key).steps_awaiting_outside if process == key} for key in KEYS
    }
    assert {key: steps for key, steps in waiting.items() if steps} == CUSTOMER_STEPS
    for key, steps in CUSTOMER_STEPS.items():
        properties = [definition(key).elements[step].properties for step in steps]
        assert not [step for step in properties if step.get("approves") or step.get("notBy")], key


def test_the_processes_of_the_manual_are_there() -> None:
    """Eight charts, the four processes they call, intake and the two batches."""
    assert set(KEYS) >= EXPECTED


@pytest.mark.parametrize("key", KEYS)
def test_every_process_may_be_published(key: str) -> None:
    """An office that starts on processes/ finds nothing to refuse there."""
    assert published.problems(definitions.read_package(PROCESSES, key)) == []


@pytest.mark.parametrize("key", KEYS)
def test_nothing_in_a_process_is_doubtful(key: str) -> None:
    """Every name is set by something, every value offered, every table free of contradictions."""
    departments = [name for code, zh, _en in departments_and_duties.DEPARTMENTS for name in (code, zh)]
    problems = checks.warnings_of(definitions.read_package(PROCESSES, key), packages(), drafts.STARTED, departments)
    assert [
        problem for problem in problems if problem.rule != "refused_for_ever"
    ] == []  # that one has a test of its own


@cache
def packages() -> list[definitions.Package]:
    """Every process with what it uses."""
    return [definitions.read_package(PROCESSES, key) for key in KEYS]


def misspelt(text: str) -> Iterator[str]:
    """An expression with one of its names misspelt, each in turn: two letters change places, or one is added."""
    for match in NAME.finditer(text):
        word, after = match[0], text[match.end() :].lstrip()
        if word.startswith('"') or word in FEEL_WORDS or after.startswith(("(", ":")):
            continue
        swapped = word[:-2] + word[-1] + word[-2]
        yield text[: match.start()] + (swapped if swapped != word else f"{word}x") + text[match.end() :]


def test_nearly_every_misspelt_name_is_told() -> None:
    """Of all names in all expressions of all processes, misspelt one at a time, at least 95 of 100; the rest are parts of values that say nothing of theirs."""
    around = Surroundings(packages()[0], packages(), drafts.STARTED)
    tried = hits = 0
    for process in around.drawn.values():
        for expression in expressions(around, process):
            for text in misspelt(expression.text):
                tried += 1
                hits += bool(doubts(replace(expression, text=text)))
    assert tried > 700
    assert hits / tried >= 0.95, f"{hits} of {tried} misspelt names are told"


def test_every_misspelt_input_of_a_table_is_told() -> None:
    """The inputs of the decision tables are read with the variables of a task that asks them."""
    asking = {name: package for package in packages() for name in package.files if name.startswith("decisions/")}
    for name, package in asking.items():
        text = package.files[name]
        expressions, wrong = set(INPUT.findall(text)), text
        for expression in expressions:
            wrong = wrong.replace(f"<text>{expression}</text>", f"<text>{expression}x</text>")
        problems = checks.warnings_of(definitions.package_with(package, {name: wrong}), packages(), drafts.STARTED)
        assert {problem.values["near"] for problem in problems if problem.file == name} >= expressions, name


def test_every_misspelt_value_of_the_authority_table_is_told() -> None:
    """A slip of the pen in what is asked or given there would let a clerk pay alone, or nobody: each is named by its column, with what was meant."""
    name = "decisions/authority.dmn"
    package = definitions.read_package(PROCESSES, "SUB-005")
    text = package.files[name]
    places = {match[1]: match for match in VALUE.finditer(text)}  # each word where it stands last
    slips = {f"{word[:-3]}{word[-2]}{word[-3]}{word[-1]}": word for word in places}
    wrong = text
    for slip, word in sorted(slips.items(), key=lambda pair: places[pair[1]].start(1), reverse=True):
        wrong = f"{wrong[: places[word].start(1)]}{slip}{wrong[places[word].end(1) :]}"
    problems = checks.warnings_of(definitions.package_with(package, {name: wrong}), packages(), drafts.STARTED)
    words_by_slip = {problem.values["value"]: problem.values["near"] for problem in problems if problem.file == name}
    assert words_by_slip == slips


@pytest.mark.parametrize(
    ("former", "wrong", "expected"),
    [
        (">-</text>", '>"cash"</text>', ("no_rule_answers", True)),
        ('>"clerk"</text>', '>"boss"</text>', ("result_unasked", True)),
        ('hitPolicy="FIRST"', 'hitPolicy="UNIQUE"', ("rules_overlap", False)),
    ],
)
def test_a_mistake_in_the_authority_table_is_told(former: str, wrong: str, expected: tuple[str, bool]) -> None:
    """A catch-all that catches less, an answer that no gateway knows, rules of which only one may hold."""
    name = "decisions/authority.dmn"
    package = definitions.read_package(PROCESSES, "SUB-005")
    before, rule, text = (
        package.files[name].rpartition("<rule ") if former == ">-</text>" else ("", "", package.files[name])
    )
    content = definitions.package_with(package, {name: before + rule + text.replace(former, wrong, 1)})
    problems = checks.warnings_of(content, packages(), drafts.STARTED)
    assert expected in [(problem.rule, problem.warning) for problem in problems if problem.file == name]


def test_a_condition_over_what_only_the_last_form_sets_keeps_a_process_from_being_published() -> None:
    """No way leads back from the watch to the question whether the charge is an orphan, though branches are begun and joined between them."""
    package = definitions.read_package(PROCESSES, "TS-006")
    text = package.files["TS-006.bpmn"]
    flow = next(flow for flow in definition("TS-006").flows.values() if flow.source == "is_orphan" and flow.condition)
    wrong = text.replace(f">{escape(flow.condition)}<", '>watch_note = "x"<')
    assert wrong != text
    problems = checks.warnings_of(definitions.package_with(package, {"TS-006.bpmn": wrong}), packages(), drafts.STARTED)
    late = [problem for problem in problems if problem.rule == "set_later"]
    assert [(problem.element_id, problem.warning) for problem in late] == [(flow.id, False)]


@pytest.mark.parametrize("key", KEYS)
def test_every_column_of_a_table_has_an_english_title(key: str) -> None:
    """An owner who reads English is told of a column by its name."""
    package = definitions.read_package(PROCESSES, key)
    columns = definitions.english_columns(package)
    models = [dmn.parse(text.encode()) for name, text in package.files.items() if name.startswith("decisions/")]
    heads = [decision.heads for model in models for decision in model.decisions.values()]
    titles = {title for head in heads for title, _type in (*head.inputs, *head.outputs)}
    assert {title for title in titles if not title.isascii()} - columns.keys() == set()


def test_every_service_task_has_a_handler_with_these_parameters() -> None:
    """A topic nobody handles, or a parameter nobody knows, would be an incident at the first case."""
    registered = handlers.handlers_by_topic()
    faults = []
    for key, element in elements():
        if element.type != "serviceTask":
            continue
        if element.topic not in registered:
            faults.append(f"{key}#{element.id}: no handler for {element.topic}")
            continue
        fields = registered[element.topic].parameters().fields
        parameters = {parameter.name for parameter in element.parameters}
        required = {name for name, field in fields.items() if field.required}
        if parameters - fields.keys() or required - parameters:
            faults.append(
                f"{key}#{element.id}: {sorted(parameters - fields.keys())} unknown, {sorted(required - parameters)} missing"
            )
    assert faults == []


def test_every_handler_has_a_use() -> None:
    """A service task that no diagram names is code nobody needs."""
    older = {"liability/assess", "charge_hold/lift"}  # by cases that go on as they began
    topics = {element.topic for _, element in elements()} | older
    assert set(handlers.handlers_by_topic()) - topics == set()


def test_every_refusal_has_a_way() -> None:
    """A business refusal without an error boundary event would end in an incident instead of going back to a person."""
    faults = []
    for key, element in elements():
        if element.type == "serviceTask" and element.topic in handlers.handlers_by_topic():
            hosts = {element.id, element.parent}  # the activity itself, or the sub-process around it
            codes = {
                e.error_code
                for e in definition(key).elements.values()
                if e.attached_to in hosts and e.trigger == "error"
            }
            missing = set(handlers.find(element.topic).errors) - codes
            if missing and None not in codes and "" not in codes:
                faults.append(f"{key}#{element.id}: {sorted(missing)}")
    assert faults == []


def test_every_form_and_decision_has_a_use() -> None:
    """Nothing lies about in processes/ that no process refers to."""
    files = {name for key in KEYS for name in definition(key).package.files}
    there = {
        path.relative_to(PROCESSES).as_posix()
        for folder in ("forms/*.form", "decisions/*.dmn")
        for path in PROCESSES.glob(folder)
    }
    assert there - files == set()


@pytest.mark.parametrize("key", KEYS)
def test_every_name_has_its_english(key: str) -> None:
    """Whoever works in English sees no gap: process, elements, flows, notes and papers beside them, what a person is told about a user task, subjects of notices."""
    catalogue = yaml.safe_load((PROCESSES / "translations" / f"{key}.en.yaml").read_text(encoding="utf-8"))
    process = definition(key)
    names = {"": process.name} | {
        element.id: element.name for element in (*process.elements.values(), *process.flows.values())
    }
    file = (PROCESSES / f"{key}.bpmn").read_text(encoding="utf-8")
    names |= dict.fromkeys(re.findall(r'<bpmn:textAnnotation id="([^"]+)"', file), "note")
    names |= dict.fromkeys(re.findall(r'<bpmn:dataObjectReference id="([^"]+)"', file), "paper")
    documented = {element.id for element in process.elements.values() if element.documentation}
    assert sorted(id for id, name in names.items() if name and not catalogue.get(id)) == []
    assert sorted(documented - set(catalogue.get("documentation") or {})) == []
    with_subject = {
        element.id
        for element in process.elements.values()
        if any(p.name == "subject" and p.says for p in element.parameters)
    }
    assert with_subject == set(catalogue.get("subject") or {})
    assert sorted(set(catalogue) - set(names) - {"documentation", "subject", "columns"}) == []


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_every_label_of_a_form_has_its_english(form: Path) -> None:
    """Labels, descriptions and options of a form are there in both languages."""
    document = json.loads(form.read_text(encoding="utf-8"))
    assert list(_untranslated(document.get("components", []))) == []
    assert [
        display for display in document.get("shows", []) if display.get("label") and not display.get("label_en")
    ] == []


def _untranslated(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        properties = component.get("properties") or {}
        for name in ("label", "description", "text"):
            if component.get(name) and not properties.get(f"{name}_en"):
                yield f"{component.get('key') or component['type']}.{name}"
        for option in component.get("values") or []:
            if not (option.get("properties") or {}).get("label_en"):
                yield f"{component.get('key')}.{option.get('value')}"
        yield from _untranslated(component.get("components") or [])


def test_no_one_is_at_fault_because_they_answered() -> None:
    """Whose fault it is, a person says: no field of it is filled in beforehand with the department that answered a work order."""
    of_fault = ("responsible_", "liable_", "order_unit", "order_person")
    fields = [field for form in FORMS for field in _fields(json.loads(form.read_text())["components"])]
    blamed = [field for field in fields if field.get("key", "").startswith(of_fault)]
    assert len(blamed) > len(of_fault)
    presets = {field["key"]: field.get("properties", {}).get("prefill", "") for field in blamed}
    assert [key for key, preset in presets.items() if "department" in preset] == []


def _fields(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _fields(component.get("components", []))


NOTICES = {"TS-005": "2001-04-27", "TS-006": "2001-07-04", "TS-007": "2002-03-01"}


@pytest.mark.parametrize("key", ["CH-002", *(f"TS-00{number}" for number in range(1, 9))])
def test_every_chart_of_the_manual_says_whose_it_is(key: str) -> None:
    """Whoever opens a process reads who answers for it, which edition it is and on what it rests, in either language."""
    catalogue = yaml.safe_load((PROCESSES / "translations" / f"{key}.en.yaml").read_text(encoding="utf-8"))
    notice = re.escape(NOTICES.get(key, ""))
    assert re.search(
        rf"负责：.+。第一版，2002-08-22。依据：.*{notice}", definition(key).processes[key].diagram.documentation
    )
    assert re.search(rf"Owner: .+\. First edition, 2002-08-22\. Basis: .*{notice}", catalogue["documentation"][""])


def test_every_step_of_the_manual_is_somewhere() -> None:
    """Each id of the manual is declared, each declared id exists, and each step says where it comes from."""
    survey = coverage.survey(PROCESSES, coverage.manual_ids(ROOT / "docs" / "manual_ids.csv"))
    assert (survey.missing, survey.unknown, survey.bare) == ([], {}, [])


def test_every_amount_is_bounded_where_it_is_typed() -> None:
    """Nobody is asked to approve more than the case can give: a field for money names its most, or is known to have none and why."""
    fields = [
        (f"{form.stem}.{field['key']}", field["properties"])
        for form in FORMS
        for field in json.loads(form.read_text())["components"]
        if field.get("properties", {}).get("unit") == "fen"
    ]
    assert {name for name, properties in fields if not properties.get("max")} == set(WITHOUT_MOST)
