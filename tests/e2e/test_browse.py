"""Finding a doctor and a time in a real browser, without an account."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from appointment_app.database import Database
from appointment_app.models import DoctorSpecialty, Specialty, row_id
from tests.e2e.conftest import PHONE, Server, wait_until_live
from tests.e2e.practice import forget_bounds
from tests.factories import make_clinic, make_doctor, make_visit_type

NewPage = Callable[..., Page]

# The server's clock starts on Monday 23 November 2026, 08:00 UTC. Other tests share its database,
# so everything here is found by these words.
SPECIALTY, CITY, FAR_CITY = "Browsology", "Browsehaven", "Browseport"


@dataclass(frozen=True)
class Doctors:
    """Public ids of what the tests look at."""

    amara: str
    clinic: str


@pytest.fixture(scope="module")
def doctors(server: Server) -> Doctors:
    """Fourteen doctors in two cities and zones, put into the running server's database."""
    # Playwright keeps an event loop on this thread; another thread can have its own.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _make_doctors(server)).result()


async def _make_doctors(server: Server) -> Doctors:
    database = Database(server.environment["DATABASE_URL"])
    async with database.session() as session:
        near = await make_clinic(session, name="Browse Clinic", city=CITY, phone="+49 30 1")
        far = await make_clinic(
            session, name="Browse Wharf", city=FAR_CITY, zone="America/New_York"
        )
        specialty = Specialty(code="browsology", name=SPECIALTY, search_words="browsitis")
        session.add(specialty)
        await session.flush()
        doctors = [
            await make_doctor(
                session,
                near,
                given_name="Amara",
                family_name="Browsemeier",
                weekdays=range(5),
                bio="Looks after browsers of every age.",
                horizon_days=30,
            ),
            await make_doctor(session, far, given_name="Jun", family_name="Browsafor"),
            await make_doctor(
                session, near, family_name="Browserare", weekdays=[0], minimum_notice=8 * 1440
            ),
        ]
        for number in range(11):
            doctors.append(await make_doctor(session, near, family_name=f"Browser{number}"))
        for doctor in doctors:
            session.add(DoctorSpecialty(doctor_id=row_id(doctor), specialty_id=row_id(specialty)))
            await make_visit_type(session, doctor, name="First visit")
            await make_visit_type(session, doctor, name="Follow-up", duration=15, position=1)
        ids = Doctors(str(doctors[0].public_id), str(near.public_id))
        await forget_bounds(session)
    await database.dispose()
    return ids


def search_for(page: Page, words: str = "", place: str = "", day: str = "") -> None:
    page.get_by_label("Specialty, doctor or symptom").fill(words)
    page.get_by_label("Where").fill(place)
    page.get_by_label("When").fill(day)
    page.get_by_role("button", name="Search").click()


def cards(page: Page) -> list[str]:
    return page.get_by_role("article").locator("h3").all_inner_texts()


