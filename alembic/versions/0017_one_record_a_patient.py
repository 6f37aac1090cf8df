"""Two records of one patient become one, and a patient claims a record with a mailed link."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)
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
    "change_email",
    "email_changed",
    "share_family",
    "own_account",
    "person_erased",
)
_NEW_KINDS = ("claim_record",)


def upgrade() -> None:
    """Go one revision up."""
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("merged_by", sa.Integer(), nullable=False),
        sa.Column("merged_at", _MOMENT, nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", _MOMENT, nullable=True),
        _key("person_merge", "kept_id", "person"),
        _key("person_merge", "merged_id", "person"),
        _key("person_merge", "merged_by", "user_account"),
        _key("person_merge", "undone_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_merge_public_id")),
    )
    for column in ("kept_id", "merged_id"):
        op.create_index(op.f(f"ix_person_merge_{column}"), "person_merge", [column])
    op.create_table(
        "claim_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        _key("claim_link", "person_id", "person"),
        _key("claim_link", "created_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_link")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_claim_link_secret_hash")),
    )
    op.create_index(op.f("ix_claim_link_person_id"), "claim_link", ["person_id"])
    _replace("outbox_message", "kind", _KINDS, _KINDS + _NEW_KINDS)


def downgrade() -> None:
    """Go one revision down; mails of the new kind are forgotten."""
    op.execute("DELETE FROM outbox_message WHERE " + _one_of("kind", _NEW_KINDS))
    _replace("outbox_message", "kind", _KINDS + _NEW_KINDS, _KINDS)
    op.drop_table("claim_link")
    op.drop_table("person_merge")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )


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
