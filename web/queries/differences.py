"""Where a scenario came out otherwise than agreed, in words: one sentence per difference, elements by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

import engine
from office.scenarios import Difference
from web import errors
from web.i18n import mark as _
from web.i18n import yuan
from web.queries import findings, names, words

KINDS = {
    "not_open": _("“%(element)s” is not waiting for anybody; what waits: %(open)s.%(incidents)s"),
    "nobody_waits": _("Nothing waits for the message %(message)s with %(key)s."),
    "no_incident": _("There is no incident at “%(element)s”."),
    "not_a_duration": _("%(text)s is not a duration such as PT48H."),
    "unknown_step": _("The step is of no known kind (%(kinds)s)."),
    "not_refused": _("“%(element)s” was completed; it was agreed that it is refused: %(refused)s"),
    "form": _("The form of “%(element)s” does not accept what was entered: %(reasons)s"),
    "refused": _("It was refused: %(message)s"),
    "invalid": _("The process has a problem: %(problem)s"),
    "path": _("“%(element)s” was not reached where it was agreed. The way taken: %(reached)s"),
    "end": _("It should end at “%(expected)s” and stands at %(stands)s.%(incidents)s"),
    "other_end": _("It should end at “%(expected)s” and ended at %(ends)s."),
    "ledger": _("%(account)s: %(expected)s was agreed, %(moved)s was moved."),
    "ledger_unnamed": _("%(account)s: %(moved)s was moved, and nothing was agreed about it."),
    "variable": _("%(name)s: %(expected)s was agreed, it is %(found)s."),
}


def texts(found: Iterable[Difference], package: engine.Package) -> list[str]:
    """Differences as sentences; `package` is what was played; what it no longer has is called as it was."""
    published = engine.newest_package(package.key)
    known = {**(names.of_package(published) if published is not None else {}), **names.of_package(package)}
    return [_text(one, known) for one in found]


def _text(one: Difference, known: Mapping[str, str]) -> str:
    said = str(
        gettext(KINDS[one.kind]) % {name: _shown(one.kind, name, value, known) for name, value in _values(one).items()}
    )
    return gettext("Step %(n)s: %(said)s", n=one.step, said=said) if one.step else said


def _values(one: Difference) -> Mapping[str, Any]:
    if one.kind == "refused":
        return {"message": errors.texts().get(one.values["code"], one.values["message"])}
    if one.kind == "invalid":
        given = one.values
        problem = engine.Problem(given["line"], given["element"], given["rule"], given["values"], given["file"])
        return {"problem": findings.text(problem)}
    return one.values


def _shown(kind: str, name: str, value: Any, known: Mapping[str, str]) -> str:
    if name in ("element", "expected") and isinstance(value, str):
        return known.get(value, value)
    if name in ("open", "stands", "ends"):
        return gettext(", ").join(f"“{known.get(one, one)}”" for one in value if one != "nothing") or gettext("nothing")
    if name == "reached":
        return " → ".join(known.get(one, one) for one in value)
    if name == "incidents":
        return "".join(_incident(one, known) for one in value)
    if name == "refused":
        return "; ".join(f"{key}: {errors.reason(engine.Reason(code))}" for key, code in value.items())
    if name == "reasons":
        return "; ".join(f"{key}: {errors.reason(engine.Reason(codes[0]))}" for key, codes in value.items())
    if name in ("expected", "moved") and isinstance(value, int) and kind.startswith("ledger"):
        return yuan(value)
    if name == "account":
        msisdn, _dot, account = str(value).rpartition(".")
        return f"{msisdn} {words.code_text(account)}".strip()
    return _value(value)


def _value(value: Any) -> str:
    """What a variable holds, as a person says it; lists and what they hold one after the other."""
    if value is None or value in ("", [], {}):
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_value(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return gettext(", ").join(map(_value, value))
    return str(value)


def _incident(one: Mapping[str, str], known: Mapping[str, str]) -> str:
    element = known.get(one["element"], one["element"])
    return " " + gettext("Incident at “%(element)s”: %(kind)s", element=element, kind=one["message"] or one["kind"])
