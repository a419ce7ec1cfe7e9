"""Everything that somebody may read after every scenario, in both languages: nothing in it that only programs know, and no way that leads nowhere.

Pages, what the API calls things, the file of a run of secondary pricing, papers, and words to customers. What is for programs or is the record itself
(histories, event logs, diagrams, packages, scenarios) says the same in both languages and is left out by its kind.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.exceptions import HTTPException

import engine
from engine import proof
from models.base import session, transaction
from models.identity import User
from models.notice import OutboxMessage
from models.user_task import UserTask
from office import batches, notices, tokens
from office.demo.staff import PEOPLE as PEOPLE_OF_THE_OFFICE
from office.masking import masked
from tests.support import rounds, wording
from tests.support.actors import SAM
from tests.support.visitors import LANGUAGES, Caller, Page, Visitor
from web.tasks import papers

PEOPLE = ("cleo", "sam", "ada", "olu", "nora", "omar")
OF_A_KIND = 2  # pages of one address and one kind of question, for each person
TABS = ("timeline", "diagram", "money", "messages")
BANK_OF_FIXTURES, HOLDER_OF_FIXTURES = "中国银行", "甲某某"
OF_A_LINE = re.compile(r"^[a-z-]+:\S+ [0-9.]+ ")  # what stands before the reason of a picked line
QUOTED = re.compile(r'"([^"]+)"')
WRITTEN_INTO_MESSAGES = (
    "收费网站",
    "处理结果",
    "已收款 88.00 元，收据已交给客户",
)  # by diagrams; a message is shown as it was sent
OF_THE_OFFICE = frozenset({"客户要求", "中文", *WRITTEN_INTO_MESSAGES, *(name for _, name, *_ in PEOPLE_OF_THE_OFFICE)})
LEADS = ("href", "action", "data-src", "data-xml", "hx-get")
Found = dict[tuple[str, str], str]


@dataclass
class Walk:
    """Who walks through an office, and what they found: what is wrong, and the first place where it was seen."""

    app: Flask
    at: Any
    visitors: dict[str, Visitor] = field(default_factory=dict)
    said: frozenset[str] = OF_THE_OFFICE
    found: Found = field(default_factory=dict)
    tasks: set[tuple[str, str]] = field(default_factory=set)
    token: str = ""
    kinds_seen: set[str] = field(default_factory=set)
    of_a_kind: int = OF_A_KIND

    def open(self, person: str, address: str, language: str) -> Page | None:
        """Open an address as a person; None when it shows no page."""
        answer = Context().run(lambda: self.visitors[person].client.get(address, follow_redirects=True))
        if answer.status_code >= 400:
            self.found.setdefault((f"{answer.status_code}", self.rule(address)), f"{person} {address}")
        if answer.mimetype in SHEETS and not address.partition("?")[0].endswith(RECORD):
            self.kinds_seen.add(answer.mimetype)
            judge, place = SHEETS[answer.mimetype], f"{person} {address}"
            self.judge(judge(answer.get_data(as_text=True)), "zh" if answer.mimetype == PAPER else language, place)
        if answer.mimetype != "text/html" or not answer.get_data().strip():
            return None
        page = Page(answer)
        for what, text in (*wording.wrong(page.tree, language, self.said), *wording.amounts(page.tree, self.said)):
            self.found.setdefault((f"{language} {what}", text[:200]), f"{person} {address}")
        return page

    def judge(self, texts: Iterator[str], language: str, place: str) -> None:
        """What is wrong with texts that stand on no page."""
        for text in texts:
            for what, wrong in wording.in_text(text, language, self.said):
                self.found.setdefault((f"{language} {what}", wrong[:200]), place)

    def look(self, play: rounds.Round) -> None:
        """The steps that wait now and that nobody has seen yet."""
        self.said |= frozenset(_texts([play.scenario.given, *play.scenario.steps]))
        self.at[0] = play.clock
        waiting = select(UserTask).where(UserTask.instance_id == play.instance_id, UserTask.state == "open")
        for task in list(session().scalars(waiting)):
            if (task.process_key, task.element_id) not in self.tasks:
                self.tasks.add((task.process_key, task.element_id))
                address = f"/tasks/{task.id}"
                for language in LANGUAGES:
                    speak(language)
                    self.open("sam", address, language)
                    self.ask(f"/tasks/{task.id}", language)
                    if task.process_key == batches.SECONDARY_PRICING:
                        self.open("sam", f"{address}/sheet.csv", language)

    def ask(self, path: str, language: str) -> None:
        """What the API calls things, in the language that a caller asks for."""
        caller = Caller(self.app.test_client(), self.token, language)
        answer = Context().run(lambda: caller.get(path))
        self.judge(_called(answer.json), language, f"/api/v1{path}")

    def follow(self, person: str, begin: list[str], language: str) -> None:
        """From the first pages by every link to all that lead somewhere else, a few of each kind."""
        waiting, known, kinds = list(begin), set(begin), Counter[str]()
        while waiting:
            address = waiting.pop()
            page = self.open(person, address, language)
            leads = _leads(page.tree, address) if page is not None else ()
            for one in (lead for lead in leads if lead not in known):
                known.add(one)
                kind = self.kind(one)
                if kinds[kind] < self.of_a_kind:
                    kinds[kind] += 1
                    waiting.append(one)

    def kind(self, address: str) -> str:
        """The rule of an address with what is asked beside it."""
        asked = sorted(
            f"{name}={value}" if name == "tab" else name for name, value in parse_qsl(urlsplit(address).query)
        )
        return f"{self.rule(address)} {asked}"

    def rule(self, address: str) -> str:
        """Which route answers an address, whatever the method."""
        routes = self.app.url_map.bind("localhost")
        for method in ("GET", "POST"):
            try:
                return str(routes.match(urlsplit(address).path, method=method)[0])
            except HTTPException:
                continue
        return "nothing"


def speak(language: str) -> None:
    """Everybody reads a language from now on."""
    with transaction():
        session().execute(update(User).values(language=language))


def _texts(given: Any) -> Iterator[str]:
    """Every Chinese text in what a scenario gives and types, the longest first when they are taken away."""
    for text in filter(wording.CHINESE.search, wording.texts_of(given)):
        yield from (text, masked(text))
        yield from (OF_A_LINE.sub("", text),) if OF_A_LINE.match(text) else ()


def _worded() -> Iterator[str]:
    """The sentences for customers and departments that a process puts together from what was typed."""
    for instance in session().scalars(select(rounds.ProcessInstance.id)):
        for entry in proof.history_of(instance).entries:
            for step in entry.steps:
                if step.get("variable") == "resolution" and isinstance(step.get("value"), str):
                    yield step["value"]
                if step["type"] == "call_left" and isinstance(step["variables"].get("resolution"), str):
                    yield step["variables"]["resolution"]
                composed = (step.get("parameters") or {}).get("text")
                yield from (composed,) if isinstance(composed, str) else ()


def _looked_for() -> frozenset[str]:
    """The words of customers that the classification looks for."""
    table = (rounds.PROCESSES / "decisions" / "classification.dmn").read_text()
    return frozenset(word for word in QUOTED.findall(table.replace("&quot;", '"')) if wording.CHINESE.search(word))


def _leads(tree: Any, address: str) -> Iterator[str]:
    """Where a page leads to in this office, by links, forms, pictures and what it asks for later."""
    for name in LEADS:
        for element in tree.xpath(f"//main//*[@{name}] | //nav//*[@{name}] | //header//*[@{name}]"):
            parts = urlsplit(urljoin(f"http://localhost{address}", element.get(name)))
            if parts.netloc == "localhost" and not parts.path.startswith("/static"):
                yield f"{parts.path}?{parts.query}".rstrip("?")


def _called(document: Any) -> Iterator[str]:
    """What a document of the API calls things for people, by the names under which it does so."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield from (value,) if name in FOR_PEOPLE and isinstance(value, str) else _called(value)
    elif isinstance(document, list):
        for value in document:
            yield from _called(value)


