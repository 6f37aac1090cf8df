"""Each change of an appointment that figures count is marked by the database, in its transaction.

So whatever hand or program changes one, nobody can see the change without the mark. A mark is only
added, never changed: two bookings do not wait for each other. On PostgreSQL a statement marks each
place once, however many rows it has. No database marks TRUNCATE; appointments are never deleted.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import DDL, event

from appointment_app.models.appointments import Appointment
from appointment_app.models.figures import UncountedChange

_FUNCTION = "mark_uncounted_change"
_PLACE = "clinic_id, starts_at"
_MARK = f"INSERT INTO uncounted_change ({_PLACE})"
# What figures read of an appointment.
COUNTED_COLUMNS = (
    *("clinic_id", "starts_at", "doctor_id", "person_id", "block_id", "seat", "status", "active"),
    *("duration", "created_at", "cancelled_at", "cancelled_by"),
)
_DEEDS = {"inserted": "INSERT", "changed": "UPDATE", "deleted": "DELETE"}


def marks(dialect: str) -> list[str]:
    """Return the statements that let a database mark changes of appointments."""
    if dialect == "postgresql":
        return [_function_of_postgresql(), *_triggers_of_postgresql()]
    new, old = (f"SELECT {row}.clinic_id, {row}.starts_at" for row in ("NEW", "OLD"))
    deeds = {
        "inserted": f"{_MARK} {new}",
        "changed": f"{_MARK} {old} UNION {new}",
        "deleted": f"{_MARK} {old}",
    }
    return [_row_trigger(dialect, name, body) for name, body in deeds.items()]


def _row_trigger(dialect: str, name: str, body: str) -> str:
    trigger = (
        f"CREATE TRIGGER appointment_{name}_uncounted AFTER {_DEEDS[name]} ON appointment"
        " FOR EACH ROW"
    )
    same = "IS" if dialect == "sqlite" else "<=>"
    unchanged = " AND ".join(f"OLD.{each} {same} NEW.{each}" for each in COUNTED_COLUMNS)
    if dialect == "sqlite":
        condition = f" WHEN NOT ({unchanged})" if name == "changed" else ""
        return f"{trigger}{condition} BEGIN {body}; END"
    if name == "changed":
        return f"{trigger} IF NOT ({unchanged}) THEN {body}; END IF"
    return f"{trigger} {body}"


def _triggers_of_postgresql() -> list[str]:
    seen = {
        "inserted": "NEW TABLE AS after",
        "changed": "OLD TABLE AS before NEW TABLE AS after",
        "deleted": "OLD TABLE AS before",
    }
    return [
        f"CREATE TRIGGER appointment_{name}_uncounted AFTER {_DEEDS[name]} ON appointment"
        f" REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        for name, rows in seen.items()
    ]


def _function_of_postgresql() -> str:
    counted = ", ".join(COUNTED_COLUMNS)
    before, after = (f"SELECT {counted} FROM {rows}" for rows in ("before", "after"))
    return (
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'INSERT' THEN {_MARK} SELECT DISTINCT {_PLACE} FROM after;"
        f" ELSIF TG_OP = 'DELETE' THEN {_MARK} SELECT DISTINCT {_PLACE} FROM before;"
        # Rows that are the same before and after say nothing; of the others both places do.
        f" ELSE {_MARK} SELECT {_PLACE} FROM ({before} EXCEPT ALL {after}) AS gone"
        f" UNION SELECT {_PLACE} FROM ({after} EXCEPT ALL {before}) AS come;"
        " END IF; RETURN NULL; END $$"
    )


def _declare() -> None:
    appointment: sa.Table = Appointment.__table__  # type: ignore[attr-defined]
    change: sa.Table = UncountedChange.__table__  # type: ignore[attr-defined]
    # Made before and emptied after the table whose triggers write into it.
    appointment.add_is_dependent_on(change)
    for dialect in ("sqlite", "postgresql", "mariadb"):
        for statement in marks(dialect):
            ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(appointment, "after_create", ddl)


_declare()
