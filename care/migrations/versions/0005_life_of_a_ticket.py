"""a ticket's holder, when it is due, what each step was, and the audit log"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claimed_by", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("follow_up_on", sa.Date(), nullable=True))
        batch_op.create_index(batch_op.f("ix_tickets_due_at"), ["due_at"], unique=False)
    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("detail", sa.String(length=32), nullable=True))
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_log_previous")),
    )
    op.execute("update ticket_events set kind = 'released' where kind = 'open'")
    op.execute(
        'update tickets set claimed_by = (select e."by" from ticket_events e'
        " where e.ticket_id = tickets.id and e.kind in ('claimed', 'contacted', 'resolved')"
        " order by e.id desc limit 1) where status <> 'open'"
    )
    # Business hours are the application's; what waited before is due since it came.
    op.execute("update tickets set due_at = created_at where status in ('open', 'claimed')")


def downgrade() -> None:
    op.drop_table("audit_log")
    op.execute("update ticket_events set kind = 'open' where kind in ('released', 'reopened')")
    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.drop_column("detail")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tickets_due_at"))
        batch_op.drop_column("follow_up_on")
        batch_op.drop_column("due_at")
        batch_op.drop_column("claimed_by")
