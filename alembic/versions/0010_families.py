"""What a dependent is to their guardian, and until when somebody was one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one revision up."""
    op.add_column("guardianship", sa.Column("kinship", sa.String(24)))
    op.add_column("guardianship", sa.Column("ended_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Go one revision down; the older schema knows no guardian of the past."""
    op.execute("DELETE FROM guardianship WHERE ended_at IS NOT NULL")
    op.drop_column("guardianship", "ended_at")
    op.drop_column("guardianship", "kinship")
