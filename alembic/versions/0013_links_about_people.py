"""Mailed links that change an address, share a family member, or give one an own account."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PURPOSE = "ck_account_token_purpose"
_PURPOSES = "purpose IN ('verify_email', 'reset_password', 'invitation')"
_MORE_PURPOSES = (
    "purpose IN ('verify_email', 'reset_password', 'invitation', 'change_email', 'share_family',"
    " 'own_account')"
)
_PERSON = "fk_account_token_person_id"
_PERSON_INDEX = "ix_account_token_person_id"


def upgrade() -> None:
    """Go one revision up."""
    with op.batch_alter_table("account_token") as table:
        table.add_column(sa.Column("email", sa.String(254)))
        table.add_column(sa.Column("person_id", sa.Integer()))
        table.create_foreign_key(
            op.f(_PERSON), "person", ["person_id"], ["id"], ondelete="RESTRICT"
        )
        table.create_index(op.f(_PERSON_INDEX), ["person_id"])
        table.drop_constraint(op.f(_PURPOSE), type_="check")
        table.create_check_constraint(op.f(_PURPOSE), sa.text(_MORE_PURPOSES))


def downgrade() -> None:
    """Go one revision down; links of the new purposes are forgotten."""
    op.execute(f"DELETE FROM account_token WHERE NOT ({_PURPOSES})")
    with op.batch_alter_table("account_token") as table:
        table.drop_constraint(op.f(_PURPOSE), type_="check")
        table.create_check_constraint(op.f(_PURPOSE), sa.text(_PURPOSES))
        table.drop_constraint(op.f(_PERSON), type_="foreignkey")
        table.drop_index(op.f(_PERSON_INDEX))
        table.drop_column("person_id")
        table.drop_column("email")
