"""Two doctors share one room, and everybody wants both at times that overlap."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest

from appointment_app.accounts.actor import Actor
from appointment_app.database import Database
from appointment_app.scheduling.cancelling import cancel
from tests.factories import make_resource, make_visit_type, offer_of
from tests.races.conftest import Scoreboard, codes_of
from tests.races.crew import Crew
from tests.races.scene import CLOCKS, NOON, Scene, booking_of
from tests.races.stored import look
from tests.races.worker import DONE, Attempt

pytestmark = pytest.mark.race

PATIENTS = 8


async def test_one_room_is_never_used_twice(
    database: Database, database_url: str, scene: Scene, some_rounds: int, scoreboard: Scoreboard
) -> None:
    """One gets it; then they give it up while all the others want it again."""
    doctors = (scene.doctor, scene.other_doctor)
    async with database.session() as session:
        visits = [await make_visit_type(session, each, duration=60, step=30) for each in doctors]
        await make_resource(session, scene.clinic, *visits)
    offers = [
        offer_of(doctor, scene.clinic, visit) for doctor, visit in zip(doctors, visits, strict=True)
    ]
    patients = list(scene.patients[:PATIENTS])
    active: set[UUID] = set()

    def want(actor: Actor, round_: int) -> Attempt:
        which = patients.index(actor) % 2
        return booking_of(actor, offers[which], scene.moment(round_, NOON + 30 * which))

    with (
        Crew(database_url, CLOCKS, PATIENTS) as crew,
        scoreboard.race("room of two doctors", crew) as race,
    ):
        for round_ in range(some_rounds):
            outcomes = race.run([want(actor, round_) for actor in patients])
            assert codes_of(outcomes) == Counter({DONE: 1, "SLOT_TAKEN": PATIENTS - 1})

            ((winner, booked),) = [
                (actor, outcome.result)
                for actor, outcome in zip(patients, outcomes, strict=True)
                if outcome.code == DONE
            ]
            others = [want(actor, round_) for actor in patients if actor is not winner]
            left, *outcomes = race.run([Attempt(cancel, winner, (booked,)), *others])
            assert left.code == DONE
            assert codes_of(outcomes).keys() <= {DONE, "SLOT_TAKEN"}
            assert codes_of(outcomes)[DONE] <= 1
            active |= {outcome.result for outcome in outcomes if outcome.code == DONE}
        race.rounds = some_rounds

    stored = await look(database)
    assert stored.appointments.keys() == active
    assert stored.blocks == stored.resource_uses == len(active)
    assert stored.overlaps == 0
