"""`./desk decide` and `./desk feel`: the language of rules tried out on any file or text, without a database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn
from unicodedata import east_asian_width

import click

import engine
from cli.output import as_json, report
from cli.speaking import speaking
from engine import definitions, ground, language, runtime
from office import calendar, composition
from web.definitions.telling import findings, unreadable

SAID = "said"
DETAILS = {
    "function": "",
    "near": "nearest known:",
    "decision": "",
    "rules": "rules",
    "input": "",
    "allowed": "allowed:",
    "key": "",
    "line": "line",
    "column": "column",
}
SENTENCES = {
    "unexpected": "This cannot stand here, or something is missing",
    "unexpected_character": "This character cannot stand here",
    "unknown_function": "There is no such function",
    "unknown_argument": "The function has no argument of that name",
    "unknown_type": "There is no such type",
    "unsupported_type": "This type is not supported",
    "wrong_number_of_arguments": "The function takes another number of arguments",
    "duplicate_argument": "An argument is given twice",
    "duplicate_key": "A key is given twice",
    "functions_cannot_be_defined": "Functions cannot be defined in an expression",
    "malformed_string": "The text is not ended, or holds a mark that cannot be read",
    "not_a_date_or_duration": "This is no date, time or duration",
    "number_out_of_range": "The number is too large or too exact",
    "too_deep": "The expression is nested too deeply",
    "too_long": "The expression is too long",
}
at_option = click.option("--at", default="", help="What now() is, such as 2026-11-23T09:00:00; otherwise it is now.")


@click.command()
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("decision")
@click.option("--input", "context", default="{}", help='A JSON object; "@2026-11-24" is a date, "@P1D" a duration.')
@at_option
@as_json
def decide(model: Path, decision: str, context: str, at: str, as_json: bool) -> None:
    """Evaluate DECISION (id or name) of MODEL, a DMN file, and say which rules matched."""
    with runtime.entered(composition.bare()):
        _decide(model, decision, context, at, as_json)


def _decide(model: Path, decision: str, context: str, at: str, as_json: bool) -> None:
    variables, scope = _variables(context, "--input", as_json), _scope(at, as_json)
    try:
        outcome = definitions.read_decisions(model.read_bytes()).evaluate(decision, variables, scope=scope)
    except engine.InvalidDefinition as error:
        _refuse([_problem(problem) for problem in error.problems], as_json)
    except engine.EngineError as error:
        _refuse([_error(error)], as_json)
    report(
        {"value": _plain(outcome.value), "matched": list(outcome.matched), "inputs": _plain(outcome.inputs)},
        _told(outcome),
        as_json=as_json,
        found=False,
    )


@click.command()
@click.argument("expression")
@click.option("--context", "context", default="{}", help='A JSON object; "@2026-11-24" is a date, "@P1D" a duration.')
@at_option
@as_json
def feel(expression: str, context: str, at: str, as_json: bool) -> None:
    """Evaluate EXPRESSION over the variables of a context and print its value."""
    with runtime.entered(composition.bare()):
        _feel(expression, context, at, as_json)


def _feel(expression: str, context: str, at: str, as_json: bool) -> None:
    variables, scope = _variables(context, "--context", as_json), _scope(at, as_json)
    try:
        value = language.feel.compile(expression, names=variables).evaluate(variables, scope=scope)
    except engine.EngineError as error:
        _refuse([_error(error)], as_json)
    report({"value": _plain(value), "type": language.feel.kind(value)}, [_written(value)], as_json=as_json, found=False)


def _variables(text: str, option: str, as_json: bool) -> dict[str, Any]:
    """Return the variables that a JSON object holds, numbers exact, dates and durations read."""
    try:
        context = _value(json.loads(text, parse_float=Decimal, parse_constant=_no_number))
    except json.JSONDecodeError as error:
        _refuse([_wrong(option, error.msg, error.lineno, error.colno)], as_json)
    except (ValueError, RecursionError):
        _refuse([_wrong(option, "a number or a nesting that nothing can be made of")], as_json)
    if not isinstance(context, dict):
        _refuse([_wrong(option, "a JSON object is needed", 1, 1)], as_json)
    repeated = ground.key_twice(text)
    if repeated is not None:
        _refuse([{**_wrong(option, "duplicate_key", repeated.line), "key": repeated.key}], as_json)
    return context


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _value(value: object) -> object:
    if isinstance(value, dict):
        return {name: _value(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, str) and value.startswith("@"):
        literal = language.feel.at_literal(value[1:])
        return value if literal is None else literal
    return value


def _scope(at: str, as_json: bool) -> language.feel.Scope:
    instant = language.feel.at_literal(at) if at else engine.now()
    if not isinstance(instant, datetime):
        _refuse([_wrong("--at", "a date and time is needed, such as 2026-11-23T09:00:00", 1, 1)], as_json)
    office_calendar = calendar.announced()
    return language.feel.Scope(at=office_calendar.local(instant).astimezone(UTC), calendar=office_calendar)


# -- what is said ---------------------------------------------------------------------------------------------------------


def _told(outcome: language.Outcome) -> Iterator[str]:
    yield _written(outcome.value)
    for name, value in outcome.inputs.items():
        yield f"  input  {name} = {_written(value)}"
    for match in outcome.matched:
        yield f"  rule {match['number']:>2}  {match['id']}  {match['annotation']}".rstrip()


def _written(value: language.feel.FeelValue) -> str:
    """Return a value as FEEL writes it, strings in quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    scope = language.feel.Scope(at=engine.now(), calendar=calendar.announced())
    return "null" if value is None else str(language.feel.BUILTINS["string"](scope, [value]))


