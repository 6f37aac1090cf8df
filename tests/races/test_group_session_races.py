"""A group session and private visits want the same time; seats are taken and given up meanwhile."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

import pytest

from appointment_app.accounts.actor import Actor
from appointment_app.database import Database
from appointment_app.scheduling.cancelling import cancel
from tests.races.conftest import Scoreboard, codes_of
from tests.races.crew import Crew
from tests.races.scene import CLOCKS, NOON, SEATS, Scene, booking_of, move_of
from tests.races.stored import look
from tests.races.worker import DONE, Attempt, Outcome

pytestmark = pytest.mark.race


async def test_seats_are_never_taken_twice_nor_next_to_a_private_visit(
    database: Database, database_url: str, scene: Scene, rounds: int, scoreboard: Scoreboard
) -> None:
    """Five want three seats; two give theirs up; in the end all who sit there leave at once."""
    five, two, alone = scene.patients[:5], scene.patients[5:7], scene.patients[7:15]
    active: set[UUID] = set()
    with (
        Crew(database_url, CLOCKS, 15) as crew,
        scoreboard.race("group session of three", crew) as race,
    ):
        for round_ in range(rounds):

            def join(actor: Actor, day: int = round_) -> Attempt:
                return booking_of(actor, scene.group_offer, scene.moment(day, NOON))

            def see_alone(index: int, actor: Actor, day: int = round_) -> Attempt:
                start = scene.moment(day, NOON + 30 * (index % 2))
                return booking_of(actor, scene.offer, start)

            outcomes = race.run([join(actor) for actor in five])
            assert codes_of(outcomes) == Counter({DONE: SEATS, "SLOT_TAKEN": 5 - SEATS})
            seated = _seated(five, outcomes)

            privately = [see_alone(*each) for each in enumerate(alone)]
            leaving, staying = seated[:2], seated[2:]
            outcomes = race.run([*map(_leave, leaving), *map(join, two), *privately])
            left, joined, refused = outcomes[:2], outcomes[2:4], outcomes[4:]
            assert codes_of(left) == Counter({DONE: 2})
            assert codes_of(joined).keys() <= {DONE, "SLOT_TAKEN"}
            assert codes_of(refused) == Counter({"SLOT_TAKEN": len(alone)})
            seated = staying + _seated(two, joined)

            outcomes = race.run([*map(_leave, seated), *privately])
            left, at_last = outcomes[: len(seated)], outcomes[len(seated) :]
            assert codes_of(left) == Counter({DONE: len(seated)})
            assert codes_of(at_last).keys() <= {DONE, "SLOT_TAKEN"}
            assert codes_of(at_last)[DONE] <= 2
            active |= {outcome.result for outcome in at_last if outcome.code == DONE}

            stored = await look(database)
            assert stored.appointments.keys() == active
            assert (stored.blocks, stored.overlaps) == (len(active), 0)
        race.rounds = rounds


async def test_seats_that_move_between_two_sessions_are_neither_lost_nor_doubled(
    database: Database, database_url: str, scene: Scene, some_rounds: int, scoreboard: Scoreboard
) -> None:
    """Two sit at noon, three at two, where no seat is left; all want to change, two to join."""
    at_noon, at_two, new = scene.patients[:2], scene.patients[2:5], scene.patients[5:7]
    expected: dict[UUID, datetime] = {}
    with (
        Crew(database_url, CLOCKS, 7) as crew,
        scoreboard.race("group seats change places", crew) as race,
    ):
        for round_ in range(some_rounds):
            noon, two = scene.moment(round_, NOON), scene.moment(round_, NOON + 120)

            def join(actor: Actor, start: datetime) -> Attempt:
                return booking_of(actor, scene.group_offer, start)

            before = [noon] * len(at_noon) + [two] * len(at_two)
            wanted = [two] * len(at_noon) + [noon] * len(at_two)
            seated = [*at_noon, *at_two]
            outcomes = race.run([join(*each) for each in zip(seated, before, strict=True)])
            assert codes_of(outcomes) == Counter({DONE: len(seated)})
            own = [outcome.result for outcome in outcomes]

            moves = [move_of(*each) for each in zip(seated, own, wanted, strict=True)]
            outcomes = race.run([*moves, join(new[0], noon), join(new[1], two)])
            assert codes_of(outcomes).keys() <= {DONE, "SLOT_TAKEN"}
            expected |= dict(zip(own, before, strict=True))
            keys = [*own, *(outcome.result for outcome in outcomes[len(own) :])]
            for key, start, outcome in zip(keys, [*wanted, noon, two], outcomes, strict=True):
                if outcome.code == DONE:
                    expected[key] = start
        race.rounds = some_rounds

    stored = await look(database)
    assert stored.appointments == expected
    assert max(Counter(expected.values()).values()) <= SEATS
    assert (stored.blocks, stored.overlaps) == (len(set(expected.values())), 0)


def _leave(seat: tuple[Actor, UUID]) -> Attempt:
    actor, appointment_id = seat
    return Attempt(cancel, actor, (appointment_id,))


def _seated(actors: list[Actor], outcomes: list[Outcome]) -> list[tuple[Actor, UUID]]:
    return [
        (actor, outcome.result)
        for actor, outcome in zip(actors, outcomes, strict=True)
        if outcome.code == DONE
    ]
