"""roles, the second factor with its recovery codes, and invitations"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0013"


def upgrade() -> None:
    # Not in a batch: SQLite would make the table anew, which sessions refer to.
    op.add_column(
        "staff_users",
        sa.Column("role", sa.String(length=16), nullable=False, server_default="agent"),
    )
    op.add_column("staff_users", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    moment = sa.DateTime(timezone=True)
    op.add_column("staff_users", sa.Column("totp_since", moment, nullable=True))
    op.add_column("staff_users", sa.Column("totp_step", sa.Integer(), nullable=True))
    # Whoever was first set the guide up.
    op.execute("update staff_users set role = 'admin' where id = (select min(id) from staff_users)")
    op.create_table(
        "staff_recovery_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_users.id"], name=op.f("fk_staff_recovery_codes_user_id")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_staff_recovery_codes")),
    )
    with op.batch_alter_table("staff_recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_recovery_codes_user_id"), ["user_id"])
    op.create_table(
        "staff_invitations",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_users.id"], name=op.f("fk_staff_invitations_user_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_invitations")),
    )


def downgrade() -> None:
    op.drop_table("staff_invitations")
    op.drop_table("staff_recovery_codes")
    op.execute("delete from staff_sessions")
    with op.batch_alter_table("staff_users", schema=None) as batch_op:
        for column in ("totp_step", "totp_since", "totp_secret", "role"):
            batch_op.drop_column(column)
