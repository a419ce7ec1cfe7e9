"""The reference page of DMN's Technology Compatibility Kit: figures by folder, every difference with its reason, refusals by their cause. Read off a run of the kit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from tools import kit
from tools.reference_pages.markdown import code, table

MOST_SHOWN = 70
COLUMNS = ("passed", "differs", "refused", "of these an error is right", "results")
# Why a result differs on purpose, and where: folder → cases, all of them where none is named.
DESIGN: tuple[tuple[str, dict[str, frozenset[str]]], ...] = (
    (
        "A date and time without a zone is read off the office's clock, and a date begins at the office's midnight: a limit in a diagram has to be an instant. "
        "The kit has UTC for a date, and no difference between an instant and a local time.",
        {"0100-arithmetic": frozenset(), "1116-feel-time-function": frozenset()},
    ),
    (
        "Years have four digits, from 0001 to 9999: what a date picker, a database and the calendar know.",
        {
            "1115-feel-date-function": frozenset(),
            "1117-feel-date-and-time-function": frozenset({"011", "012", "027", "028"}),
            "1121-feel-years-and-months-duration-function": frozenset(),
        },
    ),
    (
        "Times are kept to the microsecond; further digits are cut.",
        {"1117-feel-date-and-time-function": frozenset({"026", "033", "040", "047", "054"})},
    ),
    (
        "Two times that differ by a fraction of a second are not equal: records are ordered by it.",
        {"0068-feel-equality": frozenset({"time_005", "datetime_003_a"})},
    ),
    (
        "Regular expressions are matched in time proportional to the text: no back-references, and no classes by Unicode block.",
        {"1111-feel-matches-function": frozenset({"K2-MatchesFunc-5", "K2-MatchesFunc-6", "K2-MatchesFunc-17"})},
    ),
    (
        "A condition that is no boolean is not met, in a boxed expression as in one line; the kit has null for the whole.",
        {
            "1150-boxed-conditional": frozenset(),
            "1151-boxed-filter": frozenset(),
            "1153-boxed-some": frozenset(),
        },
    ),
    (
        "A knowledge model knows its parameters and nothing else; a name that it does not is told by the check before publication.",
        {"0037-dt-on-bkm-implicit-params": frozenset()},
    ),
    (
        "`context put` takes one key or a list of keys under either name of the parameter.",
        {"1146-feel-context-put-function": frozenset({"nested008"})},
    ),
)
CAUSES = {
    "feel_syntax functions_cannot_be_defined": "a function defined in an expression: the language is closed",
    "feel_syntax wrong_number_of_arguments": "too few or too many arguments: told before publication, where the kit has null",
    "feel_syntax unknown_argument": "an argument that the function does not have: told before publication",
    "feel_syntax unknown_function": "a function as a value, or one that there is not (`sort`)",
    "feel_syntax not_a_date_or_duration": 'a literal `@"…"` that is no date, time or duration: told before publication',
    "feel_syntax unknown_type": "a type of a function, or one that there is not",
    "feel_syntax unsupported_type": "a type of a function",
    "feel_syntax unexpected": "the result of a call called in its turn, `f()()`, and what is no FEEL",
    "feel_syntax unexpected_character": "what is no FEEL",
    "feel_syntax duplicate_key": "a context with two entries of one name: told before publication",
    "boxed functionDefinition": "a boxed function: user-defined, of Java or of PMML",
    "boxed context": "a boxed function inside a context",
    "boxed nothing": "a decision without logic",
    "service": "decision services",
}


def tck_page() -> str:
    """Return how far the standard is kept, by folder of the kit, and why not further."""
    results_by_level = {
        level: [result for folder in kit.folders(level) for result in kit.play(folder, level)] for level in kit.LEVELS
    }
    parts = [HEAD]
    for level, results in results_by_level.items():
        parts.append(f"## Level {level}\n\n{_sum(results)}\n\n{_figures(results)}")
    all_results = [result for results in results_by_level.values() for result in results]
    parts.append(f"## What differs on purpose\n\n{_differences(all_results)}")
    parts.append(f"## What is refused, by cause\n\n{REFUSED}\n{_causes(all_results)}")
    return "\n".join(parts)


def figures(results: Iterable[kit.Result]) -> dict[str, int]:
    """Return how many results passed, differ and were refused; how many of the refused the kit expects an error for; how many there are."""
    results_listed = list(results)
    count = Counter(result.verdict for result in results_listed)
    right_refusals = sum(result.wants_error for result in results_listed if result.verdict == kit.REFUSED)
    return dict(
        zip(
            COLUMNS,
            (count["passed"], count["differs"], count["refused"], right_refusals, len(results_listed)),
            strict=True,
        )
    )


def reason(result: kit.Result) -> str:
    """Return why a result differs on purpose; empty when nothing is known of it."""
    for cause, cases_by_folder in DESIGN:
        cases = cases_by_folder.get(result.folder)
        if cases is not None and (not cases or result.case in cases or result.case.partition("_")[0] in cases):
            return cause
    return ""


def _sum(results: list[kit.Result]) -> str:
    counts = figures(results)
    return (
        f"{counts['results']:,} results: {counts['passed']:,} pass, {counts['differs']:,} differ, {counts['refused']:,} are refused before they are evaluated; "
        f"for {counts['of these an error is right']:,} of these the kit expects an error as well."
    )


def _figures(results: list[kit.Result]) -> str:
    rows = []
    for folder, group in groupby(results, lambda result: result.folder):
        rows.append([folder, *(str(count or "") for count in figures(group).values())])
    return table(("folder", *COLUMNS), rows)


def _differences(results: list[kit.Result]) -> str:
    differing = [result for result in results if result.verdict == kit.DIFFERS]
    parts = []
    for cause in (*(cause for cause, _ in DESIGN), ""):
        rows = [
            [result.folder, result.case, code(result.text[:MOST_SHOWN]), _shown(result.actual), _shown(result.expected)]
            for result in differing
            if reason(result) == cause
        ]
        if rows:
            parts.append(f"{cause}\n\n{table(('folder', 'case', 'expression', 'here', 'kit'), rows)}")
    return "\n".join(parts) or "nothing\n"


def _shown(value: Any) -> str:
    return "null" if value is None else str(value)


def _causes(results: list[kit.Result]) -> str:
    count: Counter[str] = Counter()
    right_refusals: Counter[str] = Counter()
    for result in results:
        if result.verdict == kit.REFUSED:
            cause = CAUSES.get(result.why, result.why)
            count[cause] += 1
            right_refusals[cause] += result.wants_error
    rows = [[cause, str(many), str(right_refusals[cause] or "")] for cause, many in count.most_common()]
    return table(("cause", "results", "of these an error is right"), rows)


HEAD = """# The compatibility kit of DMN

The [Technology Compatibility Kit](https://github.com/dmn-tck/tck) says what any engine must answer for its files; `tests/dmn-tck/` and `tests/dmn-tck-3/` hold its levels 2 and 3. These are the figures of
`./desk tck`, which plays every case of every folder. A result passes when it is the kit's, or when the kit expects an error and there is null or an error.
"""
REFUSED = """A decision that cannot be executed as a whole is refused when it is brought in or published, by name, and the others of its file are read all the same.
"""
