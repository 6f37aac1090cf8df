"""A group that was brought in: one clinic, one doctor, one patient; the clock stands."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from appointment_app.accounts.actor import Actor
from appointment_app.bulk import files
from appointment_app.bulk.files import Standing
from appointment_app.bulk.importing import Outcome, bring_in, check
from appointment_app.database import Database
from appointment_app.models import BulkKind
from tests.bulk.files import CLINIC, DOCTOR, PATIENT, as_csv
from tests.factories import administrator_actor
from tests.scheduling.conftest import standing_clock

__all__ = ["standing_clock"]


@dataclass
class Group:
    """The database of a group, and an administrator of all its clinics."""

    database: Database
    root: Actor

    async def bring_in(
        self, kind: BulkKind, *lines: dict[str, Any], actor: Actor | None = None
    ) -> Outcome:
        """Bring in a file in a session of its own."""
        return await self.call(bring_in, actor or self.root, kind, as_csv(*lines))

    async def check(
        self, kind: BulkKind, *lines: dict[str, Any], actor: Actor | None = None
    ) -> Outcome:
        """Look at a file in a session of its own."""
        return await self.call(check, actor or self.root, kind, as_csv(*lines))

    async def bring_in_file(self, file_id: UUID) -> Standing:
        """Bring in a file that was sent, and wait for it."""
        await self.call(files.begin, self.root, file_id)
        await self.database.settled()
        standing = await self.call(files.standing_of, self.root, file_id)
        assert isinstance(standing, Standing)
        return standing

    async def call(self, work: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> Any:
        """Call a function of the service in a session of its own."""
        async with self.database.session() as session:
            return await work(session, *arguments)

    async def all(self, table: type[Any]) -> list[Any]:
        """Every row of a table."""
        async with self.database.session() as session:
            return list(await session.exec(select(table).order_by(table.id)))


@pytest.fixture
async def group(database: Database, standing_clock: None) -> Group:
    async with database.session() as session:
        return Group(database, await administrator_actor(session))


@pytest.fixture
async def lakeside(group: Group) -> Group:
    """The group once clinic, doctor and patient are there."""
    for kind, line in (
        (BulkKind.CLINICS, CLINIC),
        (BulkKind.DOCTORS, DOCTOR),
        (BulkKind.PATIENTS, PATIENT),
    ):
        outcome = await group.bring_in(kind, line)
        assert (outcome.new, outcome.problems) == (1, ()), outcome
    return group
