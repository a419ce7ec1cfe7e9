"""What a completed step came to, in words: the answer that was chosen there, and the money that it moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine import definitions, language
from models.user_task import NamedTask
from office import step_outcomes
from web.queries import money
from web.telling.code_texts import code_text
from web.telling.i18n import gettext, in_language, yuan


def chosen(row: NamedTask, definition: definitions.Definition, typed: Mapping[str, Any]) -> str:
    """Return what a step decided, question and answer in the words of its form: what the form says is its decision, else the answer by which the process goes on; nothing where there is neither."""
    branching = definition.branching(row.element_id, row.process_key)
    form = definition.form(row.element_id, row.process_key)
    answers = list(_answers(form, typed))
    decisions = [answer for answer in answers if answer[0].decides]
    ways = [answer for answer in answers if answer[0].key in branching][:1]
    texts = [(field, in_language(option.label, option.label_en)) for field, option in decisions or ways]
    return "".join(_quote(field, text) for field, text in [*texts, *_amounts(form, typed)])


def _quote(field: language.Field, text: str) -> str:
    words = {"question": in_language(field.label, field.label_en), "answer": text}
    return gettext(" “%(question)s”: %(answer)s.", **words)


def _amounts(form: language.Form, typed: Mapping[str, Any]) -> Iterator[tuple[language.Field, str]]:
    """Yield how much a step decided on, where its form has it typed or picked."""
    entered = form.readable(typed)
    for field in form.inputs:
        value = entered.get(field.key) if field.decides and field.amount is not None else None
        if value:
            yield field, yuan(sum(part["amount"] for part in value) if field.type == "lines" else value)


def sent_back(row: NamedTask, definition: definitions.Definition, typed: Mapping[str, Any]) -> str:
    """Return the words of the box that was ticked instead of doing the step, by which the process goes back; empty when the step itself was done."""
    form = definition.form(row.element_id, row.process_key)
    box = step_outcomes.box_of_return(definition, row.element_id, row.process_key, form.readable(typed))
    return in_language(box.label, box.label_en) if box else ""


def _answers(form: language.Form, typed: Mapping[str, Any]) -> Iterator[tuple[language.Field, language.Option]]:
    """Yield what was chosen where there is something to choose among, in the order of the form."""
    for field in form.inputs:
        if field.type in ("radio", "select") and len(field.options) > 1 and not field.channel_of:
            yield from ((field, option) for option in field.options if str(option.value) == str(typed.get(field.key)))


def moved(number: str, calls: Sequence[str]) -> str:
    """Return what money the service calls of the step that was just done moved, and no other step; empty when they moved none. A text of theirs that cannot arrive is said with it."""
    entered = money.entered_by(number, calls)
    listing = gettext("; ").join(_entry(kind, fen, cash) for kind, fen, cash in entered if kind != money.UNSENT)
    sentence = gettext(" Entered in the books: %(list)s.", list=listing) if listing else ""
    if any(kind == money.UNSENT for kind, _, _ in entered):
        sentence += gettext(
            " The text message to the customer could not be sent: the number is cancelled. Tell them in another way, under the correspondence."
        )
    return sentence


def _entry(kind: str, fen: int, cash: int) -> str:
    """Return one entry in words; of one that went in two ways what is handed out and what is credited."""
    whole = f"{code_text(kind)} {yuan(fen)}"
    if not 0 < cash < fen:
        return whole
    shares = {"cash": yuan(cash), "credited": yuan(fen - cash)}
    return whole + gettext(" (%(cash)s in cash, %(credited)s credited against what is owed)", **shares)
