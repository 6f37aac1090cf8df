"""The doctor and patients act at once on the same times: nobody is lost and nothing is doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from appointment_app.database import Database
from appointment_app.models import (
    Appointment,
    AppointmentSeries,
    DoctorAtClinic,
    Person,
    row_id,
)
from appointment_app.scheduling import rescheduling
from appointment_app.scheduling.cancelling import cancel
from appointment_app.scheduling.rescheduling import NewTime
from appointment_app.scheduling.series_cancelling import cancel_following
from appointment_app.scheduling.staff_booking import StaffRequest, book_for_patient
from tests.factories import doctor_actor
from tests.races.conftest import Scoreboard, codes_of
from tests.races.crew import Crew
from tests.races.scene import CLOCKS, NOON, OPENS, Scene, booking_of, make_appointments
from tests.races.stored import look
from tests.races.worker import DONE, Attempt

pytestmark = pytest.mark.race

BOOKERS = 6
MOVES = 3
ACTORS = BOOKERS + 2

Each = TypeVar("Each")


async def test_a_move_by_the_doctor_and_bookings_want_one_time(
    database: Database, database_url: str, scene: Scene, some_rounds: int, scoreboard: Scoreboard
) -> None:
    """Three appointments are moved to one time, which three others book."""
    first = [
        scene.moment(r, OPENS + 10 * index) for r in range(some_rounds) for index in range(MOVES)
    ]
    expected = dict(zip(await _own(database, scene, first), first, strict=True))
    doctor = doctor_actor(scene.doctor)
    with (
        Crew(database_url, CLOCKS, ACTORS) as crew,
        scoreboard.race("the doctor moves to where patients book", crew) as race,
    ):
        for round_ in range(some_rounds):
            noon, own = scene.moment(round_, NOON), list(expected)[round_ * MOVES :][:MOVES]
            moves = [
                Attempt(rescheduling.move, doctor, (each, NewTime(noon)), {"version": 1})
                for each in own
            ]
            attempts = [*moves, *_bookings(scene, noon)]
            outcomes = _from_either_end(round_, race.run(_from_either_end(round_, attempts)))
            moved, booked = codes_of(outcomes[:MOVES]), codes_of(outcomes[MOVES:])
            assert moved.keys() | booked.keys() <= {DONE, "OVERBOOKING_NEEDED", "SLOT_TAKEN"}
            assert moved[DONE] + booked[DONE] == 1
            taken_by = zip(
                [*own, *(each.result for each in outcomes[MOVES:])], outcomes, strict=True
            )
            expected |= {key: noon for key, outcome in taken_by if outcome.code == DONE}

    stored = await look(database)
    assert stored.appointments == expected
    assert (stored.blocks, stored.overlaps) == (len(expected), 0)


async def test_an_overbooking_on_purpose_while_the_time_is_given_up_and_booked(
    database: Database, database_url: str, scene: Scene, some_rounds: int, scoreboard: Scoreboard
) -> None:
    """Whom the doctor was asked about may be gone meanwhile, and another one come."""
    owned = await _own(database, scene, [scene.moment(r, NOON) for r in range(some_rounds)])
    doctor, patient, known = doctor_actor(scene.doctor), scene.patients[0], scene.patients[-1]
    async with database.session() as session:
        at_clinic = DoctorAtClinic.doctor_id == scene.doctor.id
        place_id = (await session.exec(select(DoctorAtClinic.public_id).where(at_clinic))).one()
        person = await session.get_one(Person, known.person_id)
        last_year = (scene.short_visit, known, scene.moment(-365, NOON))
        active = set(await make_appointments(session, scene.clinic, [last_year]))
    with (
        Crew(database_url, CLOCKS, ACTORS) as crew,
        scoreboard.race("the doctor overbooks what is given up", crew) as race,
    ):
        for round_, own in enumerate(owned):
            noon = scene.moment(round_, NOON)
            over = StaffRequest(
                place_id=place_id,
                visit_type_id=scene.short_visit.public_id,
                person_id=person.public_id,
                starts_at=noon,
                reason="",
                idempotency_key=uuid4().hex,
                seen=frozenset({str(own)}),
            )
            attempts = [
                Attempt(cancel, patient, (own,)),
                Attempt(book_for_patient, doctor, (over,)),
                *_bookings(scene, noon),
            ]
            outcomes = race.run(_from_either_end(round_, attempts))
            left, over_it, *booked = _from_either_end(round_, outcomes)
            assert left.code == DONE
            assert over_it.code in {DONE, "OVERBOOKING_NEEDED"}
            assert codes_of(booked) == _winners(0 if over_it.code == DONE else 1)
            active |= {each.result for each in (over_it, *booked) if each.code == DONE}

    stored = await look(database)
    assert stored.appointments.keys() == active
    assert (stored.blocks, stored.overlaps) == (len(active), 0)


async def test_a_series_is_cancelled_while_one_of_it_is_moved_and_wanted(
    database: Database, database_url: str, scene: Scene, some_rounds: int, scoreboard: Scoreboard
) -> None:
    """It begins with the day of a round; the second time is wanted, and moved to before it."""
    minutes = (NOON, NOON + 10, NOON + 20)
    starts = [scene.moment(r, minute) for r in range(some_rounds) for minute in minutes]
    owned = await _own(database, scene, starts)
    series = [tuple(owned[first : first + 3]) for first in range(0, len(owned), 3)]
    await _book_together(database, series, scene.patients[0].user_id or 0)
    doctor, patient = doctor_actor(scene.doctor), scene.patients[0]
    active: set[UUID] = set()
    with (
        Crew(database_url, CLOCKS, ACTORS) as crew,
        scoreboard.race("a series is cancelled while one of it is moved", crew) as race,
    ):
        for round_, (first, second, _) in enumerate(series):
            later = NewTime(scene.moment(round_, NOON + 60))
            attempts = [
                Attempt(cancel_following, patient, (first,)),
                Attempt(rescheduling.move, doctor, (second, later), {"version": 1}),
                *_bookings(scene, scene.moment(round_, minutes[1])),
            ]
            outcomes = race.run(_from_either_end(round_, attempts))
            ended, moved, *booked = _from_either_end(round_, outcomes)
            assert ended.code == DONE
            assert len(ended.result.cancelled) == len(minutes)
            assert moved.code in {DONE, "STATUS_CONFLICT"}
            assert codes_of(booked) in ([_winners(0), _winners(1)])
            active |= {each.result for each in booked if each.code == DONE}

    stored = await look(database)
    assert stored.appointments.keys() == active
    assert (stored.blocks, stored.overlaps) == (len(active), 0)


async def _own(database: Database, scene: Scene, starts: Sequence[datetime]) -> list[UUID]:
    """Give the first patient a visit of ten minutes at each of the ``starts``."""
    async with database.session() as session:
        wanted = [(scene.short_visit, scene.patients[0], start) for start in starts]
        return await make_appointments(session, scene.clinic, wanted)


async def _book_together(
    database: Database, series: Sequence[tuple[UUID, ...]], booked_by: int
) -> None:
    """Make one series of the appointments of each row."""
    async with database.session() as session:
        for ids in series:
            together = AppointmentSeries(every_weeks=1, created_by=booked_by)
            session.add(together)
            await session.flush()
            statement = update(Appointment).where(col(Appointment.public_id).in_(ids))
            await session.exec(statement.values(series_id=row_id(together)))
        await session.commit()


def _bookings(scene: Scene, starts_at: datetime) -> list[Attempt]:
    others = scene.patients[1 : 1 + BOOKERS]
    return [booking_of(patient, scene.short_offer, starts_at) for patient in others]


def _winners(count: int) -> Counter[str]:
    """The codes of the bookers when so many of them got the time."""
    return +Counter({DONE: count, "SLOT_TAKEN": BOOKERS - count})


def _from_either_end(round_: int, each: Sequence[Each]) -> Sequence[Each]:
    """Who starts first is not always the same."""
    return each[:: 1 if round_ % 2 else -1]
