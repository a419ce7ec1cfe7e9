"""What a person does with a page: find a form on it, leave what stands there, answer what is asked, and follow its links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lxml import html

from service_tasks.zone import ZONE

SAID = "客户认为收费有误"
CENT = "0.01"
Given = str | list[str]
WRONG = "//*[contains(@class, 'desk-errors')]//li"


class Answer(NamedTuple):
    """What came back: the status, where it leads and the page."""

    status: int
    location: str
    text: str


class Unexpected(Exception):
    """A page is not what a clerk would go on from; says what stood on it."""


class Page:
    """An answer as somebody reads it."""

    def __init__(self, answer: Answer) -> None:
        self.text = answer.text
        self._tree: Any = html.document_fromstring(answer.text or "<p></p>")

    @property
    def problems(self) -> list[str]:
        """What the page says is wrong."""
        return [" ".join(node.text_content().split()) for node in self._tree.xpath(WRONG)]

    @property
    def task(self) -> int | None:
        """The first task that the page links to."""
        for link in self._tree.xpath("//main//a/@href"):
            match = re.fullmatch(r"(?:https?://[^/]+)?/tasks/(\d+)(?:[?#].*)?", str(link))
            if match:
                return int(match[1])
        return None

    @property
    def links(self) -> list[str]:
        """Where the page leads."""
        return [str(link) for link in self._tree.xpath("//a/@href")]

    def offers(self, action: str) -> bool:
        """Tell whether a form of the page is sent to an address that ends so."""
        return bool(self._forms(action))

    def form(self, action: str) -> Form:
        """Return the form that is sent to an address that ends so. Errors: Unexpected."""
        forms = self._forms(action)
        if not forms:
            raise Unexpected(f"no form for {action}: {' '.join(self._tree.text_content().split())[:300]}")
        return Form(forms[0])

    def _forms(self, action: str) -> list[Any]:
        """Return the forms sent there by themselves, and those that one of their buttons sends there."""
        own = [form for form in self._tree.xpath("//form") if _leads(form.get("action"), action)]
        buttons = [button for button in self._tree.xpath("//button") if _leads(button.get("formaction"), action)]
        return own + [form for button in buttons for form in self._form_of(button)]

    def _form_of(self, button: Any) -> list[Any]:
        form_id = button.get("form")
        return list(self._tree.xpath("//form[@id=$id]", id=form_id) if form_id else button.xpath("ancestor::form"))


def _leads(address: str | None, action: str) -> bool:
    return (address or "").split("?")[0].endswith(action)


class Form:
    """The fields of one form; `conditional` is the address that says which fields belong to what has been chosen, "" without one."""

    def __init__(self, element: Any) -> None:
        self._element = element
        fields = element.xpath(".//*[@data-conditional]/@hx-post")
        self.conditional = str(fields[0]) if fields else ""

    def filled(self, answers: Mapping[str, str]) -> dict[str, Given]:
        """Return every field with what stands in it, else with its answer, else with the first choice or a word of its kind."""
        values = {}
        for name, fields in self._by_name().items():
            value = _value(fields, answers.get(name))
            if value is not None:
                values[name] = value
        return values

    def untouched(self) -> dict[str, Given]:
        """Return every field as the page brought it."""
        standing = {name: _standing(fields) for name, fields in self._by_name().items()}
        return {name: value for name, value in standing.items() if value is not None}

    def with_fields(self, text: str) -> Form:
        """Return the same form once its conditional fields are these."""
        (place,) = self._element.xpath(".//*[@data-conditional]")
        place.clear()
        place.set("data-conditional", "")
        place.extend(html.fragments_fromstring(text or "<p></p>", no_leading_text=True))
        return self

    def _by_name(self) -> dict[str, list[Any]]:
        fields_by_name: dict[str, list[Any]] = {}
        for field in self._element.xpath(".//input | .//select | .//textarea"):
            name, kind = field.get("name"), field.get("type", "text")
            beside = "@" in (name or "")  # amounts, reasons and whole groups beside a field for lines
            if (
                name
                and not beside
                and field.get("disabled") is None
                and kind not in ("submit", "button", "file", "image")
            ):
                fields_by_name.setdefault(name, []).append(field)
        return fields_by_name


def _value(fields: list[Any], answer: str | None) -> Given | None:
    first = fields[0]
    if first.tag == "select":
        return _chosen(
            [option.get("value") for option in first.xpath(".//option")],
            first.xpath(".//option[@selected]/@value"),
            answer,
        )
    kind = first.get("type", "text")
    if kind == "checkbox" and answer == "no":
        return None
    if kind in ("radio", "checkbox"):
        choices = [field.get("value", "on") for field in fields]
        return answer if answer in choices else _ticked(fields) or _chosen(choices, [], None)
    if answer is not None:
        return answer
    stands = first.text if first.tag == "textarea" else first.get("value")
    return stands or ("" if kind == "hidden" else _word(first, kind))


def _ticked(fields: list[Any]) -> Given | None:
    """Return what is ticked, all of it where that is several."""
    choices = [str(field.get("value", "on")) for field in fields if field.get("checked") is not None]
    return choices if len(choices) > 1 else next(iter(choices), None)


def _standing(fields: list[Any]) -> Given | None:
    first = fields[0]
    if first.tag == "select":
        return next(map(str, first.xpath(".//option[@selected]/@value")), "")
    if first.get("type") in ("radio", "checkbox"):
        return _ticked(fields)
    return str((first.text if first.tag == "textarea" else first.get("value")) or "")


def _chosen(choices: list[str], stands: list[str], answer: str | None) -> str | None:
    """Return the answer where it is offered, else what is chosen already, else the first that can be chosen."""
    if answer is not None and answer in choices:
        return answer
    return str(stands[0]) if stands else next((choice for choice in choices if choice), None)


def _word(field: Any, kind: str) -> str:
    if kind == "date":
        return datetime.now(ZONE).date().isoformat()
    return {"decimal": CENT, "numeric": "1"}.get(field.get("inputmode", ""), SAID)
