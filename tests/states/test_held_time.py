"""The booking form keeps its time: for this tab, for some minutes, and not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.models import BlockKind, BookableBy, BusyBlock, Hold
from appointment_app.scheduling.holds import HOLD_FOR
from appointment_app.settings import get_settings
from appointment_app.states.booking_form import BookingForm
from appointment_app.states.held_time import HeldTime
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, Tab
from tests.states.tabs import run

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


async def opened(tab: Tab, address: str) -> tuple[BookingForm, HeldTime]:
    tab.go_to(address)
    form = await tab.state(BookingForm)
    await form.load()
    return form, await tab.state(HeldTime)


def at_half_past_ten(practice: Practice) -> str:
    return practice.link.replace("T09:00", "T09:30")


async def holds(practice: Practice) -> list[Hold]:
    async with practice.database.session() as session:
        return list(await session.exec(select(Hold)))


async def test_opening_the_form_keeps_its_time(practice: Practice) -> None:
    form, held = await opened(await practice.tab(), practice.link)
    assert (held.seconds, form.is_taken, form.problem) == (300, False, "")
    assert len(await holds(practice)) == 1


async def test_a_reload_counts_on_from_where_it_was(practice: Practice) -> None:
    tab = await practice.tab()
    _, held = await opened(tab, practice.link)
    started = held.started
    with clock.frozen(MONDAY_EIGHT + timedelta(seconds=100, milliseconds=400)):
        await opened(tab, practice.link)
    assert held.seconds == 200
    assert held.started > started


async def test_somebody_else_is_told_that_it_is_being_booked(practice: Practice) -> None:
    await opened(await practice.tab(), practice.link)
    form, held = await opened(await practice.tab(practice.patient), practice.link)
    assert form.is_taken
    assert form.problem.startswith("This time is being booked by somebody else")
    assert [choice.label[-5:] for choice in form.alternatives] == ["09:00", "09:30", "10:30"]
    assert held.seconds == 0


async def test_nobody_logs_in_on_the_way_and_books_what_they_keep(practice: Practice) -> None:
    tab = await practice.tab()
    form, held = await opened(tab, practice.link)
    assert "/login" in str(await run(form.submit({"reason": ""})))
    await held.leave("/login")

    tab.cookie = (await practice.tab(practice.patient)).cookie
    with clock.frozen(MONDAY_EIGHT + timedelta(minutes=2)):
        form, held = await opened(tab, practice.link)
        assert held.seconds == 180
        await run(form.submit({"reason": ""}))
    (booked,) = await practice.appointments()
    async with practice.database.session() as session:
        (block,) = await session.exec(select(BusyBlock))
    assert (block.id, block.kind) == (booked.block_id, BlockKind.VISIT)
    assert (held.seconds, await holds(practice)) == (0, [])


async def test_another_time_gives_up_the_first(practice: Practice) -> None:
    tab = await practice.tab()
    await opened(tab, practice.link)
    (first,) = await holds(practice)
    await opened(tab, at_half_past_ten(practice))
    (second,) = await holds(practice)
    assert first.visitor == second.visitor
    assert first.public_id != second.public_id


@pytest.mark.parametrize(
    ("path", "left"),
    [("/", 0), ("/doctor", 0), ("", 0), ("/login", 1), ("/register", 1), ("/book", 1)],
)
async def test_leaving_gives_the_time_up_unless_one_comes_back(
    practice: Practice, path: str, left: int
) -> None:
    tab = await practice.tab()
    _, held = await opened(tab, practice.link)
    await held.leave(path)
    assert len(await holds(practice)) == left
    assert (held.seconds > 0) is (left == 1)


async def test_after_the_end_it_can_be_kept_again(practice: Practice) -> None:
    tab = await practice.tab()
    form, held = await opened(tab, practice.link)
    started = held.started
    with clock.frozen(MONDAY_EIGHT + HOLD_FOR):
        await form.keep_time()
    assert held.seconds == 300
    assert held.started > started


async def test_after_the_end_somebody_else_may_be_faster(practice: Practice) -> None:
    tab = await practice.tab()
    form, held = await opened(tab, practice.link)
    with clock.frozen(MONDAY_EIGHT + HOLD_FOR):
        await opened(await practice.tab(), practice.link)
        sent = str(await form.keep_time())
    assert "not-free" in sent
    assert (form.is_taken, held.seconds) == (True, 0)


async def test_without_a_hold_the_form_still_books(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "holds_per_address", 0)
    tab = await practice.tab(practice.patient)
    form, held = await opened(tab, practice.link)
    assert (held.seconds, form.is_taken) == (0, False)
    await run(form.submit({"reason": ""}))
    assert len(await practice.appointments()) == 1
    form, _ = await opened(await practice.tab(), practice.link)
    assert (form.is_taken, form.problem) == (True, "This time is not free.")


async def test_a_stranger_keeps_nothing_that_is_for_known_patients(practice: Practice) -> None:
    async with practice.database.session() as session:
        practice.visit_type.bookable_by = BookableBy.KNOWN_PATIENTS
        await session.merge(practice.visit_type)
        await session.commit()
    for person in (None, practice.patient):
        form, held = await opened(await practice.tab(person), practice.link)
        assert (held.seconds, form.is_taken, form.problem) == (0, False, "")
    await run(form.submit({"reason": ""}))
    assert form.problem.startswith("This visit is for patients who have been with this doctor")
    assert await holds(practice) == []


async def test_the_page_never_gets_the_secret(practice: Practice) -> None:
    _, held = await opened(await practice.tab(), practice.link)
    assert held._visitor() not in str(held.dict())


async def test_a_browser_is_one_visitor_in_all_its_tabs(practice: Practice) -> None:
    """And after a lost connection, when the server takes it for a new tab."""
    named = f"visitor={'5e' * 24}"
    _, first = await opened(await practice.tab(cookies=named), practice.link)
    form, second = await opened(await practice.tab(practice.patient, cookies=named), practice.link)
    assert (first.seconds, second.seconds, form.is_taken) == (300, 300, False)
    await opened(await practice.tab(cookies=named), at_half_past_ten(practice))
    await first.leave("/")
    (hold,) = await holds(practice)
    assert hold.expires_at == MONDAY_EIGHT + HOLD_FOR


@pytest.mark.parametrize("name", ["", "1", "5e" * 23, "5E" * 24, "5e" * 25, "%00" * 16, "x" * 9999])
async def test_a_name_that_is_none_of_ours_is_that_of_the_tab(
    practice: Practice, name: str
) -> None:
    _, first = await opened(await practice.tab(cookies=f"visitor={name}"), practice.link)
    form, _ = await opened(await practice.tab(cookies=f"visitor={name}"), practice.link)
    assert first.seconds == 300
    assert form.is_taken
