"""Whether everything a person reads is there in both languages, and nothing is written past the catalogue."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from flask import Flask, g
from flask_babel import force_locale

import engine
import engine.language
import models.billing
import models.customer
from engine.record.case_steps import CaseStep
from service_tasks import notification
from service_tasks.gateway.listing import Listed
from tools import catalogue
from web.telling import act_texts, error_catalogue, error_texts, reason_texts
from web.telling.code_texts import CODES, COLUMNS, item_text, line_text
from web.telling.i18n import CODES as LOCALES

ROOT = Path(__file__).parents[3]
SOURCES = sorted(file for file in (ROOT / "web").rglob("*.py") if "frontend" not in file.parts)
TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
OF_THE_EDITORS = {
    "messages.js",
    "translation.zh.js",
}  # both languages by name, which web/frontend/tests/editor/ holds against each other
SCRIPTS = sorted(file for file in (ROOT / "web" / "frontend" / "src").rglob("*.js") if file.name not in OF_THE_EDITORS)
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")
NOT_TRANSLATED = {"中文", "元", "。"}  # a language's own name, the unit as it is typed, and what ends a sentence
MARKS = {"gettext", "_"}
PACKAGES = ("web", "office", "service_tasks", "engine", "models")
MET_BY_PEOPLE = (
    "web.",
    "office.notices",
    "engine.runtime.permissions",
    "engine.cases.user_tasks",
    "engine.cases.incidents",
    "engine.running.execution",
)
SILENT = {
    "user_task_cancelled", "flow_taken", "passed", "entered", "item_entered", "item_left", "item_cancelled", "items_left", "call_left", "call_cancelled", "job_created", "job_refused", "job_queued",
    "timer_cancelled", "message_cancelled", "job_cancelled", "incident_cancelled",
}  # fmt: skip


def nodes(*kinds: type[ast.AST], files: list[Path] = SOURCES) -> Iterator[tuple[Path, Any]]:
    """Every node of some kinds in some sources; docstrings are left out."""
    for file in files:
        tree = ast.parse(file.read_text("utf-8"))
        docstrings = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}  # type: ignore[attr-defined]
        yield from ((file, node) for node in ast.walk(tree) if isinstance(node, kinds) and id(node) not in docstrings)


def _has_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None


def where(file: Path, node: ast.AST) -> str:
    """web/edge/errors.py:12."""
    return f"{file.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)}"


@pytest.fixture
def chinese(app: Flask) -> Iterator[None]:
    """A request whose language is Chinese."""
    with app.test_request_context():
        g.language = "zh"
        yield


def test_every_text_has_its_chinese() -> None:
    """Somebody who reads Chinese never meets an English sentence."""
    known = catalogue.translations()
    assert sorted(text for text in catalogue.extracted() if not CHINESE.search(known.get(text, ""))) == []


def test_the_catalogue_holds_nothing_else() -> None:
    """A text that no page uses any more is taken out: ./desk words does it."""
    assert sorted(catalogue.translations().keys() - catalogue.extracted()) == []


def test_the_catalogue_is_as_the_command_writes_it(tmp_path: Path) -> None:
    """The file is sorted and without line numbers, so that two branches that add a text can be merged."""
    again = tmp_path / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
    again.parent.mkdir(parents=True)
    catalogue.write(catalogue.translations(), again)
    assert catalogue.CATALOGUE.read_text("utf-8") == again.read_text("utf-8")


def test_placeholders_are_the_same_in_both_languages() -> None:
    """A translation neither loses a value nor asks for one that is not given."""
    differing = [
        text
        for text, chinese in catalogue.translations().items()
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(chinese))
    ]
    assert differing == []


def test_no_translation_raises_its_voice() -> None:
    """The desk speaks politely: no exclamation marks, and none of the words that blame a system."""
    assert [text for text in catalogue.translations().values() if re.search("[!！]|系统错误|非法", text)] == []


SIGN = "[\u3400-\u9fff《》“”]"
HALF_WIDTH = re.compile(
    rf"{SIGN}[,;:?!](?=\s?(?:{SIGN}|%\(|\$|\{{))|(?:%\(\w+\)s|\$\w+)[,;:](?=\s?{SIGN})|{SIGN}\((?=[^)]*{SIGN})|\((?={SIGN})[^)]*\)"
)
DRAWN = sorted(
    file for kind in ("*.bpmn", "forms/*.form", "decisions/*.dmn") for file in (ROOT / "processes").glob(kind)
)


def chinese_lines() -> Iterator[tuple[str, str]]:
    """Every line in Chinese that somebody reads, with where it is: catalogue, diagrams, forms, tables, scripts of the pages and what the office writes; not how it was written formerly."""
    yield from (("messages.po", text) for text in catalogue.translations().values())
    for file in DRAWN:
        yield from (
            (file.name, text) for text in re.findall(r'"([^"]*)"|>([^<]*)<', file.read_text("utf-8")) for text in text
        )
    for file in sorted((ROOT / "web" / "frontend" / "src").rglob("*.js")):
        yield from ((file.name, text) for text in re.findall(r'"((?:[^"\\\\]|\\\\.)*)"', file.read_text("utf-8")))
    spoken = [file for file in BEYOND_PAGES if file.parts[len(ROOT.parts)] != "engine"]
    former = {text for wordings in notification.FORMERLY.values() for text in wordings}
    for file, node in nodes(ast.Constant, files=spoken):
        if isinstance(node.value, str) and node.value not in former:
            yield where(file, node), node.value


def test_chinese_is_written_with_full_width_punctuation() -> None:
    """A comma, a colon or a bracket between Chinese signs is as wide as they are."""
    wrong = [(place, text) for place, text in chinese_lines() if HALF_WIDTH.search(text)]
    assert wrong == []


def test_templates_hold_no_chinese() -> None:
    """What a template says goes through the catalogue; full-width punctuation too."""
    found = [
        (file.name, text)
        for file in TEMPLATES
        for text in CHINESE.findall(file.read_text("utf-8"))
        if text not in NOT_TRANSLATED
    ]
    assert found == []


def test_views_hold_no_chinese() -> None:
    """What a view says goes through the catalogue; only docstrings may quote the screen."""
    found = {
        where(file, node): text
        for file, node in nodes(ast.Constant)
        if isinstance(node.value, str)
        for text in CHINESE.findall(node.value)
        if text not in NOT_TRANSLATED
    }
    assert found == {}


BEYOND_PAGES = sorted(
    file for folder in ("office", "service_tasks", "engine") for file in (ROOT / folder).rglob("*.py")
)
KEPT_AS = {"reason", "note", "why", "memo"}  # what a record keeps for good, whoever reads it later


def test_nothing_is_recorded_in_the_language_of_one_reader() -> None:
    """What the office itself gives as a reason is a code, worded where it is read: no sentence, and no text of a catalogue, goes into a record."""
    files = BEYOND_PAGES + SOURCES
    assigned = {
        (file, target.id): node.value
        for file, node in nodes(ast.Assign, files=files)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for file, call in nodes(ast.Call, files=files):
        is_record = ast.unparse(call.func).startswith(("engine.", "acts.")) and "Reason" not in ast.unparse(call.func)
        for given in (one.value for one in call.keywords if one.arg in KEPT_AS and is_record):
            value = assigned.get((file, given.id), given) if isinstance(given, ast.Name) else given
            assert not CHINESE.search(ast.unparse(value)), f"{file.name}:{call.lineno}"
            assert not ast.unparse(value).startswith("gettext("), f"{file.name}:{call.lineno}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_office_gives_as_a_reason_is_worded(app: Flask, language: str) -> None:
    """Its codes read as sentences in either language, and what a person wrote stays as it is."""
    with app.test_request_context():
        g.language = language
        for code in act_texts.OURS:
            assert ":" not in act_texts.reason(code)
            assert bool(CHINESE.search(act_texts.reason(code))) == (language == "zh")
        assert act_texts.reason("客户不追究了") == "客户不追究了"


def test_every_marked_text_is_found() -> None:
    """A text inside an f-string, or put together before it is marked, never reaches the catalogue."""
    known = catalogue.translations()
    lost = [
        where(file, call)
        for file, call in nodes(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id in MARKS
        if isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
        or (isinstance(call.args[0], ast.Constant) and call.args[0].value not in known)
    ]
    assert lost == []


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_scripts_say_the_same_in_both_languages(file: Path) -> None:
    """What a script says stands in `zh: { … }` with the same names in the `en: { … }` after it; nowhere else is Chinese written."""
    text = file.read_text("utf-8")
    spoken = [
        set(re.findall(r"(\w+): [\"\'`]", block)) for block in re.findall(r"(?:zh|en): \{(.*?)\}", text, re.DOTALL)
    ]
    assert spoken[::2] == spoken[1::2]
    rest = re.sub(r"zh: \{.*?\}", "", text, flags=re.DOTALL)
    unpaired = [line for line in rest.splitlines() if CHINESE.search(line) and not re.search(r'zh \?|"zh"', line)]
    assert unpaired == []


def error_classes(kind: type[engine.EngineError] = engine.EngineError) -> Iterator[type[engine.EngineError]]:
    """Every class of error that the product raises."""
    for inner in kind.__subclasses__():
        if inner.__module__.startswith(tuple(f"{name}." for name in PACKAGES)):
            yield inner
            yield from error_classes(inner)


def test_every_error_reads_well_in_both_languages(app: Flask) -> None:
    """Whatever is raised, a person reads a sentence of their language; what a page can raise has one of its own."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)
    kinds = {"NotFound", "NotPermitted", "Conflict", "Invalid", "Corrupt"}
    for language in ("zh", "en"):
        with app.test_request_context(), force_locale(LOCALES[language]):
            for kind in error_classes():
                read = error_texts.describe(kind.__new__(kind))
                assert bool(CHINESE.search(read)) is (language == "zh"), kind
                if kind.__module__.startswith(MET_BY_PEOPLE):
                    assert kind.__name__ in error_catalogue.texts().keys() - kinds, f"{kind.__name__} reads as its kind"


