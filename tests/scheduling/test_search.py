"""Who is found, and in which order."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import NOBODY
from appointment_app.errors import NotFound
from appointment_app.models import Approval, DoctorAtClinic, DoctorLanguage, Specialty, row_id
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import instant_of, local_date
from appointment_app.scheduling.search import Query, find_card, find_doctors, list_suggestions
from appointment_app.scheduling.slots import Offer, list_slots
from tests.factories import make_block, make_clinic, make_doctor, make_visit_type, offer_of
from tests.scheduling.searching import (
    NOW,
    ZONES,
    close,
    make_bookable,
    make_specialist,
    names,
    search,
    stand_still,
)

frozen_clock = pytest.fixture(autouse=True)(stand_still)


@pytest.mark.parametrize(
    "words",
    ["dermatology", "DERMA", "skin", "Rash", "  skin   rash ", "Meier skin", "dr meier", "mei"],
)
async def test_a_doctor_is_found_by_specialty_symptom_and_name(
    session: AsyncSession, words: str
) -> None:
    clinic = await make_clinic(session)
    await make_specialist(
        session, clinic, "Dermatology", "skin rash mole", given_name="Amara", family_name="Meier"
    )
    await make_specialist(
        session, clinic, "Cardiology", "heart", given_name="Jun", family_name="Okafor"
    )
    assert await names(session, words=words) == ["Dr Amara Meier"]


async def test_case_and_accents_do_not_matter(session: AsyncSession) -> None:
    clinic = await make_clinic(session, city="São Paulo")
    await make_bookable(session, clinic, given_name="Lucía", family_name="Müller")
    await make_bookable(session, await make_clinic(session), family_name="Miller")
    for words in ("lucía", "LUCÍA", "lucia muller", "Mueller", "mÜLLER"):
        assert await names(session, words=words) == ["Dr Lucía Müller"], words
    for place in ("sao", "SÃO paulo"):
        assert await names(session, place=place) == ["Dr Lucía Müller"], place


@pytest.mark.parametrize(
    "place", ["berlin", "BERLIN", "10115", "101", "10115 berl", "Harbour", "harbour berlin"]
)
async def test_a_place_is_a_city_a_postcode_or_a_clinic(session: AsyncSession, place: str) -> None:
    here = await make_clinic(session)
    there = await make_clinic(session, name="Maple Wharf", city="Boston", postcode="02110")
    await make_bookable(session, here, family_name="Here")
    await make_bookable(session, there, family_name="There")
    assert await names(session, place=place) == ["Dr Dora Here"]
    assert await names(session, place="115") == []  # no postcode begins so


@pytest.mark.parametrize("words", ["%", "_", "\\", "M%r", "M_ier", "%%%", "'", '"; DROP TABLE'])
async def test_signs_of_a_pattern_mean_only_themselves(session: AsyncSession, words: str) -> None:
    clinic = await make_clinic(session)
    await make_bookable(session, clinic, family_name="Meier")
    assert await names(session, words=words) == []
    assert await names(session, place=words) == []
    await make_bookable(session, clinic, family_name=f"With {words} inside")
    if " " not in words:
        assert await names(session, words=words) == [f"Dr Dora With {words} inside"]


async def test_only_so_many_words_are_looked_at(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    await make_bookable(session, clinic, family_name="Meier")
    assert await names(session, words="meier " * 500) == ["Dr Dora Meier"]


async def test_whom_patients_may_not_book_is_not_found(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    closed = await make_clinic(session, active=False)
    await make_bookable(session, clinic, family_name="Visible")
    await make_bookable(session, clinic, family_name="Pending", approval=Approval.PENDING)
    await make_bookable(session, clinic, family_name="Refused", approval=Approval.REFUSED)
    await make_bookable(session, clinic, family_name="Inactive", active=False)
    await make_bookable(session, closed, family_name="Elsewhere")
    await make_doctor(session, clinic, family_name="Typeless")
    retired = await make_doctor(session, clinic, family_name="Retired")
    await make_visit_type(session, retired, active=False)
    left = await make_bookable(session, clinic, family_name="Left")
    work = DoctorAtClinic.doctor_id == row_id(left)
    at_clinic = (await session.exec(select(DoctorAtClinic).where(work))).one()
    at_clinic.active = False
    session.add(at_clinic)
    await session.commit()
    page = await search(session)
    assert [card.doctor.name for card in page.cards] == ["Dr Dora Visible"]
    assert page.total == 1


async def test_a_card_says_who_where_and_what(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    doctor = await make_specialist(session, clinic, "Dermatology", practising_since=2012)
    await make_visit_type(session, doctor, name="Video", position=1)
    session.add(DoctorLanguage(doctor_id=row_id(doctor), language="de"))
    await session.commit()
    (card,) = (await search(session)).cards
    assert card.doctor.specialties == ("Dermatology",)
    assert card.doctor.languages == ("de",)
    assert card.doctor.years == 14
    assert card.clinic.address == "Quay Street 1, 10115 Berlin"
    assert [each.name for each in card.doctor.visit_types] == ["Consultation", "Video"]
    assert card.visit_type == card.doctor.visit_types[0]
    assert [day.day for day in card.days] == [date(2026, 11, 23 + n) for n in range(6)]
    assert card.first_free == NOW


async def test_earliest_first_is_what_trying_every_doctor_gives(session: AsyncSession) -> None:
    chance = random.Random(20261123)
    offers = []
    for number in range(24):
        clinic = await make_clinic(session, zone=chance.choice(ZONES))
        opens = chance.randrange(6 * 60, 16 * 60, 30)
        doctor = await make_doctor(
            session,
            clinic,
            family_name=f"N{number}",
            weekdays=chance.sample(range(7), chance.choice((1, 1, 2, 4))),
            ranges=((opens, opens + chance.choice((20, 30, 120, 300))),),
            minimum_notice=chance.choice((0, 120, 3 * 1440, 20 * 1440)),
            horizon_days=chance.choice((1, 10, 30, 60)),
        )
        visit_type = await make_visit_type(session, doctor, duration=chance.choice((15, 30, 60)))
        if number % 3 == 0:
            await make_block(session, doctor, NOW, minutes=20 * 60)
        if number % 4 == 0:
            await close(session, doctor, days=chance.randrange(1, 40))
        offers.append((doctor.full_name, offer_of(doctor, clinic, visit_type)))

    expected = []
    for order, (name, offer) in enumerate(offers):
        ahead = Interval(NOW, NOW + timedelta(days=90))
        free = await list_slots(session, NOBODY, offer, ahead)
        expected.append((not free, free[0] if free else NOW, order, name))
    expected.sort()

    page = await search(session)
    assert [card.doctor.name for card in page.cards] == [name for *_, name in expected]
    assert [card.first_free for card in page.cards] == [
        None if never else first for never, first, *_ in expected
    ]
    assert {never for never, *_ in expected} == {True, False}
    first_half = await find_doctors(session, NOBODY, Query(), limit=7)
    second_half = await find_doctors(session, NOBODY, Query(), limit=100, offset=7)
    assert first_half.cards + second_half.cards == page.cards
    assert first_half.total == 24


async def test_the_slots_of_a_card_are_those_of_its_days(session: AsyncSession) -> None:
    for zone in ZONES:
        clinic = await make_clinic(session, zone=zone)
        doctor = await make_doctor(session, clinic)
        await make_visit_type(session, doctor)
    for card in (await search(session)).cards:
        zone = card.clinic.zone
        first, last = card.days[0].day, card.days[-1].day
        window = Interval(
            max(NOW, instant_of(zone, first, 0)), instant_of(zone, last + timedelta(days=1), 0)
        )
        offer = Offer(card.doctor.id, card.clinic.id, card.visit_type.id)
        free = await list_slots(session, NOBODY, offer, window)
        assert [slot for day in card.days for slot in day.slots] == free
        assert all(local_date(zone, slot) == day.day for day in card.days for slot in day.slots)
        assert free


@pytest.mark.parametrize("zone", ZONES)
async def test_a_day_is_a_day_of_the_clinic(session: AsyncSession, zone: str) -> None:
    clinic = await make_clinic(session, zone=zone)
    doctor = await make_doctor(session, clinic, ranges=((0, 1440),))
    await make_visit_type(session, doctor, duration=60)
    wanted = date(2026, 11, 30)
    (card,) = (await search(session, day=wanted)).cards
    assert card.first_free == instant_of(zone, wanted, 0)
    assert card.days[0].day == wanted
    assert len(card.days[0].slots) == 24


async def test_a_day_in_the_past_is_as_soon_as_possible(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    await make_bookable(session, clinic)
    assert await search(session, day=date(2026, 11, 1)) == await search(session)


async def test_a_doctor_at_two_clinics_is_two_results(session: AsyncSession) -> None:
    berlin = await make_clinic(session)
    doctor = await make_bookable(session, berlin)
    boston = await make_clinic(session, city="Boston", zone="America/New_York")
    session.add(DoctorAtClinic(doctor_id=row_id(doctor), clinic_id=row_id(boston)))
    await session.commit()
    assert {card.clinic.city for card in (await search(session)).cards} == {"Berlin", "Boston"}


async def test_another_visit_type_has_its_own_times(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic, ranges=((9 * 60, 10 * 60),))
    await make_visit_type(session, doctor)
    long = await make_visit_type(session, doctor, name="Long", duration=60, position=1)
    card = await find_card(session, NOBODY, offer_of(doctor, clinic, long), None)
    assert card.visit_type.name == "Long"
    assert [len(day.slots) for day in card.days] == [1] * 6
    (default,) = (await search(session)).cards
    assert [len(day.slots) for day in default.days] == [2] * 6


async def test_a_visit_type_of_somebody_else_is_not_found(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    doctor = await make_bookable(session, clinic)
    other = await make_doctor(session, clinic)
    theirs = await make_visit_type(session, other)
    with pytest.raises(NotFound):
        await find_card(session, NOBODY, offer_of(doctor, clinic, theirs), None)


async def test_suggestions_name_each_city_with_an_active_clinic_once(
    session: AsyncSession,
) -> None:
    await make_clinic(session)
    await make_clinic(session)
    await make_clinic(session, city="Aachen")
    await make_clinic(session, city="Closed", active=False)
    session.add(Specialty(code="z", name="Zoology"))
    session.add(Specialty(code="a", name="Allergology"))
    await session.commit()
    specialties, cities = await list_suggestions(session, NOBODY)
    assert cities == ["Aachen", "Berlin"]
    assert specialties == ["Allergology", "Zoology"]
