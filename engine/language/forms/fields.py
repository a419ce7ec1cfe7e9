"""What a form consists of, as values: fields, their options, and what is laid beside them. Nothing is read or checked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.language.feel import Expression, FeelValue, Scope
from engine.language.vocabulary import Kind, Unit

INPUTS = frozenset(
    {"textfield", "textarea", "file", "number", "select", "radio", "checkbox", "checklist", "datetime", "lines"}
)
LAYOUT = frozenset({"text", "group", "separator", "spacer"})
CHOICES = frozenset({"select", "radio", "checklist"})
# The ways in which something may be shown whatever the office, and the FEEL types that each can draw; none: any.
DISPLAYS: Mapping[str, frozenset[str]] = {"text": frozenset(), "table": frozenset({"list", "context"})}
MOST_LINES = 5_000
MOST_TEXT = {"textfield": 200, "textarea": 4_000, "file": 1_000_000}


@dataclass(frozen=True)
class Option:
    """A choice: what is stored and what is read."""

    value: str
    label: str
    label_en: str


@dataclass(frozen=True)
class Submit:
    """What the button of a form says, and the key of the field whose amount it names; empty when it just ends the step."""

    label: str = ""
    label_en: str = ""
    amount: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One component of the form, input or text. Expressions see the variables, amounts in their unit.

    `allowed` lists the values that may be chosen as things stand, `requiredWhen` says when a field has to be filled.
    `channel_of` is the key of the text that this field says the way of: one of the office's `channels` by which it reached somebody.
    `decides`: what is answered here is what the step decides, which is told after it.
    `unread` are counts that are none: (setting, what stands there); they have no effect.
    A field of the type `file` holds the text of a file that was handed over.
    What is picked in a field of the type `lines` is kept as {line, component, amount, reason}; what a line is, others know.
    Its `max` is of all that is picked, its `allowed` a list of such parts; `number_in` names the variable, or a member of one, with the number whose papers they are of
    (the case's own where it is empty), `among` one kind of papers to which they are confined.
    `unit` is what the form says that its number is counted in, `amount` the unit of the office's amounts where that is it, and of picked lines always.
    `written` is the kind of what a text field holds, one of `engine.language.written.kinds`; it is kept in one way however it was written, by `kind`.
    """

    type: str
    key: str = ""
    label: str = ""
    label_en: str = ""
    description: str = ""
    description_en: str = ""
    text: str = ""
    text_en: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    unit: str = ""
    amount: Unit | None = None
    personal: bool = False
    boolean: bool = False
    channel_of: str = ""
    decides: bool = False
    written: str = ""
    kind: Kind | None = None
    number_in: str = ""
    among: str = ""
    decimals: int = 0
    unread: tuple[tuple[str, str], ...] = ()
    min_length: int = 0
    max_length: int = 0
    pattern: str = ""
    default: FeelValue = None
    expressions: dict[str, Expression] = field(default_factory=dict)
    hide: Expression | None = None

    @property
    def is_input(self) -> bool:
        """Whether the person fills it in."""
        return self.type in INPUTS

    @property
    def is_free_text(self) -> bool:
        """Whether anything can be written in it, names and numbers of people too: personal, unless the form says `personal: false`."""
        return self.type in ("textarea", "file") or (self.type == "textfield" and not (self.pattern or self.written))

    @property
    def is_boolean(self) -> bool:
        """Whether true or false is stored."""
        return self.boolean or self.type == "checkbox"

    @property
    def places(self) -> int:
        """How many decimals may be typed: of an amount, as many as its unit has digits."""
        return self.amount.digits if self.amount is not None else self.decimals

    @property
    def longest(self) -> int:
        """How many characters may be typed."""
        return self.max_length or MOST_TEXT.get(self.type, 0)

    def limit(self, name: str, context: Mapping[str, Any], scope: Scope) -> FeelValue:
        """Return the value of its min, max or prefill expression; null without one."""
        expression = self.expressions.get(name)
        return expression.evaluate(context, scope=scope) if expression is not None else None


@dataclass(frozen=True)
class Shown:
    """Something laid beside the form: a path into the variables, and how it is drawn: one of DISPLAYS or of those that the office adds.

    `overtaken_by` is the variable of what may change it: once that is set later, it is told as it was when it was found out.
    """

    variable: str
    shown_as: str
    label: str
    label_en: str
    overtaken_by: str = ""
