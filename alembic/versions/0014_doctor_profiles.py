"""What patients read of a doctor besides: qualifications and a photo."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one revision up."""
    for name, length in (("qualifications", 1000), ("photo", 16)):
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("doctor", column)
    op.create_table(
        "doctor_photo",
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("image", sa.LargeBinary(1 << 20), nullable=False),
        sa.ForeignKeyConstraint(
            ["doctor_id"],
            ["doctor.id"],
            name=op.f("fk_doctor_photo_doctor_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("doctor_id", name=op.f("pk_doctor_photo")),
    )


def downgrade() -> None:
    """Go one revision down."""
    op.drop_table("doctor_photo")
    for name in ("photo", "qualifications"):
        op.drop_column("doctor", name)
