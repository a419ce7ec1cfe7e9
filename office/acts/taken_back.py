"""What the customer is told of a credit that was taken back: what is due again and with which bill, what is gone from a prepayment, what was handed back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from service_tasks import amounts
from service_tasks.gateway import Exchanged
from service_tasks.gateway.adjustments import DueAgain, Given

# By kind, with the number's own account before, that of another number after.
CLAUSES = {
    "bill": ("{fen} 元恢复应缴，列{bill}帐单", "转入号码的 {fen} 元恢复应缴，列{bill}帐单"),
    "next_bill": ("原定抵扣下期帐单的 {fen} 元不再抵扣", "原定抵扣转入号码下期帐单的 {fen} 元不再抵扣"),
    "late_fee": ("滞纳金 {fen} 元恢复应缴", "转入号码的滞纳金 {fen} 元恢复应缴"),
    "prepayment": ("已从预付金中扣回 {fen} 元", "已从转入号码的预付金中扣回 {fen} 元"),
}
HANDED_BACK = "您退回的现金 {fen} 元已收妥，收据 {receipt}"
RECEIPT = "退款时收回的原始票据退还给您"
PAID_OUT = "其中 {fen} 元已付给您，请到营业厅缴回，已记入您的应缴费用"
REPLACEMENT = "换开收据 {numbers} 作废，请交回，退款时收回的原始票据退还给您"
REPLACED = "换开收据 {numbers} 作废，另换开收据 {number}，请到营业厅换取"
RED_INVOICE = "红字发票 {numbers} 作废，电子发票恢复原额"
OTHERWISE = "请留意帐单"
SPENT = "预付金中已用去的 {fen} 元记入应缴费用"


class Papers(NamedTuple):
    """What became of papers by the entry that took another back: those that are void, (kind, number), and what was given out."""

    void: Sequence[tuple[str, str]] = ()
    issued: Exchanged | None = None


NONE = Papers()


def told(
    result: Mapping[str, Any], credit: Given, due: Sequence[DueAgain], own: int | None, papers: Papers = NONE
) -> str:
    """Return the consequences in one sentence without its full stop; `own` is the number (id) that complained, `result` what the step records."""
    return "；".join([*_due(due, own), *_cash(result, credit), *_papers(result, credit, papers)]) or OTHERWISE


def _due(due: Sequence[DueAgain], own: int | None) -> Iterator[str]:
    for part in due:
        year, _, month = part.period.partition("-")
        bill = f" {year} 年 {int(month)} 月" if month else ""
        yield CLAUSES[part.kind][part.subscription_id != own].format(fen=amounts.yuan(part.amount), bill=bill)


def _cash(result: Mapping[str, Any], credit: Given) -> Iterator[str]:
    debt, handed_back = result.get("owed", 0), result.get("handed_back", 0)
    if handed_back:
        yield HANDED_BACK.format(fen=amounts.yuan(handed_back), receipt=result["receipt"])
    paid_out = min(debt, credit.cash) if not handed_back else 0
    if paid_out:
        yield PAID_OUT.format(fen=amounts.yuan(paid_out))
    if debt > paid_out:
        yield SPENT.format(fen=amounts.yuan(debt - paid_out))


def _papers(result: Mapping[str, Any], credit: Given, papers: Papers) -> Iterator[str]:
    """Say which papers stand now; a receipt that left none is given back with its cash."""
    by_kind = {
        kind: "、".join(number for of, number in papers.void if of == kind) for kind in ("replacement", "red_invoice")
    }
    if by_kind["red_invoice"]:
        yield RED_INVOICE.format(numbers=by_kind["red_invoice"])
    if by_kind["replacement"] and papers.issued is not None:
        yield REPLACED.format(numbers=by_kind["replacement"], number=papers.issued.number)
    elif by_kind["replacement"]:
        yield REPLACEMENT.format(numbers=by_kind["replacement"])
    elif not papers.void and result.get("handed_back") and credit.kind.endswith("_refund"):
        yield RECEIPT
