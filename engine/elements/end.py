"""Events that only pass a token on or end it; an end event of the process itself says with what the case ended."""

from __future__ import annotations

from engine.elements.kind import Kind

START = Kind(properties=frozenset({"due"}))
END = Kind()
