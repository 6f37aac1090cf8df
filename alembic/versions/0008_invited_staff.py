"""Staff are invited by mail, and what kinds of mail there are is for the program alone to say."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PURPOSE = "ck_account_token_purpose"
_PURPOSES = "purpose IN ('verify_email', 'reset_password')"
_MORE_PURPOSES = "purpose IN ('verify_email', 'reset_password', 'invitation')"
_KIND = "ck_outbox_message_kind"
_KINDS = (
    "kind IN ('verify_email', 'address_known', 'reset_password', 'password_changed',"
    " 'appointment_booked', 'appointment_confirmed', 'appointment_cancelled',"
    " 'appointment_rescheduled', 'series_booked', 'series_cancelled', 'doctor_approved',"
    " 'doctor_refused')"
)


def upgrade() -> None:
    """Go one revision up."""
    with op.batch_alter_table("account_token") as table:
        table.drop_constraint(op.f(_PURPOSE), type_="check")
        table.create_check_constraint(op.f(_PURPOSE), sa.text(_MORE_PURPOSES))
    with op.batch_alter_table("outbox_message") as table:
        table.drop_constraint(op.f(_KIND), type_="check")


def downgrade() -> None:
    """Go one revision down; invitations and mails of kinds that came later are forgotten."""
    op.execute(f"DELETE FROM account_token WHERE NOT ({_PURPOSES})")
    op.execute(f"DELETE FROM outbox_message WHERE NOT ({_KINDS})")
    with op.batch_alter_table("account_token") as table:
        table.drop_constraint(op.f(_PURPOSE), type_="check")
        table.create_check_constraint(op.f(_PURPOSE), sa.text(_PURPOSES))
    with op.batch_alter_table("outbox_message") as table:
        table.create_check_constraint(op.f(_KIND), sa.text(_KINDS))
