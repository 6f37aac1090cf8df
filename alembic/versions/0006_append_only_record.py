"""The record is append-only, sealed, and holds values encrypted with a key of each person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)
_ADDED = {
    "person_id": sa.Integer(),
    "clinic_id": sa.Integer(),
    "changes": sa.JSON(),
    "nonce": sa.String(32),
    "mark": sa.String(64),
}
_INDEXES = {"action": "action", "clinic": "clinic_id", "person": "person_id"}
_KEPT = ("audit_event", "audit_seal")


def upgrade() -> None:
    for name, kind in _ADDED.items():
        op.add_column("audit_event", sa.Column(name, kind, nullable=True))
    for name, column in _INDEXES.items():
        op.create_index(f"ix_audit_event_{name}", "audit_event", [column, "id"])
    op.create_table(
        "audit_seal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.Column("sealed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["last_id"],
            ["audit_event.id"],
            name=op.f("fk_audit_seal_last_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
    )
    op.create_index(op.f("ix_audit_seal_last_id"), "audit_seal", ["last_id"])
    op.create_table(
        "person_key",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.String(120), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("destroyed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_person_key_person_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_key")),
    )
    for table in _KEPT:
        for statement in _guards(table):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_context().dialect.name
    for table in _KEPT:
        if dialect == "postgresql":
            op.execute(f"DROP TRIGGER {table}_kept ON {table}")
            continue
        names = ["not_changed", "not_deleted"] + ["not_replaced"] * (dialect == "sqlite")
        for name in names:
            op.execute(f"DROP TRIGGER {table}_{name}")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION refuse_change_of_record()")
    op.drop_table("person_key")
    op.drop_table("audit_seal")
    for name in _INDEXES:
        op.drop_index(f"ix_audit_event_{name}", "audit_event")
    for name in reversed(_ADDED):
        op.drop_column("audit_event", name)


def _guards(table: str) -> list[str]:
    # A frozen copy of what models/append_only.py declares: a migration never changes afterwards.
    dialect = op.get_context().dialect.name
    said = "the record is append-only"
    deeds = {f"{table}_not_changed": "UPDATE", f"{table}_not_deleted": "DELETE"}
    if dialect == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION refuse_change_of_record() RETURNS trigger"
            f" LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{said}'; END $$",
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_record()",
        ]
    if dialect == "sqlite":
        return [
            *(
                f"CREATE TRIGGER {name} BEFORE {deed} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
                for name, deed in deeds.items()
            ),
            f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
            f" BEGIN SELECT RAISE(ABORT, '{said}'); END",
        ]
    return [
        f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW"
        f" SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{said}'"
        for name, deed in deeds.items()
    ]
