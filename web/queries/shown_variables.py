"""What lies beside a form (its `shows`), resolved from the variables, and values as a person would have typed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine import definitions, language, proof, record
from engine.record.case_steps import TaskCompleted
from models.base import session
from models.liability import Liability
from office.masking import EVERYTHING, Sight
from service_tasks import amounts
from service_tasks.gateway.listing import items_billed
from web.telling import code_texts, disputed_lines, refusals
from web.telling.i18n import gettext, in_language, shown_to

OF_SOME = ("component", "reason")
OF_A_CALL = ("start", "place", "charge")


@dataclass(frozen=True)
class ShownVariable:
    """One thing laid beside the form: `shown_as` calls, reasons, money, text, table or balance.

    `checked_at` is when a service found it out, `overtaken_at` when something changed it since.
    """

    label: str
    shown_as: str
    value: Any
    checked_at: datetime | None = None
    overtaken_at: datetime | None = None


def of(
    form: language.Form,
    variables: Mapping[str, Any],
    error_names: Mapping[str, str],
    sight: Sight = EVERYTHING,
    found_out: Mapping[str, datetime] | None = None,
) -> list[ShownVariable]:
    """Return everything a form shows that has a value; `error_names` names what a service may answer, by its code, `found_out` when it answered, by variable."""
    at = found_out or {}
    variables = {**variables, "refusal": _named(variables.get("refusal"), error_names), **_liability(form, variables)}
    items = [
        ShownVariable(
            in_language(entry.label, entry.label_en),
            entry.shown_as,
            shown_to(_with_items(_resolve(variables, entry.variable), variables), sight),
            at.get(_root(entry.variable)),
            _later(at.get(_root(entry.overtaken_by)), at.get(_root(entry.variable))),
        )
        for entry in form.shows
    ]
    return [item for item in items if item.value not in (None, "", [], {})]


def _liability(form: language.Form, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return a liability that a form shows, with the amount that stands: what was taken back of it since is borne by nobody."""
    recorded = variables.get("liability")
    if not isinstance(recorded, Mapping) or all(_root(entry.variable) != "liability" for entry in form.shows):
        return {}
    row = session().get(Liability, recorded["number"]) if isinstance(recorded.get("number"), int) else None
    return {"liability": {**recorded, "amount": row.amount}} if row is not None else {}


def _with_items(value: object, variables: Mapping[str, Any]) -> object:
    """Return picked lines, those of a bill with what the bill calls them where the page does not know it."""
    addresses = [str(row["line"]) for row in value if disputed_lines.is_picked(row)] if isinstance(value, list) else []
    unknown = [
        address for address in addresses if disputed_lines.called(address) == disputed_lines.address_text(address)
    ]
    items = items_billed(str(variables.get("msisdn") or ""), unknown) if unknown else {}
    if not items or not isinstance(value, list):
        return value
    return [
        row | {"component": code_texts.item_text(*items[row["line"]])} if row.get("line") in items else row
        for row in value
    ]


def found_out(entries: Iterable[record.CaseEntry]) -> dict[str, datetime]:
    """Return when each variable was last answered by a service, as far as the entries go."""
    return {
        step["variable"]: entry.at
        for entry in entries
        for step in entry.steps
        if step["type"] == "job_completed" and step["variable"]
    }


def turned_down(history: proof.CaseHistory, token: int, sight: Sight = EVERYTHING) -> list[ShownVariable]:
    """Return what was written by whoever did not approve, where that led to the step of a token: the last one in the entry that opened it."""
    scopes = record.Scopes(history.definition.key)
    for entry in history.entries:
        completed: tuple[str, TaskCompleted] | None = None
        opinion = None
        for step in entry.steps:
            scopes.follow(step)
            if step["type"] == "user_task_completed":
                completed = scopes.process(step.get("scope", 0)), step
            elif step["type"] == "error_caught":
                opinion, completed = completed, None
            elif step["type"] == "user_task_created" and step["token"] == token:
                return list(_opinions(history.definition, *opinion, sight)) if opinion is not None else []
    return []


def _opinions(
    definition: definitions.Definition, process: str, step: TaskCompleted, sight: Sight
) -> Iterator[ShownVariable]:
    """Yield what somebody wrote who was asked to approve; nothing where the step was another."""
    if not definition.processes[process].element(step["element"]).properties.get("approves"):
        return
    for field in definition.form(step["element"], process).inputs:
        if field.type == "textarea" and step["form"].get(field.key):
            label = gettext("Why it was not approved")
            yield ShownVariable(label, "text", shown_to(step["form"][field.key], sight))


def _root(path: str) -> str:
    return path.partition(".")[0]


def _later(change: datetime | None, answered: datetime | None) -> datetime | None:
    return change if change is not None and answered is not None and change > answered else None


def _named(refusal: Any, error_names: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Name a refusal: one that has a sentence stays as it is, with its amounts; another is called what the diagram calls it."""
    code = refusal.get("code") if isinstance(refusal, Mapping) else None
    if not code:
        return []
    return [refusal] if code in refusals.SENTENCES else [{"text": refusals.called(code, error_names)}]


def _resolve(variables: Mapping[str, Any], path: str) -> object:
    value: object = variables
    for part in path.split("."):
        value = _said(value, part) if isinstance(value, Mapping) else None
    return value


def _said(value: Mapping[str, Any], part: str) -> object:
    """Return a part of a context, in English where it says it in English beside."""
    english = value.get(f"{part}_en")
    return in_language(value[part], english) if english and part in value else value.get(part)


def as_typed(form: language.Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values as text in the fields: fen as yuan, yes and no for booleans."""
    return {field.key: _typed(field, values[field.key]) for field in form.inputs if field.key in values}


def _typed(field: language.Field, value: object) -> list[Any] | str:
    if field.unit == "fen" and isinstance(value, int):
        return amounts.yuan(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()[:10]
    if field.type == "lines":
        return [line(row) for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    return value if isinstance(value, list) else str(value)


def line(row: Mapping[str, Any]) -> str:
    """Return a picked line as a form has it: "LINE[/COMPONENT] YUAN [REASON]"."""
    address = f"{row.get('line')}/{row['component']}" if row.get("component") else str(row.get("line"))
    return f"{address} {int(row.get('amount') or 0) / 100:.2f} {row.get('reason') or ''}".strip()


def rows(value: Any) -> list[dict[str, Any]]:
    """Return a list of contexts for a table; of the calls in a pair, what the eye compares is laid flat. What only some lines have is left out where none has it."""
    flattened = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            flat: dict[str, Any] = {}
            for name, inner in item.items():
                if isinstance(inner, Mapping):
                    flat |= {f"{name}.{key}": inner[key] for key in OF_A_CALL if key in inner}
                else:
                    flat[name] = inner
            flattened.append(flat)
    empty = {name for name in OF_SOME if all(row.get(name) in (None, "") for row in flattened)}
    return [{name: value for name, value in row.items() if name not in empty} for row in flattened]
