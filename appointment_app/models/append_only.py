"""The tables to which rows are only ever added: the database refuses to change or delete one.

On all databases by triggers. MariaDB has none for TRUNCATE: there the entries are safe because the
seals refer to them, and the verification of the record tells when the seals are gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import DDL, event

from appointment_app.models.record import AuditEvent, AuditSeal

CANNOT_CHANGE = "the record is append-only"
_FUNCTION = "refuse_change_of_record"

_TABLES: tuple[sa.Table, ...] = (
    AuditEvent.__table__,  # type: ignore[attr-defined]
    AuditSeal.__table__,  # type: ignore[attr-defined]
)
APPEND_ONLY = tuple(table.name for table in _TABLES)


def guards(table: str, dialect: str) -> list[str]:
    """Return the statements that make ``table`` append-only on a database."""
    if dialect == "postgresql":
        return [
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{CANNOT_CHANGE}'; END $$",
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()",
        ]
    if dialect == "sqlite":
        # Without recursive triggers, what REPLACE deletes is deleted silently.
        return [
            *(
                f"CREATE TRIGGER {name} BEFORE {deed} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{CANNOT_CHANGE}'); END"
                for name, deed in _names(table)
            ),
            f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
            f" BEGIN SELECT RAISE(ABORT, '{CANNOT_CHANGE}'); END",
        ]
    return [
        f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW"
        f" SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{CANNOT_CHANGE}'"
        for name, deed in _names(table)
    ]


def releases(table: str, dialect: str) -> list[str]:
    """Return the statements that undo ``guards``."""
    if dialect == "postgresql":
        return [f"DROP TRIGGER {table}_kept ON {table}"]
    names = [name for name, _ in _names(table)]
    if dialect == "sqlite":
        names.append(f"{table}_not_replaced")
    return [f"DROP TRIGGER {name}" for name in names]


def _names(table: str) -> list[tuple[str, str]]:
    return [(f"{table}_not_changed", "UPDATE"), (f"{table}_not_deleted", "DELETE")]


def _declare() -> None:
    for table in _TABLES:
        for dialect in ("sqlite", "postgresql", "mariadb"):
            for statement in guards(table.name, dialect):
                ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
                event.listen(table, "after_create", ddl)


_declare()
