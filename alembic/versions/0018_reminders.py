"""How long before an appointment its patient is reminded, and for which start they were."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one revision up."""
    op.add_column("patient_profile", sa.Column("reminder_hours", sa.Integer()))
    op.add_column("appointment", sa.Column("reminded_for", sa.DateTime(timezone=True)))
    op.create_index("ix_appointment_starts_at", "appointment", ["starts_at"])


def downgrade() -> None:
    """Go one revision down."""
    op.drop_index("ix_appointment_starts_at", "appointment")
    op.drop_column("appointment", "reminded_for")
    op.drop_column("patient_profile", "reminder_hours")
