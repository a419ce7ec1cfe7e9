"""The versions of processes in the database: checked and put in force, found again, and asked what they say."""

from engine.published.definition_steps import DefinitionStep, DraftApproved, DraftSaved, DraftSubmitted
from engine.published.files import lint_file
from engine.published.newest import decide, start_timer
from engine.published.publishing import (
    Published,
    callers_of,
    changed_caller,
    count_published,
    in_force,
    newest_package,
    problems,
    publish,
    publish_directory,
    publish_together,
    record_definition,
)
from engine.published.versions import InForce, UnknownProcess, by_id, current

__all__ = [
    "DefinitionStep",
    "DraftApproved",
    "DraftSaved",
    "DraftSubmitted",
    "InForce",
    "Published",
    "UnknownProcess",
    "by_id",
    "callers_of",
    "changed_caller",
    "count_published",
    "current",
    "decide",
    "in_force",
    "lint_file",
    "newest_package",
    "problems",
    "publish",
    "publish_directory",
    "publish_together",
    "record_definition",
    "start_timer",
]
