"""Who is found, in which order, for how many statements."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.errors import NotFound
from appointment_app.models import (
    Approval,
    Clinic,
    DateOverride,
    Doctor,
    DoctorAtClinic,
    DoctorLanguage,
    DoctorSpecialty,
    Specialty,
    row_id,
)
from appointment_app.scheduling import earliest
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import instant_of, local_date
from appointment_app.scheduling.search import (
    Query,
    SearchPage,
    find_card,
    find_doctors,
    list_suggestions,
)
from appointment_app.scheduling.slots import Free, Offer, Wish, find_free, list_slots
from appointment_app.scheduling.warming import warm_some
from tests.factories import make_block, make_clinic, make_doctor, make_visit_type, offer_of
from tests.scheduling.bounds import first_free_starts, kept_bounds, require_true_bounds
from tests.statements import counted_statements

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)  # Monday, 09:00 in Berlin
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland")
# What one search may cost, however many doctors there are.
MOST_STATEMENTS = 5


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


async def search(session: AsyncSession, **asked: object) -> SearchPage:
    return await find_doctors(session, NOBODY, Query(**asked), limit=100)  # type: ignore[arg-type]


async def names(session: AsyncSession, **asked: object) -> list[str]:
    return [card.doctor.name for card in (await search(session, **asked)).cards]


async def make_bookable(session: AsyncSession, clinic: Clinic, **values: object) -> Doctor:
    doctor = await make_doctor(session, clinic, **values)  # type: ignore[arg-type]
    await make_visit_type(session, doctor)
    return doctor


async def make_specialist(
    session: AsyncSession, clinic: Clinic, specialty: str, search_words: str = "", **values: object
) -> Doctor:
    doctor = await make_bookable(session, clinic, **values)
    row = Specialty(code=uuid4().hex, name=specialty, search_words=search_words)
    session.add(row)
    await session.flush()
    session.add(DoctorSpecialty(doctor_id=row_id(doctor), specialty_id=row_id(row)))
    await session.commit()
    return doctor


async def close(session: AsyncSession, doctor: Doctor, days: int) -> None:
    """Close the days from today on."""
    work = select(DoctorAtClinic).where(DoctorAtClinic.doctor_id == row_id(doctor))
    at_clinic = (await session.exec(work)).one()
    for number in range(days):
        day = NOW.date() + timedelta(days=number)
        session.add(DateOverride(doctor_at_clinic_id=row_id(at_clinic), day=day))
    await session.commit()


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


@pytest.mark.parametrize("place", ["berlin", "BERLIN", "10115", "Harbour", "harbour berlin"])
async def test_a_place_is_a_city_a_postcode_or_a_clinic(session: AsyncSession, place: str) -> None:
    here = await make_clinic(session)
    there = await make_clinic(session, name="Maple Wharf", city="Boston", postcode="02110")
    await make_bookable(session, here, family_name="Here")
    await make_bookable(session, there, family_name="There")
    assert await names(session, place=place) == ["Dr Dora Here"]


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


async def set_bounds(session: AsyncSession, bounds: dict[int, datetime | None]) -> None:
    for row in await session.exec(select(DoctorAtClinic)):
        row.next_free_at = bounds[row_id(row)]
        session.add(row)
    await session.commit()


@pytest.mark.parametrize("day", [None, date(2026, 12, 1)])
async def test_the_pages_do_not_depend_on_the_bounds(
    database: Database, session: AsyncSession, day: date | None
) -> None:
    chance = random.Random(20261124)
    for number in range(30):
        clinic = await make_clinic(session, zone=chance.choice(ZONES))
        doctor = await make_bookable(
            session,
            clinic,
            family_name=f"N{number}",
            # Many begin at the same moment, so that only the id tells them apart.
            ranges=((chance.choice((8, 9)) * 60, 17 * 60),),
            weekdays=chance.sample(range(7), chance.choice((1, 3, 7))),
            minimum_notice=chance.choice((0, 120)),
            horizon_days=chance.choice((5, 60)),
        )
        if number % 5 == 0:
            await close(session, doctor, days=chance.choice((8, 20, 70)))
    truth = await first_free_starts(database)

    def lower_bound(key: int) -> datetime | None:
        latest = truth[key] or NOW + timedelta(days=5)
        return chance.choice(
            (None, latest, latest - timedelta(hours=chance.randrange(200)), NOW - timedelta(days=3))
        )

    await set_bounds(session, dict.fromkeys(truth))
    expected = await search(session, day=day)
    assert len({card.first_free for card in expected.cards}) < expected.total == 30
    for limit in (1, 4, 11):
        await set_bounds(session, {key: lower_bound(key) for key in truth})
        cards: list[object] = []
        for offset in range(0, 30, limit):
            async with database.session() as fresh:
                page = await find_doctors(fresh, NOBODY, Query(day=day), limit=limit, offset=offset)
            cards += page.cards
            assert page.total == 30
        assert cards == list(expected.cards)
        await database.settled()
        await require_true_bounds(database)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_only_the_calendars_of_a_page_are_read(
    database: Database, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = await make_clinic(session)
    for number in range(60):
        await make_bookable(session, clinic, ranges=((8 * 60 + 5 * number, 18 * 60),))
    while await warm_some(database):
        pass
    read: list[int] = []

    async def noted(session: AsyncSession, wishes: Sequence[Wish], *, visitor: str) -> list[Free]:
        read.append(len(wishes))
        return await find_free(session, wishes, visitor=visitor)

    monkeypatch.setattr(earliest, "find_free", noted)
    page = await find_doctors(session, NOBODY, Query(), limit=10)
    assert page.total == 60
    assert sum(read) <= 20


async def test_a_search_keeps_what_it_found_out(database: Database, session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    for _ in range(3):
        await make_bookable(session, clinic)
    closed = await make_bookable(session, clinic)
    await close(session, closed, days=61)
    assert set((await kept_bounds(database)).values()) == {None}
    async with database.session() as fresh:
        await find_doctors(fresh, NOBODY, Query(), limit=10)
    await database.settled()
    kept = list((await kept_bounds(database)).values())
    assert kept[:3] == [NOW] * 3
    assert kept[3] is not None
    assert kept[3] > NOW + timedelta(days=60)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_search_answers_when_nothing_can_be_kept(
    database: Database, session: AsyncSession
) -> None:
    await make_bookable(session, await make_clinic(session))
    await session.exec(
        sa.text(  # type: ignore[call-overload]
            "CREATE TRIGGER broken BEFORE UPDATE ON doctor_at_clinic"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    )
    await session.commit()
    async with database.session() as fresh:
        assert (await find_doctors(fresh, NOBODY, Query())).total == 1
    await database.settled()
    assert list((await kept_bounds(database)).values()) == [None]


@pytest.mark.parametrize("are_known", [False, True])
async def test_a_search_takes_five_statements_however_many_doctors_there_are(
    database: Database, session: AsyncSession, are_known: bool
) -> None:
    clinic = await make_clinic(session)
    for size in (2, 40):
        for number in range(size):
            doctor = await make_specialist(
                session, clinic, "Dermatology", "skin", max_patients_a_day=5
            )
            # Half of them are free late only, so that the far window is read too.
            if number % 2:
                await close(session, doctor, days=21)
        while are_known and await warm_some(database):
            pass
        for limit in (10, 100):
            async with database.session() as fresh:
                with counted_statements(database) as statements:
                    await find_doctors(fresh, NOBODY, Query("skin", "Berlin"), limit=limit)
            assert len(statements) <= MOST_STATEMENTS
            await database.settled()
