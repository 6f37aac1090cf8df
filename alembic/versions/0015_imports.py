"""Records brought in are known by their numbers, the erased by a hash; imports are followed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KIND = "kind IN ('clinics', 'doctors', 'patients', 'appointments')"
_STATE = "state IN ('waiting', 'running', 'done')"


def upgrade() -> None:
    """Go one revision up."""
    op.create_table(
        "external_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(_KIND, name=op.f("ck_external_number_kind")),
        _reference("external_number", "clinic_id", "clinic"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_number")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_external_number_kind_number")),
        sa.UniqueConstraint("kind", "record_id", name=op.f("uq_external_number_kind_record_id")),
    )
    op.create_index(op.f("ix_external_number_clinic_id"), "external_number", ["clinic_id"])
    op.create_table(
        "erased_number",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erased_number")),
    )
    op.create_table(
        "import_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(16_777_215), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("alive_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("done", "of_all", "lines", "new", "changed", "same")
        ),
        sa.Column("refusal", sa.String(300), nullable=False),
        sa.CheckConstraint(_KIND, name=op.f("ck_import_file_kind")),
        sa.CheckConstraint(_STATE, name=op.f("ck_import_file_state")),
        _reference("import_file", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_import_file_public_id")),
    )
    op.create_index(op.f("ix_import_file_user_id"), "import_file", ["user_id"])
    op.create_index(op.f("ix_import_file_created_at"), "import_file", ["created_at"])


def downgrade() -> None:
    """Go one revision down."""
    op.drop_table("import_file")
    op.drop_table("erased_number")
    op.drop_table("external_number")


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")
