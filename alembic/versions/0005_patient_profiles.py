"""What patients tell of their health, their insurance and their wishes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BLOOD_GROUPS = "'O+', 'O-', 'A+', 'A-', 'B+', 'B-', 'AB+', 'AB-'"


def upgrade() -> None:
    """Go one revision up."""
    op.create_table(
        "patient_profile",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("blood_group", sa.String(24), nullable=True),
        sa.Column("allergies", sa.String(1000), nullable=False),
        sa.Column("emergency_name", sa.String(100), nullable=False),
        sa.Column("emergency_phone", sa.String(32), nullable=False),
        sa.Column("emergency_relation", sa.String(60), nullable=False),
        sa.Column("insurance_provider", sa.String(100), nullable=False),
        sa.Column("insurance_number", sa.String(60), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("wants_reminders", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            f"blood_group IN ({_BLOOD_GROUPS})", name=op.f("ck_patient_profile_blood_group")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_patient_profile_person_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_patient_profile")),
    )


def downgrade() -> None:
    """Go one revision down."""
    op.drop_table("patient_profile")