def test_every_reason_a_field_may_be_wrong_for_has_its_text(chinese: None) -> None:
    """No wrong field is answered by a mere "please check"."""
    raised = {
        call.args[0].value
        for _, call in nodes(
            ast.Call,
            files=sorted((ROOT / "engine/language/forms").rglob("*.py")) + SOURCES + [ROOT / "office/intake.py"],
        )
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in {"Reason", "wrong"}
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    vague = reason_texts.reason(engine.language.Reason("no_such_code"))
    assert {"required", "max", "unknown_field"} <= raised
    assert (
        sorted(code for code in raised if reason_texts.reason(engine.language.Reason(code, {"limit": 1})) == vague)
        == []
    )


def test_codes_of_the_tables_have_words() -> None:
    """A page shows no code such as in_service or provincial_settlement."""
    used = {*models.customer.KINDS, *models.customer.SubscriptionState, *models.billing.ACCOUNT_KINDS}
    assert sorted(used - CODES.keys()) == []
    assert set(COLUMNS.values()) <= catalogue.translations().keys()


def test_every_kind_of_journal_entry_has_words() -> None:
    """What moved money is named on the page of the case, whichever service it was."""
    sources = sorted((ROOT / "service_tasks").rglob("*.py"))
    given = {
        keyword.value.value
        for _, call in nodes(ast.Call, files=sources)
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in {"post", "JournalEntry", "record"}
        for keyword in call.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    }
    assert sorted(given - CODES.keys()) == []


def test_every_step_of_a_history_is_told_or_silent_on_purpose() -> None:
    """A new kind of step is not forgotten in the timeline of a case: the type check asks for it there, and which say nothing stands here."""
    files = [ROOT / "web" / "telling" / f"{name}.py" for name in ("timeline", "act_sentences")]
    named: dict[bool, set[str]] = {True: set(), False: set()}
    for _, case in nodes(ast.match_case, files=files):
        is_silent = ast.unparse(case.body[0]) == "return None"
        named[is_silent] |= {node.value for node in ast.walk(case.pattern) if isinstance(node, ast.Constant)}
    types = {type for shape in get_args(CaseStep) for type in get_args(get_type_hints(shape)["type"])}
    assert (named[True], named[True] | named[False]) == (SILENT, types)


def test_every_paper_that_is_drawn_has_an_english_name() -> None:
    """The picture of a process is read in English too, its data objects as well as its steps."""
    drawn = re.compile(r'<bpmn:data(?:Object|Store)Reference [^>]*id="([^"]+)"[^>]* name="([^"]+)"')
    missing = []
    for file in sorted((ROOT / "processes").glob("*.bpmn")):
        english = (ROOT / "processes" / "translations" / f"{file.stem}.en.yaml").read_text("utf-8")
        named = re.findall(r"^(\w+):", english, re.MULTILINE)
        missing += [(file.stem, id) for id, _ in drawn.findall(file.read_text("utf-8")) if id not in named]
    assert missing == []


def test_items_of_one_kind_are_told_apart_in_english(app: Flask) -> None:
    """What is printed on the bill stands beside the kind, wherever an item is called something."""
    listed = Listed(group="bill", line="bill-item:2026-10:1", text="商务套餐费", code="monthly_fee")
    for language, name in (("zh_Hans_CN", "商务套餐费"), ("en", "monthly fee · 商务套餐费")):
        with app.test_request_context(), force_locale(language):
            g.language = language
            assert (line_text(listed), item_text("商务套餐费", "monthly_fee")) == (name, name), language
            assert item_text("", "monthly_fee") == {"en": "monthly fee"}.get(language, "月租费")
