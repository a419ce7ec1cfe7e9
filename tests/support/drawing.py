"""What tests draw small processes with: the elements of `bench.drawing`, and packages of what was drawn."""

from __future__ import annotations

from bench.drawing import (
    HEAD,
    boundary,
    call,
    catch,
    catch_message,
    decide,
    drawn,
    each,
    end,
    error_end,
    flow,
    gateway,
    node,
    path,
    process,
    properties,
    send_task,
    service,
    start,
    sub_process,
    user,
)
from engine import definitions

__all__ = [
    "FREE_FORM",
    "HEAD",
    "boundary",
    "call",
    "catch",
    "catch_message",
    "decide",
    "drawn",
    "each",
    "end",
    "error_end",
    "flow",
    "gateway",
    "node",
    "package",
    "path",
    "process",
    "properties",
    "send_task",
    "service",
    "start",
    "sub_process",
    "user",
]

FREE_FORM = (
    '{"type": "default", "id": "free", "components": ['
    '{"type": "number", "key": "amount", "label": "金额", "properties": {"label_en": "Amount", "unit": "fen"}},'
    '{"type": "textfield", "key": "note", "label": "备注", "properties": {"label_en": "Note", "personal": "true"}}]}'
)


def package(key: str, main: str, files: dict[str, str] | None = None, **more: str) -> definitions.Package:
    """A package of a process, further files by name ("C.bpmn" also as C_bpmn), and the free form."""
    contents = {f"{key}.bpmn": main, "forms/free.form": FREE_FORM, **(files or {})}
    contents |= {name.replace("_bpmn", ".bpmn"): text for name, text in more.items()}
    return definitions.Package(key=key, files=contents)
