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
from office import calendar
from web.commands.output import as_json, report

at_option = click.option("--at", default="", help="What now() is, such as 2026-11-23T09:00:00; otherwise it is now.")


@click.command()
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("decision")
@click.option("--input", "given", default="{}", help='A JSON object; "@2026-11-24" is a date, "@P1D" a duration.')
@at_option
@as_json
def decide(model: Path, decision: str, given: str, at: str, as_json: bool) -> None:
    """Evaluate DECISION (id or name) of MODEL, a DMN file, and say which rules matched."""
    variables, scope = _variables(given, "--input", as_json), _scope(at, as_json)
    try:
        outcome = engine.read_decisions(model.read_bytes()).evaluate(decision, variables, scope=scope)
    except engine.InvalidDefinition as error:
        _refuse([_problem(one) for one in error.problems], as_json)
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
@click.option("--context", "given", default="{}", help='A JSON object; "@2026-11-24" is a date, "@P1D" a duration.')
@at_option
@as_json
def feel(expression: str, given: str, at: str, as_json: bool) -> None:
    """Evaluate EXPRESSION over the variables of a context and print its value."""
    variables, scope = _variables(given, "--context", as_json), _scope(at, as_json)
    try:
        found = engine.feel.compile(expression, names=variables).evaluate(variables, scope=scope)
    except engine.EngineError as error:
        _refuse([_error(error)], as_json)
    report({"value": _plain(found), "type": engine.feel.kind(found)}, [_written(found)], as_json=as_json, found=False)


def _variables(text: str, option: str, as_json: bool) -> dict[str, Any]:
    """The variables that a JSON object holds, numbers exact, dates and durations read."""
    try:
        found = _value(json.loads(text, parse_float=Decimal, parse_constant=_no_number))
    except json.JSONDecodeError as error:
        _refuse([_wrong(option, error.msg, error.lineno, error.colno)], as_json)
    except (ValueError, RecursionError):
        _refuse([_wrong(option, "a number or a nesting that nothing can be made of")], as_json)
    if not isinstance(found, dict):
        _refuse([_wrong(option, "a JSON object is needed", 1, 1)], as_json)
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _value(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _value(held) for name, held in given.items()}
    if isinstance(given, list):
        return [_value(held) for held in given]
    if isinstance(given, str) and given.startswith("@"):
        read = engine.feel.at_literal(given[1:])
        return given if read is None else read
    return given


def _scope(at: str, as_json: bool) -> engine.feel.Scope:
    instant = engine.feel.at_literal(at) if at else engine.now()
    if not isinstance(instant, datetime):
        _refuse([_wrong("--at", "a date and time is needed, such as 2026-11-23T09:00:00", 1, 1)], as_json)
    known = calendar.announced()
    return engine.feel.Scope(at=known.local(instant).astimezone(UTC), calendar=known)


# -- what is said ---------------------------------------------------------------------------------------------------------


def _told(outcome: engine.Outcome) -> Iterator[str]:
    yield _written(outcome.value)
    for name, held in outcome.inputs.items():
        yield f"  input  {name} = {_written(held)}"
    for match in outcome.matched:
        yield f"  rule {match['number']:>2}  {match['id']}  {match['annotation']}".rstrip()


def _written(value: Any) -> str:
    """A value as FEEL writes it, strings in quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    scope = engine.feel.Scope(at=engine.now(), calendar=calendar.announced())
    return "null" if value is None else str(engine.feel.BUILTINS["string"](scope, [value]))


def _plain(value: Any) -> Any:
    """A value as JSON has it; a decimal that a JSON reader would not find again exactly is text."""
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    return _written(value)


def _wrong(option: str, why: str, line: int = 0, column: int = 0) -> dict[str, Any]:
    return {"code": "WrongInput", "where": option, "line": line, "column": column, "why": why}


def _error(error: engine.EngineError) -> dict[str, Any]:
    return {"code": error.code, "why": error.message.partition(" (")[0], **error.values}


def _problem(problem: engine.Problem) -> dict[str, Any]:
    return {"code": problem.rule, "line": problem.line, "element": problem.element_id, **problem.values}


def _refuse(found: list[dict[str, Any]], as_json: bool) -> NoReturn:
    """Say what is wrong and end with status 1; people read it on standard error."""
    if as_json:
        click.echo(json.dumps({"problems": found}, ensure_ascii=False, indent=2, default=str))
    else:
        for one in found:
            click.echo(_line(one), err=True)
            if "text" in one and one.get("column"):
                click.echo(_pointed(one["text"], one["column"]), err=True)
    raise SystemExit(1)


def _pointed(text: str, column: int) -> str:
    """The line of a text that holds a column, and a mark under it; under a Chinese character a space is as wide."""
    begin = text.rfind("\n", 0, column - 1) + 1
    line = text[begin:].partition("\n")[0]
    blank = "".join("\u3000" if east_asian_width(c) in "WF" else " " for c in text[begin : column - 1])
    return f"  {line}\n  {blank}^"


def _line(found: dict[str, Any]) -> str:
    shown = {
        name: value for name, value in found.items() if name not in ("code", "why", "text") and value not in ("", 0)
    }
    told = ", ".join(f"{name} {value}" for name, value in shown.items())
    return ": ".join(part for part in (found["code"], str(found.get("why", "")), told) if part)
