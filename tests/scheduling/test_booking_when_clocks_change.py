"""Booking on days of 23 and of 25 hours, on each database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from appointment_app.models import Appointment, Doctor
from appointment_app.scheduling.slots import Offer
from tests.factories import make_doctor, make_visit_type, offer_of
from tests.scheduling.desk import BERLIN, WHOLE_DAY, Desk, at, refused


@pytest.fixture
async def night_offer(desk: Desk) -> Offer:
    """The doctor also receives at night, around the clock and every day of the year."""
    doctor = await desk.make(make_doctor, desk.clinic, ranges=WHOLE_DAY, horizon_days=365)
    return offer_of(doctor, desk.clinic, await desk.make(make_visit_type, doctor))


async def test_a_day_of_23_hours(desk: Desk, night_offer: Offer) -> None:
    """On 31 March 2030 the clocks of Berlin go from 02:00 to 03:00, at 01:00 UTC."""
    one = datetime(2030, 3, 31, 1, tzinfo=UTC)
    half_an_hour = timedelta(minutes=30)
    await desk.book(one - half_an_hour, offer=night_offer)
    await desk.book(one, offer=night_offer)  # the next instant, an hour later on the wall
    before, after = await desk.all(Appointment)
    assert before.ends_at == after.starts_at
    assert before.ends_at.astimezone(BERLIN).hour == 3
    somebody = await desk.another_patient()
    with refused("SLOT_TAKEN"):
        await desk.book(one, actor=somebody, offer=night_offer)


async def test_a_day_of_25_hours(desk: Desk, night_offer: Offer) -> None:
    """On 27 October 2030 the clocks of Berlin show 02:00 to 03:00 twice, from 00:00 UTC on."""
    first_two = datetime(2030, 10, 27, 0, tzinfo=UTC)
    half_an_hour, hour = timedelta(minutes=30), timedelta(hours=1)
    await desk.book(first_two + half_an_hour, offer=night_offer)  # the first 02:30
    for second_pass in (first_two + hour, first_two + hour + half_an_hour):
        with refused("TIMES_CHANGED"):
            await desk.book(second_pass, offer=night_offer)
    await desk.book(first_two + 2 * hour, offer=night_offer)  # 03:00
    stored = await desk.all(Appointment)
    assert {each.ends_at - each.starts_at for each in stored} == {half_an_hour}


async def test_a_long_day_is_one_day_of_patients(desk: Desk, night_offer: Offer) -> None:
    sunday = date(2030, 10, 27)
    doctor = next(d for d in await desk.all(Doctor) if d.public_id == night_offer.doctor_id)
    await desk.change(doctor, max_patients_a_day=1)
    await desk.book(at("00:00", sunday), offer=night_offer)
    with refused("DAY_FULL"):
        await desk.book(at("23:30", sunday), offer=night_offer)
    await desk.book(at("00:00", sunday + timedelta(days=1)), offer=night_offer)
    await desk.book(at("23:30", sunday - timedelta(days=1)), offer=night_offer)
