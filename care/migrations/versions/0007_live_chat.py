"""chats that a person joins, and how visitors see a member of staff"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "live_chats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("late_at", MOMENT, nullable=True),
        sa.Column("staff", sa.String(length=64), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("heard_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_live_chats_conversation_id"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_live_chats_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_live_chats"),
    )
    with op.batch_alter_table("live_chats", schema=None) as batch_op:
        batch_op.create_index("ix_live_chats_conversation_id", ["conversation_id"])
        batch_op.create_index("ix_live_chats_ticket_id", ["ticket_id"])
        batch_op.create_index("ix_live_chats_ended_at", ["ended_at"])
    with op.batch_alter_table("staff_users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shown_name", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("shown_role", sa.String(length=64), nullable=True))
    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.alter_column("detail", type_=sa.String(length=64))


def downgrade() -> None:
    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.alter_column("detail", type_=sa.String(length=32))
    with op.batch_alter_table("staff_users", schema=None) as batch_op:
        batch_op.drop_column("shown_role")
        batch_op.drop_column("shown_name")
    op.drop_table("live_chats")
