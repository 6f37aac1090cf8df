"""Imports can be followed from any tab; the numbers of erased patients are known by their hash."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KIND = "kind IN ('clinics', 'doctors', 'patients', 'appointments')"
_STATE = "state IN ('waiting', 'running', 'done')"


def upgrade() -> None:
    """Go one revision up."""
    op.create_table(
        "erased_number",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erased_number")),
    )
    # What waits there is kept for a day at most: it is sent again.
    op.drop_table("import_file")
    _create_import_file(
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("alive_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("done", "of_all", "lines", "new", "changed", "same")
        ),
        sa.Column("refusal", sa.String(300), nullable=False),
        sa.CheckConstraint(_STATE, name=op.f("ck_import_file_state")),
    )


def downgrade() -> None:
    """Go one revision down."""
    op.drop_table("import_file")
    _create_import_file()
    op.drop_table("erased_number")


def _create_import_file(*further: sa.schema.SchemaItem) -> None:
    op.create_table(
        "import_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(16_777_215), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *further,
        sa.CheckConstraint(_KIND, name=op.f("ck_import_file_kind")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_import_file_user_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_import_file_public_id")),
    )
    op.create_index(op.f("ix_import_file_user_id"), "import_file", ["user_id"])
    op.create_index(op.f("ix_import_file_created_at"), "import_file", ["created_at"])
