"""Fifty bookers in four processes: whatever they race for, exactly one of them gets it."""

from __future__ import annotations

from collections import Counter

import pytest

from appointment_app.database import Database
from tests.races.conftest import Scoreboard
from tests.races.crew import Crew
from tests.races.scenarios import BOOKERS, NOW, ONE_WINS, Scenario, Scene, adjacent_times, one_slot
from tests.races.stored import look
from tests.races.worker import BOOKED, Outcome, Sabotage

pytestmark = pytest.mark.race


@pytest.mark.parametrize("scenario", ONE_WINS, ids=lambda scenario: scenario.__name__)
async def test_exactly_one_wins(
    database: Database,
    database_url: str,
    scene: Scene,
    scenario: Scenario,
    rounds: int,
    scoreboard: Scoreboard,
) -> None:
    winners: list[Outcome] = []
    with Crew(database_url, NOW, BOOKERS) as crew:
        scoreboard.begin(scenario.__name__)
        for round_ in range(rounds):
            outcomes = crew.race(scenario(scene, round_))
            assert scoreboard.add(outcomes) == Counter({BOOKED: 1, "SLOT_TAKEN": BOOKERS - 1})
            winners += [outcome for outcome in outcomes if outcome.code == BOOKED]
        scoreboard.end()

    stored = await look(database)
    assert stored.appointments == {winner.appointment_id for winner in winners}
    assert (stored.blocks, stored.doctor_overlaps, stored.person_overlaps) == (rounds, 0, 0)


async def test_neighbours_do_not_hinder_each_other(
    database: Database, database_url: str, scene: Scene, rounds: int, scoreboard: Scoreboard
) -> None:
    rounds = max(1, rounds // 5)
    with Crew(database_url, NOW, BOOKERS) as crew:
        scoreboard.begin(adjacent_times.__name__)
        for round_ in range(rounds):
            outcomes = crew.race(adjacent_times(scene, round_))
            assert scoreboard.add(outcomes) == Counter({BOOKED: BOOKERS})
        scoreboard.end()

    stored = await look(database)
    assert len(stored.appointments) == stored.blocks == rounds * BOOKERS
    assert (stored.doctor_overlaps, stored.person_overlaps) == (0, 0)


async def test_a_process_killed_while_it_books_leaves_nothing_behind(
    database: Database, database_url: str, scene: Scene, scoreboard: Scoreboard
) -> None:
    """It holds the lock, has written everything and is killed before it commits."""
    attempts = one_slot(scene, 0)
    doomed, others = attempts[:1], attempts[1:]
    hangs = Sabotage.HANGS_BEFORE_COMMIT
    with (
        Crew(database_url, NOW, 1, processes=1, sabotage=hangs) as victim,
        Crew(database_url, NOW, len(others)) as crew,
    ):
        scoreboard.begin("one slot, the first of them killed")
        victim.start(doomed)
        victim.wait_until_about_to_commit()
        crew.start(others)
        assert crew.still_waits(0.5)

        victim.kill()
        outcomes = crew.finish()
        codes = scoreboard.add(outcomes)
        scoreboard.end()

    assert codes == Counter({BOOKED: 1, "SLOT_TAKEN": len(others) - 1})
    stored = await look(database)
    assert stored.appointments == {each.appointment_id for each in outcomes} - {None}
    assert stored.blocks == 1
