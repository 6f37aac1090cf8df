"""A doctor's page as a tab sees it, with whatever an address may hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.live.keys import doctor_key
from appointment_app.live.shared_reads import note_told
from appointment_app.models import Clinic, Doctor, DoctorAtClinic, VisitMode, VisitType, row_id
from appointment_app.states.doctor_profile import DoctorProfile
from appointment_app.states.doctor_week import DayView
from appointment_app.states.find_doctors import FindDoctors
from appointment_app.states.own_zone import own_zone, short_own_time
from appointment_app.states.shared_doctor_page import DAYS
from tests.factories import UNKNOWN_ID, make_block, make_clinic, make_doctor, make_visit_type
from tests.states.tabs import open_tab, run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)  # Monday, 09:00 in Berlin


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def backend() -> str:
    """What a state shows does not depend on the database."""
    return "sqlite"


@dataclass
class Practice:
    """A doctor in Berlin and Boston who receives on weekdays from 8 to 20, and on no weekend."""

    doctor: Doctor
    berlin: Clinic
    boston: Clinic
    first: VisitType
    video: VisitType

    def address(self, **query: object) -> str:
        return "/doctor?" + "&".join(
            f"{name}={value}" for name, value in {"id": self.doctor.public_id, **query}.items()
        )


@pytest.fixture
async def practice(installed_database: Database) -> Practice:
    async with installed_database.session() as session:
        berlin = await make_clinic(session, phone="+49 30 23125 100")
        boston = await make_clinic(
            session, name="Maple Wharf", city="Boston", zone="America/New_York"
        )
        doctor = await make_doctor(
            session,
            berlin,
            weekdays=range(5),
            ranges=((8 * 60, 20 * 60),),
            horizon_days=30,
            bio="Likes puzzles.",
        )
        session.add(DoctorAtClinic(doctor_id=row_id(doctor), clinic_id=row_id(boston)))
        first = await make_visit_type(session, doctor, name="First visit", duration=60)
        video = await make_visit_type(
            session, doctor, name="Video", mode=VisitMode.VIDEO, needs_confirmation=True, position=1
        )
        return Practice(doctor, berlin, boston, first, video)


async def shown(address: str, *, cookie: str = "") -> DoctorProfile:
    state = await open_tab(address, cookie=cookie).get_state(DoctorProfile)
    await run(state.load())
    assert state.is_loaded
    return state


def days_of(state: DoctorProfile) -> list[DayView]:
    """The days of the week that the page shows, none where nothing can be booked."""
    return [getattr(state, name) for name in DAYS] if state.page.has_days else []


async def test_the_page_says_who_where_and_when(practice: Practice) -> None:
    state = await shown(practice.address())
    assert (state.is_missing, state.page.problem) == (False, "")
    assert (state.page.profile.name, state.page.profile.bio) == ("Dr Dora Doctor", "Likes puzzles.")
    assert [place.name for place in state.page.places] == ["Harbour Clinic", "Maple Wharf"]
    assert (state.page.place.name, state.page.place.phone_href) == (
        "Harbour Clinic",
        "tel:+493023125100",
    )
    assert [(each.label, each.chosen) for each in state.page.visit_types] == [
        ("First visit · 60 min", True),
        ("Video · 30 min", False),
    ]
    assert state.page.week == "Mon 23 Nov to Sun 29 Nov"
    assert state.page.zone == "Berlin time"
    assert [(day.weekday, day.note) for day in days_of(state)] == [
        ("Today", "11 left"),
        ("Tue", "12 left"),
        ("Wed", "12 left"),
        ("Thu", "12 left"),
        ("Fri", "12 left"),
        ("Sat", "closed"),
        ("Sun", "closed"),
    ]
    assert [(part.name, len(part.slots)) for part in days_of(state)[0].parts] == [
        ("Morning", 3),
        ("Afternoon", 6),
        ("Evening", 2),
    ]
    assert (state.page.jump.href, state.page.previous_week) == ("", "")


async def test_the_weeks_go_on_until_the_horizon_and_back_to_today(practice: Practice) -> None:
    state = await shown(practice.address())
    seen = [state.page.week]
    while state.page.next_week:
        state = await shown(state.page.next_week)
        seen.append(state.page.week)
        assert len(seen) < 10
    assert seen[-1] == "Mon 21 Dec to Sun 27 Dec"
    assert [day.note for day in days_of(state)] == ["12 left"] * 3 + ["not yet"] * 2 + [
        "closed"
    ] * 2
    while state.page.previous_week:
        state = await shown(state.page.previous_week)
        seen.pop()
    assert seen == [state.page.week] == ["Mon 23 Nov to Sun 29 Nov"]


async def test_a_day_of_a_week_is_chosen_without_moving_the_week(practice: Practice) -> None:
    state = await shown(practice.address(day="2026-12-05"))
    assert state.page.week == "Mon 30 Nov to Sun 6 Dec"
    assert [day.number for day in days_of(state) if day.chosen] == ["5"]
    assert state.page.chosen_day == "Saturday 5 December"
    assert state.page.chosen_day_problem == "The doctor receives nobody on this day."
    assert state.page.jump.label == "Next free: Mon 30 Nov"
    free = await shown(state.page.jump.href)
    assert free.page.chosen_day_problem == ""


async def test_another_clinic_and_visit_type_are_links(practice: Practice) -> None:
    state = await shown(practice.address())
    video = next(each for each in state.page.visit_types if not each.chosen)
    state = await shown(video.href)
    assert [each.chosen for each in state.page.visit_types] == [False, True]
    assert state.page.visit_note == "By video. The doctor confirms this visit before it is final."
    assert days_of(state)[1].note == "24 left"
    boston = next(place for place in state.page.places if not place.chosen)
    state = await shown(boston.href)
    assert state.page.zone == "New York time"
    assert [each.chosen for each in state.page.visit_types] == [False, True]
    assert {day.note for day in days_of(state)} == {"closed"}
    assert state.page.week_problem == "The doctor receives nobody at this clinic at the moment."
    assert state.page.jump.href == ""


async def test_a_full_week_leads_to_the_first_free_day(
    practice: Practice, installed_database: Database
) -> None:
    async with installed_database.session() as session:
        for number in range(9):
            await make_block(
                session, practice.doctor, NOW + timedelta(days=number), minutes=20 * 60
            )
            await make_block(
                session, practice.doctor, NOW + timedelta(days=number, hours=-4), minutes=4 * 60
            )
    state = await shown(practice.address())
    assert [day.note for day in days_of(state)] == ["full"] * 5 + ["closed"] * 2
    assert state.page.week_problem == "All times in this week are taken."
    assert state.page.jump.label == "Next free: Wed 2 Dec"
    week = await shown(state.page.jump.href)
    assert (week.page.week_problem, week.page.chosen_day) == ("", "Wednesday 2 December")


async def test_a_slot_names_the_visitors_own_time_where_the_clocks_differ(
    practice: Practice,
) -> None:
    berlin = await shown(practice.address(), cookie="own-zone=Europe%2FParis")
    assert not any(slot.notes for day in days_of(berlin) for slot in day.slots)
    assert berlin.page.zone == "Berlin time"
    boston = await shown(practice.address(), cookie="a=b; own-zone=America%2FNew_York")
    day = days_of(boston)[0]
    assert (day.slots[0].time, day.slots[0].notes) == ("09:00", ["03:00 your time"])
    assert (day.before, day.after) == ("Monday 23 November, ", " with Dr Dora Doctor")
    assert boston.page.zone == "Berlin time, your own below each"


@pytest.mark.parametrize(
    "cookie",
    ["", "own-zone=", "own-zone=Mars%2FBase", "own-zone=..%2F..%2Fetc%2Fpasswd", "own-zone=%00;;="],
)
def test_a_zone_that_is_none_is_ignored(cookie: str) -> None:
    assert own_zone(cookie) == ""


def test_the_visitors_day_is_named_when_it_is_another() -> None:
    late = datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert short_own_time(late, "Europe/Berlin", "America/New_York") == "Mon 20:00 your time"
    assert short_own_time(late, "Europe/Berlin", "") == ""


async def test_a_doctor_without_visit_types_says_to_call(installed_database: Database) -> None:
    async with installed_database.session() as session:
        doctor = await make_doctor(session, await make_clinic(session, phone="+49 1"))
    state = await shown(f"/doctor?id={doctor.public_id}")
    assert "Please call the clinic" in state.page.week_problem
    assert (days_of(state), state.page.place.phone) == ([], "+49 1")


@pytest.mark.parametrize(
    "query", ["", "?id=", "?id=nonsense", "?id=%00", f"?id={UNKNOWN_ID}", "?id[]=1", "?clinic=1"]
)
@pytest.mark.usefixtures("practice")
async def test_an_unknown_doctor_is_said_to_be_unknown(query: str) -> None:
    state = await shown(f"/doctor{query}")
    assert state.is_missing


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"clinic": "x"}, "Dr Dora Doctor does not work at that clinic."),
        ({"clinic": UNKNOWN_ID}, "Dr Dora Doctor does not work at that clinic."),
        ({"type": UNKNOWN_ID}, "That visit type is no longer offered."),
        ({"day": "soon"}, "We did not understand the day. These are the next days."),
        ({"day": "2026-11-22"}, "That day is past. These are the next days."),
        ({"day": "0001-01-01"}, "That day is past. These are the next days."),
        ({"day": "9999-12-31"}, "That day is too far ahead. These are the next days."),
        ({"day": "2027-06-01"}, "Bookings are open until Wednesday 23 December 2026."),
    ],
)
async def test_what_makes_no_sense_gets_a_sentence_and_something_to_choose(
    practice: Practice, query: dict[str, Any], problem: str
) -> None:
    state = await shown(practice.address(**query))
    assert state.page.problem == problem
    assert len(days_of(state)) == 7
    assert any(day.slots for day in days_of(state)) or state.page.jump.href


@pytest.mark.usefixtures("practice")
async def test_the_way_back_leads_to_the_search_of_this_tab() -> None:
    root = open_tab("/?words=doctor&place=Berlin")
    await run((await root.get_state(FindDoctors)).load())
    state = await root.get_state(DoctorProfile)
    await run(state.load())
    assert state.href_back == "/?words=doctor&place=Berlin"


async def test_the_day_that_is_shown_stays_when_its_last_time_goes(
    practice: Practice, installed_database: Database
) -> None:
    state = await shown(practice.address())
    assert [day.chosen for day in days_of(state)].index(True) == 0
    async with installed_database.session() as session:
        await make_block(session, practice.doctor, NOW, 24 * 60)
    note_told([doctor_key(row_id(practice.doctor))])
    await state.refresh()
    assert (days_of(state)[0].chosen, days_of(state)[0].note) == (True, "full")
    assert (
        state.page.chosen_day_problem
        == "All times on this day are taken, or are just being booked."
    )
    assert {slot.state for part in days_of(state)[0].parts for slot in part.slots} == {"taken"}
    # Who comes anew is shown the first day that has a time.
    assert days_of(await shown(practice.address()))[1].chosen
