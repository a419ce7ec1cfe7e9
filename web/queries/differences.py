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
from web.queries import findings, names, stuck, words
from web.queries.variables import Variables

KINDS = {
    "not_open": _("“%(element)s” is not waiting for anybody; what waits: %(open)s.%(incidents)s"),
    "no_such_process": _("There is no process %(process)s."),
    "no_such_step": _("“%(element)s” is a step that the process no longer has; what waits: %(open)s."),
    "no_such_field": _(
        "The form of “%(element)s” no longer has: %(fields)s. What else it does not accept: %(reasons)s"
    ),
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
    told = _Told(package, published)
    return [told.text(one) for one in found]


class _Told:
    """Tells the differences of one package, by the names of its elements, fields and variables."""

    def __init__(self, package: engine.Package, published: engine.Package | None) -> None:
        self.package = package
        former = [published] if published is not None else []
        self.known = {id: name for one in (*former, package) for id, name in names.of_package(one).items()}
        self.variables = Variables(package, *former)

    def text(self, one: Difference) -> str:
        values = {name: self._shown(one, name, value) for name, value in self._values(one).items()}
        said = str(gettext(KINDS[one.kind]) % values)
        return gettext("Step %(n)s: %(said)s", n=one.step, said=said) if one.step else said

    def _values(self, one: Difference) -> Mapping[str, Any]:
        given = one.values
        if one.kind == "refused":
            return {"message": errors.texts().get(given["code"], given["message"])}
        if one.kind == "invalid":
            problem = engine.Problem(given["line"], given["element"], given["rule"], given["values"], given["file"])
            return {"problem": findings.as_json([problem], self.package)[0]["text"]}
        return given

    def _shown(self, one: Difference, name: str, value: Any) -> str:
        if one.kind == "variable":
            return self._variable(one, name, value)
        if name in ("element", "expected") and isinstance(value, str):
            return self._element(value)
        if name in ("open", "stands", "ends"):
            return gettext(", ").join(f"“{self._element(id)}”" for id in value if id != "nothing") or gettext("nothing")
        if name == "reached":
            return " → ".join(map(self._element, value))
        if name == "incidents":
            return "".join(map(self._incident, value))
        if name == "refused":
            return "; ".join(self._reason(key, code) for key, code in value.items())
        if name == "reasons":
            return "; ".join(self._reason(key, codes[0]) for key, codes in value.items()) or gettext("nothing")
        if name == "fields":
            return gettext(", ").join(value)
        return _amount(one.kind, name, value)

    def _variable(self, one: Difference, name: str, value: Any) -> str:
        variable = str(one.values["name"])
        return self.variables.name(variable) if name == "name" else self.variables.value(variable, value)

    def _element(self, id: str) -> str:
        return self.known.get(id, id)

    def _reason(self, key: str, code: str) -> str:
        return gettext("%(field)s: %(why)s", field=self.variables.name(key), why=errors.reason(engine.Reason(code)))

    def _incident(self, one: Mapping[str, str]) -> str:
        why = stuck.why(one["kind"], one["message"], self.known)
        return " " + gettext("Incident at “%(element)s”: %(why)s.", element=self._element(one["element"]), why=why)


def _amount(kind: str, name: str, value: Any) -> str:
    """What moved in the ledger, an account, or what a step says."""
    if name in ("expected", "moved") and isinstance(value, int) and kind.startswith("ledger"):
        return yuan(value)
    if name == "account":
        msisdn, _dot, account = str(value).rpartition(".")
        return f"{msisdn} {words.code_text(account)}".strip()
    return str(value)
