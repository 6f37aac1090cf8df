"""Ten patients move their appointments at once: nobody loses theirs, and no time is doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

import pytest

from appointment_app.database import Database
from tests.races.conftest import Scoreboard
from tests.races.crew import Crew
from tests.races.scene import CLOCKS, OPENS, Scene, make_appointments, move_of
from tests.races.stored import look
from tests.races.worker import DONE

pytestmark = pytest.mark.race

# They sit at the first ten times of ten minutes, one behind the other.
MOVERS = 10

Codes = Sequence[str]


def swap(index: int) -> int:
    """Each wants the time of the one they are paired with."""
    return index ^ 1


def move_up(index: int) -> int:
    """Each wants the time of the next one, the last one a free time."""
    return index + 1


def want_one_free_time(index: int) -> int:
    """All want the same time, which nobody has."""
    return MOVERS + 10


def _none_moves(codes: Codes) -> bool:
    return set(codes) == {"SLOT_TAKEN"}


def _whose_next_one_moved_first_may_follow(codes: Codes) -> bool:
    """Who moves needs the next one to have moved; the last one always can."""
    return codes[-1] == DONE and all(
        following == DONE for one, following in pairwise(codes) if one == DONE
    )


def _one_moves(codes: Codes) -> bool:
    return Counter(codes) == Counter({DONE: 1, "SLOT_TAKEN": MOVERS - 1})


@pytest.mark.parametrize(
    ("wish", "is_right"),
    [
        (swap, _none_moves),
        (move_up, _whose_next_one_moved_first_may_follow),
        (want_one_free_time, _one_moves),
    ],
    ids=lambda function: function.__name__.strip("_"),
)
async def test_nobody_loses_an_appointment(
    database: Database,
    database_url: str,
    scene: Scene,
    wish: Callable[[int], int],
    is_right: Callable[[Codes], bool],
    rounds: int,
    some_rounds: int,
    scoreboard: Scoreboard,
) -> None:
    rounds = rounds if wish is swap else some_rounds

    def moment(round_: int, index: int) -> datetime:
        return scene.moment(round_, OPENS + 10 * index)

    movers = scene.patients[:MOVERS]
    everybody = [(r, index) for r in range(rounds) for index in range(MOVERS)]
    async with database.session() as session:
        ids = await make_appointments(
            session,
            scene.clinic,
            [(scene.short_visit, movers[index], moment(r, index)) for r, index in everybody],
        )
    expected = {}
    with (
        Crew(database_url, CLOCKS, MOVERS) as crew,
        scoreboard.race(f"reschedules: {wish.__name__}", crew) as race,
    ):
        for round_ in range(rounds):
            own = ids[round_ * MOVERS :][:MOVERS]
            moves = [
                move_of(mover, own[index], moment(round_, wish(index)))
                for index, mover in enumerate(movers)
            ]
            # Who starts first is not always the same.
            order = 1 if round_ % 2 else -1
            outcomes = race.run(moves[::order])
            codes = [outcome.code for outcome in outcomes[::order]]
            assert set(codes) <= {DONE, "SLOT_TAKEN"}
            assert is_right(codes)
            expected |= {
                own[index]: moment(round_, wish(index) if code == DONE else index)
                for index, code in enumerate(codes)
            }

    stored = await look(database)
    assert stored.appointments == expected
    assert (stored.blocks, stored.overlaps) == (rounds * MOVERS, 0)
