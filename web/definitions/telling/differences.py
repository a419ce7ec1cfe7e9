"""Where a scenario came out otherwise than agreed, in words: one sentence per difference, elements by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

import engine
from engine import definitions, language, proof
from office.scenarios import Difference
from web.definitions.telling import findings
from web.telling import code_texts, error_catalogue, incident_texts, names, reason_texts, verdicts
from web.telling.i18n import filled, yuan
from web.telling.i18n import mark as _
from web.telling.variables import Variables

KINDS = {
    "not_open": _("“%(element)s” is not waiting for anybody; what waits: %(open)s.%(incidents)s"),
    "no_such_process": _("There is no process %(process)s."),
    "no_such_step": _("“%(element)s” is a step that the process no longer has; what waits: %(open)s."),
    "no_such_field": _("The form of “%(element)s” no longer has: %(fields)s. What else it does not accept: %(why)s"),
    "nobody_waits": _("Nothing waits for the message %(message)s with %(key)s."),
    "no_incident": _("There is no incident at “%(element)s”."),
    "not_a_duration": _("%(text)s is not a duration such as PT48H."),
    "unknown_step": _("The step is of no known kind (%(kinds)s)."),
    "not_refused": _("“%(element)s” was completed; it was agreed that it is refused: %(refused)s"),
    "form": _("The form of “%(element)s” does not accept what was entered: %(why)s"),
    "refused": _("It was refused: %(message)s"),
    "invalid": _("The process has a problem: %(problem)s"),
    "path": _("“%(element)s” was not reached where it was agreed. The way taken: %(reached)s"),
    "end": _("It should end at “%(expected)s” and stands at %(stands)s.%(incidents)s"),
    "other_end": _("It should end at “%(expected)s” and ended at %(ends)s."),
    "ledger": _("%(account)s: %(expected)s was agreed, %(moved)s was moved."),
    "ledger_unnamed": _("%(account)s: %(moved)s was moved, and nothing was agreed about it."),
    "variable": _("%(name)s: %(expected)s was agreed, it is %(found)s."),
    "not_verified": _("The record of the case does not verify: %(what)s."),
}
WITHOUT_FIGURES = {  # a scenario agrees on the kind of a refusal, not on its figures
    "max": _("This is too much."),
    "min": _("This is too little."),
    "amount_not_given": _("The text names an amount that the books do not hold as given."),
}


def texts(
    differences: Iterable[Difference], package: definitions.Package, published: definitions.Package | None
) -> list[str]:
    """Return differences as sentences; `package` is what was played; what it no longer has is called as in the one that is `published`."""
    teller = _Told(package, published)
    return [teller.text(difference) for difference in differences]


class _Told:
    """Tells the differences of one package, by the names of its elements, fields and variables."""

    def __init__(self, package: definitions.Package, published: definitions.Package | None) -> None:
        self.package = package
        former = [published] if published is not None else []
        self.known = {id: name for source in (*former, package) for id, name in names.of_package(source).items()}
        self.variables = Variables(package, *former)

    def text(self, difference: Difference) -> str:
        values = {name: self._shown(difference, name, value) for name, value in self._values(difference).items()}
        sentence = filled(gettext(KINDS[difference.kind]), values)
        return gettext("Step %(n)s: %(said)s", n=difference.step, said=sentence) if difference.step else sentence

    def _values(self, difference: Difference) -> Mapping[str, Any]:
        values = difference.values
        if difference.kind == "refused":
            return {"message": error_catalogue.texts().get(values["code"], values["message"])}
        if difference.kind == "not_verified":
            deviation = proof.Deviation(0, values["deviation"], values["seq"], values["what"])
            return {"what": verdicts.contradictions([deviation])[0]}
        if difference.kind == "invalid":
            problem = engine.Problem(
                values["line"], values["element"], values["rule"], values["values"], values["file"]
            )
            return {"problem": findings.as_json([problem], self.package)[0]["text"]}
        return values

    def _shown(self, difference: Difference, name: str, value: Any) -> str:
        if difference.kind == "variable":
            return self._variable(difference, name, value)
        if name in ("element", "expected") and isinstance(value, str):
            return self._element(value)
        if name in ("open", "stands", "ends"):
            return gettext(", ").join(f"“{self._element(id)}”" for id in value if id != "nothing") or gettext("nothing")
        if name == "reached":
            return " → ".join(map(self._element, value))
        if name == "incidents":
            return "".join(map(self._incident, value))
        if name == "refused":
            return gettext("; ").join(self._reason(key, code) for key, code in value.items())
        if name == "why":
            return gettext("; ").join(self._reason(key, *reason) for key, reason in value.items()) or gettext("nothing")
        if name == "fields":
            return gettext(", ").join(value)
        return _amount(difference.kind, name, value)

    def _variable(self, difference: Difference, name: str, value: Any) -> str:
        variable = str(difference.values["name"])
        return self.variables.name(variable) if name == "name" else self.variables.value(variable, value)

    def _element(self, id: str) -> str:
        return self.known.get(id, id)

    def _reason(self, key: str, code: str, values: Mapping[str, Any] | None = None) -> str:
        sentence = reason_texts.reason(language.Reason(code, dict(values or {})))
        if values is None and code in WITHOUT_FIGURES:
            sentence = gettext(WITHOUT_FIGURES[code])
        return gettext("%(field)s: %(why)s", field=self.variables.name(key), why=sentence)

    def _incident(self, incident: Mapping[str, str]) -> str:
        reason = incident_texts.why(incident["kind"], incident["message"], self.known)
        return " " + gettext(
            "Incident at “%(element)s”: %(why)s.", element=self._element(incident["element"]), why=reason
        )


def _amount(kind: str, name: str, value: Any) -> str:
    """Return what moved in the ledger, an account, or what a step says."""
    if name in ("expected", "moved") and isinstance(value, int) and kind.startswith("ledger"):
        return yuan(value)
    if name == "account":
        msisdn, _dot, account = str(value).rpartition(".")
        return f"{msisdn} {code_texts.code_text(account)}".strip()
    return str(value)
