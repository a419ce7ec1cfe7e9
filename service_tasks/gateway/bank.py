"""Payments at a bank: what our books made of one, found from the records of both, and its correction, once. What a receipt allows is asked of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from models.base import session
from models.billing import LedgerAccount, Posting
from models.billing import Receipt as ReceiptRow
from models.usage import BankPayment, BankPosting
from service_tasks.gateway import exchanges, ledger, payments
from service_tasks.gateway.lines import Papers
from service_tasks.gateway.values import Account, BankCorrection, BankFinding, Effect, Line, Refused

CASH = Account("cash")
KIND = "bank_payment_correction"
Shares = Sequence[tuple[Account, int]]


def reserve_bank_payment(subscription_id: int, msisdn: str, reference: str, effect: Effect) -> BankFinding:
    """Return what became of the payment of this proof, which the case has until it ends. Refused: proof_unknown, line_taken with the case that has it."""
    payment = _locked(msisdn, reference)
    if payment.case_number not in (None, effect.case):
        raise Refused(
            reason="line_taken", line=f"bank-payment:{reference}", case=payment.case_number, **_nothing(payment)
        )
    payment.case_number = effect.case
    session().flush()
    return _found(payment, subscription_id)


def correct_bank_payment(
    subscription_id: int, msisdn: str, reference: str, effect: Effect, *, receipt: str | None = None
) -> BankCorrection:
    """Put right what was found: on the number that paid, the oldest bill first, what is left into its prepayment; in cash against a `receipt`.

    Refused: proof_unknown, nothing_left, receipt_unknown, receipt_replaced, exceeds_receipt.
    """
    receipt_row = _receipt(subscription_id, receipt) if receipt else None
    payment = _locked(msisdn, reference)
    if (earlier := ledger.entered(effect.key)) is not None:
        return _moved(earlier)
    paper = exchanges.presented(receipt_row, receipt) if receipt_row is not None and receipt else None
    finding = _found(payment, subscription_id)
    if payment.case_number not in (None, effect.case) or not finding.amount:
        raise Refused(reason="nothing_left")
    if paper is not None and paper.payable < finding.amount:
        raise Refused(reason="exceeds_receipt", receipt=paper.number, left=paper.payable, amount=finding.amount)
    sources = _sources(payment, subscription_id, finding)
    sinks = [(CASH, finding.amount)] if paper is not None else _sinks(subscription_id, finding)
    entry = ledger.post(effect, KIND, spread(sources, sinks), memo=reference)
    _follow(subscription_id, sources, sinks, effect)
    if paper is not None:
        paper.row.refunded += finding.amount
        exchanges.after_cash(paper, finding.amount, entry.id, effect)
    payment.case_number, payment.corrected_at = effect.case, effect.at
    session().flush()
    return _moved(entry.id)


def spread(sources: Shares, sinks: Shares) -> list[Line]:
    """Return postings that carry what comes out of the sources into the sinks, in order."""
    lines, room = [], [amount for _, amount in sinks]
    for source, amount in sources:
        rest = amount
        for place, (sink, _) in enumerate(sinks):
            share = min(rest, room[place])
            if share:
                lines.append(Line(source, sink, share))
                room[place] -= share
                rest -= share
    return lines


def _locked(msisdn: str, reference: str) -> BankPayment:
    payment = session().get(BankPayment, reference, with_for_update=True, populate_existing=True)
    if payment is None or payment.msisdn != msisdn:
        raise Refused(reason="proof_unknown")
    return payment


def _nothing(payment: BankPayment) -> dict[str, int]:
    return {"left": 0, "of": payment.amount, "amount": payment.amount, "disputed": 0}


def _found(payment: BankPayment, subscription_id: int) -> BankFinding:
    postings = _postings(payment.reference)
    own = [posting for posting in postings if posting.subscription_id == subscription_id]
    finding, amount = "in_order", 0
    if payment.corrected_at is not None:
        return BankFinding(finding, amount, payment.bank, payment.paid_at)
    if not postings:
        finding, amount = "not_posted", payment.amount
    elif not own:
        finding, amount = "elsewhere", payment.amount
    else:
        over = max(0, -ledger.balances(subscription_id).get("receivable", 0))
        amount = min(payment.amount, over)
        finding = "twice" if amount else "in_order"
    return BankFinding(finding, amount, payment.bank, payment.paid_at)


def _postings(reference: str) -> list[BankPosting]:
    return list(
        session().scalars(select(BankPosting).where(BankPosting.reference == reference).order_by(BankPosting.id))
    )


def _sources(payment: BankPayment, subscription_id: int, finding: BankFinding) -> list[tuple[Account, int]]:
    """Return where the money lies: with the bank, on another number, or on the number itself; what another number has spent it owes."""
    if finding.finding == "not_posted":
        return [(CASH, finding.amount)]
    posting = _postings(payment.reference)[-1]
    owner = posting.subscription_id
    stands = ledger.balances(owner, lock=True)
    over = max(0, -stands.get("receivable", 0)) if owner == subscription_id else 0
    there = stands.get("prepayment", 0) if posting.account == "prepayment" and not over else 0
    prepaid = min(finding.amount, there)
    return [(Account("prepayment", owner), prepaid), (Account("receivable", owner), finding.amount - prepaid)]


def _sinks(subscription_id: int, finding: BankFinding) -> list[tuple[Account, int]]:
    receivable = max(0, ledger.balances(subscription_id, lock=True).get("receivable", 0))
    bill = 0 if finding.finding == "twice" else min(receivable, finding.amount)
    return [
        (Account("receivable", subscription_id), bill),
        (Account("prepayment", subscription_id), finding.amount - bill),
    ]


def _follow(subscription_id: int, sources: Shares, sinks: Shares, effect: Effect) -> None:
    """Have bills paid by what arrived, and owed again where it was taken away."""
    for account, amount in sinks:
        if account.kind == "receivable" and amount:
            payments.allocate(Papers.of(subscription_id), amount, effect.at)
            payments.close_paid(subscription_id)
    for account, amount in sources:
        if account.kind == "receivable" and amount and account.subscription_id not in (None, subscription_id):
            payments.reopen(Papers.of(account.subscription_id or 0), amount)


def _receipt(subscription_id: int, number: str) -> ReceiptRow:
    receipt = exchanges.locked(number)
    if receipt.subscription_id != subscription_id or receipt.kind != "charge":
        raise Refused(reason="receipt_unknown", receipt=number)
    return receipt


def _moved(entry_id: int) -> BankCorrection:
    shares: dict[str, int] = {}
    for side, name in ((Posting.debit_account_id, "from"), (Posting.credit_account_id, "into")):
        query = select(LedgerAccount.kind, func.sum(Posting.amount)).join(LedgerAccount, LedgerAccount.id == side)
        rows = session().execute(query.where(Posting.entry_id == entry_id).group_by(LedgerAccount.kind))
        shares |= {f"{name}_{kind}": int(total) for kind, total in rows}
    total = sum(v for k, v in shares.items() if k.startswith("into_"))
    return BankCorrection(amount=total, exchange=exchanges.of_entry(entry_id), **shares)
