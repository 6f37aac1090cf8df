"""A small world with something to hide, as it was built, and what changes in it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.policy.who_sees_what import Who

OVERRIDE = "2026-12-24/2026-12-24"
TIME_OFF = str(UUID(int=7))
SESSION = "2026-12-12T09:00:00+00:00"


@dataclass(frozen=True)
class World:
    """The database file, the login cookies by who has them, and public ids by name."""

    path: Path
    tokens: dict[Who, str]
    ids: dict[str, str]

    def cookie(self, who: Who) -> str:
        """The cookie header of somebody's browser."""
        token = self.tokens.get(who)
        return f"session={token}" if token else ""

    def filled(self, template: Any) -> Any:
        """``template`` with each ``{name}`` in its texts replaced by the id of that name."""
        if isinstance(template, str):
            for name, value in self.ids.items():
                template = template.replace(f"{{{name}}}", value)
            return template
        if isinstance(template, dict):
            return {name: self.filled(value) for name, value in template.items()}
        return template


# When a login was last seen, and the bounds by which the search knows where to look first.
_ITS_OWN = {"last_seen_at", "next_free_at"}


def rows_by_table(path: Path) -> dict[str, set[tuple[Any, ...]]]:
    """All that the database holds, except what it keeps for itself alone."""
    with sqlite3.connect(path) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        found = {}
        for (table,) in tables:
            cursor = connection.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            kept = [index for index, name in enumerate(columns) if name not in _ITS_OWN]
            found[table] = {tuple(row[index] for index in kept) for row in cursor}
    connection.close()
    return found


def changed_tables(before: dict[str, set[Any]], after: dict[str, set[Any]]) -> set[str]:
    """The tables in which something is not as it was."""
    return {table for table in after if before[table] != after[table]}
