"""The free slots of a doctor as the public sees them, from what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.errors import DomainError, NotFound
from appointment_app.models import (
    AppointmentStatus,
    Approval,
    BlockKind,
    Clinic,
    DateOverride,
    DateOverrideRange,
    Doctor,
    DoctorAtClinic,
    VisitType,
    row_id,
)
from appointment_app.scheduling import booking, cancelling
from appointment_app.scheduling.booking import BookingRequest
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import local_day_bounds
from appointment_app.scheduling.slots import Offer, list_slots, nearest_slots
from tests.factories import (
    make_appointment,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
    patient_actor,
)
from tests.scheduling.desk import BERLIN, NOW, TODAY, TUESDAY, at

FROM_TEN_TO_TWELVE = ((600, 720),)

pytestmark = pytest.mark.usefixtures("standing_clock")


@dataclass
class Practice:
    session: AsyncSession
    clinic: Clinic
    doctor: Doctor
    visit_type: VisitType

    async def only_place(self) -> DoctorAtClinic:
        return (await self.session.exec(select(DoctorAtClinic))).one()

    @property
    def offer(self) -> Offer:
        return offer_of(self.doctor, self.clinic, self.visit_type)

    async def slots(self, day: date = TUESDAY) -> list[str]:
        """The free starts of a local day, as the clock in Berlin shows them."""
        window = local_day_bounds("Europe/Berlin", day)
        return shown(await list_slots(self.session, NOBODY, self.offer, window))

    async def change(self, row: SQLModel, **values: object) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        self.session.add(row)
        await self.session.commit()


def shown(starts: list[datetime]) -> list[str]:
    return [f"{start.astimezone(BERLIN):%H:%M}" for start in starts]


@pytest.fixture
async def practice(session: AsyncSession) -> Practice:
    """Tuesdays from ten to twelve, half an hour each."""
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic, weekdays=[1], ranges=FROM_TEN_TO_TWELVE)
    return Practice(session, clinic, doctor, await make_visit_type(session, doctor))


async def test_the_hours_of_a_day_in_slots_without_an_account(practice: Practice) -> None:
    assert await practice.slots() == ["10:00", "10:30", "11:00", "11:30"]
    assert await practice.slots(TODAY) == []


async def test_what_occupies_the_doctor_is_not_offered(practice: Practice) -> None:
    person = await make_patient(practice.session)
    await make_appointment(
        practice.session, practice.visit_type, practice.clinic, person, at("10:30")
    )
    await make_appointment(
        practice.session,
        practice.visit_type,
        practice.clinic,
        person,
        at("11:00"),
        status=AppointmentStatus.CANCELLED,
    )
    assert await practice.slots() == ["10:00", "11:00", "11:30"]
    await make_block(practice.session, practice.doctor, at("11:50"), 60)
    assert await practice.slots() == ["10:00", "11:00"]


async def test_the_pauses_of_others_and_its_own_are_kept(practice: Practice) -> None:
    await make_block(practice.session, practice.doctor, at("10:40"), 10)
    assert await practice.slots() == ["10:00", "11:00", "11:30"]
    await practice.change(practice.visit_type, pause_before=15)
    assert await practice.slots() == ["10:00", "11:30"]
    await practice.change(practice.visit_type, pause_after=15)
    assert await practice.slots() == ["11:30"]
    await practice.change(practice.visit_type, step=None)
    assert await practice.slots() == ["11:05"]


async def test_a_hold_hides_a_time_until_it_expires(practice: Practice) -> None:
    expires_at = NOW + timedelta(minutes=5)
    await make_block(
        practice.session,
        practice.doctor,
        at("10:00"),
        30,
        kind=BlockKind.HOLD,
        expires_at=expires_at,
    )
    assert "10:00" not in await practice.slots()
    with clock.frozen(expires_at):
        assert "10:00" in await practice.slots()


async def test_a_day_that_differs_has_its_own_hours(practice: Practice) -> None:
    place = await practice.only_place()
    differs = DateOverride(doctor_at_clinic_id=row_id(place), day=TUESDAY)
    practice.session.add(differs)
    await practice.session.commit()
    assert await practice.slots() == []
    for opens in (960, 840):
        practice.session.add(
            DateOverrideRange(date_override_id=row_id(differs), opens=opens, closes=opens + 30)
        )
    await practice.session.commit()
    assert await practice.slots() == ["14:00", "16:00"]
    assert len(await practice.slots(TUESDAY + timedelta(days=7))) == 4


async def test_a_full_day_offers_nothing(practice: Practice) -> None:
    await practice.change(practice.doctor, max_patients_a_day=1)
    await make_appointment(
        practice.session,
        practice.visit_type,
        practice.clinic,
        await make_patient(practice.session),
        at("10:00"),
    )
    assert await practice.slots() == []
    assert len(await practice.slots(TUESDAY + timedelta(days=7))) == 4


async def test_notice_and_horizon_bound_what_is_offered(practice: Practice) -> None:
    place = await practice.only_place()
    await practice.change(place, minimum_notice=120, horizon_days=8)
    with clock.frozen(at("08:30")):
        assert await practice.slots() == ["10:30", "11:00", "11:30"]
    assert len(await practice.slots(TUESDAY + timedelta(days=7))) == 4
    with clock.frozen(NOW - timedelta(days=1)):
        assert await practice.slots(TUESDAY + timedelta(days=7)) == []


async def test_what_takes_no_bookings_is_not_found(practice: Practice) -> None:
    place = await practice.only_place()
    rows: list[tuple[SQLModel, str, object, object]] = [
        (practice.doctor, "approval", Approval.PENDING, Approval.APPROVED),
        (practice.doctor, "active", False, True),
        (practice.clinic, "active", False, True),
        (place, "active", False, True),
        (practice.visit_type, "active", False, True),
    ]
    for row, name, shut, opened in rows:
        await practice.change(row, **{name: shut})
        with pytest.raises(NotFound):
            await practice.slots()
        with pytest.raises(NotFound):
            await nearest_slots(practice.session, NOBODY, practice.offer, at("10:00"))
        await practice.change(row, **{name: opened})
    unknown = Offer(practice.doctor.public_id, practice.clinic.public_id, uuid4())
    with pytest.raises(NotFound):
        await list_slots(practice.session, NOBODY, unknown, Interval(NOW, at("10:00")))


async def test_the_nearest_free_times_in_the_order_of_time(practice: Practice) -> None:
    await make_block(practice.session, practice.doctor, at("10:30"), 30)
    nearest = await nearest_slots(practice.session, NOBODY, practice.offer, at("10:30"))
    assert shown(nearest) == ["10:00", "11:00", "11:30"]
    await make_block(practice.session, practice.doctor, at("11:00"), 60)
    nearest = await nearest_slots(practice.session, NOBODY, practice.offer, at("11:30"), count=2)
    assert nearest == [at("10:00"), at("10:00", TUESDAY + timedelta(days=7))]


async def test_what_is_offered_is_bookable_and_nothing_else(
    practice: Practice, database: Database
) -> None:
    """Each quarter of an hour of the day is tried: the list and the booking never disagree."""
    await practice.change(practice.visit_type, pause_after=10)
    await make_block(practice.session, practice.doctor, at("10:05"), 15)
    offered = {at(start) for start in await practice.slots()}
    await practice.session.commit()

    for quarter in range(9 * 4, 13 * 4):
        start = at("00:00") + timedelta(minutes=15 * quarter)
        actor = await patient_actor(practice.session, await make_patient(practice.session))
        request = BookingRequest(practice.offer, start, "", uuid4().hex)
        bookable = True
        async with database.session() as session:
            try:
                booked = await booking.book(session, actor, request)
            except DomainError:
                bookable = False
        assert bookable is (start in offered), start
        if bookable:
            async with database.session() as session:
                await cancelling.cancel(session, actor, booked)
    assert offered
