"""A time is kept for a visitor while others want it, and the hold expires in the middle of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.scheduling import holds
from appointment_app.scheduling.holds import HOLD_FOR
from tests.races.conftest import Scoreboard, codes_of
from tests.races.crew import Crew
from tests.races.scene import CLOCKS, NOON, NOW, Scene, booking_of
from tests.races.stored import look
from tests.races.worker import DONE, Attempt, Sabotage

pytestmark = pytest.mark.race

VISITORS = 12
ONE = Counter({DONE: 1, "SLOT_TAKEN": VISITORS - 1})
A_MOMENT = timedelta(microseconds=1)
# The holds were made so that they expire now: for some processes in a moment, for others already.
AROUND_THE_END = (NOW - A_MOMENT, NOW - A_MOMENT, NOW, NOW + A_MOMENT)


async def test_who_keeps_the_time_gets_it(
    database: Database, database_url: str, scene: Scene, rounds: int, scoreboard: Scoreboard
) -> None:
    """Twelve visitors want to keep one time, and then all of them book it."""
    with (
        Crew(database_url, CLOCKS, VISITORS) as crew,
        scoreboard.race("holds: all want to keep one time, then to book it", crew) as race,
    ):
        for round_ in range(rounds):
            outcomes = race.run([_keep(scene, round_, index) for index in range(VISITORS)])
            assert codes_of(outcomes) == ONE
            kept = [outcome.code for outcome in outcomes]

            outcomes = race.run([_book(scene, round_, index) for index in range(VISITORS)])
            assert [outcome.code for outcome in outcomes] == kept
        race.rounds = rounds

    stored = await look(database)
    assert len(stored.appointments) == stored.blocks == rounds
    assert stored.overlaps == 0


async def test_a_hold_that_expires_meanwhile_is_booked_once(
    database: Database, database_url: str, scene: Scene, rounds: int, scoreboard: Scoreboard
) -> None:
    """The visitor who keeps the time books it among others; their clocks do not agree."""
    with (
        Crew(database_url, AROUND_THE_END, VISITORS) as crew,
        scoreboard.race("holds: it expires while all book", crew) as race,
    ):
        for round_ in range(rounds):
            await _keep_until_now(database, scene, round_, round_ % VISITORS)
            outcomes = race.run([_book(scene, round_, index) for index in range(VISITORS)])
            assert codes_of(outcomes) == ONE

    stored = await look(database)
    assert len(stored.appointments) == stored.blocks == rounds
    assert stored.overlaps == 0


@pytest.mark.parametrize("is_killed", [False, True], ids=["commits", "is killed"])
async def test_a_hold_expires_between_the_check_and_the_commit(
    database: Database, database_url: str, scene: Scene, is_killed: bool, scoreboard: Scoreboard
) -> None:
    """Who keeps it has checked that in time and not committed yet; for the others it is over."""
    await _keep_until_now(database, scene, 0, 0)
    stops = Sabotage.STOPS_BEFORE_COMMIT
    others = [_book(scene, 0, index) for index in range(1, VISITORS)]
    with (
        Crew(database_url, (NOW - A_MOMENT,), 1, sabotage=stops) as holder,
        Crew(database_url, (NOW + A_MOMENT,) * 4, len(others)) as crew,
        scoreboard.race(
            f"holds: it expires before its visitor {'is killed' if is_killed else 'commits'}", crew
        ) as race,
    ):
        holder.start([_book(scene, 0, 0)])
        holder.wait_until_about_to_commit()
        crew.start(others)
        assert crew.still_waits(0.5)
        if is_killed:
            holder.kill()
        else:
            holder.go_on()
            assert codes_of(holder.finish()) == Counter({DONE: 1})
        race.count(crew.finish())
        winners = 1 if is_killed else 0
        assert race.codes == Counter({DONE: winners, "SLOT_TAKEN": len(others) - winners})

    stored = await look(database)
    assert len(stored.appointments) == stored.blocks == 1
    assert stored.overlaps == 0


def _keep(scene: Scene, round_: int, index: int) -> Attempt:
    # Visitors of networks of their own: from one of them few times can be kept.
    named = {"visitor": f"visitor {index}", "address": f"10.0.{index}.1"}
    return Attempt(holds.keep, NOBODY, (scene.offer, scene.moment(round_, NOON)), named)


def _book(scene: Scene, round_: int, index: int) -> Attempt:
    start = scene.moment(round_, NOON)
    return booking_of(scene.patients[index], scene.offer, start, visitor=f"visitor {index}")


async def _keep_until_now(database: Database, scene: Scene, round_: int, index: int) -> None:
    attempt = _keep(scene, round_, index)
    with clock.frozen(NOW - HOLD_FOR):
        async with database.session() as session:
            await attempt.deed(session, attempt.actor, *attempt.arguments, **attempt.named)
