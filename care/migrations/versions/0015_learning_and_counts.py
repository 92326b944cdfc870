"""messages to learn from, examples written by staff, daily counts"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0011"

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "misunderstandings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("answered", sa.String(128), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("settled_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_misunderstandings_conversation_id"
        ),
        sa.UniqueConstraint(
            "conversation_id", "seq", name="uq_misunderstandings_conversation_id_seq"
        ),
    )
    op.create_index("ix_misunderstandings_created_at", "misunderstandings", ["created_at"])
    op.create_table(
        "staff_examples",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("created_at", AT, nullable=False),
    )
    op.create_table(
        "daily_counts",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("measure", sa.String(24), primary_key=True),
        sa.Column("of", sa.String(128), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "counted_until",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", AT, nullable=False),
    )


def downgrade() -> None:
    for table in ("counted_until", "daily_counts", "staff_examples", "misunderstandings"):
        op.drop_table(table)
