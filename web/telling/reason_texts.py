"""Why a field is wrong, in words, by the code of the reason and its values; and how it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext

from engine import language
from web.telling import disputed_lines, error_catalogue, names, refusals
from web.telling.i18n import yuan


def reason(cause: language.Reason) -> str:
    """Return why a field is wrong, in the language of the page."""
    limit = cause.values.get("limit")
    if isinstance(limit, date) and cause.code in ("min", "max"):
        return _out_of_order(limit, early=cause.code == "min")
    if cause.code in refusals.SENTENCES:
        return refusals.sentence({**cause.values, "code": cause.code})
    sentences = {
        **_of_limits(cause),
        **_of_forms(cause),
        **_of_values(cause),
        **_of_complaints(cause),
        **_of_acts(cause),
    }
    sentence = sentences.get(cause.code) or error_catalogue.texts().get(cause.code) or gettext("Please check this.")
    line = cause.values.get("line")
    return gettext("%(field)s: %(why)s", field=disputed_lines.seen_text(str(line)), why=sentence) if line else sentence


def _of_limits(cause: language.Reason) -> dict[str, str]:
    """Return where something is too much or too little."""
    limit = cause.values.get("limit")
    figure = yuan(int(limit)) if cause.values.get("unit") == "fen" and limit is not None else limit
    return {
        "too_many_decimals": gettext("At most %(limit)s decimals.", limit=figure),
        "min": gettext("Must be at least %(limit)s.", limit=figure),
        "max": gettext("Nothing is left for which an amount could be written here.")
        if cause.values.get("unit") == "fen" and limit == 0
        else gettext("Must not exceed %(limit)s.", limit=figure),
        "too_long": gettext("At most %(limit)s characters.", limit=figure),
        "too_short": gettext("At least %(limit)s characters.", limit=figure),
        "too_many_lines": gettext("At most %(limit)s lines can be picked at once.", limit=figure),
        "no_moment": gettext("The case has no such moment; its last entry is %(limit)s.", limit=limit),
    }


def _of_forms(cause: language.Reason) -> dict[str, str]:
    """Return how a field is filled in, and what may be asked for."""
    return {
        "required": gettext(
            "Please tick what it is about. Where no box can be ticked, nothing is recorded of this number that could still be given back."
        )
        if cause.values.get("type") == "lines"
        else gettext("Please fill this in."),
        "not_a_number": gettext("Please enter a number."),
        "pattern": gettext("Please check how this is written."),
        "shape": gettext("Please check how this is written."),
        "not_an_option": gettext("Please choose one of the options."),
        "other_lines": gettext("Only what was found or approved can be picked here, and no more of it."),
        "not_allowed": gettext(
            "This cannot be chosen as things stand: what is recorded in this case does not allow it."
        ),
        "not_a_date": gettext("Please enter a date such as 2026-11-23."),
        "unknown_field": gettext("This field does not belong to the form."),
        "not_text": gettext("This contains characters that cannot be used."),
        "not_a_line": gettext("This is no line with an amount, such as bill-item:2026-11:3 12.50."),
        "not_json": gettext("This is not JSON, or is too large or too deep."),
        "key_twice": gettext(
            "“%(key)s” in line %(line)s stands there twice. Leave one of them.",
            key=cause.values.get("key"),
            line=cause.values.get("in_line"),
        ),
        "cursor": gettext("This is no place in the list. Begin at its first page."),
        "process_unknown": gettext("There is no process %(name)s.", name=cause.values.get("name")),
        "group_unknown": gettext("There is no department %(name)s.", name=cause.values.get("name")),
        "person_unknown": gettext("Nobody works here under the name or login %(name)s.", name=cause.values.get("name")),
        "twice": gettext("This stands in the address more than once. Leave one."),
        "unknown_parameter": _no_parameter(cause),
        "InvalidParameters": gettext(
            "The next step cannot take this. Please check how it is written and how large it is."
        ),
    }


def _of_values(cause: language.Reason) -> dict[str, str]:
    """Return which kind of value is due where a program sent another."""
    return {
        "not_an_object": gettext("An object with named values is expected here."),
        "not_a_string": gettext("A text is expected here."),
        "not_an_integer": gettext("A whole number is expected here."),
        "not_a_boolean": gettext("Either true or false is expected here."),
        "not_a_list": gettext("A list is expected here."),
        "not_an_instant": gettext("An instant is expected here, such as 2026-11-23T08:30:00Z."),
        "not_one_of": gettext("One of these is expected here: %(options)s.", options=cause.values.get("options")),
    }


def _no_parameter(cause: language.Reason) -> str:
    """Return that nothing here is called so, with the nearest name that there is, else with all of them."""
    sentence = gettext("“%(name)s” is nothing that can be asked for here.", name=cause.values.get("name"))
    nearest = gettext("Nearest known: %(near)s.", near=cause.values.get("near"))
    all_names = gettext("Known here: %(names)s.", names=gettext(", ").join(cause.values.get("known", ())))
    more = nearest if cause.values.get("near") else all_names if cause.values.get("known") else ""
    return f"{sentence} {more}".rstrip()


def _of_complaints(cause: language.Reason) -> dict[str, str]:
    """Return what a complaint and its customer do not let pass."""
    return {
        "holds_number": gettext(
            "This holds a number of a telephone, an account or an identity card. Please write it without: it stays."
        ),
        "number_unknown": gettext(
            "No customer has this number. Please compare it; if it is right, confirm it and take the complaint in."
        ),
        "answered_already": gettext(
            "The customer has been answered; nothing is being handled any more. Leave a remark instead."
        ),
        "not_reached_by_text": gettext(
            "The number is cancelled, so a text message cannot arrive. Tell the customer in another way."
        ),
        "amount_not_given": _of_amounts(cause),
        "line_of_another_case": gettext(
            "%(line)s was picked here, but is in case %(case)s, which has not decided it yet. Please tell the customer what holds there.",
            line=disputed_lines.seen_text(str(cause.values.get("of"))),
            case=cause.values.get("case"),
        ),
    }


def _of_amounts(cause: language.Reason) -> str:
    """Return what the text for the customer names, and what the case has given in truth."""
    amounts, sums = (gettext(", ").join(map(yuan, cause.values.get(name, ()))) for name in ("amounts", "given"))
    if not sums:
        return gettext("The text names %(named)s; the books say that this case has given nothing.", named=amounts)
    return gettext("The text names %(named)s; by the books this case has given %(given)s.", named=amounts, given=sums)


def doubt(code: str) -> str:
    """Return what a person was told before they confirmed what they had entered; its code where nothing says so."""
    texts = {
        "amount_not_given": gettext("the text for the customer names amounts that the books do not hold as given"),
        "line_of_another_case": gettext("the text for the customer names a line that another case has not decided"),
    }
    return texts.get(code, code)


def _of_acts(cause: language.Reason) -> dict[str, str]:
    """Return why an act outside the steps cannot be done."""
    values = {"amount": 0, "left": 0, "minutes": 0, **cause.values}
    return {
        **_of_credits(values),
        **_of_days(values),
        "asked_already": gettext("Somebody has asked for this already."),
        "customer_not_awaited": _awaited(cause.values.get("steps") or []),
        "told_before": gettext("The customer has heard of this case, so tell them that it was entered in error."),
        "tries_missing": gettext("Three tries are needed; still missing: %(left)s.", left=values["left"]),
        "another_day_missing": gettext("The tries must be on two different days."),
        "tried_just_now": gettext(
            "The last try was less than an hour ago and counts as the same. Please try again in %(n)s minutes.",
            n=values["minutes"],
        ),
    }


def _awaited(steps: Sequence[tuple[str, str, str]]) -> str:
    """Return what a case waits for that is not its customer; no step of it may be open at all."""
    if not steps:
        return gettext("No step of the case is open that waits for the customer.")
    names_of_steps = gettext(", ").join(names.element_name(*step) for step in steps)
    return gettext(
        "The case does not wait for the customer alone but for this step of ours: %(steps)s.", steps=names_of_steps
    )


def _given(amount: str, values: Mapping[str, Any]) -> str:
    """Return what stands in the way of a withdrawal, by the way in which the case gave it; cash is named where only a part was cash."""
    cash = yuan(values.get("cash") or 0)
    ways = {
        "cash": gettext("%(amount)s has been paid in cash in this case. Have it taken back first.", amount=amount),
        "posted": gettext(
            "%(amount)s has been posted to an account in this case. Have that taken back first.", amount=amount
        ),
        "credited": gettext(
            "%(amount)s has been credited to an account in this case. Have that taken back first.", amount=amount
        ),
    }
    mixed = gettext(
        "%(amount)s has been given in this case, %(cash)s of it in cash and the rest to an account. Have it taken back first.",
        amount=amount,
        cash=cash,
    )
    to_accounts = gettext(
        "%(amount)s has been given to accounts in this case. Have that taken back first.", amount=amount
    )
    return ways.get(str(values.get("way"))) or (mixed if values.get("cash") else to_accounts)


def _of_credits(values: Mapping[str, Any]) -> dict[str, str]:
    """Return why the money that a case gave stands in the way, or cannot be taken back."""
    amount = yuan(values["amount"])
    return {
        "money_given": _given(amount, values),
        "correction_handed_in": gettext(
            "The correction of %(amount)s is with the run already. Wait for the run, then have the credit taken back.",
            amount=amount,
        ),
        "no_such_credit": gettext("There is no such payment of this case that could be taken back."),
        "entry_reversed": gettext("This has been taken back already."),
        "cash_not_back": gettext(
            "Staff paid this out of their own pocket: it is taken back when the customer has handed the cash back."
        ),
        "no_cash_given": gettext("Nothing of this was paid in cash, so no cash can be handed back for it."),
        "card_charged": gettext(
            "The new card %(card)s has been charged meanwhile, so it is not taken back.", card=values.get("card")
        ),
    }


def _of_days(values: Mapping[str, Any]) -> dict[str, str]:
    """Return why a day that was chosen is none that can be, or no limit can be moved to one."""
    limit = values.get("limit")
    return {
        "extended_once": gettext("A case is extended once only, and this one has been, or it has been asked for."),
        "no_limit_to_extend": gettext("Neither the case nor an open step has a limit that could be extended."),
        "limit_passed": gettext(
            "The limit passed on %(limit)s. It can be extended only before it passes.", limit=limit
        ),
        "not_a_working_day": gettext("The office does not work on this day. Please choose a working day."),
        "not_an_extension": gettext(
            "Please choose a day after %(after)s and not after %(limit)s: at most five working days.",
            after=values.get("after"),
            limit=limit,
        ),
        "not_the_day_of_posting": gettext(
            "Please choose a day from %(first)s, when the letter was written, to %(last)s, which is today.",
            first=values.get("first"),
            last=values.get("last"),
        ),
    }


def way_of_writing(cause: language.Reason) -> str:
    """Return how what was refused is written, beside the reason; empty where that says it all."""
    sentences = {
        "msisdn": gettext("A mobile number has eleven digits and begins with 1; +86 may stand before it."),
        "key": gettext("Letters, digits, hyphens and underscores, beginning with a letter, such as NET-001."),
        "code": gettext("Letters, digits and hyphens as they stand on the paper."),
        "paper": gettext("Letters, digits and hyphens as they stand on the paper."),
        "account": gettext("Digits; blanks and hyphens between them do not matter."),
        "day": gettext("A date such as 2026-11-23."),
        "month": gettext("A month such as 2026-11."),
    }
    return sentences.get(str(cause.values.get("written")), "") if cause.code == "pattern" else ""


def _out_of_order(limit: date, *, early: bool) -> str:
    if early:
        return gettext("Must not be before %(day)s.", day=limit.isoformat())
    return gettext("Must not be after %(day)s.", day=limit.isoformat())