def _plain(value: language.feel.FeelValue) -> object:
    """Return a value as JSON has it; a decimal that a JSON reader would not find again exactly is text."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    return _written(value)


def _wrong(option: str, reason: str, line: int = 0, column: int = 0) -> dict[str, Any]:
    return {"code": "WrongInput", "where": option, "line": line, "column": column, "why": reason}


def _error(error: engine.EngineError) -> dict[str, Any]:
    return {"code": error.code, "why": error.message.partition(" (")[0], **error.values}


def _problem(problem: engine.Problem) -> dict[str, Any]:
    with speaking():
        sentence = findings.text(problem)
    return {"code": problem.rule, "line": problem.line, "element": problem.element_id, **problem.values, SAID: sentence}


def _refuse(problems: list[dict[str, Any]], as_json: bool) -> NoReturn:
    """Say what is wrong and end with status 1; people read it on standard error."""
    if as_json:
        codes = [{name: value for name, value in problem.items() if name != SAID} for problem in problems]
        click.echo(json.dumps({"problems": codes}, ensure_ascii=False, indent=2, default=str))
    else:
        for problem in problems:
            click.echo(_line(problem), err=True)
            if "text" in problem and problem.get("column"):
                click.echo(_pointed(problem["text"], problem["column"]), err=True)
    raise SystemExit(1)


def _pointed(text: str, column: int) -> str:
    """Return the line of a text that holds a column, and a mark under it; under a Chinese character a space is as wide."""
    begin = text.rfind("\n", 0, column - 1) + 1
    line = text[begin:].partition("\n")[0]
    blank = "".join("\u3000" if east_asian_width(c) in "WF" else " " for c in text[begin : column - 1])
    return f"  {line}\n  {blank}^"


def _line(problem: dict[str, Any]) -> str:
    """Return a sentence, and after it what the finding holds beside it; codes are for programs."""
    if SAID in problem:
        return " ".join(filter(None, (f"line {problem['line']}:" if problem["line"] else "", problem[SAID])))
    reason = str(problem.get("why", ""))
    sentence = SENTENCES.get(reason) or (_unreadable(problem) if reason in unreadable.DIAGRAM else reason.rstrip("."))
    parts = {name: problem[name] for name in DETAILS if problem.get(name) not in (None, "", 0)}
    details = ", ".join(f"{DETAILS[name]} {_listed(value)}".strip() for name, value in parts.items())
    place = f"{problem['where']}: " if "where" in problem else ""
    return f"{place}{sentence} ({details})" if details else f"{place}{sentence}"


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _unreadable(problem: dict[str, Any]) -> str:
    with speaking():
        return findings.text(engine.Problem(problem.get("line", 0), "", "malformed_xml", problem))
