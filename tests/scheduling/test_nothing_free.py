"""Why nothing is free, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.models import (
    Clinic,
    Doctor,
    DoctorAtClinic,
    DoctorSpecialty,
    Specialty,
    TimeOff,
    VisitType,
    WeeklyHours,
    row_id,
)
from appointment_app.scheduling.alternatives import nearest_alternatives
from appointment_app.scheduling.days import DayKind, list_days
from appointment_app.scheduling.nothing_free import NothingFree, Reason, explain, reason_of
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

MONDAY = date(2026, 11, 23)
NOW = datetime.fromisoformat("2026-11-23T08:00+00:00")  # 09:00 in Berlin
WEEKDAYS = range(5)


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@dataclass
class Practice:
    """A dermatologist in Berlin, and what a visitor learns."""

    session: AsyncSession
    clinic: Clinic
    doctor: Doctor
    visit_type: VisitType

    async def why(self, *, actor: Actor = NOBODY, first: date = MONDAY) -> NothingFree | None:
        offer = offer_of(self.doctor, self.clinic, self.visit_type)
        days = await list_days(self.session, actor, offer, first)
        return await explain(self.session, actor, offer, days)

    async def taken(self, days: int, minutes: int = 24 * 60) -> None:
        for day in range(days):
            await make_block(
                self.session, self.doctor, NOW + timedelta(days=day, hours=-2), minutes
            )


async def make_practice(session: AsyncSession, city: str = "Berlin", **values: Any) -> Practice:
    clinic = await make_clinic(session, name=f"{city} Clinic", city=city)
    defaults: dict[str, Any] = {
        "weekdays": WEEKDAYS,
        "ranges": ((540, 720),),
        "horizon_days": 13,
    }
    doctor = await make_doctor(session, clinic, **(defaults | values))
    await make_dermatologist(session, doctor)
    visit_type = await make_visit_type(session, doctor)
    return Practice(session, clinic, doctor, visit_type)


async def make_dermatologist(session: AsyncSession, doctor: Doctor) -> None:
    specialty = await session.get(Specialty, 1)
    if specialty is None:
        specialty = Specialty(id=1, code="dermatology", name="Dermatology")
        session.add(specialty)
        await session.commit()
    session.add(DoctorSpecialty(doctor_id=row_id(doctor), specialty_id=row_id(specialty)))
    await session.commit()


async def test_days_with_a_free_time_need_no_reason(session: AsyncSession) -> None:
    practice = await make_practice(session)
    assert await practice.why() is None


async def test_a_full_week_names_the_next_free_day(session: AsyncSession) -> None:
    practice = await make_practice(session)
    await practice.taken(7)
    nothing = await practice.why()
    assert nothing is not None
    next_monday = datetime.fromisoformat("2026-11-30T08:00+00:00")
    assert (nothing.reason, nothing.next_free) == (Reason.FULL, next_monday)


async def test_a_closed_week_is_closed_whatever_the_cause(session: AsyncSession) -> None:
    """The public does not learn that it is time off."""
    practice = await make_practice(session)
    session.add(
        TimeOff(
            doctor_id=row_id(practice.doctor),
            first_day=MONDAY,
            last_day=date(2026, 11, 29),
            note="Rehab",
        )
    )
    await session.commit()
    nothing = await practice.why()
    assert nothing is not None
    assert nothing.reason is Reason.CLOSED
    assert "Rehab" not in repr(nothing)


async def test_time_left_that_is_too_short_is_no_gap(session: AsyncSession) -> None:
    practice = await make_practice(session, weekdays=(1,))
    # Open 08:00 to 11:00 UTC on Tuesdays: 29 minutes are left at the end.
    for start, minutes in (("2026-11-24T08:00", 151), ("2026-12-01T08:00", 151)):
        begin = datetime.fromisoformat(f"{start}+00:00")
        await make_block(session, practice.doctor, begin, minutes)
    nothing = await practice.why()
    assert nothing is not None
    assert (nothing.reason, nothing.next_free) == (Reason.NO_GAP, None)


async def test_what_is_left_of_today_can_be_too_soon(session: AsyncSession) -> None:
    practice = await make_practice(session, weekdays=(0,), minimum_notice=24 * 60)
    nothing = await practice.why()
    assert nothing is not None
    assert nothing.reason is Reason.TOO_SOON
    assert nothing.next_free == datetime.fromisoformat("2026-11-30T08:00+00:00")


async def test_days_after_the_horizon_are_beyond_it(session: AsyncSession) -> None:
    practice = await make_practice(session)
    nothing = await practice.why(first=date(2026, 12, 8))
    assert nothing is not None
    assert nothing.reason is Reason.BEYOND_HORIZON
    assert nothing.next_free is not None


async def test_when_nothing_is_free_at_all_the_whole_horizon_gives_the_reason(
    session: AsyncSession,
) -> None:
    """The week that is looked at is closed; the one after it is full."""
    practice = await make_practice(session)
    session.add(
        TimeOff(doctor_id=row_id(practice.doctor), first_day=MONDAY, last_day=date(2026, 11, 29))
    )
    await session.commit()
    await practice.taken(14)
    nothing = await practice.why()
    assert nothing is not None
    assert (nothing.reason, nothing.next_free) == (Reason.FULL, None)


async def test_a_patient_at_the_limit_is_told_though_times_are_free(session: AsyncSession) -> None:
    practice = await make_practice(session)
    (at_clinic,) = await session.exec(select(DoctorAtClinic))
    at_clinic.max_open_appointments = 1
    session.add(at_clinic)
    await session.commit()
    patient = await make_patient(session)
    actor = await patient_actor(session, patient)
    assert await practice.why(actor=actor) is None
    await make_appointment(
        session, practice.visit_type, practice.clinic, patient, NOW + timedelta(days=1)
    )
    nothing = await practice.why(actor=actor)
    assert nothing is not None
    assert nothing.reason is Reason.PATIENT_LIMIT
    assert nothing.next_free is not None
    assert await practice.why() is None


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        ({DayKind.CLOSED}, Reason.CLOSED),
        ({DayKind.CLOSED, DayKind.NOT_YET}, Reason.BEYOND_HORIZON),
        ({DayKind.CLOSED, DayKind.NOT_YET, DayKind.OVER}, Reason.TOO_SOON),
        ({DayKind.CLOSED, DayKind.FULL, DayKind.OVER}, Reason.FULL),
        ({DayKind.NO_GAP, DayKind.FULL}, Reason.NO_GAP),
    ],
)
def test_of_several_reasons_the_most_helpful_counts(kinds: set[DayKind], reason: Reason) -> None:
    assert reason_of(kinds) is reason


async def test_alternatives_are_the_doctor_elsewhere_then_the_same_city(
    session: AsyncSession,
) -> None:
    practice = await make_practice(session)
    far = await make_practice(session, "Hamburg", family_name="Far")
    near = await make_practice(session, family_name="Near", weekdays=(2,))
    full = await make_practice(session, family_name="Full")
    await full.taken(14)
    surgeon = await make_doctor(session, practice.clinic, family_name="Surgeon")
    await make_visit_type(session, surgeon)
    lake = await make_clinic(session, name="Lake Clinic", city="Potsdam")
    at_lake = DoctorAtClinic(
        doctor_id=row_id(practice.doctor), clinic_id=row_id(lake), minimum_notice=0
    )
    session.add(at_lake)
    await session.flush()
    session.add(WeeklyHours(doctor_at_clinic_id=row_id(at_lake), weekday=4, opens=540, closes=720))
    await session.commit()

    offer = offer_of(practice.doctor, practice.clinic, practice.visit_type)
    found = await nearest_alternatives(session, NOBODY, offer)
    assert [(each.clinic, each.doctor, f"{each.first_day:%a}") for each in found] == [
        ("Lake Clinic", "Dr Dora Doctor", "Fri"),
        ("Berlin Clinic", "Dr Dora Near", "Wed"),
        ("Hamburg Clinic", "Dr Dora Far", "Mon"),
    ]
    assert [each.same_doctor for each in found] == [True, False, False]
    assert found[1].offer == offer_of(near.doctor, near.clinic, near.visit_type)
    (nearest,) = await nearest_alternatives(session, NOBODY, offer, count=1)
    assert nearest == found[0]
    assert far.clinic.city == found[2].city


async def test_an_alternative_is_of_the_same_kind_of_visit_where_there_is_one(
    session: AsyncSession,
) -> None:
    practice = await make_practice(session)
    other = await make_practice(session, family_name="Other")
    same = await make_visit_type(session, other.doctor, name="Skin check", position=1)
    practice.visit_type = await make_visit_type(session, practice.doctor, name="skin check")
    offer = offer_of(practice.doctor, practice.clinic, practice.visit_type)
    (found,) = await nearest_alternatives(session, NOBODY, offer)
    assert found.offer.visit_type_id == same.public_id
