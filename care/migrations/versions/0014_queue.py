"""the queue's order, channel and language of a ticket, notes, labels, contact hashes, viewers"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0015"

AT = sa.DateTime(timezone=True)
RANK = (
    "CASE WHEN erased_at IS NOT NULL THEN 9 WHEN status = 'resolved' THEN 4"
    " WHEN priority = 'urgent' AND due_at IS NOT NULL THEN 0 WHEN priority = 'urgent' THEN 1"
    " WHEN due_at IS NOT NULL THEN 2 ELSE 3 END"
)
QUEUE = ("queue_rank", "queue_at", "id", "status", "claimed_by", "kind", "channel", "language")


def upgrade() -> None:
    for table in ("conversations", "tickets"):
        language = sa.Column("language", sa.String(8), nullable=False, server_default="en")
        op.add_column(table, language)
    op.add_column("tickets", sa.Column("channel", sa.String(16), nullable=True))
    op.execute(
        "update tickets set channel = (select c.channel from conversations c"
        " where c.id = tickets.conversation_id)"
    )
    op.add_column("tickets", sa.Column("queue_rank", sa.Integer(), _computed(RANK)))
    at = _computed("coalesce(due_at, created_at)")
    op.add_column("tickets", sa.Column("queue_at", AT, at))
    op.create_index("ix_tickets_queue", "tickets", QUEUE)
    op.create_index("ix_alerts_dead_at", "alerts", ["dead_at"])
    _belonging("ticket_notes", [_ticket(), _by("by"), _sealed("body"), _at("at")], number=True)
    op.create_index("ix_ticket_notes_ticket_id", "ticket_notes", ["ticket_id"])
    for table, name, length in (("ticket_labels", "name", 32), ("ticket_contacts", "digest", 64)):
        key = sa.Column(name, sa.String(length), nullable=False, primary_key=True)
        _belonging(table, [key, _ticket(key=True)])
        op.create_index(f"ix_{table}_ticket_id", table, ["ticket_id"])
    viewer = [_ticket(key=True), _by("username", key=True), _at("seen_at")]
    _belonging("ticket_viewers", [*viewer, sa.Column("typing_at", AT, nullable=True)])
    op.create_index("ix_ticket_viewers_seen_at", "ticket_viewers", ["seen_at"])


def _computed(expression: str) -> sa.Computed:
    """SQLite adds no stored column to a table in use, PostgreSQL knows no other before 18."""
    return sa.Computed(expression, persisted=op.get_bind().dialect.name == "postgresql")


def _belonging(table: str, columns: list[sa.Column[Any]], *, number: bool = False) -> None:
    first = [sa.Column("id", sa.Integer(), primary_key=True)] if number else []
    foreign = sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], f"fk_{table}_ticket_id")
    op.create_table(table, *first, *columns, foreign)


def _ticket(*, key: bool = False) -> "sa.Column[Any]":
    return sa.Column("ticket_id", sa.Integer(), nullable=False, primary_key=key)


def _by(name: str, *, key: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.String(64), nullable=False, primary_key=key)


def _sealed(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _at(name: str) -> "sa.Column[Any]":
    return sa.Column(name, AT, nullable=False)


def downgrade() -> None:
    for table in ("ticket_viewers", "ticket_contacts", "ticket_labels", "ticket_notes"):
        op.drop_table(table)
    op.drop_index("ix_alerts_dead_at", "alerts")
    op.drop_index("ix_tickets_queue", "tickets")
    for column in ("queue_at", "queue_rank", "channel", "language"):
        op.drop_column("tickets", column)
    op.drop_column("conversations", "language")
