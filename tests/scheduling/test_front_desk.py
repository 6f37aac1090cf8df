"""The board of a clinic's front desk: who comes to whom, who is here, late or next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import Actor, Grant
from appointment_app.errors import Forbidden, NotFound
from appointment_app.models import AppointmentStatus, Clinic, Role, row_id
from appointment_app.scheduling import visits
from appointment_app.scheduling.front_desk import GRACE, DayBoard, DeskVisit, load_board
from tests.factories import (
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_user,
    make_visit_type,
)
from tests.scheduling.desk import TODAY, TUESDAY, Desk, at
from tests.statements import counted_statements

HALF_PAST_TEN = at("10:30", TODAY)
PENDING, CHECKED_IN = AppointmentStatus.PENDING, AppointmentStatus.CHECKED_IN
COMPLETED, NO_SHOW = AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW
CONFIRMED, CANCELLED = AppointmentStatus.CONFIRMED, AppointmentStatus.CANCELLED


async def reception(desk: Desk, clinic: Clinic | None = None) -> Actor:
    """Somebody at the front desk of ``clinic``, or of the desk's."""
    user = await desk.make(make_user)
    grant = Grant(Role.RECEPTION, row_id(clinic or desk.clinic))
    return Actor(row_id(user), grants=frozenset({grant}))


async def add(desk: Desk, wall_clock: str, name: str, **values: Any) -> None:
    person = await desk.make(make_patient, given_name=name, family_name="X")
    starts_at = at(wall_clock, values.pop("day", TODAY))
    await desk.make(make_appointment, desk.visit_type, desk.clinic, person, starts_at, **values)


async def board(desk: Desk, actor: Actor, **asked: Any) -> DayBoard:
    clinic, day = asked.get("clinic"), asked.get("day")
    found: DayBoard = await desk.call(load_board, actor, clinic, day)
    return found


def by_name(shown: DayBoard) -> dict[str, DeskVisit]:
    return {visit.patient[:-2]: visit for column in shown.columns for visit in column.visits}


async def test_who_is_here_late_and_next(desk: Desk) -> None:
    rita = await reception(desk)
    await add(desk, "09:00", "Over", status=COMPLETED)
    await add(desk, "10:00", "Late")
    await add(desk, "10:30", "Due")
    await add(desk, "11:00", "Early")
    await add(desk, "11:30", "Asking", status=PENDING)
    await add(desk, "12:00", "Gone", status=CANCELLED)
    await add(desk, "10:00", "Tomorrow", day=TUESDAY)
    with clock.frozen(HALF_PAST_TEN):
        shown = await board(desk, rita)
        found = by_name(shown)
        assert list(found) == ["Over", "Late", "Due", "Early", "Asking"]
        assert [name for name, visit in found.items() if visit.is_late] == ["Late"]
        assert [name for name, visit in found.items() if visit.is_next] == ["Due"]
        assert found["Late"].becomes == (CHECKED_IN, COMPLETED, NO_SHOW, CANCELLED)
        assert found["Early"].becomes == (CHECKED_IN, CANCELLED)
        assert found["Asking"].becomes == (CONFIRMED, CANCELLED)
        assert found["Over"].becomes == ()
        assert shown.changes_at == HALF_PAST_TEN + GRACE
        assert (shown.day, shown.today) == (TODAY, TODAY)

        # Who is here goes before who is only expected, and is late no more.
        await desk.call(visits.check_in, rita, found["Late"].id)
        found = by_name(await board(desk, rita))
        assert (found["Late"].is_late, found["Late"].is_next) == (False, True)
        assert found["Late"].checked_in_at == HALF_PAST_TEN
        assert found["Late"].becomes == (CONFIRMED, COMPLETED, CANCELLED)
        await desk.call(visits.complete, rita, found["Late"].id)
        assert by_name(await board(desk, rita))["Due"].is_next
        tomorrow = by_name(await board(desk, rita, day=TUESDAY))
        assert {name: visit.is_next for name, visit in tomorrow.items()} == {"Tomorrow": False}


async def test_each_sees_their_own_clinic_only(desk: Desk) -> None:
    other = await desk.make(make_clinic, name="Another Clinic")
    rita, everybody = await reception(desk), Actor(9, grants=frozenset({Grant(Role.RECEPTION)}))
    assert [each.name for each in (await board(desk, rita)).clinics] == [desk.clinic.name]
    shown = await board(desk, everybody, clinic=desk.clinic.public_id)
    assert [each.name for each in shown.clinics] == ["Another Clinic", desk.clinic.name]
    assert (await board(desk, everybody)).clinic.name == "Another Clinic"
    with pytest.raises(NotFound):
        await board(desk, rita, clinic=other.public_id)
    for actor in (desk.actor, Actor(8, doctor_id=row_id(desk.doctor))):
        with pytest.raises(Forbidden):
            await board(desk, actor)


async def test_a_full_day_of_many_doctors_costs_as_many_statements_as_an_empty_one(
    desk: Desk,
) -> None:
    rita = await reception(desk)
    for size in (0, 12):
        for _ in range(size):
            doctor = await desk.make(make_doctor, desk.clinic)
            visit_type = await desk.make(make_visit_type, doctor)
            for number in range(3):
                person = await desk.make(make_patient)
                starts_at = at("10:00", TODAY) + number * timedelta(minutes=30)
                await desk.make(make_appointment, visit_type, desk.clinic, person, starts_at)
        with counted_statements(desk.database) as statements:
            shown = await board(desk, rita)
        assert len(shown.columns) == 1 + size
        assert len(statements) == 4, "\n".join(statements)
    assert {len(column.visits) for column in shown.columns} == {0, 3}
    assert len(shown.keys) == 13
