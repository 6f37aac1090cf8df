"""The search as a tab sees it, with whatever an address may hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import VisitMode
from appointment_app.states.address import iso_day, public_id, typed_text
from appointment_app.states.doctor_card import DoctorCard
from appointment_app.states.find_doctors import FindDoctors
from tests.factories import UNKNOWN_ID, make_clinic, make_doctor, make_visit_type
from tests.states.tabs import go_to, open_tab, run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)  # Monday, 09:00 in Berlin


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def backend() -> str:
    """What a state shows does not depend on the database."""
    return "sqlite"


@pytest.fixture
async def doctors(installed_database: Database) -> None:
    """Twelve doctors in Berlin, and one in Boston whom nobody can see before Friday."""
    async with installed_database.session() as session:
        berlin = await make_clinic(session)
        boston = await make_clinic(session, city="Boston", zone="America/New_York")
        for number in range(12):
            doctor = await make_doctor(session, berlin, family_name=f"Berliner {number}")
            await make_visit_type(session, doctor)
        doctor = await make_doctor(
            session, boston, given_name="Ann", family_name="Boston", weekdays=[4]
        )
        await make_visit_type(session, doctor, name="First visit")
        await make_visit_type(
            session, doctor, name="Video", duration=60, position=1, mode=VisitMode.VIDEO
        )


async def searched(address: str) -> FindDoctors:
    state = await open_tab(address).get_state(FindDoctors)
    await run(state.load())
    return state


@pytest.mark.usefixtures("doctors")
async def test_everybody_is_shown_ten_at_a_time() -> None:
    state = await searched("/")
    assert (state.count, len(state.cards), state.has_more) == ("13 doctors", 10, True)
    assert (state.is_loaded, state.is_searching) == (True, False)
    await run(state.more())
    assert (len(state.cards), state.has_more) == (13, False)
    assert len({card.key for card in state.cards}) == 13
    assert state.cities == ["Berlin", "Boston"]
    for _ in range(3):
        await run(state.more())
    assert len(state.cards) == 13


@pytest.mark.usefixtures("doctors")
async def test_a_card_says_what_can_be_booked() -> None:
    (card,) = (await searched("/?words=Boston")).cards
    assert (card.name, card.initials) == ("Dr Ann Boston", "AB")
    assert card.tags == ["In person", "Video"]
    assert card.zone == "New York time"
    assert [(day.weekday, day.date) for day in card.days][:2] == [
        ("Today", "23 Nov"),
        ("Tue", "24 Nov"),
    ]
    assert [len(day.slots) for day in card.days] == [0, 0, 0, 0, 4, 0]
    slot = card.days[4].slots[0]
    assert (slot.time, slot.starts_at) == ("08:00", "2026-11-27T13:00:00Z")
    assert (card.days[4].before, card.days[4].after) == (
        "Friday 27 November, ",
        " with Dr Ann Boston",
    )
    assert card.slot_links == (
        f"/book?doctor={card.doctor_id}&clinic={card.clinic_id}&type={card.visit_type_id}&start="
    )


@pytest.mark.usefixtures("doctors")
async def test_a_card_without_a_free_day_leads_to_the_first_one() -> None:
    (card,) = (await searched("/?words=Boston&day=2026-11-28")).cards
    assert card.days == []
    assert card.next_free == "Fri 4 Dec"
    assert card.href_of_next_free.endswith("&day=2026-12-04")


@pytest.mark.usefixtures("doctors")
async def test_the_address_fills_the_form_and_narrows_the_results() -> None:
    state = await searched("/?words=ann+boston&place=Boston&day=2026-11-27")
    assert (state.words, state.place, state.day) == ("ann boston", "Boston", "2026-11-27")
    assert (state.count, state.first_day) == ("1 doctor", "Friday 27 November")
    assert state.one_zone == "New York time"
    assert state.href_everywhere == "/?words=ann+boston&day=2026-11-27"


@pytest.mark.usefixtures("doctors")
async def test_cards_of_different_zones_name_their_own() -> None:
    state = await searched("/?day=2026-11-27")
    await run(state.more())
    assert state.one_zone == ""


@pytest.mark.usefixtures("doctors")
async def test_coming_back_to_a_search_shows_as_many_cards_as_before() -> None:
    root = open_tab("/?place=Berlin")
    state = await root.get_state(FindDoctors)
    await run(state.load())
    await run(state.more())
    await run(state.load())
    assert len(state.cards) == 12
    go_to(root, "/")
    await run(state.load())
    assert len(state.cards) == 10


@pytest.mark.usefixtures("doctors")
@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("2026-11-31", "We did not understand this day."),
        ("soon", "We did not understand this day."),
        ("2026-W48-1", "We did not understand this day."),
        ("٢٠٢٦-١١-٣٠", "We did not understand this day."),
        ("2026-11-21", "This day is past."),
        ("0001-01-01", "This day is past."),
        ("2029-01-01", "This day is too far ahead."),
        ("9999-12-31", "This day is too far ahead."),
    ],
)
async def test_a_day_that_makes_no_sense_gets_a_sentence(day: str, problem: str) -> None:
    state = await searched(f"/?day={day}")
    assert state.day_problem == f"{problem} These are the next free times."
    assert state.total == 13
    assert state.day == day


@pytest.mark.usefixtures("doctors")
async def test_yesterday_is_still_today_somewhere() -> None:
    state = await searched("/?day=2026-11-22")
    assert (state.day_problem, state.total) == ("", 13)


@pytest.mark.usefixtures("doctors")
@pytest.mark.parametrize(
    "words", ["%00", "%ED%A0%80", "%25", "x" * 5000, "z+" * 3000, "<script>", "' OR 1=1"]
)
async def test_words_that_make_no_sense_find_nobody(words: str) -> None:
    state = await searched(f"/?words={words}&place={words}")
    assert len(state.words) <= 100
    # What cannot be printed is as good as not typed.
    assert state.total == (13 if words == "%00" else 0)


@pytest.mark.usefixtures("doctors")
async def test_another_visit_type_changes_one_card() -> None:
    state = await searched("/")
    await run(state.more())
    before = {card.key: card for card in state.cards}
    (card,) = [card for card in state.cards if card.name == "Dr Ann Boston"]
    video = card.visit_types[1][0]
    await run(state.choose_visit_type(card.doctor_id, card.clinic_id, video))
    changed = [each for each in state.cards if before[each.key] != each]
    assert [each.visit_type for each in changed] == ["Video · 60 min"]
    assert _starts(changed[0])[:2] == ["08:00", "09:00"]
    assert [each.key for each in state.cards] == list(before)


@pytest.mark.usefixtures("doctors")
@pytest.mark.parametrize(
    "arguments",
    [("", "", ""), ("x", "y", "z"), (None, None, None), ([], {}, 7), (UNKNOWN_ID,) * 3],
)
async def test_a_visit_type_of_no_card_changes_nothing(arguments: tuple[Any, ...]) -> None:
    state = await searched("/")
    before = list(state.cards)
    await run(state.choose_visit_type(*arguments))
    assert state.cards == before


@pytest.mark.usefixtures("doctors")
async def test_a_visit_type_of_another_doctor_is_refused_with_a_sentence() -> None:
    state = await searched("/")
    before, (one, other, *_) = list(state.cards), state.cards
    (event,) = await run(state.choose_visit_type(one.doctor_id, one.clinic_id, other.visit_type_id))
    assert "could not find" in str(event)
    assert state.cards == before


@pytest.mark.usefixtures("doctors")
async def test_nobody_found_is_no_failure() -> None:
    state = await searched("/?words=nobody&place=Berlin")
    assert (state.total, state.cards, state.has_more) == (0, [], False)
    assert state.href_everywhere == "/?words=nobody"


def test_what_an_address_holds_is_read_with_care() -> None:
    assert typed_text("  a \n b\x00c ") == "a b c"
    assert [typed_text(each) for each in (None, 7, [], {})] == [""] * 4
    assert [public_id(each) for each in (None, 7, "x", "", [])] == [None] * 5
    assert [iso_day(each) for each in (None, 7, "20261123", "2026-11-23T00:00")] == [None] * 4


def _starts(card: DoctorCard) -> list[str]:
    return [slot.time for day in card.days for slot in day.slots]


async def test_near_a_position_the_distance_stands_on_the_cards(
    installed_database: Database,
) -> None:
    async with installed_database.session() as session:
        here = await make_clinic(session, latitude=52.52, longitude=13.4)
        there = await make_clinic(session, name="Far", latitude=52.7, longitude=13.4)
        for clinic in (there, here):
            await make_visit_type(session, await make_doctor(session, clinic))
    state = await searched("/?near=52.5211,13.4&sort=distance&within=200")
    assert [card.distance for card in state.cards] == ["about 1 km", "about 20 km"]
    assert state._address() == "/?near=52.52%2C13.40&within=200&sort=distance"
    card = state.cards[1]
    await state.choose_visit_type(card.doctor_id, card.clinic_id, card.visit_type_id)
    assert state.cards[1].distance == "about 20 km"
    # Who types a place means that one.
    state = await searched("/?near=52.52,13.4&place=Berlin")
    assert (state.near, [card.distance for card in state.cards]) == ("", ["", ""])


@pytest.mark.usefixtures("doctors")
async def test_who_keeps_their_position_is_told_what_else_they_can_do() -> None:
    state = await searched("/")
    assert await state.go_near("refused") is None
    assert "keeps your position to itself" in state.near_problem
    assert await state.go_near("<script>") is None
    assert "could not find out where you are" in state.near_problem
    assert await state.go_near("52.5211,13.4") is not None
