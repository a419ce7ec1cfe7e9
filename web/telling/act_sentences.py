"""Acts of people that no diagram draws, as sentences of a case's history: withdrawn, voided, not reached, more time, a credit taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from engine.record.case_steps import (
    CorrectionWithdrawn,
    CreditReversed,
    CustomerTried,
    EndAct,
    EntryAct,
    ExtensionAsked,
    HoldLifted,
    LimitExtended,
    NotReached,
    RequestAct,
    RequestRefused,
    ReversalAgreed,
    ReversalAsked,
    Voided,
    Withdrawn,
)
from office import correspondence
from web.telling import act_texts
from web.telling.i18n import gettext, moment, withheld, yuan

Told = tuple[str, str, list[tuple[str, str]]]  # kind, sentence and details of a step


ActStep = EndAct | EntryAct | RequestAct | CustomerTried


def sentence(step: ActStep) -> Told:
    """Return kind, sentence and details of an act."""
    match step["type"]:
        case "case_withdrawn":
            return _withdrawn(step)
        case "case_voided":
            return _voided(step)
        case "case_not_reached":
            return _unreached(step)
        case "customer_tried":
            return _tried(step)
        case "hold_lifted" | "correction_withdrawn" | "credit_reversed":
            return _of_money(step)
        case "extension_asked" | "reversal_asked" | "reversal_agreed" | "request_refused":
            return _of_request(step)
        case _:
            assert_never(step)


def _of_money(step: EntryAct) -> Told:
    match step["type"]:
        case "hold_lifted":
            return _lifted(step)
        case "correction_withdrawn":
            return _unlisted(step)
        case "credit_reversed":
            return _reversed(step)
        case _:
            assert_never(step)


def _of_request(step: RequestAct) -> Told:
    match step["type"]:
        case "extension_asked":
            return _extension(step)
        case "reversal_asked":
            return _reversal(step)
        case "reversal_agreed":
            return _agreed(step)
        case "request_refused":
            return _denied(step)
        case _:
            assert_never(step)


def _withdrawn(step: Withdrawn) -> Told:
    details = [
        (gettext("Why"), act_texts.reason(step["reason"])),
        (gettext("Said by"), _one_of(act_texts.SAID_BY, step["said_by"])),
        (gettext("How"), _one_of(act_texts.HEARD, step["channel"])),
        *_tells(step),
    ]
    return "person", gettext("The customer withdraws the complaint"), details


def _voided(step: Voided) -> Told:
    words = _tells(step) if "tell" in step else [(gettext("Told"), gettext("nobody"))]
    return (
        "person",
        gettext("Voided: the office entered the case in error"),
        [(gettext("Why"), act_texts.reason(step["reason"])), *words],
    )


def _unreached(step: NotReached) -> Told:
    return (
        "person",
        gettext("The customer was not reached in %(tries)s tries", tries=step["tries"]),
        _tells(step),
    )


def _tried(step: CustomerTried) -> Told:
    channel = _one_of(act_texts.TRIED, step["channel"])
    text = gettext("Try %(number)s to reach the customer, %(how)s: not reached", number=step["attempt"], how=channel)
    return "person", text, []


def _lifted(step: HoldLifted) -> Told:
    return "desk", gettext("Taken off hold and due again: %(amount)s", amount=yuan(step["amount"])), []


def _unlisted(step: CorrectionWithdrawn) -> Told:
    text = gettext("Taken off the list of the secondary pricing: %(amount)s", amount=yuan(step["amount"]))
    return "desk", text, []


def _extension(step: ExtensionAsked) -> Told:
    text = gettext("More time asked for, until %(until)s", until=moment(step["until"]))
    return "person", text, [(gettext("Why"), act_texts.reason(step["reason"]))]


def extended(step: LimitExtended) -> Told:
    """Say that every open limit falls later, and what the customer is told of it."""
    return "person", gettext("Limit extended until %(until)s", until=moment(step["until"])), _tells(step)


def _reversal(step: ReversalAsked) -> Told:
    text = gettext("Asked to take back: %(amount)s", amount=yuan(step["amount"]))
    return "person", text, [(gettext("Why"), act_texts.reason(step["reason"]))]


def _reversed(step: CreditReversed) -> Told:
    text, debt = gettext("Taken back: %(amount)s", amount=yuan(step["amount"])), step.get("owed")
    details = [(gettext("Owed since then"), yuan(debt))] if debt else []
    if cash := step.get("handed_back"):
        details += [(gettext("Handed back in cash"), yuan(cash)), (gettext("Receipt"), step["receipt"])]
    return "person", text, details + _tells(step)


def _denied(step: RequestRefused) -> Told:
    text = gettext("Request %(number)s refused", number=step["request"])
    return "person", text, [(gettext("Why"), act_texts.reason(step["reason"]))]


def _agreed(_step: ReversalAgreed) -> Told:
    return "person", gettext("The first of two agrees to take it back"), []


def _tells(step: EndAct | LimitExtended | CreditReversed) -> list[tuple[str, str]]:
    """Return how the customer is told, and with which words; what goes by text message or letter has not been told yet."""
    channel = _one_of(act_texts.TOLD, step["tell"])
    label = gettext("Told") if step["tell"] in correspondence.AT_ONCE else gettext("Words to the customer")
    return [(label, gettext("%(said)s (%(how)s)", said=_words(step["told"]), how=channel))]


def _words(message: object) -> str:
    """Say what was said to the customer; nothing is left of it once it was erased."""
    return "" if message is None else str(withheld(message))


def _one_of(words: Mapping[str, str], code: str) -> str:
    """Return what a code is called; one of which nothing is known stands for itself."""
    return gettext(words.get(code, code))
