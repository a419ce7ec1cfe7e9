"""The reference page of FEEL: the subset by name, its limits read off the code, its functions off the registry."""

from __future__ import annotations

from engine import language
from tools.reference_pages.markdown import code, table

ADDED = "added"
ABOUT = {
    "contexts": "Contexts, booleans, any value",
    "dates": "Dates, times and durations",
    "lists": "Lists",
    "numbers": "Numbers",
    "office": "The business calendar",
    "ranges": "Ranges",
    "strings": "Strings",
    ADDED: "Of this office",
}


def feel_page() -> str:
    """Return what is understood of FEEL, what is not, how far it may go, and the functions it may call."""
    limits = table(
        ("an expression may", "at most"), [[limit, f"{most:,}"] for limit, most in language.feel.LIMITS.items()]
    )
    by_kind: dict[str, list[language.feel.Function]] = {}
    for name, function in sorted(language.feel.known_functions().items()):
        kind = _kind(function) if name in language.feel.BUILTINS else ADDED
        by_kind.setdefault(kind, []).append(function)
    functions = "\n".join(f"### {ABOUT[kind]}\n\n{_functions(by_kind[kind])}" for kind in ABOUT if kind in by_kind)
    return f"{SUBSET}\n## Limits\n\n{limits}\n{BEYOND}\n## Functions\n\n{functions}"


def _functions(functions: list[language.feel.Function]) -> str:
    return table(("function",), [[code(_call(function))] for function in functions])


def _call(function: language.feel.Function) -> str:
    parameters = [name if at < function.needed else f"{name}?" for at, name in enumerate(function.parameters)]
    return f"{function.name}({', '.join(parameters)}{', …' if function.many else ''})"


def _kind(function: language.feel.Function) -> str:
    return function.run.__module__.rsplit(".", 1)[-1]


SUBSET = """# The FEEL subset

Conditions, limits, parameters of service tasks, cells of decision tables and rules of forms are FEEL, the expression language of DMN 1.3 (chapter 10). `./desk feel EXPRESSION --context JSON` evaluates
one, `./desk decide MODEL.dmn DECISION --input JSON` a decision. What is not understood is refused when a process is published, with the element and the column, never while a case is running.

## What is understood

| | written |
|---|---|
| numbers | `12`, `0.5`, `1E3`: decimal, 34 digits; 0.1 + 0.2 is 0.3 |
| strings | `"text"` with `\\n`, `\\t`, `\\"`, `\\\\`, `\\u4e2d` |
| other literals | `true`, `false`, `null`, `@"2026-11-24"`, `@"2026-11-24T09:00:00"`, `@"09:00:00+08:00"`, `@"P1D"`, `@"P1Y2M"` |
| names | `complaint`, `Bill Amount`: a name with spaces or signs is taken as long as a variable is known by it |
| lists, contexts, ranges | `[1, 2]`, `{a: 1, b: a + 1}`, `[1..5]`, `(1..5)`, `]1..5[` |
| paths, filters | `bill.items.amount`, `items[amount > 100]`, `items[1]`, `items[-1]` |
| arithmetic | `+`, `-`, `*`, `/`, `**`; on dates and durations where it has a meaning |
| comparison | `=`, `!=`, `<`, `<=`, `>`, `>=`, `between … and`, `in`, `instance of` |
| logic | `and`, `or`, `not(…)` |
| choice, iteration | `if … then … else`, `for … in … return` (with `partial`), `some`/`every … in … satisfies` |
| calls | by position, `substring(s, 1, 3)`, or by name, `substring(string: s, start position: 1)` |
| cells | `-`, `1, 2`, `> 5`, `[1..5]`, `not("a")`, an expression over `?` |
| remarks | `// to the end of the line`, `/* between */` |

From the tightest: path and filter, unary minus, `**`, `*` and `/`, `+` and `-`, comparison and `in`, `and`, `or`. All group to the left.

**Null.** What has no meaning is null, never an error: an unknown variable, a part that is not there, `1 + "1"`, `1 / 0`, a function given what it cannot use. `and` and `or` are three-valued: `false and null` is
`false`, `true and null` is null. `null = null` is true; values of different types are neither equal nor unequal but null. A condition or cell that gives null is not met.

**Dates.** A date and time without a zone is read off the clock of the office's zone, Asia/Shanghai, and `now()` and `today()` are those of the step that is being recorded. Adding months keeps the day, or takes the last day of a month that lacks it.
A difference is the time that passed, also across a change to summer time. The functions of the business calendar answer with an instant; a limit on a day off is due on the working day before.

## What is left out

User-defined and external functions (`function(…)`), recursion, functions as arguments (`sort`), generalised unary tests of contexts, years beyond four digits, and the hour 24.
In DMN files, boxed functions, decision services and imports of other files. Decisions and knowledge models of versions 1.2 to 1.5 are executed when they are decision tables, literal expressions or boxed ones
(contexts, invocations, lists, relations, conditionals, filters, iterations), in which a condition that is no boolean is not met, as in an expression on one line.
How far this is from the standard is told by the [compatibility kit](dmn-tck.md), folder by folder.

**Types of a DMN file.** What a decision, a knowledge model, its parameters or a column of results gives is of the type that is named there: a list of one item becomes the item, an item a list of one, a date
its midnight, and what does not fit is null. An input is converted in the same way, but stays as it is when it does not fit. Types that a file defines are known to `instance of`; allowed values are held against what
is tested, not against what is given. A type that is neither FEEL's nor the file's, such as `integer`, is none.
"""

BEYOND = """Every evaluation has a budget: repetition, function calls and long values take from it, a repeated expression the more the longer its text; a decision table has one for all its cells. Whoever exceeds it gets the
error `FeelLimit`, after a second or two on an ordinary machine. Regular expressions are matched in time proportional to the text; look-around and back-references are refused.

## Decision tables

| hit policy | gives |
|---|---|
| UNIQUE | the one matching rule; two are the error `SeveralRulesMatch`, which names both |
| FIRST | the first in the order of the table |
| ANY | what all matching rules agree on; else the error `RulesDisagree` |
| PRIORITY | the one whose outputs stand first among the listed output values |
| RULE ORDER | all, in the order of the table |
| OUTPUT ORDER | all, in the order of the listed output values |
| COLLECT | all; or their sum, least, greatest (`SUM`, `MIN`, `MAX`: null when none matches) or number (`COUNT`) |

No match gives the default outputs; without them null, or an empty list where several answers are expected. A value that an input column does not list is the error `UnexpectedInput`.
"""
