"""docs/tutorial.md is done as it is written: every command in the order of the page with what it answers, every picture by the steps before it, every label where it stands.

`./desk test --pictures` keeps the pictures.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import editing, pictures

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
FOLDER, PORT = "/tmp/desk-tutorial", "8000"
KEY, FILE, CASE = "CALLBACK", "CALLBACK.bpmn", "CALLBACK-1"
BLOCK = re.compile(
    r"```(?P<kind>sh|text|xml)\n(?P<text>.*?)```|!\[[^]]+\]\(pictures/(?P<picture>[a-z-]+)\.png\)", re.DOTALL
)
SERVING = "./desk run"
SCREEN = {"width": 1366, "height": 768}
MISSPELT = 'entered_at + durration("PT4H")'


class Part(NamedTuple):
    """A part of the page that is done: sh, text (what the commands before answer), xml (a file), or a picture."""

    kind: str
    text: str


def parts() -> list[Part]:
    """In the order of the page."""
    return [
        Part("picture", block["picture"]) if block["picture"] else Part(block["kind"], block["text"])
        for block in BLOCK.finditer(TUTORIAL)
    ]


def labels() -> set[str]:
    """What the page says in bold: what somebody presses, fills in or reads."""
    return {" ".join(label.split()) for label in re.findall(r"\*\*([^*]+)\*\*", TUTORIAL)}


class Terminal:
    """A shell in the checkout; the folder and the port of the page are the test's own. An office that is served is ended with it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        self.folder = folder
        self.exported: list[str] = []
        self.answer: subprocess.CompletedProcess[str] | None = None
        self.office: subprocess.Popen[str] | None = None
        self.address = f"http://127.0.0.1:{self.port}"

    def type(self, text: str) -> None:
        """Commands, one below the other; what they must answer may follow."""
        self.accept()
        lines = text.replace(FOLDER, str(self.folder)).strip().splitlines()
        self.exported += [line for line in lines if line.startswith("export ")]
        if lines[-1] == SERVING:
            self._serve()
        else:
            self.answer = self._run([line for line in lines if not line.startswith("export ")])

    def expect(self, text: str) -> None:
        """Each line stands in the answer; … is anything."""
        assert self.answer is not None
        said = self.answer.stdout + self.answer.stderr
        for line in text.strip().splitlines():
            pattern = ".*".join(map(re.escape, line.split("…")))
            assert re.search(f"^{pattern}$", said, re.MULTILINE), f"{line!r} is not in {said!r}"
        self.answer = None

    def accept(self) -> None:
        """Where the page says nothing of an answer, the commands ended well."""
        if self.answer is not None:
            assert self.answer.returncode == 0, self.answer
            self.answer = None

    def end(self) -> None:
        """Ctrl-C in the first terminal."""
        if self.office is not None and self.office.poll() is None:
            self.office.send_signal(signal.SIGINT)
            self.office.wait()

    def _script(self, lines: list[str]) -> list[str]:
        return ["bash", "-c", "\n".join([*self.exported, *lines])]

    def _environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DESK_VAR")}

    def _run(self, lines: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._script(lines), cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False
        )

    def _serve(self) -> None:
        script = self._script([f"exec {SERVING} --port {self.port}"])
        self.office = subprocess.Popen(script, cwd=ROOT, env=self._environment(), stderr=subprocess.PIPE, text=True)
        assert self.office.stderr is not None
        assert any(self.address in line for line in self.office.stderr), "the office could not be served"
        while True:  # it says so a moment before it answers
            try:
                return socket.create_connection(("127.0.0.1", int(self.port)), timeout=5).close()
            except OSError:
                continue


