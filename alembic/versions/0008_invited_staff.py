"""Staff are invited by mail: another purpose of mailed links, and two more kinds of mail."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PURPOSES = ("verify_email", "reset_password")
_KINDS = (
    "verify_email",
    "address_known",
    "reset_password",
    "password_changed",
    "appointment_booked",
    "appointment_confirmed",
    "appointment_cancelled",
    "appointment_rescheduled",
    "series_booked",
    "series_cancelled",
    "doctor_approved",
    "doctor_refused",
)
_NEW_PURPOSES = ("invitation",)
_NEW_KINDS = ("staff_invited", "role_granted")


def upgrade() -> None:
    """Go one revision up."""
    _replace("account_token", "purpose", _PURPOSES, _PURPOSES + _NEW_PURPOSES)
    _replace("outbox_message", "kind", _KINDS, _KINDS + _NEW_KINDS)


def downgrade() -> None:
    """Go one revision down; invitations and mails of the new kinds are forgotten."""
    op.execute("DELETE FROM account_token WHERE " + _one_of("purpose", _NEW_PURPOSES))
    op.execute("DELETE FROM outbox_message WHERE " + _one_of("kind", _NEW_KINDS))
    _replace("account_token", "purpose", _PURPOSES + _NEW_PURPOSES, _PURPOSES)
    _replace("outbox_message", "kind", _KINDS + _NEW_KINDS, _KINDS)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _replace(table: str, column: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Let a column take ``after`` instead of ``before``."""
    if op.get_context().dialect.name == "sqlite":
        _rebuild(table, _one_of(column, before), _one_of(column, after))
        return
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, sa.text(_one_of(column, after)))


def _rebuild(table: str, before: str, after: str) -> None:
    """Make an SQLite table anew with another check, its rows and indexes kept."""
    connection = op.get_bind()
    statements = connection.execute(
        sa.text(
            "SELECT sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL"
            " ORDER BY type <> 'table'"
        ),
        {"name": table},
    ).scalars()
    create, *kept = statements
    if before not in create:
        raise RuntimeError(f"{table} has another check than this migration knows.")
    body = create.partition("(")[2].replace(before, after)
    connection.exec_driver_sql(f"CREATE TABLE rebuilt_{table} ({body}")
    connection.exec_driver_sql(f"INSERT INTO rebuilt_{table} SELECT * FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE rebuilt_{table} RENAME TO {table}")
    for statement in kept:
        connection.exec_driver_sql(statement)
