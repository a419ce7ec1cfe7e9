"""The engine knows no complaint, no money and no operator: words of the domain stand in it only where it is said here why."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from engine.record.steps import ACTS, STEPS

ENGINE = Path(__file__).parents[2] / "engine"
# Stems and words of the office, but for the knowledge of DMN's knowledgeRequirement; "credit" and "deposit" among them, and every department's code would be as well if it stood anywhere.
DOMAIN = re.compile(
    r"complain|refund|yuan|money|shanghai|thursday|msisdn|customer|invoice|(?<!know)ledger|tariff|prepay|deposit|recharge|reward"
    r"|credit|debit|\bbill|(?<![a-z])(?:fen|cny|cdr|sms)(?![a-z])|service_hall|accounting|[元¥]"
    r"|amount|receipt|reversal|household|payee|voucher|liabilit|correction|case_withdrawn|handed_back"
    r"|(?<![a-z])(?:cash|owed)|hold_?lifted",
    re.IGNORECASE,
)
# What is left, and why. A word that goes is taken out here: the test says so.
WEEKDAY = "a day of the week, as FEEL and `next_weekday` name all seven"
WAITS = "a property of published diagrams, in one place: while such a step is open, the clock stands"
TYPE = "a type or a key of an act, which is a step of histories that are written and chained and never is renamed (ADR 17); the type check closes their union"
APPROVAL = (
    "properties of published diagrams by which an approval says how much and to whom: their values are the office's"
)
AMOUNT = "a type of the fields of forms and variables and a property of diagrams: a number with decimals, of what the engine is not told"
# Steps whose type is a word of the office: acts, which are history (ADR 17) and move no token, and who looked at whose page.
EXEMPT = {"case_withdrawn", "hold_lifted", "correction_withdrawn", "customer_tried", "customer_looked_at"}
EXEMPT |= {"reversal_asked", "reversal_agreed", "credit_reversed"}
LEFT: dict[str, dict[str, str]] = {
    "definitions/compiled.py": {"payee": APPROVAL},
    "definitions/differences.py": {"amount": AMOUNT},
    "definitions/expressions.py": {"amount": APPROVAL, "payee": APPROVAL},
    "definitions/form_lint.py": {"amount": AMOUNT},
    "definitions/variable_types.py": {"amount": AMOUNT},
    "diagrams/settings.py": {"amount": APPROVAL, "customer": WAITS, "payee": APPROVAL},
    "elements/user_task.py": {"amount": APPROVAL, "payee": APPROVAL},
    "language/calendar.py": {"thursday": WEEKDAY},
    "language/feel/inference.py": {"amount": AMOUNT},
    "language/feel/scope.py": {"amount": AMOUNT},
    "language/feel/types.py": {"amount": AMOUNT},
    "language/feel/uses.py": {"amount": AMOUNT},
    "language/forms/fields.py": {"amount": AMOUNT},
    "language/forms/schema.py": {"amount": AMOUNT},
    "language/forms/typed.py": {"amount": AMOUNT},
    "language/written.py": {"amount": AMOUNT},
    "proof/re_execution.py": dict.fromkeys(
        ("case_withdrawn", "correction", "credit", "customer", "hold_lifted", "reversal"), TYPE
    ),
    "record/appliers.py": dict.fromkeys(
        ("case_withdrawn", "correction", "credit", "customer", "hold_lifted", "reversal"), TYPE
    ),
    "record/case_steps.py": dict.fromkeys(
        (
            "amount",
            "case_withdrawn",
            "correction",
            "credit",
            "customer",
            "handed_back",
            "hold_lifted",
            "holdlifted",
            "owed",
            "receipt",
            "reversal",
        ),
        TYPE,
    ),
    "record/person_steps.py": {"customer": TYPE},
    "record/steps.py": dict.fromkeys(
        (
            "amount",
            "case_withdrawn",
            "cash",
            "correction",
            "credit",
            "customer",
            "handed_back",
            "hold_lifted",
            "household",
            "owed",
            "payee",
            "receipt",
            "reversal",
        ),
        TYPE,
    ),
    "runtime/personal.py": {"case_withdrawn": TYPE, "reversal": TYPE},
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


def test_no_step_but_an_act_is_called_by_a_word_of_the_office() -> None:
    """What moves a case is the engine's, and is named by the standard's words; a new act is put among the exempt where everybody sees it."""
    assert {name for name in STEPS if DOMAIN.search(name)} == EXEMPT
    assert EXEMPT - {"customer_looked_at"} <= ACTS
