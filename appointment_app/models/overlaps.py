"""The constraints that make a double booking impossible, for every process and every hand.

On PostgreSQL they are exclusion constraints, on MariaDB unique keys without overlaps, on SQLite
triggers that abort; all carry the names below, by which a refused statement is told. Blocks and
appointments are half-open: one may begin at the instant at which another ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import DDL, event

from appointment_app.models.appointments import Appointment, BusyBlock, ResourceUse

DOCTOR_OVERLAP = "busy_block_no_overlap"
PERSON_OVERLAP = "appointment_no_overlap"
RESOURCE_OVERLAP = "resource_use_no_overlap"
SEAT_TAKEN = "appointment_seat_free"


@dataclass(frozen=True)
class _NoOverlap:
    """No two rows of ``table`` with equal ``key`` may overlap while they count."""

    name: str
    table: str
    key: str
    starts: str
    ends: str
    overbooking: bool = True

    def _counts(self, row: str = "") -> str:
        """Return the condition under which a row counts; ``row`` is its prefix."""
        return f"{row}active" + (f" AND NOT {row}overbooked" if self.overbooking else "")

    def postgresql(self) -> str:
        return (
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} EXCLUDE USING gist"
            f" ({self.key} WITH =, tstzrange({self.starts}, {self.ends}, '[)') WITH &&)"
            f" WHERE ({self._counts()})"
        )

    def mariadb(self) -> str:
        # NULL equals nothing, so that a row that does not count is in nobody's way.
        return (
            f"ALTER TABLE {self.table}"
            f" ADD active_{self.key} INTEGER"
            f" AS (CASE WHEN {self._counts()} THEN {self.key} END) STORED,"
            f" ADD PERIOD FOR busy ({self.starts}, {self.ends}),"
            f" ADD CONSTRAINT {self.name} UNIQUE (active_{self.key}, busy WITHOUT OVERLAPS)"
        )

    def sqlite(self, moment: str) -> str:
        """Return the trigger before ``moment``, which is INSERT or UPDATE."""
        return (
            f"CREATE TRIGGER {self.name}_{moment.lower()} BEFORE {moment} ON {self.table}"
            f" WHEN {self._counts('NEW.')} BEGIN"
            f" SELECT RAISE(ABORT, '{self.name}') WHERE EXISTS ("
            f"SELECT 1 FROM {self.table} AS other WHERE other.{self.key} = NEW.{self.key}"
            f" AND {self._counts('other.')} AND other.id IS NOT NEW.id"
            f" AND other.{self.starts} < NEW.{self.ends} AND NEW.{self.starts} < other.{self.ends}"
            "); END"
        )


_RULES = (
    _NoOverlap(DOCTOR_OVERLAP, "busy_block", "doctor_id", "busy_from", "busy_until"),
    _NoOverlap(PERSON_OVERLAP, "appointment", "person_id", "starts_at", "ends_at"),
    _NoOverlap(
        RESOURCE_OVERLAP,
        "resource_use",
        "resource_id",
        "busy_from",
        "busy_until",
        overbooking=False,
    ),
)
# MariaDB has no index over some of the rows.
_SEAT_ON_MARIADB = (
    "ALTER TABLE appointment"
    " ADD active_block_id INTEGER AS (CASE WHEN active THEN block_id END) STORED,"
    f" ADD CONSTRAINT {SEAT_TAKEN} UNIQUE (active_block_id, seat)"
)
_TABLES: dict[str, sa.Table] = {
    "busy_block": BusyBlock.__table__,  # type: ignore[attr-defined]
    "appointment": Appointment.__table__,  # type: ignore[attr-defined]
    "resource_use": ResourceUse.__table__,  # type: ignore[attr-defined]
}


def _ddl(statement: str, dialect: str) -> DDL:
    return DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]


def _declare() -> None:
    for rule in _RULES:
        table = _TABLES[rule.table]
        extension = _ddl("CREATE EXTENSION IF NOT EXISTS btree_gist", "postgresql")
        event.listen(table, "before_create", extension)
        event.listen(table, "after_create", _ddl(rule.postgresql(), "postgresql"))
        event.listen(table, "after_create", _ddl(rule.mariadb(), "mariadb"))
        for moment in ("INSERT", "UPDATE"):
            event.listen(table, "after_create", _ddl(rule.sqlite(moment), "sqlite"))
    appointment = _TABLES["appointment"]
    sa.Index(
        SEAT_TAKEN,
        appointment.c.block_id,
        appointment.c.seat,
        unique=True,
        postgresql_where=sa.text("active"),
        sqlite_where=sa.text("active"),
    ).ddl_if(dialect=("postgresql", "sqlite"))  # type: ignore[arg-type]  # a tuple, as documented
    event.listen(appointment, "after_create", _ddl(_SEAT_ON_MARIADB, "mariadb"))


_declare()
