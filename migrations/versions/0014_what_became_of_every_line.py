"""Claims on the lines of a customer's papers, and which bill each payment paid; derived for what is there."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STANDING = {row: f"CASE WHEN {row}.state = 'reversed' THEN 0 ELSE {row}.amount END" for row in ("NEW", "OLD")}


def upgrade() -> None:
    _create_lines()
    _create_claims()
    _create_payments()
    _carry()
    _allocate()
    _keep_what_was_given()


def downgrade() -> None:
    for table in ("bill_payment", "line_claim", "disputed_line"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION line_claim_carried()")


def _create_lines() -> None:
    op.create_table(
        "disputed_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=80), nullable=False),
        sa.Column("component", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.Column("inside_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("claimed >= 0 and claimed <= amount", name=op.f("ck_disputed_line_claimed_within_amount")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_disputed_line_subscription_id_subscription")
        ),
        sa.ForeignKeyConstraint(
            ["inside_id"], ["disputed_line.id"], name=op.f("fk_disputed_line_inside_id_disputed_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputed_line")),
        sa.UniqueConstraint("subscription_id", "address", "component", name=op.f("uq_disputed_line_subscription_id_address_component")),
    )
    op.create_index(op.f("ix_disputed_line_inside_id"), "disputed_line", ["inside_id"])


def _create_claims() -> None:
    op.create_table(
        "line_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_line_claim_amount_positive")),
        sa.CheckConstraint(
            "state in ('reserved', 'credited', 'refunded', 'held', 're_priced', 'reversed')",
            name=op.f("ck_line_claim_state"),
        ),
        sa.CheckConstraint("state = 'reserved' or entry_id is not null", name=op.f("ck_line_claim_money_moved")),
        sa.ForeignKeyConstraint(["line_id"], ["disputed_line.id"], name=op.f("fk_line_claim_line_id_disputed_line")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_line_claim_entry_id_journal_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_claim")),
    )
    for column in ("line_id", "case_number", "key", "entry_id"):
        op.create_index(op.f(f"ix_line_claim_{column}"), "line_claim", [column])


def _create_payments() -> None:
    op.create_table(
        "bill_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bill_id", sa.Integer(), nullable=False),
        sa.Column("receipt_number", sa.String(length=40), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bill_payment_amount_positive")),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_bill_payment_bill_id_bill")),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["receipt.number"], name=op.f("fk_bill_payment_receipt_number_receipt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_payment")),
    )
    op.create_index(op.f("ix_bill_payment_bill_id"), "bill_payment", ["bill_id"])
    op.create_index("ix_bill_payment_receipt_number", "bill_payment", ["receipt_number"])


def _carried(row: str, change: str) -> str:
    inside = f"SELECT inside_id FROM disputed_line WHERE id = {row}.line_id"
    return (
        f"UPDATE disputed_line SET claimed = claimed + ({change}) WHERE id = {row}.line_id OR id = ({inside}) "
        f"OR id = (SELECT inside_id FROM disputed_line WHERE id = ({inside}));"
    )


def _carry() -> None:
    carried = {
        "INSERT": _carried("NEW", STANDING["NEW"]),
        "UPDATE": _carried("NEW", f"{STANDING['NEW']} - {STANDING['OLD']}"),
        "DELETE": _carried("OLD", f"-{STANDING['OLD']}"),
    }
    if op.get_bind().dialect.name == "sqlite":
        for verb, statement in carried.items():
            op.execute(f"CREATE TRIGGER line_claim_{verb.lower()} AFTER {verb} ON line_claim BEGIN {statement} END")
        return
    body = " ".join(f"IF TG_OP = '{verb}' THEN {statement} END IF;" for verb, statement in carried.items())
    op.execute(
        "CREATE OR REPLACE FUNCTION line_claim_carried() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER line_claim_carried AFTER INSERT OR UPDATE OR DELETE ON line_claim "
        "FOR EACH ROW EXECUTE FUNCTION line_claim_carried()"
    )


def _allocate() -> None:
    """What each customer has paid on their charges goes to their bills, the oldest first, under the receipts they hold, the oldest first."""
    database = op.get_bind()
    bills, receipts, paid = _bills(database), _receipts(database), _paid(database)
    rows: list[dict[str, Any]] = []
    for subscription, listed in bills.items():
        papers = [list(one) for one in receipts.get(subscription, ())]
        left = paid.get(subscription, 0)
        for bill, total, issued_at in listed:
            share = min(total, left)
            left -= share
            rows += _shares(bill, share, papers, issued_at)
    payment = sa.table("bill_payment", *map(sa.column, ("bill_id", "receipt_number", "amount", "at")))
    for row in rows:
        database.execute(sa.insert(payment).values(**row))


def _shares(bill: int, share: int, papers: list[list[Any]], at: Any) -> list[dict[str, Any]]:
    """One payment on a bill, divided among the receipts that have something left."""
    found = []
    while share and papers:
        number, left = papers[0]
        part = min(share, left)
        found.append({"bill_id": bill, "receipt_number": number, "amount": part, "at": at})
        share -= part
        papers[0][1] -= part
        if not papers[0][1]:
            papers.pop(0)
    return [*found, {"bill_id": bill, "receipt_number": None, "amount": share, "at": at}] if share else found


def _bills(database: Any) -> dict[int, list[tuple[int, int, Any]]]:
    found: dict[int, list[tuple[int, int, Any]]] = defaultdict(list)
    query = (
        "select b.subscription_id, b.id, coalesce(sum(i.amount), 0), b.issued_at from bill b "
        "left join bill_item i on i.bill_id = b.id group by b.subscription_id, b.id, b.issued_at, b.period order by b.period"
    )
    for subscription, bill, total, issued_at in database.execute(sa.text(query)):
        found[subscription].append((bill, int(total), issued_at))
    return found


def _receipts(database: Any) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    query = "select subscription_id, number, amount from receipt where kind = 'charge' order by issued_at, number"
    for subscription, number, amount in database.execute(sa.text(query)):
        found[subscription].append((number, int(amount)))
    return found


def _paid(database: Any) -> dict[int, int]:
    """What came in by subscription: cash against what was owed."""
    query = (
        "select owed.subscription_id, sum(p.amount) from posting p join ledger_account owed on owed.id = p.credit_account_id "
        "join ledger_account cash on cash.id = p.debit_account_id "
        "where owed.kind = 'receivable' and cash.kind = 'cash' group by owed.subscription_id"
    )
    return {subscription: int(amount) for subscription, amount in database.execute(sa.text(query))}


def _keep_what_was_given() -> None:
    """What was given back before is kept with the bill that it is known to be of: the one its receipt paid, or the only one there is."""
    database = op.get_bind()
    bills, paid = _bills(database), _paid_bills(database)
    lines = sa.table("disputed_line", *map(sa.column, ("id", "subscription_id", "address", "component", "amount", "claimed")))
    left: dict[int, list[Any]] = {}
    for subscription, kind, amount, entry, number, at, receipt in _given(database):
        known = paid.get(receipt, []) if receipt else [one[0] for one in bills.get(subscription, [])]
        totals = {bill: total for bill, total, _ in bills.get(subscription, [])}
        if len(known) != 1 or known[0] not in totals:
            continue
        bill = known[0]
        if bill not in left:
            row = {"subscription_id": subscription, "address": f"bill:{_period(database, bill)}", "component": ""}
            database.execute(sa.insert(lines).values(**row, amount=totals[bill], claimed=0))
            found = sa.select(lines.c.id).where(*(lines.c[name] == value for name, value in row.items()))
            left[bill] = [database.execute(found).scalar_one(), totals[bill]]
        line, free = left[bill]
        share = min(amount, free)
        if share:
            left[bill][1] -= share
            _claim(database, line, share, kind, entry, number, at)


def _claim(database: Any, line: int, amount: int, state: str, entry: int, number: str | None, at: Any) -> None:
    names = ("line_id", "case_number", "amount", "state", "reason", "key", "entry_id", "created_at", "changed_at")
    claim = sa.table("line_claim", *map(sa.column, names))
    values = (line, number, amount, state, "", f"before:{entry}", entry, at, at)
    database.execute(sa.insert(claim).values(**dict(zip(names, values, strict=True))))


def _given(database: Any) -> list[Any]:
    """Charges paid back, credited, or on hold, as (subscription, state, fen, entry, case, instant, receipt), in the order of their entries."""
    query = (
        "select subscription_id, 'refunded', amount, entry_id, case_number, at, receipt_number from refund "
        "where kind = 'charge' and receipt_number is not null "
        "union all select subscription_id, 'credited', amount, entry_id, case_number, at, null from credit_note "
        "where kind = 'charge' "
        "union all select subscription_id, case when state = 'held' then 'held' else 'credited' end, amount, entry_id, "
        "case_number, placed_at, null from charge_hold where state <> 'rejected' "
        "order by 4"
    )
    return list(database.execute(sa.text(query)))


def _paid_bills(database: Any) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    query = "select distinct receipt_number, bill_id from bill_payment where receipt_number is not null"
    for receipt, bill in database.execute(sa.text(query)):
        found[receipt].append(bill)
    return found


def _period(database: Any, bill: int) -> str:
    return str(database.execute(sa.text("select period from bill where id = :bill"), {"bill": bill}).scalar_one())
