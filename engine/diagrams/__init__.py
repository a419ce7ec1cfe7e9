"""Diagrams: what a BPMN file says, what is drawn of it, and how both are mended."""

from engine.diagrams.diagram import ACTIVITIES, Diagram, Element, Flow, parse
from engine.diagrams.identifiers import Mending
from engine.diagrams.repair import Mended, executable, mend
from engine.diagrams.shapes import Drawing, read_drawing

__all__ = [
    "ACTIVITIES",
    "Diagram",
    "Drawing",
    "Element",
    "Flow",
    "Mended",
    "Mending",
    "executable",
    "mend",
    "parse",
    "read_drawing",
]
