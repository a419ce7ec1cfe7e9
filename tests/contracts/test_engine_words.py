"""The engine knows no complaint, no money and no operator: words of the domain stand in it only where it is said here why."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ENGINE = Path(__file__).parents[2] / "engine"
# Stems and words of the office; "credit" and "deposit" among them, and every department's code would be as well if it stood anywhere.
DOMAIN = re.compile(
    r"complain|refund|yuan|money|shanghai|thursday|msisdn|customer|invoice|ledger|tariff|prepay|deposit|recharge|reward"
    r"|credit|debit|\bbill|(?<![a-z])(?:fen|cny|cdr|sms)(?![a-z])|service_hall|accounting|[元¥]",
    re.IGNORECASE,
)
# What is left, and why. A word that goes is taken out here: the test says so.
WEEKDAY = "a day of the week, as FEEL names all seven"
UNIT = "the unit of a form's field is part of the format of forms that are published"
ACT = "the types of steps are one union that the type check closes; these are of acts on any case"
WRITTEN = "how numbers are typed is read in one place, for forms and for decision tables"
LEFT: dict[str, dict[str, str]] = {
    "definitions/dmn_reader.py": {"ledger": "part of DMN's knowledgeRequirement"},
    "definitions/expressions.py": {"money": UNIT},
    "definitions/form_lint.py": {"fen": UNIT, "yuan": UNIT},
    "definitions/variable_types.py": {"fen": UNIT},
    "diagrams/settings.py": {"customer": "a property of published diagrams: the clock stands while one waits"},
    "elements/user_task.py": {"customer": "the same property"},
    "language/calendar.py": {
        "thursday": f"{WEEKDAY}; and a function of FEEL in published forms",
        "shanghai": "the zone of a calendar that says none",
    },
    "language/feel/functions/dates.py": {"thursday": WEEKDAY},
    "language/feel/functions/office.py": {"thursday": "a function of FEEL", "fen": UNIT, "yuan": "a function of FEEL"},
    "language/feel/inferred.py": {"fen": UNIT},
    "language/feel/types.py": {"shanghai": "the zone of instants without one, in FEEL's values"},
    "language/forms/fields.py": {
        "money": UNIT,
        "fen": UNIT,
        "sms": "a way in which words reached somebody, of published forms",
    },
    "language/forms/schema.py": {"msisdn": WRITTEN, "money": UNIT, "fen": UNIT},
    "language/forms/typed.py": {"fen": UNIT},
    "language/instants.py": {"shanghai": "the zone of instants without one", "thursday": WEEKDAY},
    "language/written.py": {"fen": WRITTEN, "yuan": WRITTEN, "msisdn": WRITTEN, "¥": WRITTEN, "元": WRITTEN},
    "proof/chains.py": {"ledger": "a kind of deviation, of those that verification of the office adds"},
    "record/appliers.py": {"customer": ACT, "credit": ACT},
    "record/case_steps.py": {"customer": ACT, "credit": ACT, "money": ACT},
    "record/person_steps.py": {"customer": "a look at somebody's page, of the stream of whoever looked"},
    "record/steps.py": {"customer": ACT, "credit": ACT, "fen": ACT, "accounting": ACT},
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
    """What is the office's comes in by registration: handlers, calendar, personal names, observers. Nothing new, and no exception that is over."""
    there: dict[str, set[str]] = defaultdict(set)
    for path in sorted(ENGINE.rglob("*.py")):
        if words(path):
            there[path.relative_to(ENGINE).as_posix()] = words(path)
    assert there == {file: set(reasons) for file, reasons in LEFT.items()}
