"""What a person typed in one field, read as the value to store; a ValidationError says why not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from engine.language import feel, patterns, written
from engine.language.feel import FeelValue, Scope
from engine.language.forms.fields import MOST_LINES, Field
from engine.language.vocabulary import Unit

MOST_TYPED = 100_000
MOST_LINE = 400
TRUE = frozenset({"yes", "true", "on", "1"})
FALSE = frozenset({"no", "false", "off", "0", ""})


@dataclass(frozen=True)
class Reason:
    """Why a field is wrong: a code and its values, e.g. ("max", {"limit": 12850, "unit": UNIT})."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


class Given(dict[str, Any]):
    """What was typed in the visible fields, with the variables that limits are reckoned from and the scope to do so."""

    def __init__(self, typed: Mapping[str, Any], context: Mapping[str, Any], scope: Scope) -> None:
        super().__init__(typed)
        self.context, self.scope = context, scope


class Entered(fields.Field):
    """One field as marshmallow loads it from `Given`: read, then held against its limits."""

    def __init__(self, item: Field) -> None:
        super().__init__(allow_none=True, data_key=item.key, attribute=item.key)
        self._item = item

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        loaded = read(self._item, value)
        if loaded is None or loaded == []:
            if self._item.required or self._item.limit("requiredWhen", data.context, data.scope) is True:
                raise wrong("required", **({"type": "lines"} if self._item.type == "lines" else {}))
            return loaded
        if isinstance(loaded, str) and self._item.pattern:
            self._check_pattern(loaded, data.scope)
        check_limits(self._item, loaded, data)
        return loaded

    def _check_pattern(self, text: str, scope: Scope) -> None:
        scope.renew()
        if patterns.compile(self._item.pattern).search(text, scope.spend) is None:
            raise wrong("pattern", expected=self._item.pattern, written=self._item.written)


def check_limits(item: Field, value: FeelValue, submission: Given) -> None:
    """Check a value against the limits of its field; an amount without bounds of its own is neither below zero nor above what its unit takes.

    Errors: ValidationError for a value below or above what the field takes, or that cannot be chosen as things stand.
    """
    if item.type == "lines":
        _check_lines(item, value, submission)
        return
    if not may_be_chosen(item, value, submission.context, submission.scope):
        raise wrong("not_allowed")
    least = item.limit("min", submission.context, submission.scope)
    if least is None and item.amount is not None:
        least = 0
    most = item.limit("max", submission.context, submission.scope)
    if most is None and item.amount is not None:
        most = item.amount.most
    if least is not None and feel.compare("<", value, least) is True:
        raise wrong("min", limit=least, unit=item.unit)
    if most is not None and feel.compare(">", value, most) is True:
        raise wrong("max", limit=most, unit=item.unit)


def _check_lines(item: Field, value: FeelValue, submission: Given) -> None:
    """Check that picked lines come to no more than `max` in all, and that where `allowed` is a list of parts nothing else is picked and no more of any."""
    lines = [line for line in value if isinstance(line, Mapping)] if isinstance(value, list) else []
    limits = item.limit("allowed", submission.context, submission.scope)
    if isinstance(limits, list):
        most = {_of_what(limit): _amount_of(limit) for limit in limits if isinstance(limit, Mapping)}
        if any(_amount_of(line) > most.get(_of_what(line), 0) for line in lines):
            raise wrong("other_lines")
    most_in_all = item.limit("max", submission.context, submission.scope)
    if most_in_all is not None and feel.compare(">", sum(map(_amount_of, lines)), most_in_all) is True:
        raise wrong("max", limit=most_in_all, unit=_unit_of(item).name)


def _unit_of(lines: Field) -> Unit:
    """Return in what the amounts of picked lines are."""
    return lines.amount or Unit()


def _amount_of(part: Mapping[str, FeelValue]) -> int:
    """Return the amount of a part in its unit. Errors: ValidationError for one that is no whole number."""
    amount = part.get("amount") or 0
    if type(amount) is not int:
        raise wrong("not_a_line")
    return amount


def _of_what(part: Mapping[str, FeelValue]) -> tuple[str, str]:
    return str(part.get("line") or ""), str(part.get("component") or "")


def may_be_chosen(item: Field, value: FeelValue, context: Mapping[str, Any], scope: Scope) -> bool:
    """Tell whether the field's `allowed`, a list, has the value; anything else than a list allows all."""
    limits = item.limit("allowed", context, scope)
    values = value if isinstance(value, list) else [value]
    return not isinstance(limits, list) or all(entry in limits for entry in values)


def fits(item: Field, value: FeelValue, submission: Given) -> bool:
    """Tell whether the field would take a stored value as to its options and limits; how a text is written is for the person to mend."""
    if item.options and not item.is_boolean:
        values = value if isinstance(value, list) else [value]
        options = [option.value for option in item.options]
        return all(entry in options for entry in values) and may_be_chosen(
            item, value, submission.context, submission.scope
        )
    try:
        check_limits(item, value, submission)
    except ValidationError:
        return False
    return True


def wrong(code: str, **values: Any) -> ValidationError:
    """Return the error of one field."""
    return ValidationError([Reason(code, values)])


