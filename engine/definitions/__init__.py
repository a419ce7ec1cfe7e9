"""Process definitions: packages, decision tables and forms as an owner made them, compiled, checked and compared."""

from engine.definitions import variables
from engine.definitions.bilingual import english_by_id, english_columns, english_names, field_labels
from engine.definitions.catalogue import catalogue_fault
from engine.definitions.compiled import Definition
from engine.definitions.differences import Difference, differences_between
from engine.definitions.dmn import read_decisions
from engine.definitions.manual import unknown_manual_refs, unknown_papers
from engine.definitions.package import (
    MissingFile,
    Package,
    completed_package,
    load_package,
    own_files,
    package_with,
    pruned_package,
    read_package,
)
from engine.definitions.standalone_files import unused_findings
from engine.definitions.started_processes import begun_at, begun_by, called_by

__all__ = [
    "Definition",
    "Difference",
    "MissingFile",
    "Package",
    "begun_at",
    "begun_by",
    "called_by",
    "catalogue_fault",
    "completed_package",
    "differences_between",
    "english_by_id",
    "english_columns",
    "english_names",
    "field_labels",
    "load_package",
    "own_files",
    "package_with",
    "pruned_package",
    "read_decisions",
    "read_package",
    "unknown_manual_refs",
    "unknown_papers",
    "unused_findings",
    "variables",
]
