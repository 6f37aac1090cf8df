"""Mailed links that change an address, share a family member, or give one an own account."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PURPOSES = ("verify_email", "reset_password", "invitation")
_NEW_PURPOSES = ("change_email", "share_family", "own_account")
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
    "staff_invited",
    "role_granted",
)
_NEW_KINDS = ("change_email", "email_changed", "share_family", "own_account")
_PERSON_KEY = (
    "CONSTRAINT fk_account_token_person_id FOREIGN KEY(person_id)"
    " REFERENCES person (id) ON DELETE RESTRICT"
)
_COLUMNS = "email VARCHAR(254), person_id INTEGER"


def upgrade() -> None:
    """Go one revision up."""
    before, after = _one_of("purpose", _PURPOSES), _one_of("purpose", _PURPOSES + _NEW_PURPOSES)
    if _is_sqlite():
        _rebuild("account_token", before, after, columns=_COLUMNS, constraint=_PERSON_KEY)
    else:
        op.add_column("account_token", sa.Column("email", sa.String(254)))
        op.add_column("account_token", sa.Column("person_id", sa.Integer()))
        op.create_foreign_key(
            op.f("fk_account_token_person_id"),
            "account_token",
            "person",
            ["person_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        _replace_check("account_token", "purpose", after)
    op.create_index(op.f("ix_account_token_person_id"), "account_token", ["person_id"])
    _change_kinds(_KINDS, _KINDS + _NEW_KINDS)


def downgrade() -> None:
    """Go one revision down; links and mails of the new kinds are forgotten."""
    op.execute("DELETE FROM account_token WHERE " + _one_of("purpose", _NEW_PURPOSES))
    op.execute("DELETE FROM outbox_message WHERE " + _one_of("kind", _NEW_KINDS))
    _change_kinds(_KINDS + _NEW_KINDS, _KINDS)
    before, after = _one_of("purpose", _PURPOSES + _NEW_PURPOSES), _one_of("purpose", _PURPOSES)
    if _is_sqlite():
        op.drop_index(op.f("ix_account_token_person_id"), "account_token")
        _rebuild("account_token", before, after, columns=_COLUMNS, constraint=_PERSON_KEY)
        return
    op.drop_constraint(op.f("fk_account_token_person_id"), "account_token", type_="foreignkey")
    op.drop_index(op.f("ix_account_token_person_id"), "account_token")
    op.drop_column("account_token", "person_id")
    op.drop_column("account_token", "email")
    _replace_check("account_token", "purpose", after)


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _change_kinds(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    if _is_sqlite():
        _rebuild("outbox_message", _one_of("kind", before), _one_of("kind", after))
    else:
        _replace_check("outbox_message", "kind", _one_of("kind", after))


def _replace_check(table: str, column: str, condition: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, sa.text(condition))


def _rebuild(
    table: str, before: str, after: str, *, columns: str = "", constraint: str = ""
) -> None:
    """Make an SQLite table anew with another check, its rows and indexes kept.

    ``columns`` and ``constraint`` are added where they are missing, and taken away where not.
    """
    connection = op.get_bind()
    create, *kept = connection.execute(
        sa.text(
            "SELECT sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL"
            " ORDER BY type <> 'table'"
        ),
        {"name": table},
    ).scalars()
    if before not in create:
        raise RuntimeError(f"{table} has another check than this migration knows.")
    body = create.partition("(")[2].rpartition(")")[0].strip().replace(before, after)
    added = [column.split()[0] for column in columns.split(", ")] if columns else []
    if columns and body.startswith(columns):
        body = body.removeprefix(f"{columns}, ").removesuffix(f", {constraint}")
    elif columns:
        body = f"{columns}, {body}, {constraint}"
    names = [name for _, name, *_ in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    common = ", ".join(name for name in names if name not in added)
    connection.exec_driver_sql(f"CREATE TABLE rebuilt_{table} ({body})")
    connection.exec_driver_sql(
        f"INSERT INTO rebuilt_{table} ({common}) SELECT {common} FROM {table}"
    )
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE rebuilt_{table} RENAME TO {table}")
    for statement in kept:
        connection.exec_driver_sql(statement)
