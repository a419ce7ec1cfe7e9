"""Every page that somebody may open after every scenario, in both languages: nothing on it that only programs know, and no way that leads nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.exceptions import HTTPException

import engine
from models.base import session, transaction
from models.identity import User
from models.user_task import UserTask
from office import notices
from office.demo.people import PEOPLE as PEOPLE_OF_THE_OFFICE
from office.masking import masked
from tests import rounds, wording
from tests.people import SAM
from tests.visitors import LANGUAGES, Page, Visitor

PEOPLE = ("cleo", "sam", "ada", "olu", "nora", "omar")
OF_A_KIND = 4  # pages of one address and one kind of question, for each person
TABS = ("timeline", "diagram", "money", "messages")
BANK_OF_FIXTURES = "中国银行"
OF_A_LINE = re.compile(r"^[a-z-]+:\S+ [0-9.]+ ")  # what stands before the reason of a picked line
QUOTED = re.compile(r'"([^"]+)"')
WRITTEN_INTO_MESSAGES = ("收费网站", "处理结果")  # by diagrams; a message is shown as it was sent
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

    def open(self, person: str, address: str, language: str) -> Page | None:
        """Open an address as a person; None when it shows no page."""
        answer = Context().run(lambda: self.visitors[person].client.get(address, follow_redirects=True))
        if answer.status_code >= 400:
            self.found.setdefault((f"{answer.status_code}", self.rule(address)), f"{person} {address}")
        if answer.mimetype != "text/html" or not answer.get_data().strip():
            return None
        page = Page(answer)
        for what, text in (*wording.wrong(page.tree, language, self.said), *wording.amounts(page.tree, self.said)):
            self.found.setdefault((f"{language} {what}", text[:200]), f"{person} {address}")
        return page

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

    def follow(self, person: str, begin: list[str], language: str) -> None:
        """From the first pages by every link to all that lead somewhere else, a few of each kind."""
        waiting, known, kinds = list(begin), set(begin), Counter[str]()
        while waiting:
            address = waiting.pop()
            page = self.open(person, address, language)
            for one in _leads(page.tree, address) if page is not None else ():
                kind = self.kind(one)
                if one not in known and kinds[kind] < OF_A_KIND:
                    kinds[kind] += 1
                    known.add(one)
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
    if isinstance(given, dict):
        for value in given.values():
            yield from _texts(value)
    elif isinstance(given, list | tuple):
        for value in given:
            yield from _texts(value)
    elif isinstance(given, str) and wording.CHINESE.search(given):
        yield from (given, masked(given))
        yield from (OF_A_LINE.sub("", given),) if OF_A_LINE.match(given) else ()


def _worded() -> Iterator[str]:
    """The sentences for customers and departments that a process puts together from what was typed."""
    for instance in session().scalars(select(rounds.ProcessInstance.id)):
        for entry in engine.history_of(instance).entries:
            for step in entry.steps:
                if step.get("variable") == "resolution" and isinstance(step.get("value"), str):
                    yield step["value"]
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


@pytest.fixture
def walk(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """An office whose clock follows the scenarios."""
    at = [engine.now()]
    monkeypatch.setattr(engine, "now", lambda: at[0])
    return Walk(desk, at, {name: Visitor(desk, name) for name in PEOPLE})


def test_every_page_says_what_is_so(walk: Walk) -> None:
    """After every scenario every page that a person may open is there, in words of the person's language."""
    with walk.app.app_context():
        walk.said |= _looked_for() | {BANK_OF_FIXTURES}
        plays = rounds.play(walk.look)
        walk.at[0] = max(play.clock for play in plays)
        walk.said |= frozenset(_worded())
        notices.publish("交换机故障，统一口径如下", by=SAM, at=engine.now())
        cases = [f"/cases/{number}" for number in _numbers()]
        whole = [f"{case}?tab={tab}" for case in cases for tab in TABS] + [f"{case}/replay" for case in cases]
        for language in LANGUAGES:
            speak(language)
            for person in PEOPLE:
                walk.follow(person, ["/", *(whole if person == "sam" else ())], language)
    told = "\n".join(sorted(f"{what}: {text} · {where}" for (what, text), where in walk.found.items()))
    assert not told, told


def _numbers() -> list[str]:
    return list(session().scalars(select(rounds.ProcessInstance.business_key)))
