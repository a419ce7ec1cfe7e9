"""What a reply says of money, against the books as they stand: drafts leave out what was taken back, and typed amounts that nobody gave are doubted.

Only amounts are compared, never words. Whoever is told that the amounts differ may say so all the same; the record then says that they were told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine import language
from engine.language import Reason
from engine.running import Answer
from service_tasks import amounts, spoken_amounts
from service_tasks.gateway import gateway
from service_tasks.gateway.case_money import elsewhere, sums

NOT_GIVEN, OF_ANOTHER = "amount_not_given", "line_of_another_case"
CORRECTED = "原先退减的 {amounts} 元已更正收回。"  # as everything that customers are told, in Chinese


def told_in(form: language.Form) -> list[str]:
    """Return the keys of the texts that a form tells the customer."""
    return list(dict.fromkeys(field.channel_of for field in form.inputs if field.channel_of))


def prefilled(form: language.Form, variables: Mapping[str, Any], scope: language.feel.Scope) -> dict[str, Any]:
    """Return what stands in the fields of a form at first; what it says to the customer follows the books, not what was known when it was worded."""
    values = form.prefill(variables, scope)
    case_number = variables.get("case_number")
    texts = [key for key in told_in(form) if values.get(key)]
    if texts and isinstance(case_number, str):
        values |= {key: as_it_stands(str(values[key]), case_number) for key in texts}
    return values


def as_it_stands(text: str, case_number: str) -> str:
    """Return a draft without the sentences about money that was taken back since, and with one that says so."""
    money = gateway().case_money(case_number)
    if not money.taken_back:
        return text
    past = sums(money.taken_back) - sums(money.given)
    sentences = [sentence for sentence in spoken_amounts.sentences(text) if not spoken_amounts.named(sentence) & past]
    rest = "".join(sentences)
    if rest and not rest.endswith(("。", "；", "！", "？", "\n")):
        rest += "。"
    returned = "、".join(amounts.yuan(sum(entry)) for entry in money.taken_back)
    return rest + CORRECTED.format(amounts=returned)


def doubt(answer: Answer) -> dict[str, list[Reason]]:
    """Return what a completed step tells the customer of amounts that the case has not given, by the field of the text."""
    texts = {key: answer.entered.get(key) for key in told_in(answer.form)}
    with_amounts = {key: text for key, text in texts.items() if isinstance(text, str) and spoken_amounts.named(text)}
    if not with_amounts:
        return {}
    drafts = prefilled(answer.form, answer.variables, answer.scope)
    reasons = {
        key: _not_given(text, str(drafts.get(key) or ""), answer.case_number) for key, text in with_amounts.items()
    }
    elsewhere_reasons = {key: _of_another(text, answer) for key, text in with_amounts.items()}
    doubts = {
        key: [reason for reason in (reasons[key], elsewhere_reasons[key]) if reason is not None] for key in with_amounts
    }
    return {key: of_text for key, of_text in doubts.items() if of_text}


def _of_another(text: str, answer: Answer) -> Reason | None:
    """Return the reason to doubt a text that names the amount of a line which was picked here and is another case's meanwhile."""
    rows = answer.variables.get("disputed_lines")
    lines = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    prefix = CORRECTED.partition("{")[0]
    sentences = [sentence for sentence in spoken_amounts.sentences(text) if not sentence.strip().startswith(prefix)]
    fen = spoken_amounts.named("".join(sentences))
    addresses = {str(row.get("line")) for row in lines if row.get("amount") in fen}
    claimed = elsewhere(answer.case_number, addresses, str(answer.variables.get("msisdn") or "")) if addresses else []
    return Reason(OF_ANOTHER, {"of": claimed[0][0], "case": claimed[0][1]}) if claimed else None


def of_progress(text: str, case_number: str) -> Reason | None:
    """Return the reason to doubt what a customer is told of how things stand: it may name what is under way, but neither what nobody gave nor what was taken back."""
    if not spoken_amounts.named(text):
        return None
    under_way = gateway().intended(case_number) - sums(gateway().case_money(case_number).taken_back)
    return _not_given(text, "、".join(f"{amounts.yuan(fen)} 元" for fen in sorted(under_way)), case_number)


def _not_given(text: str, draft: str, case_number: str) -> Reason | None:
    """Return the reason to doubt a text; what the draft itself says of what is under way in the case is no news, nor is its sentence about a reversal."""
    money = gateway().case_money(case_number)
    right_amounts, past = sums(money.given), sums(money.taken_back)
    own: set[str] = set()
    if draft and spoken_amounts.named(text) - right_amounts:
        right_amounts |= spoken_amounts.named(draft) & (gateway().intended(case_number) - past)
        own = {_bare(sentence) for sentence in spoken_amounts.sentences(draft)}
    unknown = {sentence: spoken_amounts.named(sentence) - right_amounts for sentence in spoken_amounts.sentences(text)}
    wrong = [amount for sentence, fen in unknown.items() for amount in fen if _bare(sentence) not in own or fen - past]
    return Reason(NOT_GIVEN, {"amounts": sorted(set(wrong)), "given": _wholes(money.given)}) if wrong else None


def _bare(sentence: str) -> str:
    return sentence.strip().rstrip("。；！？!?;")


def _wholes(entries: Iterable[tuple[int, ...]]) -> list[int]:
    """Return what was given, entry by entry."""
    return [sum(entry) for entry in entries]
