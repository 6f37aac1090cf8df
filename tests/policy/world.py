"""A small world with something to hide, as it was built, and what changes in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from uuid import UUID

from appointment_app.accounts import login_sessions
from appointment_app.api.rate_limits import forget_requests
from appointment_app.database import get_database
from tests.databases import copied
from tests.policy.who_sees_what import Who

OVERRIDE = "2026-12-24/2026-12-24"
TIME_OFF = str(UUID(int=7))
SESSION = "2026-12-12T09:00:00+00:00"


Rows = dict[str, set[tuple[Any, ...]]]


class World:
    """The database file, the login cookies by who has them, and public ids by name.

    One test after another has it for itself. Most change nothing: only after one that did, the
    file is copied anew from the one that was ``built``.
    """

    def __init__(self, built: Path, tokens: dict[Who, str], ids: dict[str, str]) -> None:
        self.path = built.with_name("world.db")
        self.tokens = tokens
        self.ids = ids
        self._built = built
        self._watch: sqlite3.Connection | None = None
        self._version_built = self._version_read = 0
        self._rows: Rows = {}

    async def restore(self) -> None:
        """Put it back to what it was before anybody asked, and forget who has asked."""
        await get_database().settled()
        if self.is_changed():
            await get_database().dispose()
            self.close()
            copied(self._built, self.path)
            self._watch = sqlite3.connect(self.path)
            self._version_built, self._version_read = self._version(), -1
        login_sessions.forget_everything()
        forget_requests()

    def is_changed(self) -> bool:
        """Tell whether anybody has written to the file since it was copied."""
        return self._watch is None or self._version() != self._version_built

    def rows(self) -> Rows:
        """All that the database holds by table, except what it keeps for itself alone."""
        if (version := self._version()) != self._version_read:
            self._rows, self._version_read = _rows_by_table(self._watch), version
        return self._rows

    def close(self) -> None:
        """Look at the file no longer."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _version(self) -> int:
        # Another number than before, when another connection has committed.
        ((version,),) = self._watch.execute("PRAGMA data_version")
        return int(version)

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
# Marks that the database itself leaves for the figures, at each change of an appointment.
_ITS_OWN_TABLES = {"uncounted_change"}


def _rows_by_table(connection: sqlite3.Connection) -> Rows:
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    found = {}
    for (table,) in tables:
        if table in _ITS_OWN_TABLES:
            continue
        cursor = connection.execute(f'SELECT * FROM "{table}"')
        columns = [column[0] for column in cursor.description]
        kept = [index for index, name in enumerate(columns) if name not in _ITS_OWN]
        found[table] = {tuple(row[index] for index in kept) for row in cursor}
    return found


def changed_tables(before: Rows, after: Rows) -> set[str]:
    """The tables in which something is not as it was."""
    return {table for table in after if before[table] != after[table]}
