"""Departments of clinics, and which doctors belong to them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one revision up."""
    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.id"],
            name=op.f("fk_department_clinic_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("public_id", name=op.f("uq_department_public_id")),
    )
    op.create_index(op.f("ix_department_clinic_id"), "department", ["clinic_id"])
    op.create_table(
        "doctor_department",
        sa.Column("doctor_at_clinic_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["doctor_at_clinic_id"],
            ["doctor_at_clinic.id"],
            name=op.f("fk_doctor_department_doctor_at_clinic_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_doctor_department_department_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "doctor_at_clinic_id", "department_id", name=op.f("pk_doctor_department")
        ),
    )
    op.create_index(
        op.f("ix_doctor_department_department_id"), "doctor_department", ["department_id"]
    )


def downgrade() -> None:
    """Go one revision down."""
    op.drop_table("doctor_department")
    op.drop_table("department")
