"""The published processes by the API: every version, its diagram and its elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView
from sqlalchemy import select

import engine.definitions
from engine import diagrams, published
from models.base import session
from models.definition import ProcessDefinition
from web.api import schemas
from web.api.frame import blueprint, refuses
from web.lookup import definitions
from web.queries import publications
from web.telling import names
from web.telling.i18n import language


@blueprint.route("/definitions")
class Definitions(MethodView):
    """Published processes."""

    @blueprint.response(200, schemas.Definition(many=True))
    @refuses()
    def get(self) -> list[dict[str, Any]]:
        """Return every version of every process, the newest of each first."""
        return [dict(row) for row in _versions()]


@blueprint.route("/definitions/<key>/versions/<int:version>")
class OneVersion(MethodView):
    """A version of a process."""

    @blueprint.response(200, schemas.DefinitionDetail)
    @refuses(404)
    def get(self, key: str, version: int) -> dict[str, Any]:
        """Return the version with its diagram and elements."""
        definition = published.current(key, version)
        (row,) = _versions(ProcessDefinition.key == key, ProcessDefinition.version == version)
        elements = [_element(key, element, definition) for element in definition.elements.values()]
        return {**row, "xml": definition.xml.decode(), "elements": elements}


def _element(key: str, element: diagrams.Element, definition: engine.definitions.Definition) -> dict[str, Any]:
    name = names.element_name(key, element.id, element.name, definition) if element.name else ""
    lane = names.department(element.lane) if element.lane else ""
    return element.__dict__ | {"name": name, "lane": lane, "manual_refs": list(element.manual_refs)}


def _versions(*conditions: Any) -> list[Mapping[str, Any]]:
    columns = ("id", "key", "version", "name", "sha256", "published_at", "published_by", "note")
    query = select(*(getattr(ProcessDefinition, name) for name in columns)).where(*conditions)
    query = query.order_by(ProcessDefinition.key, ProcessDefinition.version.desc())
    return [_version(dict(row)) for row in session().execute(query).mappings()]


def _version(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a version with its name, and what its note says where the office itself wrote it, in the caller's language."""
    definition = definitions.version(row["id"], row["sha256"]) if language() == "en" else None
    name = names.process_name(row["key"], definition) if definition is not None else row["name"]
    return {**row, "name": name, "note": publications.said(row["note"])}