def _cells(text: str) -> Iterator[str]:
    """What stands in a table for people, without the columns by which a row is recognised when it comes back."""
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))):
        yield from (cell for number, cell in enumerate(row) if number not in RECOGNISED_BY)


def _paper(text: str) -> Iterator[str]:
    """What is set on a paper."""
    return wording.texts_of(json.loads(text))


PAPER = "application/pdf"
FOR_PEOPLE = frozenset({"name", "label", "description", "documentation", "text", "title"})
RECOGNISED_BY = (3, 4)
RECORD = "history.csv"
SHEETS: dict[str, Callable[[str], Iterator[str]]] = {PAPER: _paper, "text/csv": _cells}


@pytest.fixture
def walk(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """An office whose clock follows the scenarios."""
    at = [engine.now()]
    monkeypatch.setattr(engine, "now", lambda: at[0])
    monkeypatch.setattr(papers, "typeset", lambda _template, content, _fonts: json.dumps(content).encode())
    return Walk(desk, at, {name: Visitor(desk, name) for name in PEOPLE})


@pytest.mark.parametrize("thorough", [False, pytest.param(True, marks=pytest.mark.long)], ids=["some", "all"])
def test_every_page_says_what_is_so(walk: Walk, thorough: bool) -> None:
    """After every scenario every page that a person may open is there, in words of the person's language; of the cases every other one is read in each."""
    walk.of_a_kind = OF_A_KIND * (1 + thorough)
    with walk.app.app_context():
        walk.token = tokens.create("sam", at=engine.now())
        walk.said |= _looked_for() | {BANK_OF_FIXTURES, HOLDER_OF_FIXTURES}
        plays = rounds.play(walk.look)
        walk.at[0] = max(play.clock for play in plays)
        walk.said |= frozenset(_worded())
        notices.publish("交换机故障，统一口径如下", by=SAM, at=engine.now())
        cases = [f"/cases/{number}" for number in _numbers()]
        for turn, language in enumerate(LANGUAGES):
            read = cases if thorough else cases[turn :: len(LANGUAGES)]
            whole = [f"{case}?tab={tab}" for case in read for tab in TABS] + [f"{case}/replay" for case in read]
            speak(language)
            for person in PEOPLE:
                walk.follow(person, ["/", *(whole if person == "sam" else ())], language)
            walk.ask("/definitions", language)
            for key in sorted({play.scenario.process for play in plays}):
                walk.ask(f"/definitions/{key}/versions/1", language)
        assert set(SHEETS) <= walk.kinds_seen
        walk.judge(_told(), "zh", "a word to a customer")
    told = "\n".join(sorted(f"{what}: {text} · {where}" for (what, text), where in walk.found.items()))
    assert not told, told


def _told() -> Iterator[str]:
    """Every word to a customer."""
    yield from session().scalars(select(OutboxMessage.body))


def _numbers() -> list[str]:
    return list(session().scalars(select(rounds.ProcessInstance.business_key)))