def read(item: Field, value: object) -> FeelValue:
    """Return what was typed as the value to store; null or an empty list when nothing was. Errors: ValidationError with a Reason."""
    if item.type == "checklist":
        return _list(item, value)
    if item.type == "lines":
        return _lines(value, _unit_of(item))
    return _READERS[item.type](item, _text_of(item, value))


def _text_of(item: Field, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 1:
        value = value[0]
    if value is None:
        return ""
    if not isinstance(value, str):
        raise wrong("not_text")
    if len(value) > max(MOST_TYPED, item.longest):
        raise wrong("too_long", limit=item.longest or written.MOST_DIGITS)
    controls = "\n\r\t" if item.type in ("textarea", "file") else ""
    if not value.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs") and c not in controls for c in value):
        raise wrong("not_text")
    return "" if written.is_blank(value) else value.replace("\r\n", "\n").strip()


def _text(item: Field, text: str) -> str | None:
    if not text:
        return None
    text = _as_kept(item, text)
    if len(text) > item.longest:
        raise wrong("too_long", limit=item.longest)
    if len(text) < item.min_length:
        raise wrong("too_short", limit=item.min_length)
    return text


def kept_alike(item: Field, value: FeelValue) -> FeelValue:
    """Return a stored text in the one way in which its kind is kept; what is none of the kind stays as it is, for the person to mend."""
    if item.kind is None or not isinstance(value, str):
        return value
    return item.kind.read(value) or value


def _as_kept(item: Field, text: str) -> str:
    """Return the text in the one way in which its kind is kept, however it was written."""
    if item.kind is None:
        return text
    normal = item.kind.read(text)
    if not normal:
        raise wrong("pattern", expected=item.pattern, written=item.written)
    return normal


def _number(item: Field, text: str) -> int | Decimal | None:
    if not written.plain(text):
        return None
    number = written.amount(text, item.amount) if item.amount is not None else written.number(text)
    if number is None:
        raise wrong("not_a_number")
    if -int(number.normalize().as_tuple().exponent) > item.places:
        raise wrong("too_many_decimals", limit=item.places)
    if item.amount is not None:
        return int(number * item.amount.parts)
    return int(number) if number == number.to_integral_value() else number


def _choice(item: Field, text: str) -> str | bool | None:
    if not text:
        return None
    if text not in {option.value for option in item.options}:
        raise wrong("not_an_option")
    return stored_choice(item, text)


def stored_choice(item: Field, value: str) -> str | bool:
    """Return the value that an option of the field is kept as: yes and no are true and false."""
    return value in TRUE if item.boolean else value


def _list(item: Field, value: object) -> list[FeelValue]:
    if value is not None and not isinstance(value, str | list | tuple):
        raise wrong("not_text")
    entries = [value] if isinstance(value, str) and value else list(value or [])
    options = {option.value for option in item.options}
    texts = [entry for entry in entries if isinstance(entry, str) and entry in options]
    if len(texts) != len(entries):
        raise wrong("not_an_option")
    return [*dict.fromkeys(texts)]


def _lines(value: object, unit: Unit) -> list[FeelValue]:
    """Return what was picked, each as "LINE[/COMPONENT] AMOUNT [REASON]"."""
    if value is not None and not isinstance(value, str | list | tuple):
        raise wrong("not_text")
    lines = [value] if isinstance(value, str) else list(value or [])
    if len(lines) > MOST_LINES:
        raise wrong("too_many_lines", limit=MOST_LINES)
    return [_line(text, unit) for text in dict.fromkeys(lines) if text]


def _line(text: object, unit: Unit) -> dict[str, FeelValue]:
    if not isinstance(text, str) or len(text) > MOST_LINE or not text.isprintable():
        raise wrong("not_a_line")
    address, _, rest = text.strip().partition(" ")
    typed_amount, _, reason = rest.strip().partition(" ")
    line, _, component = address.partition("/")
    if not line or not typed_amount:
        raise wrong("not_a_line")
    return {"line": line, "component": component, "amount": _amount(typed_amount, line, unit), "reason": reason.strip()}


def _amount(text: str, line: str, unit: Unit) -> int:
    """Return the amount of a picked line. Errors: ValidationError that names the line."""
    if written.amount(text, unit) is None:
        raise wrong("not_a_number", line=line)
    amount = written.parts(text, unit)
    if amount is None:
        raise wrong("too_many_decimals", limit=unit.digits, line=line)
    if not 0 < amount <= unit.most:
        code, limit = ("max", unit.most) if amount > 0 else ("min", 1)
        raise wrong(code, limit=limit, unit=unit.name, line=line)
    return amount


def _checkbox(item: Field, text: str) -> bool | None:
    if text.lower() in TRUE:
        return True
    if text.lower() not in FALSE:
        raise wrong("not_an_option")
    return None if item.required else False


def _date(item: Field, text: str) -> date | None:
    if not text:
        return None
    day = written.day(text)
    if day is None:
        raise wrong("not_a_date")
    return day


_READERS: dict[str, Callable[[Field, str], FeelValue]] = {
    "textfield": _text,
    "textarea": _text,
    "file": _text,
    "number": _number,
    "select": _choice,
    "radio": _choice,
    "checkbox": _checkbox,
    "datetime": _date,
}
