"""What is shown of a customer to whom: one rule for pages, API and exports. Who is who to a case is found in `web.edge.access`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from engine import language, runtime
from service_tasks import numbers

# As people write it: with or without the country, in one piece or in groups, in full width too.
_COUNTRY = r"(?:\(?(?:[+＋]|[0０]{2})?[8８][6６]\)?[ -]{0,3})?"
_NUMBER = re.compile(rf"(?<!\d){_COUNTRY}(?P<number>[1１](?:\d{{10}}|[3-9３-９](?:[ -]{{0,3}}\d){{9}}))(?!\d)")
LEAST_GROUP = 3  # shorter ones are a list of something else
# Identity cards (15 figures, or 17 and a figure or X) and accounts at a bank (12 to 19, in one piece or in groups); the number of a paper of
# ours has letters before it.
_BETWEEN = "[ \u00a0\u3000－–-]"
_ACCOUNT = re.compile(
    rf"(?<![0-9A-Za-z*])(?<![A-Za-z]-)(?:\d{{12,}}|\d(?:{_BETWEEN}?\d){{11,18}})[XxＸｘ]?(?![0-9A-Za-z])"
)


class Withheld(str):
    """Stands where a value is not shown."""

    __slots__ = ()


S = TypeVar("S", bound=Mapping[str, object])
WITHHELD = Withheld("(personal)")
SECRET = "(secret)"


@dataclass(frozen=True)
class Sight:
    """What somebody is shown of a case: what the customer and others said (`personal`), and numbers of telephones, identity cards and accounts in full (`numbers`).

    `is_work` says that they work on the case, so that opening it is no look at somebody else's.
    """

    personal: bool
    numbers: bool
    is_work: bool = False


NOTHING, EVERYTHING = Sight(personal=False, numbers=False), Sight(personal=True, numbers=True)


def number(msisdn: str | None) -> str:
    """Return a number where one need not see it: 138****1234, however it was written."""
    plain = numbers.msisdn(msisdn) or msisdn if msisdn else ""
    return f"{plain[:3]}****{plain[-4:]}" if len(plain) >= 8 else plain or "—"


def step(step: S, private: runtime.Personal, sight: Sight) -> S:
    """Return a step as somebody is shown it, by the places of what is personal in it; what is secret is shown to nobody."""
    visible: Mapping[str, Any] = private.only_secret().replaced(step, lambda _: SECRET)
    if not sight.personal:
        visible = private.replaced(visible, lambda _: WITHHELD)
    return cast(S, visible if sight.numbers else masked(visible))


def _hidden(match: re.Match[str]) -> str:
    """Return a number within a text, masked."""
    groups = language.written.plain(match["number"]).replace("-", " ").split()
    return match[0] if min(map(len, groups)) < LEAST_GROUP else number("".join(groups))


def _account(match: re.Match[str]) -> str:
    """Return the number of an account or of an identity card within a text, masked; short groups before the last are dates, or a list."""
    groups = re.split(r"[ -]", language.written.plain(match[0]))
    return match[0] if min(map(len, groups[:-1] or groups)) < LEAST_GROUP else number("".join(groups))


def said(value: Any, sight: Sight) -> Any:
    """Return what stands beside the steps and is personal, such as the words of a complaint; nothing stays nothing."""
    if value is None or value == "":
        return value
    if not sight.personal:
        return WITHHELD
    return value if sight.numbers else masked(value)


def holds_number(text: str) -> bool:
    """Tell whether a text names a telephone, an identity card or an account."""
    return bool(masked(text) != text)


def masked(value: Any) -> Any:
    """Return the same JSON with every number of a telephone, an identity card or an account in its texts masked."""
    if isinstance(value, Withheld):
        return value
    if isinstance(value, str):
        return _ACCOUNT.sub(_account, _NUMBER.sub(_hidden, value))
    if isinstance(value, Mapping):
        return {name: masked(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    return value
