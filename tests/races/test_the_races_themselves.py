"""Would the races notice? Lock and constraint each suffice alone; without both, times are doubled.

The lock is the row of the doctor and of the person (on SQLite ``BEGIN IMMEDIATE``), the
constraint is the database's. What "without the lock" means on SQLite, where two transactions
never write at once, stands in ``worker.py``: check and insert are then two transactions.
"""

from __future__ import annotations

from collections import Counter

import pytest

from appointment_app.database import Database
from tests.races.conftest import Scoreboard
from tests.races.crew import Crew
from tests.races.scenarios import (
    BOOKERS,
    NOW,
    ONE_WINS,
    Scenario,
    Scene,
    one_patient_two_doctors,
)
from tests.races.stored import break_deadlocks_soon, drop_constraints, look
from tests.races.worker import BOOKED, Sabotage

pytestmark = pytest.mark.race

ROUNDS_TO_BE_FOUND_IN = 30

each_scenario = pytest.mark.parametrize("scenario", ONE_WINS, ids=lambda each: each.__name__)


@pytest.fixture
def few_rounds(rounds: int) -> int:
    return max(1, rounds // 7)


@each_scenario
async def test_without_the_lock_the_constraint_holds(
    database: Database,
    database_url: str,
    scene: Scene,
    scenario: Scenario,
    few_rounds: int,
    scoreboard: Scoreboard,
) -> None:
    await break_deadlocks_soon(database)
    with Crew(database_url, NOW, BOOKERS, sabotage=Sabotage.NO_LOCK) as crew:
        scoreboard.begin(f"{scenario.__name__}, no lock")
        for round_ in range(few_rounds):
            codes = scoreboard.add(crew.race(scenario(scene, round_)))
            assert codes == Counter({BOOKED: 1, "SLOT_TAKEN": BOOKERS - 1})
        scoreboard.end()
    stored = await look(database)
    assert (stored.blocks, stored.doctor_overlaps, stored.person_overlaps) == (few_rounds, 0, 0)


@each_scenario
async def test_without_the_constraint_the_lock_holds(
    database: Database,
    database_url: str,
    scene: Scene,
    scenario: Scenario,
    few_rounds: int,
    scoreboard: Scoreboard,
) -> None:
    await drop_constraints(database)
    with Crew(database_url, NOW, BOOKERS) as crew:
        scoreboard.begin(f"{scenario.__name__}, no constraint")
        for round_ in range(few_rounds):
            codes = scoreboard.add(crew.race(scenario(scene, round_)))
            assert codes == Counter({BOOKED: 1, "SLOT_TAKEN": BOOKERS - 1})
        scoreboard.end()
    stored = await look(database)
    assert (stored.blocks, stored.doctor_overlaps, stored.person_overlaps) == (few_rounds, 0, 0)


@each_scenario
async def test_without_both_double_bookings_are_found(
    database: Database,
    database_url: str,
    scene: Scene,
    scenario: Scenario,
    scoreboard: Scoreboard,
) -> None:
    await drop_constraints(database)
    with Crew(database_url, NOW, BOOKERS, sabotage=Sabotage.NO_LOCK) as crew:
        scoreboard.begin(f"{scenario.__name__}, neither")
        for round_ in range(ROUNDS_TO_BE_FOUND_IN):
            codes = scoreboard.add(crew.race(scenario(scene, round_)))
            assert codes.keys() <= {BOOKED, "SLOT_TAKEN"}
            stored = await look(database)
            of_a_person = scenario is one_patient_two_doctors
            if stored.person_overlaps if of_a_person else stored.doctor_overlaps:
                assert codes[BOOKED] > 1
                break
        else:
            pytest.fail(f"No double booking in {ROUNDS_TO_BE_FOUND_IN} rounds: the race is tame.")
        scoreboard.end()
