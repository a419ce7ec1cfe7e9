"""What people write in their own words is refused where nothing of it can be seen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.language import Form, InvalidForm, feel
from engine.runtime.runtime import plain_weeks
from office import free_text

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
UNSEEN = ("\u202e\u200b", " \u2060 ", "\ufeff", "\u3164", "\u3000", "\u2800\u200d")


@pytest.mark.parametrize("text", UNSEEN)
def test_what_nobody_can_see_is_nothing(text: str) -> None:
    """A reason of marks alone would stand in the record as one."""
    assert [reason.code for reason in free_text.wrong(text, 10, required=True)] == ["required"]
    assert free_text.wrong(f"{text}因", 10, required=True) == []


@pytest.mark.parametrize("text", UNSEEN)
def test_a_form_does_not_take_it_either(text: str) -> None:
    """A required field of a step is as empty as it looks."""
    form = Form.parse('{"components": [{"type": "textarea", "key": "note", "validate": {"required": true}}]}')
    with pytest.raises(InvalidForm) as refusal:
        form.load({"note": text}, {}, feel.Scope(AT, plain_weeks()))
    assert [reason.code for reason in refusal.value.reasons["note"]] == ["required"]
