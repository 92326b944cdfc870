"""the duty calendar, breaks, and alerts to whoever is on duty"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "duty_shifts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", AT, nullable=False),
        sa.Column("ends_at", AT, nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["staff_users.id"], name="fk_duty_shifts_user_id"),
    )
    op.create_index("ix_duty_shifts_user_id", "duty_shifts", ["user_id"])
    op.create_index("ix_duty_shifts_ends_at", "duty_shifts", ["ends_at"])
    op.add_column("staff_users", sa.Column("away_until", AT, nullable=True))
    if op.get_bind().dialect.name != "sqlite":  # which holds nobody to a length
        op.alter_column("alerts", "recipient", type_=sa.String(64), existing_nullable=False)


def downgrade() -> None:
    op.execute("delete from alerts where recipient like 'duty.%'")
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("alerts", "recipient", type_=sa.String(32), existing_nullable=False)
    op.drop_column("staff_users", "away_until")
    op.drop_table("duty_shifts")
