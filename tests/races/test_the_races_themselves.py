"""Would the races notice? Lock and constraint each suffice alone; without both, times are doubled.

The lock is the row of the doctor and of the person (on SQLite ``BEGIN IMMEDIATE``), the
constraint is the database's. What "without the lock" means on SQLite, where two transactions
never write at once, stands in ``worker.py``: check and insert are then two transactions.
"""

from __future__ import annotations

from collections import Counter

import pytest

from appointment_app.database import Database
from tests.races.conftest import Scoreboard, codes_of
from tests.races.crew import Crew
from tests.races.scenarios import ONE_WINS, one_patient_two_doctors
from tests.races.scene import BOOKERS, CLOCKS, Scene
from tests.races.stored import break_deadlocks_soon, drop_constraints, look
from tests.races.worker import DONE, Sabotage

pytestmark = pytest.mark.race

ONE = Counter({DONE: 1, "SLOT_TAKEN": BOOKERS - 1})
ROUNDS_TO_BE_FOUND_IN = 30


@pytest.fixture
def few_rounds(rounds: int) -> int:
    return max(1, rounds // 10)


async def test_without_the_lock_the_constraint_holds(
    database: Database, database_url: str, scene: Scene, few_rounds: int, scoreboard: Scoreboard
) -> None:
    await break_deadlocks_soon(database)
    await _run_on_days_of_their_own(
        scoreboard,
        Crew(database_url, CLOCKS, BOOKERS, sabotage=Sabotage.NO_LOCK),
        "no lock",
        scene,
        few_rounds,
    )
    stored = await look(database)
    assert (stored.blocks, stored.overlaps) == (len(ONE_WINS) * few_rounds, 0)


async def test_without_the_constraint_the_lock_holds(
    database: Database, database_url: str, scene: Scene, few_rounds: int, scoreboard: Scoreboard
) -> None:
    await drop_constraints(database)
    await _run_on_days_of_their_own(
        scoreboard, Crew(database_url, CLOCKS, BOOKERS), "no constraint", scene, few_rounds
    )
    stored = await look(database)
    assert (stored.blocks, stored.overlaps) == (len(ONE_WINS) * few_rounds, 0)


async def test_without_both_double_bookings_are_found(
    database: Database, database_url: str, scene: Scene, scoreboard: Scoreboard
) -> None:
    await drop_constraints(database)
    with Crew(database_url, CLOCKS, BOOKERS, sabotage=Sabotage.NO_LOCK) as crew:
        for number, scenario in enumerate(ONE_WINS):
            of_a_person = scenario is one_patient_two_doctors
            with scoreboard.race(f"{scenario.__name__}, neither", crew) as race:
                before = await look(database)
                for round_ in range(ROUNDS_TO_BE_FOUND_IN):
                    day = number * ROUNDS_TO_BE_FOUND_IN + round_
                    codes = codes_of(race.run(scenario(scene, day)))
                    assert codes.keys() <= {DONE, "SLOT_TAKEN"}
                    stored = await look(database)
                    if of_a_person:
                        found = stored.person_overlaps > before.person_overlaps
                    else:
                        found = stored.doctor_overlaps > before.doctor_overlaps
                    if found:
                        assert codes[DONE] > 1
                        break
                else:
                    pytest.fail(f"Nothing in {ROUNDS_TO_BE_FOUND_IN} rounds: the race is tame.")


async def _run_on_days_of_their_own(
    scoreboard: Scoreboard, crew: Crew, without: str, scene: Scene, rounds: int
) -> None:
    with crew:
        for number, scenario in enumerate(ONE_WINS):
            with scoreboard.race(f"{scenario.__name__}, {without}", crew) as race:
                for round_ in range(rounds):
                    outcomes = race.run(scenario(scene, number * rounds + round_))
                    assert codes_of(outcomes) == ONE
