"""The page of what the checks of a process find: whether it keeps the process from being published, and the sentence in which an owner reads it."""

from __future__ import annotations

import inspect

from engine.definitions import certainty
from tools.reference_pages.markdown import code, table
from web.definitions.telling import doubts, findings, unreadable

HEAD = ("rule", "what an owner reads")


def problems_page() -> str:
    """Return every rule by what it does to a draft."""
    sentences = _sentences()
    warnings = {rule for rule in sentences if rule.removesuffix("_near") in certainty.WARNINGS}
    parts = [
        "# Problems and warnings of a process",
        " ".join((inspect.getdoc(certainty) or "").split()),
        "## Problems, which keep a draft from being published",
        table(HEAD, [[code(rule), text] for rule, text in sorted(sentences.items()) if rule not in warnings]),
        "## Warnings, which are told",
        table(HEAD, [[code(rule), sentences[rule]] for rule in sorted(warnings)]),
    ]
    return "\n\n".join(parts)


def _sentences() -> dict[str, str]:
    """Return the sentence of every rule; where it names a reason, one for each."""
    reasons = {
        rule: " / ".join(dict.fromkeys(map(str, sentences.values()))) for rule, sentences in unreadable.BY_RULE.items()
    }
    return {rule: str(text) for rule, text in {**reasons, **findings.RULES, **doubts.RULES}.items()}
