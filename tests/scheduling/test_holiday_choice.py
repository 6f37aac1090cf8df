"""Public holidays: which there are, and who works on them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from appointment_app.accounts.actor import NOBODY
from appointment_app.errors import LoginRequired, StaleVersion
from appointment_app.models import DoctorAtClinic
from appointment_app.scheduling import hours
from appointment_app.scheduling.different_days import OverrideDraft, save_override
from appointment_app.scheduling.holiday_choice import ChoiceSaved, save_holiday_choice
from appointment_app.scheduling.public_holidays import holidays_around, regions_of
from appointment_app.scheduling.week import TypedRange
from tests.scheduling.doctors_day import Practice, book

CHRISTMAS = date(2026, 12, 25)


def test_holidays_are_those_of_the_region() -> None:
    epiphany = date(2027, 1, 6)
    assert holidays_around("DE", "BY", 2026)[epiphany] == "Epiphany"
    assert epiphany not in holidays_around("DE", "BE", 2026)
    assert holidays_around("US", "MA", 2026)[date(2026, 11, 26)] == "Thanksgiving Day"


def test_they_reach_farther_than_any_booking() -> None:
    years = {day.year for day in holidays_around("DE", "", 2026)}
    assert years == {2025, 2026, 2027, 2028, 2029}


@pytest.mark.parametrize(("country", "region"), [("XX", ""), ("", ""), ("de", "BY"), ("XX", "BY")])
def test_an_unknown_country_has_none(country: str, region: str) -> None:
    assert not holidays_around(country, region, 2026)
    assert regions_of(country) == []


def test_an_unknown_region_has_those_of_the_country() -> None:
    assert holidays_around("DE", "XX", 2026) == holidays_around("DE", "", 2026)


def test_regions_have_names_and_codes_that_fit() -> None:
    assert ("BY", "Bayern") in regions_of("DE")
    names = [name for _, name in regions_of("DE")]
    assert names == sorted(names)
    assert all(len(code) <= 8 for country in ("DE", "US", "CH") for code, _ in regions_of(country))


async def choose(practice: Practice, closed: bool | None, version: int) -> ChoiceSaved:
    saved: ChoiceSaved = await practice.ask(save_holiday_choice, closed, version=version)
    return saved


async def test_the_doctors_choice_goes_before_the_clinics(practice: Practice) -> None:
    async def works() -> bool:
        return bool((await practice.ask(hours.load)).hours.opening_on(CHRISTMAS))

    assert await works()
    assert (await choose(practice, True, 1)).version == 2
    assert not await works()
    assert (await choose(practice, None, 2)).version == 3
    assert await works()
    async with practice.database.session() as session:
        clinic = await session.merge(practice.clinic)
        clinic.closed_on_holidays = True
        session.add(clinic)
        await session.commit()
    assert not await works()
    await choose(practice, False, 3)
    assert await works()


async def test_hours_set_for_a_holiday_win(practice: Practice) -> None:
    await choose(practice, True, 1)
    draft = OverrideDraft(CHRISTMAS, CHRISTMAS, (TypedRange(600, 720),))
    await practice.ask(save_override, draft, version=2)
    shown = await practice.ask(hours.load)
    assert [(each.opens, each.closes) for each in shown.hours.opening_on(CHRISTMAS)] == [(600, 720)]
    coming = {each.day: (each.name, each.is_open) for each in shown.holidays.coming}
    assert coming[CHRISTMAS] == ("Christmas Day", True)
    assert coming[date(2027, 1, 1)] == ("New Year's Day", False)


async def test_who_is_booked_on_a_holiday_is_named(practice: Practice) -> None:
    made = (practice.database, practice.doctor, practice.clinic, practice.visit_type)
    await book(*made, datetime(2026, 12, 25, 10, tzinfo=UTC), given_name="Nora")
    await book(*made, datetime(2026, 12, 23, 10, tzinfo=UTC), given_name="Otto")
    assert [each.patient for each in (await choose(practice, True, 1)).outside] == ["Nora Patient"]
    assert (await choose(practice, False, 2)).outside == ()


async def test_a_stale_choice_or_a_strangers_changes_nothing(practice: Practice) -> None:
    with pytest.raises(StaleVersion):
        await choose(practice, True, 7)
    async with practice.database.session() as session:
        with pytest.raises(LoginRequired):
            await save_holiday_choice(session, NOBODY, practice.place_id, True, version=1)
    async with practice.database.session() as session:
        (at_clinic,) = await session.exec(select(DoctorAtClinic))
    assert at_clinic.closed_on_holidays is None
