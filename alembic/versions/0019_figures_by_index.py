"""Figures are counted from indexes: of a clinic by time, of what was cancelled, of shared times."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CLINIC = ["clinic_id", "starts_at"]


def upgrade() -> None:
    """Go one revision up."""
    # Before the old one goes: MariaDB wants an index for the foreign key at every moment.
    op.create_index(
        "ix_appointment_clinic_id_starts_at",
        "appointment",
        _CLINIC,
        postgresql_include=["doctor_id", "status", "duration", "created_at"],
    )
    op.drop_index("ix_appointment_clinic_id", "appointment")
    if op.get_bind().dialect.name == "mariadb":
        return
    op.create_index(
        "ix_appointment_cancelled",
        "appointment",
        _CLINIC,
        postgresql_include=["doctor_id", "person_id", "cancelled_by", "cancelled_at"],
        postgresql_where=sa.text("NOT active"),
        sqlite_where=sa.text("active = 0"),
    )
    op.create_index(
        "ix_appointment_shared",
        "appointment",
        _CLINIC,
        postgresql_where=sa.text("seat > 0"),
        sqlite_where=sa.text("seat > 0"),
    )


def downgrade() -> None:
    """Go one revision down."""
    if op.get_bind().dialect.name != "mariadb":
        op.drop_index("ix_appointment_shared", "appointment")
        op.drop_index("ix_appointment_cancelled", "appointment")
    op.create_index("ix_appointment_clinic_id", "appointment", ["clinic_id"])
    op.drop_index("ix_appointment_clinic_id_starts_at", "appointment")
