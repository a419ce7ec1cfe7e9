"""Whether a package may be published, and what in it can hardly be meant: the rules of diagrams, and of every kind of element what its module asks."""

from engine.checks.properties import asked_properties
from engine.checks.warnings import warnings_of, warnings_of_file

__all__ = [
    "asked_properties",
    "warnings_of",
    "warnings_of_file",
]
