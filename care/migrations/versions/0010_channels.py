"""addresses, deliveries and opt-outs of channels beside the web"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("conversations", sa.Column("address_id", sa.Integer(), nullable=True))
    op.create_index("ix_conversations_address_id", "conversations", ["address_id"])
    op.create_table(
        "channel_addresses",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.UniqueConstraint("channel", "digest", name="uq_channel_addresses_channel_digest"),
    )
    _create_deliveries()
    op.create_table(
        "opt_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("at", AT, nullable=False),
    )
    op.create_index("ix_opt_events_digest", "opt_events", ["digest"])


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("in_flight", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(64), nullable=True),
        sa.Column("next_try_at", AT, nullable=True),
        sa.Column("settled_at", AT, nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_deliveries_conversation_id"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_deliveries_message_id"),
        sa.UniqueConstraint("message_id", name="uq_deliveries_message_id"),
    )
    op.create_index("ix_deliveries_conversation_id", "deliveries", ["conversation_id"])
    op.create_index("ix_deliveries_next_try_at", "deliveries", ["next_try_at"])
    op.create_table(
        "delivery_parts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("error", sa.String(64), nullable=True),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name="fk_delivery_parts_delivery_id"
        ),
        sa.UniqueConstraint("delivery_id", "number", name="uq_delivery_parts_delivery_id_number"),
    )
    op.create_index("ix_delivery_parts_provider_id", "delivery_parts", ["provider_id"])


def downgrade() -> None:
    for table in ("opt_events", "delivery_parts", "deliveries", "channel_addresses"):
        op.drop_table(table)
    op.drop_index("ix_conversations_address_id", "conversations")
    op.drop_column("conversations", "address_id")
