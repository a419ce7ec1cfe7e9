"""The engine knows no complaint, no money and no operator: words of the domain stand in it only where it is said here why."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ENGINE = Path(__file__).parents[2] / "engine"
# Stems and words of the office, but for the knowledge of DMN's knowledgeRequirement; "credit" and "deposit" among them, and every department's code would be as well if it stood anywhere.
DOMAIN = re.compile(
    r"complain|refund|yuan|money|shanghai|thursday|msisdn|customer|invoice|(?<!know)ledger|tariff|prepay|deposit|recharge|reward"
    r"|credit|debit|\bbill|(?<![a-z])(?:fen|cny|cdr|sms)(?![a-z])|service_hall|accounting|[元¥]",
    re.IGNORECASE,
)
# What is left, and why. A word that goes is taken out here: the test says so.
WEEKDAY = "a day of the week, as FEEL and `next_weekday` name all seven"
WAITS = "a property of published diagrams, in one place: while such a step is open, the clock stands"
TYPE = "a type of step in histories that are written and chained, which never is renamed; the type check closes their union"
LEFT: dict[str, dict[str, str]] = {
    "diagrams/settings.py": {"customer": WAITS},
    "language/calendar.py": {"thursday": WEEKDAY},
    "proof/re_execution.py": {"customer": TYPE, "credit": TYPE},
    "record/appliers.py": {"customer": TYPE, "credit": TYPE},
    "record/case_steps.py": {"customer": TYPE, "credit": TYPE},
    "record/person_steps.py": {"customer": TYPE},
    "record/steps.py": {"customer": TYPE, "credit": TYPE},
}


def words(path: Path) -> set[str]:
    """The words of the domain among a module's names and texts; what its docstrings tell people is theirs."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)  # type: ignore[attr-defined]
        for node in ast.walk(tree)
        if isinstance(node, documented) and ast.get_docstring(node) is not None
    }
    texts = (text for node in ast.walk(tree) if id(node) not in docstrings for text in _texts(node))
    return {word.lower() for text in texts for word in DOMAIN.findall(text)}


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    yield from (
        text for field in ("id", "attr", "name", "arg", "asname") if isinstance(text := getattr(node, field, None), str)
    )


def test_the_engine_speaks_of_nothing_that_only_an_office_knows() -> None:
    """What is the office's comes in by registration: vocabulary, handlers, calendar, personal names, observers. Nothing new, and no exception that is over."""
    there: dict[str, set[str]] = defaultdict(set)
    for path in sorted(ENGINE.rglob("*.py")):
        if words(path):
            there[path.relative_to(ENGINE).as_posix()] = words(path)
    assert there == {file: set(reasons) for file, reasons in LEFT.items()}
