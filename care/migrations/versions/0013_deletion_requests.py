"""requests to delete somebody's data that come from a provider"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0010"

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "deletion_requests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("done_at", AT, nullable=True),
        sa.UniqueConstraint("code", name="uq_deletion_requests_code"),
    )
    op.create_index("ix_deletion_requests_done_at", "deletion_requests", ["done_at"])


def downgrade() -> None:
    op.drop_table("deletion_requests")
