"""Names as they are searched: without accents, in one case, with both ways to spell an umlaut."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from appointment_app.texts import search_form

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MADE_OF = {
    "clinic": ("name", "postcode", "city"),
    "doctor": ("given_name", "family_name"),
    "person": ("given_name", "family_name"),
}


def upgrade() -> None:
    """Go one revision up, and fill the new columns."""
    for table, columns in _MADE_OF.items():
        op.add_column(table, sa.Column("search_name", sa.String(1000)))
        _fill(table, columns)


def downgrade() -> None:
    """Go one revision down."""
    for table in _MADE_OF:
        op.drop_column(table, "search_name")


def _fill(table: str, columns: tuple[str, ...]) -> None:
    connection = op.get_bind()
    rows = sa.table(table, *map(sa.column, ("id", "search_name", *columns)))
    found = connection.execute(sa.select(rows.c.id, *(rows.c[name] for name in columns))).all()
    if found:
        connection.execute(
            sa.update(rows)
            .where(rows.c.id == sa.bindparam("key"))
            .values(search_name=sa.bindparam("form")),
            [{"key": key, "form": search_form(*names)} for key, *names in found],
        )
