"""What the editor offers to choose from: service tasks with their parameters, departments, processes, the manual, FEEL functions, field kinds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from marshmallow import Schema
from sqlalchemy import select

import engine
from models.base import session
from models.definition import ProcessDefinition
from models.identity import Department
from office import coverage
from web import refusals
from web.queries import evidence, names


def config() -> dict[str, Any]:
    """Everything at once; names in both languages where the editor writes them into files."""
    return {
        "operators": [_operator(one) for _, one in sorted(engine.operators().items())],
        "departments": [_department(one) for one in session().scalars(select(Department).order_by(Department.code))],
        "processes": [{"key": key, "name": names.process_name(key)} for key in published_keys()],
        "manual": [{"id": one.id, "title_zh": one.title_zh, "title_en": one.title_en} for one in manual().values()],
        "functions": [{"name": one.name, "parameters": list(one.parameters)} for one in engine.feel.BUILTINS.values()],
        "asked": engine.asked_properties(),
        "error_titles": {code: refusals.brief(code) for one in engine.operators().values() for code in one.errors},
        "field_types": sorted(engine.forms.INPUTS | engine.forms.LAYOUT),
    }


def published_keys() -> list[str]:
    """The keys of all published processes."""
    return list(session().scalars(select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key)))


@lru_cache(maxsize=1)
def manual() -> dict[str, coverage.ManualId]:
    """The steps of the manual by id; empty where the document is not installed."""
    return {one.id: one for one in coverage.manual_ids(coverage.MANUAL)} if coverage.MANUAL.is_file() else {}


def _department(row: Department) -> dict[str, str]:
    return {"code": row.code, "name": row.name_zh, "name_en": row.name_en}


def _operator(one: Any) -> dict[str, Any]:
    return {
        "topic": one.topic,
        "title": one.title_zh,
        "title_en": one.title_en,
        "manual_ref": one.manual_ref,
        "errors": list(one.errors),
        "outside": one.outside,
        "parameters": _fields(one.parameters),
        "results": _fields(one.result),
    }


def _fields(schema: type[Schema]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "zh": field.metadata.get("zh", name),
            "en": field.metadata.get("en", name),
            "type": engine.variables.type_of(field),
            "required": field.required,
            "unit": field.metadata.get("unit", ""),
        }
        for name, field in engine.variables.fields_of(schema).items()
    ]


def defaults(form: engine.Form) -> dict[str, Any]:
    """The default values of a form as they would stand in its fields."""
    return evidence.as_typed(form, {field.key: field.default for field in form.inputs if field.default is not None})
