"""The migrations give the tables that the models describe, also to a database in use."""

from datetime import UTC, datetime

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from care.db import Core, migrate
from care.models import Base
from care.settings import ROOT


def test_models_and_migrations_agree(core: Core) -> None:
    with core.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, Base.metadata)
    lengths = core.engine.dialect.name == "sqlite"  # which holds nobody to a length
    assert [d for d in found if not (lengths and "modify_type" in str(d))] == []


def test_a_database_in_use_is_brought_up_to_date(core: Core) -> None:
    """Taken back to an older version first."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "care" / "migrations"))
    at = datetime.now(UTC).replace(tzinfo=None)
    with core.engine.begin() as connection:
        config.attributes["connection"] = connection
        connection.execute(text("delete from staff_users"))
        command.downgrade(config, "0002")
        for row in (
            "staff_users (id, username, password_hash, disabled, created_at)"
            " values (1, 'dana', 'x', false, :at)",
            "staff_users (id, username, password_hash, disabled, created_at)"
            " values (2, 'kim', 'x', false, :at)",
            "staff_sessions (token_hash, user_id, csrf_token, created_at, seen_at)"
            " values ('x', 1, 'x', :at, :at)",
            "tickets (id, number, request_key, kind, priority, status, details, created_at)"
            " values (1, 'R-1', 'x', 'callback', 'normal', 'open', 'x', :at)",
            "tickets (id, number, request_key, kind, priority, status, details, created_at)"
            " values (2, 'R-2', 'y', 'callback', 'normal', 'contacted', 'x', :at)",
            "ticket_events (ticket_id, kind, by, at) values (1, 'open', 'kim', :at)",
            "ticket_events (ticket_id, kind, by, at) values (2, 'claimed', 'kim', :at)",
            "ticket_events (ticket_id, kind, by, at) values (2, 'contacted', 'dana', :at)",
        ):
            connection.execute(text(f"insert into {row}"), {"at": at})
    migrate(core.settings.database_url)
    with core.engine.begin() as connection:
        assert connection.scalars(text("select role from staff_users order by id")).all() == [
            "admin",
            "agent",
        ]
        assert connection.scalar(text("select here_at = seen_at from staff_sessions"))
        kinds = connection.scalars(text("select kind from ticket_events order by id")).all()
        assert kinds == ["released", "claimed", "contacted"]
        assert connection.scalars(text("select claimed_by from tickets order by id")).all() == [
            None,
            "dana",
        ]
        waiting = "select number from tickets where due_at = created_at"
        assert connection.scalars(text(waiting)).all() == ["R-1"]
