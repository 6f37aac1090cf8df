"""What becomes of an appointment: confirmed, completed, missed, noted; on each database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.errors import DomainError
from appointment_app.models import (
    AppointmentStatus,
    AuditEvent,
)
from appointment_app.scheduling import cancelling, visits
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
)
from tests.scheduling.desk import INSTANT, NOW, TODAY, Desk, at, nothing_stored, refused


async def test_a_doctor_confirms_what_waits(desk: Desk) -> None:
    offer = await desk.another_visit_type(needs_confirmation=True)
    booked = await desk.book(at("10:00"), offer=offer)
    await desk.call(visits.confirm, doctor_actor(desk.doctor), booked)
    assert (await desk.appointment(booked)).status is AppointmentStatus.CONFIRMED
    with refused("STATUS_CONFLICT"):
        await desk.call(visits.confirm, doctor_actor(desk.doctor), booked)


@pytest.mark.parametrize(
    ("function", "status"),
    [
        (visits.complete, AppointmentStatus.COMPLETED),
        (visits.mark_no_show, AppointmentStatus.NO_SHOW),
    ],
)
async def test_a_visit_is_closed_once_it_has_begun(
    desk: Desk, function: Callable[..., Any], status: AppointmentStatus
) -> None:
    booked = await desk.book(at("10:00"))
    doctor = doctor_actor(desk.doctor)
    with clock.frozen(at("10:00") - INSTANT):
        async with nothing_stored(desk):
            with refused("TOO_EARLY_TO_CLOSE"):
                await desk.call(function, doctor, booked)
    with clock.frozen(at("10:00")):
        await desk.call(function, doctor, booked)
    closed = await desk.appointment(booked)
    assert (closed.status, closed.active) == (status, True)


async def test_a_status_moves_along_its_arrows_only(desk: Desk) -> None:
    doctor = doctor_actor(desk.doctor)

    async def cancel(session: Any, actor: Actor, appointment_id: UUID) -> None:
        await cancelling.cancel(session, actor, appointment_id, reason="Ill")

    functions: dict[AppointmentStatus, Callable[..., Any]] = {
        AppointmentStatus.CONFIRMED: visits.confirm,
        AppointmentStatus.COMPLETED: visits.complete,
        AppointmentStatus.NO_SHOW: visits.mark_no_show,
        AppointmentStatus.CANCELLED: cancel,
    }
    allowed = {
        ("pending", "confirmed"),
        ("pending", "cancelled"),
        ("confirmed", "completed"),
        ("confirmed", "no_show"),
        ("confirmed", "cancelled"),
        ("checked_in", "completed"),
        ("checked_in", "cancelled"),
    }
    begun = NOW - timedelta(hours=1)
    for status in AppointmentStatus:
        for wanted, function in functions.items():
            clinic = await desk.make(make_clinic)
            other = await desk.make(make_doctor, clinic)
            appointment = await desk.make(
                make_appointment,
                await desk.make(make_visit_type, other),
                clinic,
                await desk.make(make_patient),
                begun,
                status=status,
            )
            doctor = doctor_actor(other)
            if (status.value, wanted.value) in allowed:
                await desk.call(function, doctor, appointment.public_id)
                moved = await desk.appointment(appointment.public_id)
                assert (moved.status, moved.version) == (wanted, 2)
            else:
                with refused("STATUS_CONFLICT"):
                    await desk.call(function, doctor, appointment.public_id)
                unmoved = await desk.appointment(appointment.public_id)
                assert (unmoved.status, unmoved.version) == (status, 1)


async def test_two_who_change_a_status_at_once_do_not_both(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    doctor = doctor_actor(desk.doctor)
    with clock.frozen(at("10:30")):
        outcomes = await asyncio.gather(
            desk.call(visits.complete, doctor, booked),
            desk.call(visits.mark_no_show, doctor, booked),
            desk.call(cancelling.cancel, doctor, booked, reason="Ill"),
            return_exceptions=True,
        )
    refusals = [each for each in outcomes if each is not None]
    assert [each.code for each in refusals if isinstance(each, DomainError)] == [
        "STATUS_CONFLICT",
        "STATUS_CONFLICT",
    ]
    assert (await desk.appointment(booked)).version == 2


# Checking in


async def test_a_patient_is_checked_in_on_the_day_and_completed(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    doctor = doctor_actor(desk.doctor)
    for moment in (NOW, at("23:59", TODAY), at("00:00") + timedelta(days=1)):
        with clock.frozen(moment):
            async with nothing_stored(desk):
                with refused("NOT_TODAY"):
                    await desk.call(visits.check_in, doctor, booked)
    with clock.frozen(at("00:00")):
        await desk.call(visits.check_in, doctor, booked)
    here = await desk.appointment(booked)
    assert (here.status, here.checked_in_at) == (AppointmentStatus.CHECKED_IN, at("00:00"))
    assert (await desk.all(AuditEvent))[-1].action == "appointment.checked_in"
    with clock.frozen(at("10:00")):
        with refused("STATUS_CONFLICT"):
            await desk.call(visits.check_in, doctor, booked)
        with refused("STATUS_CONFLICT"):
            await desk.call(visits.mark_no_show, doctor, booked)
        await desk.call(visits.complete, doctor, booked)
    assert (await desk.appointment(booked)).status is AppointmentStatus.COMPLETED


async def test_the_day_is_that_of_the_place(desk: Desk) -> None:
    auckland = await desk.make(make_clinic, zone="Pacific/Auckland")
    row = await desk.make(
        make_appointment, desk.visit_type, auckland, desk.patient, at("23:30", TODAY)
    )
    doctor = doctor_actor(desk.doctor)
    # 23:59 there, the evening before
    with clock.frozen(at("11:59", TODAY)), refused("NOT_TODAY"):
        await desk.call(visits.check_in, doctor, row.public_id)
    with clock.frozen(at("12:00", TODAY)):
        await desk.call(visits.check_in, doctor, row.public_id)


async def test_the_wrong_patient_is_checked_out_again(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    doctor = doctor_actor(desk.doctor)
    with refused("STATUS_CONFLICT"):
        await desk.call(visits.undo_check_in, doctor, booked)
    with clock.frozen(at("09:55")):
        await desk.call(visits.check_in, doctor, booked)
        with refused("STATUS_CONFLICT"):
            await desk.call(visits.confirm, doctor, booked)
        await desk.call(visits.undo_check_in, doctor, booked)
    away = await desk.appointment(booked)
    assert (away.status, away.checked_in_at) == (AppointmentStatus.CONFIRMED, None)


# Notes


async def test_notes_are_kept_with_their_version(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    doctor = doctor_actor(desk.doctor)
    written = await desk.call(visits.write_notes, doctor, booked, notes="Rest", version=1)
    assert written == 2
    async with nothing_stored(desk):
        with refused("STALE_VERSION"):
            await desk.call(visits.write_notes, doctor, booked, notes="Tea", version=1)
        with refused("TEXT_TOO_LONG", "notes"):
            await desk.call(visits.write_notes, doctor, booked, notes="a" * 4001, version=2)
    await desk.call(visits.write_notes, doctor, booked, notes="a" * 4000, version=2)
    stored = await desk.appointment(booked)
    assert (stored.notes, stored.version) == ("a" * 4000, 3)


async def test_a_status_that_moved_makes_notes_stale(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    await desk.call(cancelling.cancel, desk.actor, booked)
    with refused("STALE_VERSION"):
        await desk.call(
            visits.write_notes, doctor_actor(desk.doctor), booked, notes="Rest", version=1
        )


# Rights


async def test_who_may_do_what_to_an_appointment(desk: Desk) -> None:
    """None of these changes anything: what is allowed is refused for another reason."""
    booked = await desk.book(at("10:00"))
    other_doctor = await desk.make(make_doctor, desk.clinic)
    other_clinic = await desk.make(make_clinic)
    actors = {
        "nobody": NOBODY,
        "patient": desk.actor,
        "other patient": await desk.another_patient(),
        "doctor": doctor_actor(desk.doctor),
        "other doctor": doctor_actor(other_doctor),
        "administrator": await desk.make(administrator_actor),
        "of the clinic": await desk.make(administrator_actor, desk.clinic),
        "of another": await desk.make(administrator_actor, other_clinic),
    }
    login, hidden, no = "LOGIN_REQUIRED", "NOT_FOUND", "FORBIDDEN"
    begun, reason = "TOO_LATE_TO_CANCEL", "REASON_REQUIRED"
    conflict, early, stale = "STATUS_CONFLICT", "TOO_EARLY_TO_CLOSE", "STALE_VERSION"
    day = "NOT_TODAY"
    #                 cancel  confirm   complete no-show notes check in
    expected = {
        "nobody": (login, login, login, login, login, login),
        "patient": (begun, no, no, no, no, no),
        "other patient": (hidden, hidden, hidden, hidden, hidden, hidden),
        "doctor": (reason, conflict, early, early, stale, day),
        "other doctor": (hidden, hidden, hidden, hidden, hidden, hidden),
        "administrator": (reason, conflict, early, early, no, day),
        "of the clinic": (reason, conflict, early, early, no, day),
        "of another": (hidden, hidden, hidden, hidden, hidden, hidden),
    }
    async with nothing_stored(desk):
        for name, actor in actors.items():
            cancel, confirm, complete, no_show, notes, check_in = expected[name]
            with (
                clock.frozen(at("10:00")),
                refused(cancel, "cancel_reason" if cancel == reason else None),
            ):
                await desk.call(cancelling.cancel, actor, booked)
            with refused(confirm):
                await desk.call(visits.confirm, actor, booked)
            with refused(complete):
                await desk.call(visits.complete, actor, booked)
            with refused(no_show):
                await desk.call(visits.mark_no_show, actor, booked)
            with refused(check_in):
                await desk.call(visits.check_in, actor, booked)
            with refused(conflict if check_in == day else check_in):
                await desk.call(visits.undo_check_in, actor, booked)
            with refused(notes):
                await desk.call(visits.write_notes, actor, booked, notes="Rest", version=7)


async def test_an_unknown_appointment_is_not_found(desk: Desk) -> None:
    doctor = doctor_actor(desk.doctor)
    for function in (cancelling.cancel, visits.confirm, visits.complete, visits.mark_no_show):
        with refused("NOT_FOUND"):
            await desk.call(function, doctor, uuid4())
    with refused("NOT_FOUND"):
        await desk.call(visits.write_notes, doctor, uuid4(), notes="Rest", version=1)
