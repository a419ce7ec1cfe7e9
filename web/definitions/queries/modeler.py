"""What the editor offers to choose from: service tasks with their parameters, departments, processes, the manual, FEEL functions, field kinds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from marshmallow import Schema
from sqlalchemy import select

from engine import checks, definitions, language, runtime
from models.base import session
from models.definition import ProcessDefinition
from models.identity import Department
from office import coverage
from web.queries import shown_variables
from web.telling import names, refusals


def config() -> dict[str, Any]:
    """Return everything at once; names in both languages where the editor writes them into files."""
    return {
        "operators": [_operator(entry) for _, entry in sorted(runtime.handlers_by_topic().items())],
        "departments": [
            _department(entry) for entry in session().scalars(select(Department).order_by(Department.code))
        ],
        "processes": [{"key": key, "name": names.process_name(key)} for key in published_keys()],
        "manual": [
            {"id": entry.id, "title_zh": entry.title_zh, "title_en": entry.title_en} for entry in manual().values()
        ],
        "functions": [
            {"name": entry.name, "parameters": list(entry.parameters)}
            for entry in language.feel.known_functions().values()
        ],
        "asked": checks.asked_properties(),
        "error_titles": {
            code: refusals.brief(code) for entry in runtime.handlers_by_topic().values() for code in entry.errors
        },
        "field_types": sorted(language.forms.INPUTS | language.forms.LAYOUT),
    }


def published_keys() -> list[str]:
    """Return the keys of all published processes."""
    return list(session().scalars(select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key)))


@lru_cache(maxsize=1)
def manual() -> dict[str, coverage.ManualId]:
    """Return the steps of the manual by id; empty where the document is not installed."""
    return {item.id: item for item in coverage.manual_ids(coverage.MANUAL)} if coverage.MANUAL.is_file() else {}


def _department(row: Department) -> dict[str, str]:
    return {"code": row.code, "name": row.name_zh, "name_en": row.name_en}


def _operator(operator: Any) -> dict[str, Any]:
    return {
        "topic": operator.topic,
        "title": operator.title_zh,
        "title_en": operator.title_en,
        "manual_ref": operator.manual_ref,
        "errors": list(operator.errors),
        "outside": operator.outside,
        "parameters": _fields(operator.parameters),
        "results": _fields(operator.result),
    }


def _fields(schema: type[Schema]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "zh": field.metadata.get("zh", name),
            "en": field.metadata.get("en", name),
            "type": definitions.variables.type_of(field),
            "required": field.required,
            "unit": field.metadata.get("unit", ""),
        }
        for name, field in definitions.variables.fields_of(schema).items()
    ]


def defaults(form: language.Form) -> dict[str, Any]:
    """Return the default values of a form as they would stand in its fields."""
    return shown_variables.as_typed(
        form, {field.key: field.default for field in form.inputs if field.default is not None}
    )
