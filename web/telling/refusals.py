"""Refusals of service tasks and decisions in words: why, and what is still possible; amounts as the page writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from service_tasks import refusals
from web.telling import disputed_lines
from web.telling.i18n import mark as _
from web.telling.i18n import yuan

SENTENCES = {
    "awaits_debit": _("A debit is under way; what is owed can be waived or credited when it has its result."),
    "pays_by_debit": _(
        "A debit is under way and may pay the bill; the counter takes nothing for it. What the customer wants to leave here is prepaid."
    ),
    "number_cancelled": _(
        "The number is cancelled and takes no prepayment. What it owes can be paid: %(owed)s. If nothing is owed, choose that nothing is paid now."
    ),
    "number_unknown": _("No customer has this number."),
    "account_format": _("The account number is not written as this bank writes it."),
    "batch_closed": _("The list of %(period)s is closed: it has been handed in."),
    "card_issued": _("That card was issued already, in case %(case)s. Please take another one."),
    "card_not_in_stock": _("No card with this serial number is in stock."),
    "card_unused": _("The card has not been used yet."),
    "card_value_differs": _("The new card has to be worth %(amount)s; this one is worth %(of)s."),
    "debit_under_way": _("A debit is under way; the agreement can be changed when it is done."),
    "approval_used": _("What was granted has been paid already."),
    "exceeds_approval": _("%(amount)s is more than what was approved; at most %(approved)s is possible."),
    "exceeds_charged": _(
        "%(amount)s is more than the bills of this number still hold; at most %(balance)s is possible."
    ),
    "exceeds_deposit": _("The deposit is %(balance)s; %(amount)s is more."),
    "not_authorised": _("Neither the supervisor nor the second person has approved this amount."),
    "other_kind_approved": _("This way of repayment is not what was approved."),
    "other_lines_approved": _("These are other lines than those approved."),
    "other_payee_approved": _("This is another number than the one approved."),
    "exceeds_bill": _("%(amount)s is more than what is due on the bill; at most %(balance)s is possible."),
    "exceeds_disputed": _(
        "%(amount)s is more than can be given back of what is in dispute; at most %(disputed)s is possible."
    ),
    "account_keyed_wrong": _("This is the account that was keyed by mistake. Please enter the one that was agreed."),
    "bank_keyed_wrong": _("This is the bank that was keyed by mistake. Please choose the one that was agreed."),
    "exceeds_late_fee": _("%(amount)s is more than the late fee due; at most %(balance)s is possible."),
    "exceeds_receipt": _("Receipt %(receipt)s still holds %(left)s; %(amount)s is more."),
    "forms_differ": _(
        "Forms on the list: %(count)s (%(amount)s); entered: %(typed)s. Please count again, or write below why the number differs."
    ),
    "list_changed": _(
        "The list has changed since the forms were collected: forms then %(before)s (%(of)s), now %(count)s (%(amount)s). Send it back to the charge-hold desk, or check the list as it is now and write below what changed."
    ),
    "file_wrong": _("%(rows)s. Nothing was taken over: please correct these rows and hand the file in again."),
    "hold_settled": _(
        "%(case)s has decided this hold already. Nothing was posted again, and the customer is not told again."
    ),
    "holder_keyed_wrong": _("This is the holder that was keyed by mistake. Please enter the one who signed."),
    "holder_mismatch": _("The account holder is not the customer."),
    "insufficient_prepayment": _("The prepayment is %(balance)s; %(amount)s is more."),
    "not_billed": _("%(line)s is on no bill yet. Please leave it out until it is."),
    "nothing_due": _("Nothing can be withdrawn now; owed since cash was taken back: %(owed)s."),
    "not_information_fee": _("%(line)s is no information fee. Please pick what a site charged."),
    "no_deposit": _("There is no deposit on this number."),
    "no_cash": _("Without the card itself only another number is possible."),
    "not_cancelled": _("The number has not been cancelled."),
    "line_taken": _(
        "%(line)s is in case %(case)s: of %(of)s, %(left)s is left; %(amount)s is more. Please go on in that case, or pick less."
    ),
    "exceeds_line": _("Of %(line)s, %(left)s can be given; %(amount)s is more. Please pick less."),
    "picked_twice": _(
        "%(other)s and %(line)s are the same money, of which %(left)s can be given. Please untick one of them, or pick less."
    ),
    "beyond_bill": _(
        "The bill charges less than was picked of it: beside the rest %(left)s is left for %(line)s, and %(amount)s is more. What no bill charged is not given back; please untick what is too much."
    ),
    "line_unfit": _(
        "%(line)s is not of the kind that was chosen. Please untick it, or choose what it is of; each kind is given back for itself."
    ),
    "lines_to_tick": _(
        "Please tick what is disputed: it stands in this customer's papers. An amount is typed only where there is nothing to tick."
    ),
    "line_promised": _(
        "%(line)s comes by secondary pricing under the case that promised it. Please take it over there, as a promise not kept."
    ),
    "line_unknown": _("%(line)s does not stand in this customer's papers, or was picked twice."),
    "added_without_reason": _("%(line)s is none that the system picked. Please write beside it why it belongs to it."),
    "nothing_picked": _("Nothing is picked. Please tick what is to be given back."),
    "decides_own_case": _("Whoever was named does not decide on it. Somebody else has to."),
    "not_the_person": _("Only the person who was named answers here. A supervisor can write down what they said."),
    "not_a_supervisor": _("Only a supervisor writes down what the person or unit said."),
    "number_of_another": _(
        "The employee number %(number)s is not that of %(name)s. Please check the number or the name."
    ),
    "number_unfit": _(
        "%(number)s is written as no employee number here: they are written as %(shapes)s, with a digit for every 0."
    ),
    "names_oneself": _("Nobody names themselves. Please ask another supervisor."),
    "nobody_named": _("Please write who bears it: the person of an own hall, the name of another unit."),
    "not_of_staff": _(
        "%(name)s is nobody who works here, or a name of several. Please write the log-in or the employee number."
    ),
    "payer_approved": _("%(name)s approved this payment and cannot have made it. Please check who paid."),
    "payee_unproved": _(
        "Please write who received it for the holder, and the numbers of the authority and of the document."
    ),
    "not_paid_yet": _(
        "%(owed)s of what was picked is not paid yet; it comes off the bill and is not given in cash. Please choose the bill instead, or pick what has been paid."
    ),
    "nothing_to_move": _(
        "All of the %(owed)s is not paid yet: it comes off this number's own bill, and nothing is left to move. Please choose this number's bill."
    ),
    "prepayment_stands": _("The prepayment stands on the number and is given back from there, not by staff."),
    "nothing_left": _("Nothing is left to be returned."),
    "department_unknown": _("The office has no such department. Please choose one of the list."),
    "order_open": _(
        "The department has an open work order in this matter: %(orders)s. Please choose it below if the cause is the same, or say that it is another."
    ),
    "order_gone": _(
        "Work order %(order)s is none that can be joined: it has been answered meanwhile, or there is none of that number."
    ),
    "order_of_other_department": _(
        "Work order %(order)s is with another department. Please choose that department, or another order."
    ),
    "same_department": _("The work order is with this department already. Please choose another, or answer it."),
    "part_without_reason": _("Of %(line)s, %(left)s is left and %(amount)s was picked. Please write why only a part."),
    "own_household": _(
        "This number belongs to your own household, so a colleague has to work on it. Nothing was changed."
    ),
    "proof_unknown": _("There is no bank payment of this number with that proof. Please compare it with the paper."),
    "receipt_unknown": _(
        "There is no such receipt %(receipt)s of this number and kind of payment. Please compare it with the paper."
    ),
    "receipt_replaced": _(
        "%(receipt)s does not stand any more. Please ask for %(replacement)s, which the customer has for it."
    ),
    "receipt_used": _("Receipt %(receipt)s has been paid back in full. Another receipt is needed."),
    "same_number": _("The target is the disputed number itself."),
    "subscription_unknown": _("No customer has this number."),
    "target_cancelled": _("The target number is cancelled."),
    "target_not_gotone": _("The target is not a GoTone number."),
    "target_suspended": _("The target number is suspended."),
    "target_unknown": _("No customer has the target number."),
    "unknown_card": _("There is no card with this serial number."),
    "wrong_pin": _("The PIN does not belong to this card."),
}
# Without the amounts, where a list says which refusals there are.
BRIEF = {
    "number_cancelled": _("The number is cancelled and takes no prepayment"),
    "card_issued": _("That card was issued already"),
    "card_value_differs": _("The new card is of another value"),
    "exceeds_approval": _("More than was approved"),
    "exceeds_charged": _("More than the bills of this number still hold"),
    "exceeds_deposit": _("More than the deposit"),
    "file_wrong": _("Rows of the file are wrong"),
    "forms_differ": _("Another number of forms than the list asks for"),
    "list_changed": _("The list has changed since the forms were collected"),
    "hold_settled": _("The hold has been decided already"),
    "not_billed": _("A line is on no bill yet"),
    "nothing_due": _("Nothing can be withdrawn now"),
    "not_information_fee": _("A line is no information fee"),
    "line_taken": _("Another case has the line"),
    "exceeds_line": _("More than is left of a line"),
    "picked_twice": _("Two lines are the same money"),
    "beyond_bill": _("More than the bill charges"),
    "line_unfit": _("A line is of another kind than was chosen"),
    "line_promised": _("Another case promised the line"),
    "line_unknown": _("A line does not stand in the customer's papers"),
    "added_without_reason": _("A line was added without a reason"),
    "number_of_another": _("The employee number is another person's"),
    "number_unfit": _("The employee number is written otherwise here"),
    "batch_closed": _("The list of that month is closed"),
    "order_open": _("The department has an open work order in this matter"),
    "order_gone": _("The work order can no longer be joined"),
    "order_of_other_department": _("The work order is with another department"),
    "part_without_reason": _("Only a part of a line, without a reason"),
    "exceeds_bill": _("More than is due on the bill"),
    "exceeds_disputed": _("More than is in dispute"),
    "exceeds_late_fee": _("More than the late fee due"),
    "exceeds_receipt": _("More than the receipt still holds"),
    "insufficient_prepayment": _("More than the prepayment"),
    "not_of_staff": _("Who paid is nobody who works here"),
    "not_paid_yet": _("Something picked is not paid yet"),
    "nothing_to_move": _("Nothing picked is paid, so nothing can be moved"),
    "payer_approved": _("Who approved the payment cannot have made it"),
    "receipt_unknown": _("No such receipt"),
    "receipt_replaced": _("The receipt was replaced"),
    "receipt_used": _("The receipt has been paid back in full"),
}
# Where the value that says what is left is nothing: what then is to be said, by code.
NOTHING = {
    "number_cancelled": ("owed", _("The number is cancelled and takes no prepayment, and it owes nothing.")),
    "nothing_due": ("owed", _("Nothing can be withdrawn now.")),
    "exceeds_approval": ("approved", _("Nothing is left of what was approved. %(amount)s would have to be approved.")),
    "exceeds_charged": ("balance", _("The bills of this number hold nothing any more that could be taken off.")),
    "exceeds_deposit": ("balance", _("Nothing is left of the deposit.")),
    "exceeds_bill": ("balance", _("Nothing is due on the bill any more.")),
    "exceeds_disputed": ("disputed", _("Nothing is left of what is in dispute.")),
    "exceeds_late_fee": ("balance", _("No late fee is due any more.")),
    "exceeds_receipt": ("left", _("Receipt %(receipt)s has been paid back in full. Another receipt is needed.")),
    "insufficient_prepayment": ("balance", _("Nothing is left of the prepayment.")),
    "line_taken": (
        "left",
        _("%(line)s is in case %(case)s, and nothing of it is left. Please go on in that case, or untick it."),
    ),
    "exceeds_line": ("left", _("Of %(line)s nothing is left to be given. Please untick it.")),
    "picked_twice": (
        "left",
        _("%(other)s and %(line)s are the same money, and nothing of it is left. Please untick both."),
    ),
    "beyond_bill": (
        "left",
        _("The rest that was picked is all that the bill charges: nothing is left for %(line)s. Please untick it."),
    ),
}
# What became of a line in the case that has it.
BECAME = {
    "reserved": _("reserved"),
    "held": _("on hold"),
    "credited": _("credited"),
    "refunded": _("paid back"),
    "re_priced": _("re-priced"),
}
ROWS = {
    "unreadable": _("row %(rows)s: cannot be read, or has no item and amount"),
    "unknown": _("row %(rows)s: was not handed over"),
    "changed": _("row %(rows)s: another case or amount than was handed over"),
    "double": _("row %(rows)s: stands here twice"),
    "outcome": _("row %(rows)s: the outcome is neither priced nor no bill"),
    "divided": _("row %(rows)s: lines of one item have different outcomes"),
}


def sentence(refusal: Mapping[str, Any]) -> str:
    """Return a refusal, its `code` one of SENTENCES, told by the cause behind it (`because`) where there is one, with what the service said of it; what it did not say is a dash."""
    values = {**dict.fromkeys(refusals.NAMES, "—"), **refusal}
    code = values.get("because") or values["code"]
    limit, text = NOTHING.get(code, ("", ""))
    text = text if limit and values[limit] == 0 else SENTENCES[code]
    words = {name: _written(name, value) for name, value in values.items()}
    became = BECAME.get(values["state"]) if code == "line_taken" else None
    if became:
        words["case"] = gettext("%(case)s (%(became)s)", case=words["case"], became=gettext(became))
    return gettext(text, **words)


def brief(code: str) -> str:
    """Return what a refusal is about, without what the service said of it; its code when nothing says so."""
    text = BRIEF.get(code) or SENTENCES.get(code)
    return str(gettext(text)).rstrip(".。") if text else code


def called(code: str, error_names: Mapping[str, str]) -> str:
    """Return what a refusal without a sentence is called where the diagram catches it (`error_names`, by code)."""
    return error_names.get(code) or str(gettext("for a reason to which the process gives no name"))


def _written(name: str, value: Any) -> str:
    if name == "rows" and isinstance(value, Mapping):
        return " / ".join(_rows(kind, rows) for kind, rows in value.items())
    if name in ("line", "other"):
        return disputed_lines.seen_text(str(value))
    return yuan(value) if name in refusals.FEN and isinstance(value, int) else str(value)


def _rows(kind: str, numbers: list[int]) -> str:
    return gettext(ROWS[kind], rows=gettext(", ").join(map(str, numbers)))
