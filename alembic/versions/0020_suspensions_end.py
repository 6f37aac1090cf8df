"""Until when a doctor is suspended."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one revision up."""
    op.add_column("doctor", sa.Column("suspended_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Go one revision down."""
    op.drop_column("doctor", "suspended_until")
