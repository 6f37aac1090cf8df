"""Patients have a number and may have an address, and clinics know patients before a visit."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def upgrade() -> None:
    """Go one revision up; everybody who is there gets a number."""
    op.add_column("person", sa.Column("number", sa.String(9), nullable=True))
    op.add_column("person", sa.Column("email", sa.String(254), nullable=True))
    _fill()
    op.create_index(op.f("ix_person_number"), "person", ["number"], unique=True)
    op.create_index(op.f("ix_person_birth_date"), "person", ["birth_date"])
    op.create_index(op.f("ix_person_phone"), "person", ["phone"])
    op.create_table(
        "patient_of_clinic",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{target}.id"],
                name=op.f(f"fk_patient_of_clinic_{column}"),
                ondelete="RESTRICT",
            )
            for column, target in (
                ("person_id", "person"),
                ("clinic_id", "clinic"),
                ("added_by", "user_account"),
            )
        ),
        sa.PrimaryKeyConstraint("person_id", "clinic_id", name=op.f("pk_patient_of_clinic")),
    )
    for column in ("clinic_id", "added_by"):
        op.create_index(op.f(f"ix_patient_of_clinic_{column}"), "patient_of_clinic", [column])


def downgrade() -> None:
    """Go one revision down."""
    op.drop_table("patient_of_clinic")
    for column in ("phone", "birth_date", "number"):
        op.drop_index(op.f(f"ix_person_{column}"), "person")
    for column in ("email", "number"):
        op.drop_column("person", column)


def _fill() -> None:
    connection = op.get_bind()
    rows = sa.table("person", sa.column("id"), sa.column("number"))
    keys = connection.execute(sa.select(rows.c.id)).scalars().all()
    numbers: set[str] = set()
    while len(numbers) < len(keys):
        numbers.add("".join(secrets.choice(_SIGNS) for _ in range(9)))
    if keys:
        connection.execute(
            sa.update(rows)
            .where(rows.c.id == sa.bindparam("key"))
            .values(number=sa.bindparam("new")),
            [{"key": key, "new": number} for key, number in zip(keys, numbers, strict=True)],
        )