@pytest.mark.usefixtures("doctors")
def test_a_specialty_finds_its_doctors_and_more_of_them(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/")
    search_for(page, SPECIALTY.lower())
    expect(page.get_by_role("heading", name="14 doctors")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?words=browsology&place=&day="))
    expect(page.get_by_role("article")).to_have_count(10)
    page.get_by_role("button", name="More doctors").click()
    expect(page.get_by_role("article")).to_have_count(14)
    expect(page.get_by_role("button", name="More doctors")).to_have_count(0)
    assert len(set(cards(page))) == 14
    assert cards(page)[-1] == "Dr Dora Browserare"


@pytest.mark.usefixtures("doctors")
def test_a_symptom_a_city_and_a_name_narrow_the_search(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/")
    search_for(page, "browsitis", FAR_CITY)
    expect(page.get_by_role("heading", name="1 doctor", exact=True)).to_be_visible()
    assert cards(page) == ["Dr Jun Browsafor"]
    expect(page.get_by_text("earliest first · New York time")).to_be_visible()
    search_for(page, "amara browsemeier")
    expect(page.get_by_role("article")).to_contain_text(["Dr Amara Browsemeier"])
    page.go_back()
    expect(page.get_by_role("article")).to_contain_text(["Dr Jun Browsafor"])
    expect(page.get_by_label("Where")).to_have_value(FAR_CITY)
    page.reload()
    expect(page.get_by_role("article")).to_contain_text(["Dr Jun Browsafor"])


@pytest.mark.usefixtures("doctors")
def test_a_day_shows_the_times_from_that_day_on(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/")
    search_for(page, "Browsemeier", day="2026-11-28")
    expect(page.get_by_text("from Saturday 28 November")).to_be_visible()
    slot = page.get_by_role("link", name=re.compile(r"^Monday 30 November, 08:00 with Dr Amara"))
    expect(slot).to_be_visible()
    expect(page.get_by_text("28 Nov", exact=True)).to_be_visible()


def test_a_slot_leads_to_its_booking_form(new_page: NewPage, doctors: Doctors) -> None:
    page = new_page()
    page.goto("/?words=Browsemeier")
    slot = page.get_by_role("link", name="Tuesday 24 November, 08:00 with Dr Amara Browsemeier")
    slot.click()
    expect(page).to_have_url(
        re.compile(
            rf"/book\?doctor={doctors.amara}&clinic={doctors.clinic}"
            r"&type=[0-9a-f-]{36}&start=2026-11-24T07:00:00Z$"
        )
    )
    # Whoever goes back keeps it no longer.
    expect(page.get_by_role("heading", name="Book this appointment")).to_be_visible()
    page.go_back()
    expect(slot).to_be_visible()


@pytest.mark.usefixtures("doctors")
def test_another_visit_type_on_the_card_has_other_times(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/?words=Browsemeier")
    quarter_past = page.get_by_role("link", name="Tuesday 24 November, 08:15")
    expect(page.get_by_role("link", name="Tuesday 24 November, 08:30")).to_be_visible()
    expect(quarter_past).to_have_count(0)
    choice = page.get_by_label("Visit type")
    choice.select_option("Follow-up · 15 min")
    expect(quarter_past).to_be_visible()
    expect(choice.locator("option:checked")).to_have_text("Follow-up · 15 min")


@pytest.mark.usefixtures("doctors")
def test_a_card_without_free_days_leads_to_the_next_one(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/?words=Browserare")
    page.get_by_role("link", name="Next free: Mon 7 Dec").click()
    expect(page.get_by_role("heading", name="Mon 7 Dec to Sun 13 Dec")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Monday 7 December, 08:00"))).to_be_visible()


@pytest.mark.usefixtures("doctors")
def test_nobody_found_says_what_to_do(new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"/?words=Browsemeier&place={FAR_CITY}")
    expect(page.get_by_role("heading", name="No doctors found")).to_be_visible()
    page.get_by_role("link", name="Search in all cities").click()
    expect(page.get_by_role("article")).to_have_count(1)


@pytest.mark.usefixtures("doctors")
@pytest.mark.parametrize("day", ["2026-02-30", "2026-11-01", "9999-12-31", "%00", "x" * 3000])
def test_a_nonsense_day_in_the_address_gets_a_sentence(new_page: NewPage, day: str) -> None:
    page = new_page()
    page.goto(f"/?words=Browsemeier&day={day}")
    expect(page.get_by_role("article")).to_have_count(1)
    if day != "%00":
        expect(page.get_by_role("alert")).to_contain_text("These are the next free times.")


def test_a_week_on_a_desktop(new_page: NewPage, doctors: Doctors) -> None:
    page = new_page()
    page.goto(f"/doctor?id={doctors.amara}")
    expect(page.get_by_role("heading", name="Mon 23 Nov to Sun 29 Nov")).to_be_visible()
    expect(page).to_have_title("Dr Amara Browsemeier · Appointments")
    expect(page.get_by_text("Looks after browsers of every age.")).to_be_visible()
    week = page.get_by_role("group", name="Free times")
    expect(week.get_by_text("closed")).to_have_count(2)
    page.get_by_role("link", name="Later days").click()
    expect(page.get_by_role("heading", name="Mon 30 Nov to Sun 6 Dec")).to_be_visible()
    expect(page).to_have_url(re.compile("day=2026-11-30"))
    page.get_by_role("link", name="Follow-up · 15 min").click()
    expect(week.get_by_role("link", name=re.compile("^Monday 30 November, 08:15"))).to_be_visible()
    page.go_back()
    expect(week.get_by_role("link", name=re.compile("^Monday 30 November, 08:15"))).to_have_count(0)
    page.get_by_role("link", name="Earlier days").click()
    expect(page.get_by_role("heading", name="Mon 23 Nov to Sun 29 Nov")).to_be_visible()
    expect(page.get_by_role("link", name="Earlier days")).to_have_count(0)


def test_a_strip_of_days_on_a_phone(new_page: NewPage, doctors: Doctors) -> None:
    page = new_page(**PHONE)
    page.goto(f"/doctor?id={doctors.amara}")
    days = page.get_by_role("group", name="Day", exact=True)
    expect(days.get_by_role("link")).to_have_count(7)
    today = days.get_by_role("link", name=re.compile(r"^Today 23 November, \d+ left"))
    expect(today).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("heading", name="Morning")).to_be_visible()
    days.get_by_role("link", name="Wed 25 November, 20 left").tap()
    expect(page.get_by_role("heading", name="Wednesday 25 November")).to_be_visible()
    slot = page.get_by_role("link", name="Wednesday 25 November, 14:30 with Dr Amara Browsemeier")
    expect(slot).to_be_visible()
    days.get_by_role("link", name="Sat 28 November, closed").tap()
    expect(page.get_by_text("The doctor receives nobody on this day.")).to_be_visible()
    page.get_by_role("link", name="Next free: Mon 23 Nov").tap()
    expect(page.get_by_role("heading", name="Monday 23 November")).to_be_visible()


@pytest.mark.usefixtures("doctors")
def test_a_visitor_elsewhere_sees_both_times(new_page: NewPage, doctors: Doctors) -> None:
    page = new_page(timezone_id="America/New_York")
    page.goto(f"/doctor?id={doctors.amara}")
    expect(page.get_by_text("Berlin time, your own below each")).to_be_visible()
    slot = page.get_by_role("link", name=re.compile("^Tuesday 24 November, 08:00")).first
    expect(slot).to_contain_text("02:00 your time")
    at_home = new_page(timezone_id="Europe/Vienna")
    at_home.goto(f"/doctor?id={doctors.amara}")
    expect(at_home.get_by_text("Berlin time", exact=True)).to_be_visible()
    expect(at_home.get_by_text("your time")).to_have_count(0)


@pytest.mark.parametrize("query", ["", "?id=nonsense", "?id=00000000-0000-4000-8000-000000000000"])
def test_an_unknown_doctor_has_a_way_out(new_page: NewPage, query: str) -> None:
    page = new_page()
    page.goto(f"/doctor{query}")
    expect(page.get_by_role("heading", name="We could not find this doctor")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Find a doctor").click()
    expect(page).to_have_url(re.compile(r"/$"))


def test_nonsense_beside_a_known_doctor_gets_a_sentence(
    new_page: NewPage, doctors: Doctors
) -> None:
    page = new_page()
    page.goto(f"/doctor?id={doctors.amara}&clinic=x&type=y&day=z")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("does not work at that clinic")
    expect(alert).to_contain_text("That visit type is no longer offered.")
    expect(alert).to_contain_text("We did not understand the day.")
    expect(page.get_by_role("link", name=re.compile("^Tuesday 24 November, 08:00"))).to_have_count(
        1
    )


@pytest.mark.usefixtures("doctors")
@pytest.mark.parametrize("address", ["/", "/?words=browsology", "/?words=nobody", "/doctor"])
def test_no_page_is_wider_than_a_small_phone(
    new_page: NewPage, doctors: Doctors, address: str
) -> None:
    page = new_page(**PHONE)
    page.goto(f"/doctor?id={doctors.amara}" if address == "/doctor" else address)
    wait_until_live(page)
    expect(page.get_by_text("Loading…")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]


@pytest.mark.usefixtures("doctors")
def test_results_arrive_without_moving_anything(new_page: NewPage) -> None:
    for options in (PHONE, {}):
        page = new_page(**options)
        page.add_init_script(
            """
            window.shift = 0;
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) window.shift += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            """
        )
        page.goto("/?words=browsology")
        expect(page.get_by_role("article")).to_have_count(10)
        page.wait_for_timeout(300)
        assert page.evaluate("window.shift") <= 0.02


def test_the_pages_are_there_before_any_script_runs(new_page: NewPage, server: Server) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/")
    expect(page).to_have_title("Find a doctor · Appointments")
    expect(page.get_by_role("heading", name="Find a doctor")).to_be_visible()
    expect(page.get_by_role("button", name="Search")).to_be_visible()
    page.goto("/doctor")
    expect(page.get_by_role("heading", name="Choose a time")).to_be_visible()


@pytest.mark.usefixtures("doctors")
def test_the_search_works_by_keyboard_alone(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/")
    wait_until_live(page)
    page.get_by_label("Specialty, doctor or symptom").focus()
    page.keyboard.type("Browsemeier")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("link", name="Dr Amara Browsemeier", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/doctor\?id="))
