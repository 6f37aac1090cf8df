"""From when until when a doctor is suspended, and why."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one revision up."""
    op.add_column("doctor", sa.Column("suspended_from", sa.DateTime(timezone=True)))
    reason = sa.Column("suspension_reason", sa.String(500), nullable=False, server_default="")
    op.add_column("doctor", reason)
    op.add_column("doctor", sa.Column("suspended_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Go one revision down."""
    op.drop_column("doctor", "suspended_until")
    op.drop_column("doctor", "suspension_reason")
    op.drop_column("doctor", "suspended_from")
