"""Kinds of mail are for the program alone to say: a new one changes no table any more."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CHECK = "ck_outbox_message_kind"
_KINDS_BEFORE = (
    "'verify_email', 'address_known', 'reset_password', 'password_changed', 'appointment_booked',"
    " 'appointment_confirmed', 'appointment_cancelled', 'appointment_rescheduled',"
    " 'series_booked', 'series_cancelled', 'doctor_approved', 'doctor_refused', 'staff_invited',"
    " 'role_granted', 'change_email', 'email_changed', 'share_family', 'own_account',"
    " 'person_erased', 'claim_record'"
)


def upgrade() -> None:
    """Go one revision up."""
    with op.batch_alter_table("outbox_message") as table:
        table.drop_constraint(op.f(_CHECK), type_="check")


def downgrade() -> None:
    """Go one revision down; mails of kinds that came later are forgotten."""
    op.execute(f"DELETE FROM outbox_message WHERE kind NOT IN ({_KINDS_BEFORE})")
    with op.batch_alter_table("outbox_message") as table:
        table.create_check_constraint(op.f(_CHECK), sa.text(f"kind IN ({_KINDS_BEFORE})"))
