"""What a page shows while an amount is typed is what the server reads: one rule of amounts in two languages."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cli import building
from service_tasks import amounts

SCRIPT = """
import { createInterface } from "node:readline";
const { fenOf, yuan } = await import(process.argv[1]);
for await (const line of createInterface({ input: process.stdin })) {
  const fen = fenOf(JSON.parse(line));
  console.log(JSON.stringify(fen === null ? null : [String(fen), yuan(fen)]));
}
"""
AMOUNTS = Path(__file__).parents[2] / "web" / "frontend" / "src" / "amounts.js"
SIGNS = "0123456789.,+- ¥￥元圆。．，－−–５²½٣①\u00a0\u2009\u3000\u200b\u202e\ufeff\t\n\x1c\x85e_x😀"
NEARLY = st.from_regex(r"[+-]? ?[¥￥]?[0-9]{0,4}([,， ][0-9]{2,3}){0,3}([.．。][0-9]{0,3})? ?[元圆]?", fullmatch=True)


class Page:
    """The script as it runs in a browser."""

    def __init__(self) -> None:
        node, _npm = building.node()
        command = [node, "--input-type=module", "--eval", SCRIPT, AMOUNTS.as_uri()]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def reads(self, text: str) -> tuple[int, str] | None:
        """The fen that it reads, and how it writes them."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(text) + "\n")
        self.process.stdin.flush()
        found = json.loads(self.process.stdout.readline())
        return (int(found[0]), found[1]) if found else None


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """One for all examples."""
    found = Page()
    yield found
    found.process.communicate()


@given(text=st.text(st.sampled_from(SIGNS), max_size=12) | NEARLY | st.text(max_size=6))
@example("0,29")
@example("58,00")
@example("5²")
@example("．58")
@example("1 234.50")
@example("¥-5")
@example("0." + "0" * 19)
@example("9" * 20)
@example("9" * 21)
@example("5" + " " * 60)
@example("1.100")
def test_page_and_server_read_the_same_amount(page: Page, text: str) -> None:
    """What one refuses the other refuses, and what both read they write alike."""
    fen = amounts.fen(text)
    assert page.reads(text) == (None if fen is None else (fen, amounts.yuan(fen, ",")))
