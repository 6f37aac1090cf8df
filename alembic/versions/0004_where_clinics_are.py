"""Where clinics are, and when they say that they are open."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one revision up."""
    op.add_column("clinic", sa.Column("latitude", sa.Double()))
    op.add_column("clinic", sa.Column("longitude", sa.Double()))
    op.add_column("clinic", sa.Column("opening_hours", sa.JSON()))
    op.create_index(op.f("ix_clinic_latitude"), "clinic", ["latitude"])


def downgrade() -> None:
    """Go one revision down."""
    op.drop_index(op.f("ix_clinic_latitude"), "clinic")
    for column in ("opening_hours", "longitude", "latitude"):
        op.drop_column("clinic", column)
