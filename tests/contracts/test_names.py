"""A local is called by what it holds: folders in which none is a pronoun or a participle stay so."""

from __future__ import annotations

import pytest

from tools.figures import naming, sources

# A folder stands for the modules in it, not for the folders below; the names that say nothing are listed in tools/figures/naming.py.
CLEAN = (
    "bench",
    "bench/office",
    "bench/office/counting",
    "cli",
    "engine/cases",
    "engine/checks",
    "engine/definitions",
    "engine/diagrams",
    "engine/elements",
    "engine/ground",
    "engine/language",
    "engine/language/feel",
    "engine/language/feel/functions",
    "engine/language/forms",
    "engine/proof",
    "engine/published",
    "engine/record",
    "engine/running",
    "engine/runtime",
    "engine/spiff",
    "models",
    "service_tasks",
    "service_tasks/authority",
    "service_tasks/cdr_analysis",
    "service_tasks/classification",
    "service_tasks/gateway",
    "service_tasks/refunds",
    "service_tasks/work_orders",
    "office",
    "office/acts",
    "office/demo",
    "office/derived",
    "office/exports",
    "office/fixtures",
    "office/papers",
    "office/scenarios",
    "tests/contracts",
    "tests/unit/bench",
    "tests/unit/cli",
    "tests/unit/engine/definitions",
    "tests/unit/engine/diagrams",
    "tests/unit/engine/language",
    "tests/unit/models",
    "tests/unit/service_tasks",
    "tests/unit/service_tasks/cdr_analysis",
    "tests/unit/service_tasks/classification",
    "tests/unit/service_tasks/refunds",
    "tests/unit/office",
    "tests/unit/tools",
    "tools",
    "tools/crashing",
    "tools/figures",
    "tools/reference_pages",
    "web",
    "web/api",
    "web/audit",
    "web/audit/queries",
    "web/cases",
    "web/cases/queries",
    "web/customers",
    "web/definitions",
    "web/definitions/queries",
    "web/definitions/telling",
    "web/edge",
    "web/edge/asgi",
    "web/lookup",
    "web/operations",
    "web/queries",
    "web/supervision",
    "web/supervision/queries",
    "web/tasks",
    "web/tasks/queries",
    "web/telling",
)
LOCALS = naming.locals_of((*sources.product(), *sources.bench(), *sources.tests()))


@pytest.mark.parametrize("folder", CLEAN)
def test_a_clean_folder_stays_clean(folder: str) -> None:
    """Whoever reads a function there learns from a name what it holds; `./desk check --names` lists the folders still to do."""
    members = [local for local in LOCALS if local.folder == folder]
    assert members, f"{folder} has gone: take it out"
    assert [f"{local.path}:{local.line} {local.name}" for local in members if local.is_banned] == []
