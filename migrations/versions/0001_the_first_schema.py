"""The first schema: every table, the triggers that keep the record append-only, and the one that keeps balances equal to the postings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("entry", "journal_entry", "posting")
CARRY_TO_BALANCES = """UPDATE ledger_account SET balance = balance + CASE WHEN kind IN ('receivable', 'late_fee', 'hold', 'cash', 'adjustment', 'provincial_settlement', 'staff_receivable') THEN NEW.amount ELSE -NEW.amount END WHERE id = NEW.debit_account_id AND balance IS NOT NULL; UPDATE ledger_account SET balance = balance + CASE WHEN kind IN ('receivable', 'late_fee', 'hold', 'cash', 'adjustment', 'provincial_settlement', 'staff_receivable') THEN -NEW.amount ELSE NEW.amount END WHERE id = NEW.credit_account_id AND balance IS NOT NULL;"""


def _guard_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(f"CREATE TRIGGER posting_balance AFTER INSERT ON posting BEGIN {CARRY_TO_BALANCES} END")


def _guard_postgresql() -> None:
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        )
    op.execute(
        "CREATE OR REPLACE FUNCTION posting_balance() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {CARRY_TO_BALANCES} RETURN NULL; END $$"
    )
    op.execute("CREATE TRIGGER posting_balance AFTER INSERT ON posting FOR EACH ROW EXECUTE FUNCTION posting_balance()")


def upgrade() -> None:
    _create_tables()
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _create_tables() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=60), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (closed_at is null)", name=op.f("ck_batch_closed_at")),
        sa.CheckConstraint("kind in ('secondary_pricing', 'charge_hold')", name=op.f("ck_batch_kind")),
        sa.CheckConstraint("state in ('open', 'closed', 'released')", name=op.f("ck_batch_state")),
        sa.CheckConstraint("released >= 0 and released <= cases", name=op.f("ck_batch_released_within_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("kind", "period", name=op.f("uq_batch_kind_period")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind in ('off', 'work')", name=op.f("ck_calendar_day_kind")),
        sa.PrimaryKeyConstraint("date", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "calendar_version",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_calendar_version")),
    )
    op.create_table(
        "cell",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("network", sa.String(length=40), nullable=False),
        sa.Column("border", sa.Boolean(), nullable=False),
        sa.CheckConstraint("latitude between -90 and 90", name=op.f("ck_cell_latitude")),
        sa.CheckConstraint("longitude between -180 and 180", name=op.f("ck_cell_longitude")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cell")),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("user_name", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_comment_text_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_case_number_at", "comment", ["case_number", "at"], unique=False)
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id_number", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind in ('person', 'company')", name=op.f("ck_customer_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index("ix_customer_id_number", "customer", ["id_number"], unique=False)
    op.create_index("ix_customer_name", "customer", ["name"], unique=False)
    op.create_table(
        "definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=60), nullable=False),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_definition_key_version")),
    )
    op.create_index("ix_definition_key_sha256", "definition", ["key", "sha256"], unique=False)
    op.create_table(
        "definition_draft",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=60), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(length=60), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_definition_draft")),
    )
    op.create_table(
        "department",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_department")),
        sa.UniqueConstraint("name_zh", name=op.f("uq_department_name_zh")),
    )
    op.create_table(
        "document_sequence",
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_document_sequence")),
    )
    op.create_table(
        "duty",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("title_zh", sa.String(length=80), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("sender", sa.String(length=80), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("form", sa.String(length=120), nullable=False),
        sa.Column("manual_ref", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_duty")),
    )
    op.create_table(
        "entry",
        sa.Column("stream", sa.String(length=12), nullable=False),
        sa.Column("stream_id", sa.String(length=60), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("stream in ('instance', 'user', 'definition')", name=op.f("ck_entry_stream")),
        sa.PrimaryKeyConstraint("stream", "stream_id", "sequence", name=op.f("pk_entry")),
    )
    op.create_index(op.f("ix_entry_at"), "entry", ["at"], unique=False)
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("memo", sa.String(length=200), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_journal_entry_key")),
    )
    op.create_index(op.f("ix_journal_entry_at"), "journal_entry", ["at"], unique=False)
    op.create_index(op.f("ix_journal_entry_case_number"), "journal_entry", ["case_number"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_active"), "notice", ["active"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("to_msisdn", sa.String(length=20), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at is not null)", name=op.f("ck_outbox_message_sent_at")),
        sa.CheckConstraint("state in ('queued', 'sent')", name=op.f("ck_outbox_message_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_message_key")),
    )
    op.create_index(op.f("ix_outbox_message_case_number"), "outbox_message", ["case_number"], unique=False)
    op.create_index("ix_outbox_message_state_queued_at", "outbox_message", ["state", "queued_at"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("display_name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("language in ('zh', 'en')", name=op.f("ck_user_account_language")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_user_account")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user"], ["user_account.name"], name=op.f("fk_api_token_user_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user"), "api_token", ["user"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_key", sa.String(length=60), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["department"], ["department.code"], name=op.f("fk_contact_department_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("process_key", "department", "name", name=op.f("uq_contact_process_key_department_name")),
    )
    op.create_index(op.f("ix_contact_department"), "contact", ["department"], unique=False)
    op.create_table(
        "department_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["department"], ["department.code"], name=op.f("fk_department_notice_department_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_department_notice_key")),
    )
    op.create_index(op.f("ix_department_notice_case_number"), "department_notice", ["case_number"], unique=False)
    op.create_index(
        "ix_department_notice_department_at", "department_notice", ["department", "read_at", "at"], unique=False
    )
    op.create_table(
        "duty_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("duty", sa.String(length=10), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_in_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "(handed_in_at is null) = (handed_in_by is null)", name=op.f("ck_duty_item_handed_in_by_somebody")
        ),
        sa.ForeignKeyConstraint(["duty"], ["duty.code"], name=op.f("fk_duty_item_duty_duty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_item")),
        sa.UniqueConstraint("key", name=op.f("uq_duty_item_key")),
    )
    op.create_index(op.f("ix_duty_item_case_number"), "duty_item", ["case_number"], unique=False)
    op.create_index("ix_duty_item_due_at", "duty_item", ["handed_in_at", "due_at"], unique=False)
    op.create_index("ix_duty_item_duty_period", "duty_item", ["duty", "period"], unique=False)
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_key", sa.String(length=60), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state_blob", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state in ('active', 'completed', 'cancelled')", name=op.f("ck_instance_state")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_instance_definition_id_definition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_index(op.f("ix_instance_business_key"), "instance", ["business_key"], unique=False)
    op.create_index(op.f("ix_instance_definition_id"), "instance", ["definition_id"], unique=False)
    op.create_index("ix_instance_state_due_at", "instance", ["state", "overdue", "due_at"], unique=False)
    op.create_table(
        "membership",
        sa.Column("user", sa.String(length=60), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["department"], ["department.code"], name=op.f("fk_membership_department_department")),
        sa.ForeignKeyConstraint(["user"], ["user_account.name"], name=op.f("fk_membership_user_user_account")),
        sa.PrimaryKeyConstraint("user", "department", name=op.f("pk_membership")),
    )
    op.create_table(
        "notice_confirmation",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_confirmation_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", "user_name", name=op.f("pk_notice_confirmation")),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("msisdn", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number_changed_from", sa.String(length=20), nullable=True),
        sa.Column("deposits_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('gotone', 'prepaid')", name=op.f("ck_subscription_kind")),
        sa.CheckConstraint(
            "reason is null or reason in ('arrears', 'request', 'number_change')", name=op.f("ck_subscription_reason")
        ),
        sa.CheckConstraint("state in ('in_service', 'suspended', 'cancelled')", name=op.f("ck_subscription_state")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_subscription_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    op.create_index(op.f("ix_subscription_customer_id"), "subscription", ["customer_id"], unique=False)
    op.create_index("ix_subscription_msisdn", "subscription", ["msisdn"], unique=False)
    op.create_index(
        "uq_subscription_msisdn_in_use",
        "subscription",
        ["msisdn"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "user_role",
        sa.Column("user", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role in ('clerk', 'supervisor', 'auditor', 'owner', 'operator')", name=op.f("ck_user_role_role")
        ),
        sa.ForeignKeyConstraint(["user"], ["user_account.name"], name=op.f("fk_user_role_user_user_account")),
        sa.PrimaryKeyConstraint("user", "role", name=op.f("pk_user_role")),
    )
    op.create_table(
        "bank_mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("agreed_bank", sa.String(length=40), nullable=False),
        sa.Column("agreed_account", sa.String(length=40), nullable=False),
        sa.Column("agreed_holder", sa.String(length=80), nullable=False),
        sa.Column("keyed_bank", sa.String(length=40), nullable=True),
        sa.Column("keyed_account", sa.String(length=40), nullable=True),
        sa.Column("keyed_holder", sa.String(length=80), nullable=True),
        sa.Column("keyed_msisdn", sa.String(length=20), nullable=True),
        sa.Column("mandated_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("debit_day", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("debit_under_way", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state in ('active', 'replaced', 'ended')", name=op.f("ck_bank_mandate_state")),
        sa.CheckConstraint("debit_day between 1 and 28", name=op.f("ck_bank_mandate_debit_day")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_bank_mandate_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_mandate")),
    )
    op.create_index("ix_bank_mandate_subscription_id_state", "bank_mandate", ["subscription_id", "state"], unique=False)
    op.create_table(
        "bill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.CheckConstraint("state in ('open', 'paid')", name=op.f("ck_bill_state")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_bill_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill")),
        sa.UniqueConstraint("subscription_id", "period", name=op.f("uq_bill_subscription_id_period")),
    )
    op.create_table(
        "case_key",
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_case_key_instance_id_instance")),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_case_key")),
    )
    op.create_table(
        "charge_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settle_on", sa.Date(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state in ('held', 'credited', 'rejected')", name=op.f("ck_charge_hold_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_charge_hold_amount_positive")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_charge_hold_entry_id_journal_entry")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_charge_hold_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_hold")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_charge_hold_entry_id")),
    )
    op.create_index(op.f("ix_charge_hold_case_number"), "charge_hold", ["case_number"], unique=False)
    op.create_index("ix_charge_hold_settle_on_state", "charge_hold", ["settle_on", "state"], unique=False)
    op.create_index(op.f("ix_charge_hold_subscription_id"), "charge_hold", ["subscription_id"], unique=False)
    op.create_table(
        "complaint",
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("subscription_id", sa.Integer(), nullable=True),
        sa.Column("msisdn", sa.String(length=20), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("demand", sa.String(length=200), nullable=False),
        sa.Column("disputed_amount", sa.Integer(), nullable=True),
        sa.Column("process_key", sa.String(length=60), nullable=False),
        sa.Column("suggested_process", sa.String(length=60), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("overruled", sa.Boolean(), nullable=False),
        sa.Column("overruled_reason", sa.String(length=300), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("resolution", sa.String(length=300), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.String(length=60), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repeat_of", sa.String(length=60), nullable=True),
        sa.CheckConstraint("state in ('open', 'replied', 'closed')", name=op.f("ck_complaint_state")),
        sa.CheckConstraint("confidence is null or confidence between 0 and 100", name=op.f("ck_complaint_confidence")),
        sa.CheckConstraint(
            "disputed_amount is null or disputed_amount >= 0", name=op.f("ck_complaint_disputed_amount_not_negative")
        ),
        sa.CheckConstraint(
            "not overruled or overruled_reason is not null", name=op.f("ck_complaint_overruled_says_why")
        ),
        sa.CheckConstraint(
            "repeat_of is null or repeat_of <> case_number", name=op.f("ck_complaint_repeat_of_another")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_complaint_customer_id_customer")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_complaint_instance_id_instance")),
        sa.ForeignKeyConstraint(
            ["repeat_of"], ["complaint.case_number"], name=op.f("fk_complaint_repeat_of_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_complaint_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("case_number", name=op.f("pk_complaint")),
    )
    op.create_index(op.f("ix_complaint_customer_id"), "complaint", ["customer_id"], unique=False)
    op.create_index(op.f("ix_complaint_instance_id"), "complaint", ["instance_id"], unique=False)
    op.create_index("ix_complaint_msisdn_accepted_at", "complaint", ["msisdn", "accepted_at"], unique=False)
    op.create_index("ix_complaint_process_key_accepted_at", "complaint", ["process_key", "accepted_at"], unique=False)
    op.create_index(op.f("ix_complaint_repeat_of"), "complaint", ["repeat_of"], unique=False)
    op.create_index("ix_complaint_state_accepted_at", "complaint", ["state", "accepted_at"], unique=False)
    op.create_index(op.f("ix_complaint_subscription_id"), "complaint", ["subscription_id"], unique=False)
    op.create_table(
        "credit_note",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('charge', 'late_fee')", name=op.f("ck_credit_note_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_note_amount_positive")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_credit_note_entry_id_journal_entry")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_credit_note_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_credit_note_entry_id")),
    )
    op.create_index(op.f("ix_credit_note_at"), "credit_note", ["at"], unique=False)
    op.create_index(op.f("ix_credit_note_case_number"), "credit_note", ["case_number"], unique=False)
    op.create_index(op.f("ix_credit_note_subscription_id"), "credit_note", ["subscription_id"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=60), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('open', 'resolved')", name=op.f("ck_incident_state")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_incident_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_instance_id"), "incident", ["instance_id"], unique=False)
    op.create_index("ix_incident_state_opened_at", "incident", ["state", "opened_at"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=True),
        sa.Column("token", sa.Integer(), nullable=True),
        sa.Column("element_id", sa.String(length=120), nullable=True),
        sa.Column("parameters", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('queued', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_job_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index(op.f("ix_job_instance_id"), "job", ["instance_id"], unique=False)
    op.create_index("ix_job_state_due_at", "job", ["state", "due_at"], unique=False)
    op.create_table(
        "late_fee_waiver",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_late_fee_waiver_amount_positive")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_late_fee_waiver_entry_id_journal_entry")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_late_fee_waiver_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_late_fee_waiver")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_late_fee_waiver_entry_id")),
    )
    op.create_index(op.f("ix_late_fee_waiver_at"), "late_fee_waiver", ["at"], unique=False)
    op.create_index(op.f("ix_late_fee_waiver_case_number"), "late_fee_waiver", ["case_number"], unique=False)
    op.create_index(op.f("ix_late_fee_waiver_subscription_id"), "late_fee_waiver", ["subscription_id"], unique=False)
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(balance is not null) = (subscription_id is not null or kind = 'recharge_suspense')",
            name=op.f("ck_ledger_account_balance_kept"),
        ),
        sa.CheckConstraint(
            "balance is null or balance >= 0 or kind not in ('prepayment', 'deposit', 'hold', 'late_fee', 'recharge_suspense')",
            name=op.f("ck_ledger_account_never_negative"),
        ),
        sa.CheckConstraint(
            "kind in ('receivable', 'late_fee', 'hold', 'cash', 'adjustment', 'provincial_settlement', 'staff_receivable', 'prepayment', 'deposit', 'revenue', 'recharge_suspense')",
            name=op.f("ck_ledger_account_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_ledger_account_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("subscription_id", "kind", name=op.f("uq_ledger_account_subscription_id_kind")),
    )
    op.create_index(
        "uq_ledger_account_operator_kind",
        "ledger_account",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("subscription_id is null"),
        postgresql_where=sa.text("subscription_id is null"),
    )
    op.create_table(
        "message_subscription",
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.String(length=120), nullable=False),
        sa.Column("message", sa.String(length=120), nullable=False),
        sa.Column("correlation_key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_message_subscription_instance_id_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "token", name=op.f("pk_message_subscription")),
    )
    op.create_index(
        "ix_message_subscription_message",
        "message_subscription",
        ["message", "correlation_key", "instance_id"],
        unique=False,
    )
    op.create_table(
        "receipt",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('prepayment', 'charge', 'late_fee', 'deposit')", name=op.f("ck_receipt_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receipt_amount_positive")),
        sa.CheckConstraint("refunded >= 0 and refunded <= amount", name=op.f("ck_receipt_refunded_within_amount")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_receipt_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_subscription_id"), "receipt", ["subscription_id"], unique=False)
    op.create_table(
        "recharge_card",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("pin_hash", sa.String(length=64), nullable=False),
        sa.Column("face_value", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("charged_msisdn", sa.String(length=20), nullable=True),
        sa.Column("charged_subscription_id", sa.Integer(), nullable=True),
        sa.Column("charged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_to", sa.String(length=20), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'unused') = (charged_msisdn is null) and (state = 'moved') = (moved_to is not null)",
            name=op.f("ck_recharge_card_state_and_numbers"),
        ),
        sa.CheckConstraint("state in ('unused', 'used', 'moved')", name=op.f("ck_recharge_card_state")),
        sa.CheckConstraint("face_value > 0", name=op.f("ck_recharge_card_face_value_positive")),
        sa.CheckConstraint(
            "remaining >= 0 and remaining <= face_value", name=op.f("ck_recharge_card_remaining_within_face_value")
        ),
        sa.ForeignKeyConstraint(
            ["charged_subscription_id"],
            ["subscription.id"],
            name=op.f("fk_recharge_card_charged_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_recharge_card")),
    )
    op.create_index("ix_recharge_card_charged_msisdn", "recharge_card", ["charged_msisdn"], unique=False)
    op.create_table(
        "secondary_pricing_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("item_kind", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("omit_once", sa.Boolean(), nullable=False),
        sa.Column("omitted_by", sa.String(length=160), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('collected', 'handed_in', 'applied', 'omitted')", name=op.f("ck_secondary_pricing_item_state")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_secondary_pricing_item_amount_positive")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_secondary_pricing_item_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secondary_pricing_item")),
        sa.UniqueConstraint("key", name=op.f("uq_secondary_pricing_item_key")),
    )
    op.create_index(
        op.f("ix_secondary_pricing_item_case_number"), "secondary_pricing_item", ["case_number"], unique=False
    )
    op.create_index(
        "ix_secondary_pricing_item_period_state", "secondary_pricing_item", ["period", "state"], unique=False
    )
    op.create_index(
        op.f("ix_secondary_pricing_item_subscription_id"), "secondary_pricing_item", ["subscription_id"], unique=False
    )
    op.create_table(
        "secondary_pricing_omission",
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_secondary_pricing_omission_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_secondary_pricing_omission")),
    )
    op.create_table(
        "service_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=80), nullable=False),
        sa.Column("service_provider", sa.String(length=80), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.String(length=120), nullable=True),
        sa.Column("keyed", sa.String(length=120), nullable=True),
        sa.Column("monthly_fee", sa.Integer(), nullable=False),
        sa.Column("keyed_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint("agreed is not null or keyed is not null", name=op.f("ck_service_order_agreed_or_keyed")),
        sa.CheckConstraint(
            "cancelled_at is null or cancelled_at >= ordered_at", name=op.f("ck_service_order_cancelled_after_ordered")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_service_order_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_order")),
    )
    op.create_index(op.f("ix_service_order_subscription_id"), "service_order", ["subscription_id"], unique=False)
    op.create_table(
        "subscription_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "from_state is null or from_state in ('in_service', 'suspended', 'cancelled')",
            name=op.f("ck_subscription_event_from_state"),
        ),
        sa.CheckConstraint(
            "reason is null or reason in ('arrears', 'request', 'number_change')",
            name=op.f("ck_subscription_event_reason"),
        ),
        sa.CheckConstraint(
            "to_state in ('in_service', 'suspended', 'cancelled')", name=op.f("ck_subscription_event_to_state")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_subscription_event_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_event")),
    )
    op.create_index(
        "ix_subscription_event_subscription_id_at", "subscription_event", ["subscription_id", "at"], unique=False
    )
    op.create_table(
        "timer",
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.String(length=120), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_timer_instance_id_instance")),
        sa.PrimaryKeyConstraint("instance_id", "token", name=op.f("pk_timer")),
    )
    op.create_index(op.f("ix_timer_due_at"), "timer", ["due_at"], unique=False)
    op.create_table(
        "user_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("business_key", sa.String(length=60), nullable=False),
        sa.Column("process_key", sa.String(length=60), nullable=False),
        sa.Column("element_id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=120), nullable=False),
        sa.Column("group_code", sa.String(length=40), nullable=False),
        sa.Column("assignee", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint("state in ('open', 'completed', 'cancelled')", name=op.f("ck_user_task_state")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_user_task_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_task")),
        sa.UniqueConstraint("instance_id", "token", name=op.f("uq_user_task_instance_id_token")),
    )
    op.create_index("ix_user_task_assignee", "user_task", ["state", "assignee", "due_at", "id"], unique=False)
    op.create_index(op.f("ix_user_task_business_key"), "user_task", ["business_key"], unique=False)
    op.create_index("ix_user_task_late", "user_task", ["state", "overdue", "due_at"], unique=False)
    op.create_index("ix_user_task_worklist", "user_task", ["state", "group_code", "due_at", "id"], unique=False)
    op.create_table(
        "bill_item",
        sa.Column("bill_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("service_provider", sa.String(length=80), nullable=True),
        sa.Column("disputed", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind in ('function_fee', 'monthly_fee', 'call', 'roaming', 'monternet', 'other')",
            name=op.f("ck_bill_item_kind"),
        ),
        sa.CheckConstraint("disputed >= 0", name=op.f("ck_bill_item_disputed_not_negative")),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_bill_item_bill_id_bill")),
        sa.PrimaryKeyConstraint("bill_id", "line", name=op.f("pk_bill_item")),
    )
    op.create_table(
        "cdr",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("served_msisdn", sa.String(length=20), nullable=False),
        sa.Column("other_party", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("cell", sa.String(length=40), nullable=False),
        sa.Column("visited_network", sa.String(length=40), nullable=False),
        sa.Column("basic", sa.Integer(), nullable=False),
        sa.Column("long_distance", sa.Integer(), nullable=False),
        sa.Column("ip", sa.Integer(), nullable=False),
        sa.Column("forwarding", sa.Integer(), nullable=False),
        sa.Column("roaming", sa.Integer(), nullable=False),
        sa.Column("information", sa.Integer(), nullable=False),
        sa.Column("service_provider", sa.String(length=80), nullable=True),
        sa.Column("bill_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind in ('originating', 'terminating', 'forwarded', 'sms', 'data', 'monternet')", name=op.f("ck_cdr_kind")
        ),
        sa.CheckConstraint(
            "basic >= 0 and long_distance >= 0 and ip >= 0 and forwarding >= 0 and roaming >= 0 and information >= 0",
            name=op.f("ck_cdr_charges_not_negative"),
        ),
        sa.CheckConstraint("duration_s >= 0", name=op.f("ck_cdr_duration_not_negative")),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_cdr_bill_id_bill")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cdr")),
        sa.UniqueConstraint(
            "served_msisdn", "start", "kind", "other_party", name=op.f("uq_cdr_served_msisdn_start_kind_other_party")
        ),
    )
    op.create_index(op.f("ix_cdr_bill_id"), "cdr", ["bill_id"], unique=False)
    op.create_table(
        "direct_debit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'failed') = (reason is not null)", name=op.f("ck_direct_debit_reason_of_failure")),
        sa.CheckConstraint("state in ('failed', 'done')", name=op.f("ck_direct_debit_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_direct_debit_amount_positive")),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["bank_mandate.id"], name=op.f("fk_direct_debit_mandate_id_bank_mandate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_direct_debit")),
        sa.UniqueConstraint("mandate_id", "period", name=op.f("uq_direct_debit_mandate_id_period")),
    )
    op.create_table(
        "late_fee_accrual",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bill_id", sa.Integer(), nullable=False),
        sa.Column("accrued_on", sa.Date(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("base > 0 and amount > 0", name=op.f("ck_late_fee_accrual_amounts_positive")),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_late_fee_accrual_bill_id_bill")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_late_fee_accrual_entry_id_journal_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_fee_accrual")),
        sa.UniqueConstraint("bill_id", "accrued_on", name=op.f("uq_late_fee_accrual_bill_id_accrued_on")),
    )
    op.create_table(
        "posting",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("debit_account_id", sa.Integer(), nullable=False),
        sa.Column("credit_account_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_posting_amount_positive")),
        sa.CheckConstraint("debit_account_id <> credit_account_id", name=op.f("ck_posting_two_accounts")),
        sa.ForeignKeyConstraint(
            ["credit_account_id"], ["ledger_account.id"], name=op.f("fk_posting_credit_account_id_ledger_account")
        ),
        sa.ForeignKeyConstraint(
            ["debit_account_id"], ["ledger_account.id"], name=op.f("fk_posting_debit_account_id_ledger_account")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_posting_entry_id_journal_entry")),
        sa.PrimaryKeyConstraint("entry_id", "line", name=op.f("pk_posting")),
    )
    op.create_index(op.f("ix_posting_credit_account_id"), "posting", ["credit_account_id"], unique=False)
    op.create_index(op.f("ix_posting_debit_account_id"), "posting", ["debit_account_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("receipt_number", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('prepayment', 'charge', 'late_fee', 'deposit')", name=op.f("ck_refund_kind")),
        sa.CheckConstraint("method in ('cash', 'transfer')", name=op.f("ck_refund_method")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount_positive")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_refund_entry_id_journal_entry")),
        sa.ForeignKeyConstraint(["receipt_number"], ["receipt.number"], name=op.f("fk_refund_receipt_number_receipt")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_refund_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_refund")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_refund_entry_id")),
    )
    op.create_index(op.f("ix_refund_at"), "refund", ["at"], unique=False)
    op.create_index(op.f("ix_refund_case_number"), "refund", ["case_number"], unique=False)
    op.create_index(op.f("ix_refund_receipt_number"), "refund", ["receipt_number"], unique=False)
    op.create_index(op.f("ix_refund_subscription_id"), "refund", ["subscription_id"], unique=False)


def downgrade() -> None:
    _drop_tables()
    if op.get_bind().dialect.name == "postgresql":
        for function in (*(f"{table}_append_only" for table in APPEND_ONLY), "posting_balance"):
            op.execute(f"DROP FUNCTION {function}()")


def _drop_tables() -> None:
    op.drop_index(op.f("ix_refund_subscription_id"), table_name="refund")
    op.drop_index(op.f("ix_refund_receipt_number"), table_name="refund")
    op.drop_index(op.f("ix_refund_case_number"), table_name="refund")
    op.drop_index(op.f("ix_refund_at"), table_name="refund")
    op.drop_table("refund")
    op.drop_index(op.f("ix_posting_debit_account_id"), table_name="posting")
    op.drop_index(op.f("ix_posting_credit_account_id"), table_name="posting")
    op.drop_table("posting")
    op.drop_table("late_fee_accrual")
    op.drop_table("direct_debit")
    op.drop_index(op.f("ix_cdr_bill_id"), table_name="cdr")
    op.drop_table("cdr")
    op.drop_table("bill_item")
    op.drop_index("ix_user_task_worklist", table_name="user_task")
    op.drop_index("ix_user_task_late", table_name="user_task")
    op.drop_index(op.f("ix_user_task_business_key"), table_name="user_task")
    op.drop_index("ix_user_task_assignee", table_name="user_task")
    op.drop_table("user_task")
    op.drop_index(op.f("ix_timer_due_at"), table_name="timer")
    op.drop_table("timer")
    op.drop_index("ix_subscription_event_subscription_id_at", table_name="subscription_event")
    op.drop_table("subscription_event")
    op.drop_index(op.f("ix_service_order_subscription_id"), table_name="service_order")
    op.drop_table("service_order")
    op.drop_table("secondary_pricing_omission")
    op.drop_index(op.f("ix_secondary_pricing_item_subscription_id"), table_name="secondary_pricing_item")
    op.drop_index("ix_secondary_pricing_item_period_state", table_name="secondary_pricing_item")
    op.drop_index(op.f("ix_secondary_pricing_item_case_number"), table_name="secondary_pricing_item")
    op.drop_table("secondary_pricing_item")
    op.drop_index("ix_recharge_card_charged_msisdn", table_name="recharge_card")
    op.drop_table("recharge_card")
    op.drop_index(op.f("ix_receipt_subscription_id"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_index("ix_message_subscription_message", table_name="message_subscription")
    op.drop_table("message_subscription")
    op.drop_index(
        "uq_ledger_account_operator_kind",
        table_name="ledger_account",
        sqlite_where=sa.text("subscription_id is null"),
        postgresql_where=sa.text("subscription_id is null"),
    )
    op.drop_table("ledger_account")
    op.drop_index(op.f("ix_late_fee_waiver_subscription_id"), table_name="late_fee_waiver")
    op.drop_index(op.f("ix_late_fee_waiver_case_number"), table_name="late_fee_waiver")
    op.drop_index(op.f("ix_late_fee_waiver_at"), table_name="late_fee_waiver")
    op.drop_table("late_fee_waiver")
    op.drop_index("ix_job_state_due_at", table_name="job")
    op.drop_index(op.f("ix_job_instance_id"), table_name="job")
    op.drop_table("job")
    op.drop_index("ix_incident_state_opened_at", table_name="incident")
    op.drop_index(op.f("ix_incident_instance_id"), table_name="incident")
    op.drop_table("incident")
    op.drop_index(op.f("ix_credit_note_subscription_id"), table_name="credit_note")
    op.drop_index(op.f("ix_credit_note_case_number"), table_name="credit_note")
    op.drop_index(op.f("ix_credit_note_at"), table_name="credit_note")
    op.drop_table("credit_note")
    op.drop_index(op.f("ix_complaint_subscription_id"), table_name="complaint")
    op.drop_index("ix_complaint_state_accepted_at", table_name="complaint")
    op.drop_index(op.f("ix_complaint_repeat_of"), table_name="complaint")
    op.drop_index("ix_complaint_process_key_accepted_at", table_name="complaint")
    op.drop_index("ix_complaint_msisdn_accepted_at", table_name="complaint")
    op.drop_index(op.f("ix_complaint_instance_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_customer_id"), table_name="complaint")
    op.drop_table("complaint")
    op.drop_index(op.f("ix_charge_hold_subscription_id"), table_name="charge_hold")
    op.drop_index("ix_charge_hold_settle_on_state", table_name="charge_hold")
    op.drop_index(op.f("ix_charge_hold_case_number"), table_name="charge_hold")
    op.drop_table("charge_hold")
    op.drop_table("case_key")
    op.drop_table("bill")
    op.drop_index("ix_bank_mandate_subscription_id_state", table_name="bank_mandate")
    op.drop_table("bank_mandate")
    op.drop_table("user_role")
    op.drop_index(
        "uq_subscription_msisdn_in_use",
        table_name="subscription",
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_index("ix_subscription_msisdn", table_name="subscription")
    op.drop_index(op.f("ix_subscription_customer_id"), table_name="subscription")
    op.drop_table("subscription")
    op.drop_table("notice_confirmation")
    op.drop_table("membership")
    op.drop_index("ix_instance_state_due_at", table_name="instance")
    op.drop_index(op.f("ix_instance_definition_id"), table_name="instance")
    op.drop_index(op.f("ix_instance_business_key"), table_name="instance")
    op.drop_table("instance")
    op.drop_index("ix_duty_item_duty_period", table_name="duty_item")
    op.drop_index("ix_duty_item_due_at", table_name="duty_item")
    op.drop_index(op.f("ix_duty_item_case_number"), table_name="duty_item")
    op.drop_table("duty_item")
    op.drop_index("ix_department_notice_department_at", table_name="department_notice")
    op.drop_index(op.f("ix_department_notice_case_number"), table_name="department_notice")
    op.drop_table("department_notice")
    op.drop_index(op.f("ix_contact_department"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(op.f("ix_api_token_user"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_table("user_account")
    op.drop_index("ix_outbox_message_state_queued_at", table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_case_number"), table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_notice_active"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_journal_entry_case_number"), table_name="journal_entry")
    op.drop_index(op.f("ix_journal_entry_at"), table_name="journal_entry")
    op.drop_table("journal_entry")
    op.drop_index(op.f("ix_entry_at"), table_name="entry")
    op.drop_table("entry")
    op.drop_table("duty")
    op.drop_table("document_sequence")
    op.drop_table("department")
    op.drop_table("definition_draft")
    op.drop_index("ix_definition_key_sha256", table_name="definition")
    op.drop_table("definition")
    op.drop_index("ix_customer_name", table_name="customer")
    op.drop_index("ix_customer_id_number", table_name="customer")
    op.drop_table("customer")
    op.drop_index("ix_comment_case_number_at", table_name="comment")
    op.drop_table("comment")
    op.drop_table("cell")
    op.drop_table("calendar_version")
    op.drop_table("calendar_day")
    op.drop_table("batch")
