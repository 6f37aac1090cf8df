"""Figures of weeks that have ended are kept; the database marks what changes after that."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)
_DEEDS = {"inserted": "INSERT", "changed": "UPDATE", "deleted": "DELETE"}
# What follows is a frozen copy of what models/uncounted.py declares: a migration never changes.
_PLACE = "clinic_id, starts_at"
_MARK = f"INSERT INTO uncounted_change ({_PLACE})"
_COUNTED = (
    *("clinic_id", "starts_at", "doctor_id", "person_id", "block_id", "seat", "status", "active"),
    *("duration", "created_at", "cancelled_at", "cancelled_by"),
)


def upgrade() -> None:
    op.create_table(
        "kept_week",
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("begins_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("content", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb"), nullable=False),
        sa.Column("counted_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.id"],
            name=op.f("fk_kept_week_clinic_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "monday", name=op.f("pk_kept_week")),
    )
    op.create_table(
        "uncounted_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uncounted_change")),
    )
    op.create_index("ix_uncounted_change_place", "uncounted_change", ["clinic_id", "starts_at"])
    for statement in _marks():
        op.execute(statement)


def downgrade() -> None:
    on_table = " ON appointment" if op.get_context().dialect.name == "postgresql" else ""
    for name in _DEEDS:
        op.execute(f"DROP TRIGGER appointment_{name}_uncounted{on_table}")
    if on_table:
        op.execute("DROP FUNCTION mark_uncounted_change()")
    op.drop_index("ix_uncounted_change_place", "uncounted_change")
    op.drop_table("uncounted_change")
    op.drop_table("kept_week")


def _marks() -> list[str]:
    dialect = op.get_context().dialect.name
    if dialect == "postgresql":
        return _marks_of_statements()
    same = "IS" if dialect == "sqlite" else "<=>"
    unchanged = " AND ".join(f"OLD.{each} {same} NEW.{each}" for each in _COUNTED)
    new, old = (f"SELECT {row}.clinic_id, {row}.starts_at" for row in ("NEW", "OLD"))
    bodies = {
        "inserted": f"{_MARK} {new}",
        "changed": f"{_MARK} {old} UNION {new}",
        "deleted": f"{_MARK} {old}",
    }
    statements = []
    for name, body in bodies.items():
        trigger = (
            f"CREATE TRIGGER appointment_{name}_uncounted AFTER {_DEEDS[name]} ON appointment"
            " FOR EACH ROW"
        )
        if dialect == "sqlite":
            condition = f" WHEN NOT ({unchanged})" if name == "changed" else ""
            statements.append(f"{trigger}{condition} BEGIN {body}; END")
        elif name == "changed":
            statements.append(f"{trigger} IF NOT ({unchanged}) THEN {body}; END IF")
        else:
            statements.append(f"{trigger} {body}")
    return statements


def _marks_of_statements() -> list[str]:
    seen = {
        "inserted": "NEW TABLE AS after",
        "changed": "OLD TABLE AS before NEW TABLE AS after",
        "deleted": "OLD TABLE AS before",
    }
    counted = ", ".join(_COUNTED)
    before, after = (f"SELECT {counted} FROM {rows}" for rows in ("before", "after"))
    return [
        "CREATE OR REPLACE FUNCTION mark_uncounted_change() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN"
        f" IF TG_OP = 'INSERT' THEN {_MARK} SELECT DISTINCT {_PLACE} FROM after;"
        f" ELSIF TG_OP = 'DELETE' THEN {_MARK} SELECT DISTINCT {_PLACE} FROM before;"
        f" ELSE {_MARK} SELECT {_PLACE} FROM ({before} EXCEPT ALL {after}) AS gone"
        f" UNION SELECT {_PLACE} FROM ({after} EXCEPT ALL {before}) AS come;"
        " END IF; RETURN NULL; END $$",
        *(
            f"CREATE TRIGGER appointment_{name}_uncounted AFTER {_DEEDS[name]} ON appointment"
            f" REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION mark_uncounted_change()"
            for name, rows in seen.items()
        ),
    ]
