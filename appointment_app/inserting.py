"""Rows that are inserted unless somebody else's stand there already, as each database says it."""

from __future__ import annotations

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import mysql, postgresql, sqlite


def insert_if_new(dialect: str, table: Table) -> Insert:
    """Return the statement that passes over rows whose unique keys are taken.

    ``dialect`` is the name that SQLAlchemy has for the database.
    """
    match dialect:
        case "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
        case "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
        case _:
            return mysql.insert(table).prefix_with("IGNORE")
