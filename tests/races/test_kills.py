"""A process is killed between any two statements: all is stored or nothing, and nothing is stuck.

``kills.py`` says how. What was killed is done again afterwards, by another process: as if it had
never been tried, or, where the commit came before the end, with the answer of the first time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.scheduling import holds
from appointment_app.scheduling.cancelling import cancel
from appointment_app.scheduling.series import SeriesRequest, book_series
from tests.databases import with_kept_engine
from tests.races.conftest import Scoreboard
from tests.races.kills import AFTER_COMMIT, Doomed, carry_out, kill_at_their_points, points_of
from tests.races.scene import NOON, NOW, booking_of, move_of
from tests.races.stored import look
from tests.races.worker import DONE, Attempt
from tests.races.worlds import World, make_worlds, traces_of

pytestmark = pytest.mark.race

PATIENCE_SECONDS = 5


@dataclass(frozen=True)
class Deed:
    """Something that a patient does; ``done_already`` is the answer to who does it again."""

    name: str
    attempt: Callable[[World], Attempt]
    done_already: str = DONE


DEEDS = (
    Deed("book", lambda world: booking_of(world.patient, world.offer, world.moment(NOON))),
    Deed(
        "cancel",
        lambda world: Attempt(cancel, world.patient, (world.appointment_id,)),
        done_already="STATUS_CONFLICT",
    ),
    Deed(
        "reschedule",
        lambda world: move_of(world.patient, world.appointment_id, world.moment(NOON)),
    ),
    Deed(
        "hold",
        lambda world: Attempt(
            holds.keep,
            NOBODY,
            (world.offer, world.moment(NOON)),
            {"visitor": f"visitor {world.doctor_id}", "address": f"2001:db8:{world.doctor_id}::"},
        ),
    ),
    Deed(
        "book a series of three",
        lambda world: Attempt(
            book_series,
            world.patient,
            (
                SeriesRequest(
                    world.offer,
                    tuple(world.moment(NOON, days) for days in (0, 7, 14)),
                    every_weeks=1,
                    reason="A cough",
                    idempotency_key=uuid4().hex,
                ),
            ),
        ),
    ),
)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
async def test_all_or_nothing(
    database: Database, database_url: str, tmp_path: Path, deed: Deed, scoreboard: Scoreboard
) -> None:
    async with database.session() as session:
        (undisturbed,) = await make_worlds(session, 1)
    first_time = [Doomed(database_url, deed.attempt(undisturbed))]
    (expected,) = await carry_out(first_time, NOW)
    assert expected.outcome.code == DONE
    done = _size(await traces_of(database, undisturbed))

    points = points_of(expected.statements)
    async with database.session() as session:
        worlds = await make_worlds(session, len(points))
    before = [await traces_of(database, world) for world in worlds]
    await database.dispose()
    doomed = [
        Doomed(_url(database_url, tmp_path / f"{number}.db"), deed.attempt(world), point)
        for number, (world, point) in enumerate(zip(worlds, points, strict=True))
    ]
    with scoreboard.race(f"killed at each statement: {deed.name}") as race:
        # MariaDB lets two who write neighbouring rows wait for each other, whosever they are.
        at_once = 1 if database_url.startswith("mariadb") else len(doomed)
        for first in range(0, len(doomed), at_once):
            kill_at_their_points(doomed[first : first + at_once], NOW)

        for each, world, untouched in zip(doomed, worlds, before, strict=True):
            left = await _traces(each, world)
            if each.point == AFTER_COMMIT:
                assert _size(left) == done
            else:
                assert left == untouched, each.point

        second_time = await carry_out(doomed, NOW)
        race.count([end.outcome for end in second_time])
    for each, world, end in zip(doomed, worlds, second_time, strict=True):
        answer = deed.done_already if each.point == AFTER_COMMIT else DONE
        assert end.outcome.code == answer, each.point
        assert end.seconds < PATIENCE_SECONDS, each.point
        assert _size(await _traces(each, world)) == done, each.point
    for url in {each.url for each in doomed}:
        opened = _opened(url)
        assert (await look(opened)).overlaps == 0
        await opened.dispose()


async def _traces(doomed: Doomed, world: World) -> Mapping[str, list[dict[str, Any]]]:
    opened = _opened(doomed.url)
    traces = await traces_of(opened, world)
    await opened.dispose()
    return traces


def _opened(url: str) -> Database:
    """Return a database; of one that all worlds share, with what it has compiled for others."""
    opened = Database(url)
    return opened if url.startswith("sqlite") else with_kept_engine(opened)


def _url(url: str, copy: Path) -> str:
    """Return the database of a world: on SQLite, where one writes at a time, a copy."""
    if not url.startswith("sqlite"):
        return url
    shutil.copyfile(str(make_url(url).database), copy)
    return f"sqlite:///{copy}"


def _size(traces: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What is the same for one world as for another: how many rows there are, and of what kind."""
    return {
        table: sorted(
            [str(row.get("kind", "")), str(row.get("status", "")), str(row.get("action", ""))]
            for row in rows
        )
        for table, rows in traces.items()
    }
