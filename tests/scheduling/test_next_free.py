"""The bounds of first free starts: never later than the truth, whatever is done to a doctor."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import writing
from appointment_app.models import DoctorAtClinic, row_id
from appointment_app.scheduling import (
    holds,
    locks,
    next_free,
    visits,
)
from appointment_app.scheduling.next_free import Learned
from appointment_app.scheduling.warming import warm_some
from tests.factories import (
    doctor_actor,
    make_block,
    make_clinic,
    make_doctor,
    make_visit_type,
)
from tests.scheduling.bounds import first_free_starts, kept_bounds, require_true_bounds
from tests.scheduling.desk import NOW, TODAY, Desk, at
from tests.scheduling.freeing_deeds import (
    A_DAY,
    EIGHT,
    FREEING,
    Deed,
    make_it_closed,
    set_active,
    set_rules,
)

SQLITE_IS_ENOUGH = pytest.mark.parametrize("backend", ["sqlite"])


@SQLITE_IS_ENOUGH
@pytest.mark.parametrize("deed", FREEING, ids=lambda deed: deed.__name__)
async def test_what_frees_time_lowers_the_bound(desk: Desk, deed: Deed) -> None:
    steps = deed(desk)
    await anext(steps)
    await warm_some(desk.database)
    (before,) = (await first_free_starts(desk.database)).values()
    (bound,) = (await kept_bounds(desk.database)).values()
    assert bound is not None
    assert before is None or bound == before
    with suppress(StopAsyncIteration):
        await anext(steps)
    (after,) = (await first_free_starts(desk.database)).values()
    assert after is not None
    assert after < bound, "the deed shall free what was not free before"
    await require_true_bounds(desk.database)


async def test_a_booking_keeps_the_bound(desk: Desk) -> None:
    await warm_some(desk.database)
    await desk.book(EIGHT)
    assert list((await kept_bounds(desk.database)).values()) == [EIGHT]
    await require_true_bounds(desk.database)
    await warm_some(desk.database)


@SQLITE_IS_ENOUGH
async def test_what_frees_no_time_keeps_the_bound(desk: Desk) -> None:
    """A hold, and whatever becomes of an appointment without giving its time back."""
    await warm_some(desk.database)
    doctor, kept = doctor_actor(desk.doctor), list((await kept_bounds(desk.database)).values())
    await desk.call(holds.keep, NOBODY, desk.offer, EIGHT, visitor="a browser", address="192.0.2.1")
    offer = await desk.another_visit_type(needs_confirmation=True)
    booked, missed = [await desk.book(at(time, TODAY), offer=offer) for time in ("10:00", "11:00")]
    await desk.call(visits.confirm, doctor, booked)
    await desk.call(visits.check_in, doctor, booked)
    await desk.call(visits.undo_check_in, doctor, booked)
    await desk.call(visits.write_notes, doctor, booked, notes="A cold", version=4)
    with clock.frozen(at("12:00", TODAY)):
        await desk.call(visits.complete, doctor, booked)
        await desk.call(visits.confirm, doctor, missed)
        await desk.call(visits.mark_no_show, doctor, missed)
    assert list((await kept_bounds(desk.database)).values()) == kept == [EIGHT]
    await require_true_bounds(desk.database)


@SQLITE_IS_ENOUGH
async def test_warming_finds_what_is_unknown_or_behind_and_only_that(desk: Desk) -> None:
    assert await warm_some(desk.database) == 1
    assert await warm_some(desk.database) == 0
    with clock.frozen(NOW + timedelta(minutes=10)):
        assert await warm_some(desk.database) == 1
        assert list((await kept_bounds(desk.database)).values()) == [at("08:30", TODAY)]
        assert await warm_some(desk.database) == 0


@SQLITE_IS_ENOUGH
async def test_nothing_free_is_a_bound_at_the_end_of_the_horizon(desk: Desk) -> None:
    for day in range(62):
        await make_it_closed(desk, TODAY + day * A_DAY)
    await set_rules(desk, horizon_days=60)
    await warm_some(desk.database)
    (bound,) = (await kept_bounds(desk.database)).values()
    assert bound == at("00:00", TODAY + 61 * A_DAY)
    for days in (1, 2, 3):
        with clock.frozen(NOW + days * A_DAY):
            await require_true_bounds(desk.database)
    assert await warm_some(desk.database) == 0


@SQLITE_IS_ENOUGH
async def test_a_hold_is_not_part_of_the_bound(desk: Desk) -> None:
    expires_at = NOW + timedelta(minutes=5)
    await desk.make(make_block, desk.doctor, EIGHT, 30, kind="hold", expires_at=expires_at)
    await warm_some(desk.database)
    assert list((await kept_bounds(desk.database)).values()) == [EIGHT]


async def learned(desk: Desk, *, hour: int, revision: int) -> Learned:
    at_clinic = await desk.at_clinic()
    bound = EIGHT + timedelta(hours=hour)
    return Learned(row_id(at_clinic), row_id(desk.doctor), revision, bound)


async def keep(desk: Desk, *bounds: Learned) -> None:
    async with desk.database.session() as session:
        await next_free.keep(session, bounds)


async def test_a_bound_found_before_a_change_is_not_kept(desk: Desk) -> None:
    await keep(desk, await learned(desk, hour=1, revision=0))
    async with desk.database.session() as session, writing(session):
        await locks.lock_doctor(session, row_id(desk.doctor))
    await keep(desk, await learned(desk, hour=2, revision=0))
    assert list((await kept_bounds(desk.database)).values()) == [None]
    await keep(desk, await learned(desk, hour=2, revision=1))
    assert list((await kept_bounds(desk.database)).values()) == [EIGHT + timedelta(hours=2)]


async def test_a_bound_is_only_raised(desk: Desk) -> None:
    for hour in (2, 1):
        await keep(desk, await learned(desk, hour=hour, revision=0))
    assert list((await kept_bounds(desk.database)).values()) == [EIGHT + timedelta(hours=2)]


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"])
async def test_nobody_waits_to_keep_a_bound(desk: Desk) -> None:
    async with desk.database.session() as session, writing(session):
        await locks.lock_doctor(session, row_id(desk.doctor))
        await keep(desk, await learned(desk, hour=1, revision=0))
    assert list((await kept_bounds(desk.database)).values()) == [None]


@SQLITE_IS_ENOUGH
async def test_taking_time_forgets_only_bounds_that_are_later(desk: Desk) -> None:
    other = await desk.make(make_clinic)
    async with desk.database.session() as session:
        session.add(DoctorAtClinic(doctor_id=row_id(desk.doctor), clinic_id=row_id(other)))
        await session.commit()
        rows = (await session.exec(select(DoctorAtClinic).order_by(col(DoctorAtClinic.id)))).all()
    bounds = [
        Learned(row_id(row), row_id(desk.doctor), 0, EIGHT + number * A_DAY)
        for number, row in enumerate(rows)
    ]
    await keep(desk, *bounds)
    await desk.book(EIGHT)
    assert list((await kept_bounds(desk.database)).values()) == [EIGHT, None]


@SQLITE_IS_ENOUGH
async def test_doctors_are_warmed_in_batches_until_none_is_left(desk: Desk) -> None:
    for _ in range(4):
        doctor = await desk.make(make_doctor, desk.clinic)
        await desk.make(make_visit_type, doctor)
    assert [await warm_some(desk.database, most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert set((await kept_bounds(desk.database)).values()) == {EIGHT}


@SQLITE_IS_ENOUGH
async def test_who_offers_nothing_has_a_bound_too(desk: Desk) -> None:
    await set_active(desk, active=False)
    assert [await warm_some(desk.database) for _ in range(2)] == [1, 0]
    with clock.frozen(NOW + A_DAY):
        assert await warm_some(desk.database) == 0
