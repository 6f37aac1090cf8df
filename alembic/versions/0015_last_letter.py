"""One more kind of mail: the last letter to somebody who was erased."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NEW = "person_erased"
_LAST = "'own_account'"


def upgrade() -> None:
    """Go one revision up."""
    _replace(_LAST, f"{_LAST}, '{_NEW}'")


def downgrade() -> None:
    """Go one revision down; letters of the new kind are forgotten."""
    op.execute(f"DELETE FROM outbox_message WHERE kind = '{_NEW}'")
    _replace(f"{_LAST}, '{_NEW}'", _LAST)


_KINDS = (
    "'verify_email', 'address_known', 'reset_password', 'password_changed', 'appointment_booked',"
    " 'appointment_confirmed', 'appointment_cancelled', 'appointment_rescheduled',"
    " 'series_booked', 'series_cancelled', 'doctor_approved', 'doctor_refused', 'staff_invited',"
    " 'role_granted', 'change_email', 'email_changed', 'share_family',"
)


def _replace(before: str, after: str) -> None:
    """Let the kind of a mail end in ``after`` instead of ``before``."""
    if op.get_context().dialect.name == "sqlite":
        _rebuild(f"{_KINDS} {before})", f"{_KINDS} {after})")
        return
    name = op.f("ck_outbox_message_kind")
    op.drop_constraint(name, "outbox_message", type_="check")
    op.create_check_constraint(name, "outbox_message", sa.text(f"kind IN ({_KINDS} {after})"))


def _rebuild(before: str, after: str) -> None:
    """Make the SQLite table anew with another check, its rows and indexes kept."""
    connection = op.get_bind()
    statements = connection.execute(
        sa.text(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'outbox_message' AND sql IS NOT NULL"
            " ORDER BY type <> 'table'"
        )
    ).scalars()
    create, *kept = statements
    if before not in create:
        raise RuntimeError("outbox_message has another check than this migration knows.")
    body = create.partition("(")[2].replace(before, after)
    connection.exec_driver_sql(f"CREATE TABLE rebuilt_outbox_message ({body}")
    connection.exec_driver_sql("INSERT INTO rebuilt_outbox_message SELECT * FROM outbox_message")
    connection.exec_driver_sql("DROP TABLE outbox_message")
    connection.exec_driver_sql("ALTER TABLE rebuilt_outbox_message RENAME TO outbox_message")
    for statement in kept:
        connection.exec_driver_sql(statement)
