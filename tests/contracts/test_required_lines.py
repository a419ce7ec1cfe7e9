"""No form asks for lines of a bill without a way on when there are none to tick."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

FORMS = Path(__file__).parents[2] / "processes" / "forms"
ANSWERS = ("radio", "select", "checkbox")


def required_lines() -> list[Any]:
    """Every form field of lines that must be ticked, and the other fields of its form, by key."""
    parameters = []
    for path in sorted(FORMS.glob("*.form")):
        components = json.loads(path.read_text(encoding="utf-8"))["components"]
        by_key = {component["key"]: component for component in components if "key" in component}
        for component in components:
            must = component.get("validate", {}).get("required") or component.get("properties", {}).get("requiredWhen")
            if component["type"] == "lines" and must:
                parameters.append(pytest.param(component, by_key, id=f"{path.stem}-{component['key']}"))
    return parameters


@pytest.mark.parametrize(("lines", "fields"), required_lines())
def test_lines_that_must_be_ticked_can_be_gone_without(lines: dict[str, Any], fields: dict[str, Any]) -> None:
    """An answer on the same form, which is there before anything was refused, or what the case has found, takes the duty away."""
    hide = lines.get("conditional", {}).get("hide", "")
    condition = lines["properties"].get("requiredWhen", "")
    names = set(re.findall(r"[a-z_]+", f"{hide} {condition}"))
    ways = [
        key
        for key in names & fields.keys()
        if fields[key]["type"] in ANSWERS and "refusal = null" not in fields[key].get("conditional", {}).get("hide", "")
    ]
    assert ways or ".picked" in condition, lines["key"]
