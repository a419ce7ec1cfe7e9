"""Departments: their codes and what they are called in both languages, asked for once in a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g
from sqlalchemy import select

from models.base import connection
from models.identity import Department

_DEPARTMENTS = select(Department.code, Department.name_zh, Department.name_en)


def department_rows() -> Sequence[Any]:
    """Return every department as (code, Chinese name, English name)."""
    if "departments" not in g:
        g.departments = connection().execute(_DEPARTMENTS).all()
    rows: Sequence[Any] = g.departments
    return rows


def department_codes() -> dict[str, str]:
    """Return department codes by the Chinese name that stands on the lanes."""
    return {chinese: code for code, chinese, _ in department_rows()}