class People:
    """Who sits at a browser; what they press or read by its label is remembered."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.pages: dict[str, Page] = {}
        self.used: set[str] = set()

    def of(self, person: str) -> Page:
        """The page of somebody, who logs in the first time, in English."""
        if person not in self.pages:
            context = self.browser.new_context(base_url=self.address, locale="en-GB", viewport=SCREEN)
            context.add_init_script(editing.READY)
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.goto("/")
            page.locator("[name=name]").fill(person)
            page.locator("[name=password]").fill(f"{person}-reception-desk")
            page.locator("main form button").click()
            if page.locator("html").get_attribute("lang") != "en":
                page.get_by_role("button", name=self.known("English")).click()
            expect(page.locator("html")).to_have_attribute("lang", "en")
            self.used.add("English")
            self.pages[person] = page
        return self.pages[person]

    def known(self, label: str) -> str:
        """The label, which counts as used from now on."""
        self.used.add(label)
        return label

    def press(self, page: Page, label: str, within: str = "body") -> None:
        """A button, a link or a tab of that name."""
        place = page.locator(within)
        buttons, links = (place.get_by_role(role, name=self.known(label), exact=True) for role in ("button", "link"))
        buttons.or_(links).or_(place.get_by_role("tab", name=label, exact=True)).first.click()

    def field(self, page: Page, label: str, within: str = "main") -> Locator:
        """The field of that label."""
        return page.locator(within).get_by_label(self.known(label), exact=True)


class Tutorial:
    """What the page has a person do before each of its pictures."""

    def __init__(self, people: People, file: str) -> None:
        self.people, self.file = people, file
        self.olu = people.of("olu")

    def begin(self) -> Page:
        """The start is brought in, and opened in the editor."""
        page, press = self.olu, self.people.press
        press(page, "Processes")
        press(page, "Bring in a diagram")
        content = {"name": "callback.bpmn", "mimeType": "application/xml", "buffer": self.file.encode()}
        page.locator("input[name=file]").set_input_files(content)
        press(page, "Open as a draft")
        press(page, "Edit")
        expect(page.locator(".desk-problems [role=status]")).to_have_text("2 problems")
        return page

    def form(self) -> Page:
        """Two forms of a field each; the first is looked at."""
        self._form("wish", "wish", "What the customer wants")
        self._form("call", "answer", "What was said")
        self.olu.locator("#panel-forms").get_by_role("button", name="wish").click()
        expect(self.people.field(self.olu, "Variable")).to_have_value("wish")
        expect(self.olu.get_by_role("textbox", name=re.compile("What the customer wants"))).to_be_visible()
        return self.olu

    def _form(self, key: str, variable: str, label: str) -> None:
        page, press, field = self.olu, self.people.press, self.people.field
        press(page, "Forms")
        page.get_by_role("button", name=self.people.known("New form")).click()
        field(page, "Id of the form").fill(key)
        press(page, "Create")
        press(page, "Add field")
        field(page, "Variable").fill(variable)
        field(page, "Label (Chinese)").fill(label)
        field(page, "Label (English)").fill(label)
        field(page, "Required").check()
        editing.expect_saved(page, f"forms/{key}.form", label)

    def drawn(self) -> Page:
        """The start, two user tasks and an end, one appended to the other."""
        page = self.olu
        self.people.press(page, "Diagram")
        page.locator("[data-element-id=asked] .djs-hit").first.click()
        self._step("Note the wish", "note_wish", "wish")
        self._step("Call back", "call_back", "call")
        self._append("end-event")
        expect(page.locator(".desk-problems [role=status]")).to_have_text(self.people.known("No problems"))
        editing.expect_saved(page, FILE, "endEvent id=")
        return page

    def _append(self, kind: str) -> None:
        self.olu.locator(f".djs-context-pad [data-action='append.{kind}']").click()
        self.olu.keyboard.press("Escape")

    def _step(self, name: str, key: str, form: str) -> None:
        page, panel = self.olu, ".desk-properties, .bio-properties-panel"
        self._append("user-task")
        self.people.field(page, "Name (Chinese)", panel).fill(name)
        self.people.field(page, "Name (English)", panel).fill(name)
        self.people.field(page, "Form", panel).select_option(form)
        self.people.field(page, "Department", panel).select_option(label="Service hall")
        self.people.field(page, "Id", panel).fill(key)
        editing.expect_saved(page, FILE, f'id="{key}"')

    def try_(self) -> Page:
        """A case on the draft, at its first step; an hour passes on the next."""
        page, press = self.olu, self.people.press
        press(page, "Try it")
        press(page, "Begin")
        expect(page.locator("h1")).to_have_text("Note the wish")
        expect(page.locator(".desk-diagram").first).to_have_attribute("data-ready", "true")
        return page

    def approve(self) -> Page:
        """The try is gone on with, the draft is submitted, and another owner has it in front of them."""
        page, press = self.olu, self.people.press
        page.locator("[name=wish]").fill("Please call after six")
        press(page, "Done")
        expect(page.locator("h1")).to_have_text("Call back")
        before = page.url
        press(page, "1 hour later")
        page.wait_for_url(lambda address: address != before)
        editing.open_editor(page, KEY)
        press(page, "Review and publish")
        self.people.field(page, "What this change is for").fill("Customers ask to be called back")
        press(page, "Submit for approval")
        expect(page.locator(".desk-note").filter(has_text="Customers ask")).to_be_visible()
        otto = self.people.of("otto")
        otto.get_by_role("link", name=re.compile("^Processes")).first.click()  # beside it stands how many wait for him
        otto.locator("main").get_by_role("link", name=re.compile(KEY)).first.click()
        expect(otto.locator("[data-difference][data-ready]")).to_be_visible()
        expect(otto.get_by_role("button", name="Approve and put in force as version 1")).to_be_visible()
        return otto

    def worklist(self) -> Page:
        """It is approved before the command that begins a case; the clerk has its first step."""
        cleo = self.people.of("cleo")
        cleo.goto("/tasks")
        expect(cleo.get_by_role("link", name="Note the wish", exact=True)).to_be_visible()
        return cleo

    def case(self) -> Page:
        """The first step is done, and the case is looked at."""
        page = self.people.of("cleo")
        self.people.press(page, "Note the wish", "main")
        page.locator("[name=wish]").fill("Please call after six")
        self.people.press(page, "Done")
        self._arrived(page)
        page.goto("/tasks")
        self.people.press(page, CASE, "main")
        expect(page.locator("main")).to_contain_text("Please call after six")
        return page

    def _arrived(self, page: Page) -> None:
        """What was sent has arrived."""
        expect(page.locator(".desk-note-ok, .desk-note-wait")).to_be_visible()

    def problem(self) -> Page:
        """A limit is misspelt; the page behind the button offers nothing to submit."""
        page, panel = self.olu, "[data-entry-id=due]"
        page.goto(f"/processes/{KEY}")
        self.people.press(page, "Edit")
        expect(page.locator("[data-modeler][data-ready]")).to_be_visible()
        page.locator("[data-element-id=call_back] .djs-hit").first.click()
        expect(page.locator(panel)).to_contain_text(self.people.known("Due"))
        editing.entry(page, "due").click()
        page.keyboard.type(MISSPELT)
        expect(page.locator(".desk-problems [role=status]")).to_have_text("1 problem")
        editing.expect_saved(page, FILE, "durration")
        return page

    def done(self) -> Page:
        """The second step is done, and with it the case."""
        self.olu.goto(f"/processes/{KEY}/publish")
        expect(self.olu.get_by_role("button", name="Submit for approval")).to_have_count(0)
        page = self.people.of("cleo")
        page.goto("/tasks")
        self.people.press(page, "Call back", "main")
        page.locator("[name=answer]").fill("Called at six")
        self.people.press(page, "Done")
        self._arrived(page)
        page.goto(f"/cases/{CASE}")
        expect(page.locator("main")).to_contain_text("Called at six")
        return page

    def published(self) -> None:
        """The second owner presses the button."""
        page = self.people.of("otto")
        self.people.press(page, "Approve and put in force as version 1")
        expect(page.get_by_role("status").first).to_contain_text("Version 1 is in force")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Two terminals of one person, as far as the page goes."""
    from cli.building import build_everything

    build_everything()
    opened = Terminal(tmp_path / "office")
    yield opened
    opened.end()


def test_the_page_is_done_from_top_to_bottom(browser: Browser, terminal: Terminal) -> None:
    """No command fails or answers something else, no picture is of something else, and no label is misspelt or gone."""
    people = People(browser, terminal.address)
    tutorial: Tutorial | None = None
    for part in parts():
        if part.kind == "sh":
            if tutorial is not None and shlex.split(part.text)[:2] == ["./desk", "begin"]:
                tutorial.published()
            if shlex.split(part.text)[0] == "rm":
                terminal.end()
            terminal.type(part.text)
        elif part.kind == "text":
            terminal.expect(part.text)
        elif part.kind == "xml":
            tutorial = Tutorial(people, part.text)
        else:
            assert tutorial is not None
            shown: Callable[[], Page] = getattr(
                tutorial, {"try": "try_"}.get(name := part.text.removeprefix("tutorial-"), name)
            )
            pictures.take(shown(), part.text)
    terminal.accept()
    assert not terminal.folder.exists()
    assert labels() - people.used == set()
