"""Fifty bookers in four processes: whatever they race for, nothing is taken twice."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from appointment_app.database import Database
from tests.races.conftest import Scoreboard, codes_of
from tests.races.crew import Crew
from tests.races.scenarios import (
    ONE_WINS,
    TOUCHING,
    Scenario,
    adjacent_times,
    one_patient_two_doctors,
    one_slot,
    touching_pauses,
)
from tests.races.scene import BOOKERS, CLOCKS, NOW, Scene
from tests.races.stored import look
from tests.races.worker import DONE, Sabotage

pytestmark = pytest.mark.race

MORNING = BOOKERS // 2


@pytest.mark.parametrize("scenario", ONE_WINS, ids=lambda scenario: scenario.__name__)
async def test_exactly_one_wins(
    database: Database,
    database_url: str,
    scene: Scene,
    scenario: Scenario,
    rounds: int,
    some_rounds: int,
    scoreboard: Scoreboard,
) -> None:
    winners = set()
    rounds = some_rounds if scenario is one_patient_two_doctors else rounds
    with (
        Crew(database_url, CLOCKS, BOOKERS) as crew,
        scoreboard.race(scenario.__name__, crew) as race,
    ):
        for round_ in range(rounds):
            outcomes = race.run(scenario(scene, round_))
            assert codes_of(outcomes) == Counter({DONE: 1, "SLOT_TAKEN": BOOKERS - 1})
            winners |= {outcome.result for outcome in outcomes if outcome.code == DONE}

    stored = await look(database)
    assert stored.appointments.keys() == winners
    assert (stored.blocks, stored.overlaps) == (rounds, 0)


async def test_neighbours_do_not_hinder_each_other(
    database: Database, database_url: str, scene: Scene, rounds: int, scoreboard: Scoreboard
) -> None:
    rounds = max(1, rounds // 5)
    with (
        Crew(database_url, CLOCKS, BOOKERS) as crew,
        scoreboard.race(adjacent_times.__name__, crew) as race,
    ):
        for round_ in range(rounds):
            outcomes = race.run(adjacent_times(scene, round_))
            assert codes_of(outcomes) == Counter({DONE: BOOKERS})

    stored = await look(database)
    assert len(stored.appointments) == stored.blocks == rounds * BOOKERS
    assert stored.overlaps == 0


async def test_pauses_may_touch_and_not_overlap_by_a_minute(
    database: Database, database_url: str, scene: Scene, rounds: int, scoreboard: Scoreboard
) -> None:
    booked = 0
    with (
        Crew(database_url, CLOCKS, BOOKERS) as crew,
        scoreboard.race(touching_pauses.__name__, crew) as race,
    ):
        for round_ in range(rounds):
            outcomes = race.run(touching_pauses(scene, round_))
            morning, afternoon = codes_of(outcomes[:MORNING]), outcomes[MORNING:]
            assert morning == Counter({DONE: TOUCHING, "SLOT_TAKEN": MORNING - TOUCHING})
            assert codes_of(afternoon).keys() == {DONE, "SLOT_TAKEN"}
            taken = [
                index % TOUCHING
                for index, outcome in enumerate(outcomes)
                if index >= MORNING and outcome.code == DONE
            ]
            assert _no_two_are_neighbours_and_no_third_fits_between(taken)
            booked += TOUCHING + len(taken)

    stored = await look(database)
    assert len(stored.appointments) == stored.blocks == booked
    assert stored.overlaps == 0


def _no_two_are_neighbours_and_no_third_fits_between(taken: list[int]) -> bool:
    edges = [-2, *sorted(taken), TOUCHING + 1]
    return all(2 <= after - before <= 3 for before, after in pairwise(edges))


async def test_a_process_killed_while_it_books_leaves_nothing_behind(
    database: Database, database_url: str, scene: Scene, scoreboard: Scoreboard
) -> None:
    """It holds the lock, has written everything and is killed before it commits."""
    attempts = one_slot(scene, 0)
    doomed, others = attempts[:1], attempts[1:]
    stops = Sabotage.STOPS_BEFORE_COMMIT
    with (
        Crew(database_url, (NOW,), 1, sabotage=stops) as victim,
        Crew(database_url, CLOCKS, len(others)) as crew,
        scoreboard.race("one_slot, the first of them killed", crew) as race,
    ):
        victim.start(doomed)
        victim.wait_until_about_to_commit()
        crew.start(others)
        assert crew.still_waits(0.5)

        victim.kill()
        outcomes = race.count(crew.finish())

    assert race.codes == Counter({DONE: 1, "SLOT_TAKEN": len(others) - 1})
    stored = await look(database)
    assert stored.appointments.keys() == {each.result for each in outcomes} - {None}
    assert (stored.blocks, stored.overlaps) == (1, 0)
