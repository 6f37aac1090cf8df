"""Series: what belongs together is known, and cancelled from one date on, on each database."""

from __future__ import annotations

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    AuditEvent,
    BusyBlock,
    MessageKind,
    OutboxMessage,
)
from appointment_app.scheduling import appointments
from appointment_app.scheduling.series_cancelling import cancel_following
from tests.factories import administrator_actor, doctor_actor, make_clinic
from tests.scheduling.desk import TODAY, Desk, at, nothing_stored, refused
from tests.scheduling.serial_dates import book_series, tuesdays


async def test_each_knows_its_place(desk: Desk) -> None:
    booked = await book_series(desk, tuesdays(3))
    view = await desk.call(appointments.get_appointment, desk.actor, booked[1])
    assert view.series.number == 2
    assert [each.id for each in view.series.appointments] == list(booked)
    assert [each.id for each in view.series.following] == [booked[2]]
    alone = await desk.call(appointments.get_appointment, desk.actor, await desk.book(at("15:00")))
    assert alone.series is None
    listed = await desk.call(appointments.list_own, desk.actor)
    assert [each.series and each.series.number for each in listed] == [1, None, 2, 3]


async def test_this_and_the_following_are_cancelled_with_one_mail(desk: Desk) -> None:
    booked = await book_series(desk, tuesdays(4))
    ended = await desk.call(cancel_following, desk.actor, booked[1], reason=" Moved away ")
    assert (ended.cancelled, ended.kept) == (tuesdays(4)[1:], ())
    stored = await desk.all(Appointment)
    assert [each.active for each in stored] == [True, False, False, False]
    assert {each.cancel_reason for each in stored[1:]} == {"Moved away"}
    assert [each.active for each in await desk.all(BusyBlock)] == [True, False, False, False]
    _, mail = await desk.all(OutboxMessage)
    assert mail.kind is MessageKind.SERIES_CANCELLED
    assert mail.payload == {"appointment_ids": [each.id for each in stored[1:]]}
    deeds = [each.action for each in await desk.all(AuditEvent)]
    assert deeds.count("appointment.cancelled") == 3
    with refused("STATUS_CONFLICT"):
        await desk.call(cancel_following, desk.actor, booked[1])


async def test_only_this_one_is_cancelled_when_it_is_alone(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    ended = await desk.call(cancel_following, desk.actor, booked)
    assert ended.cancelled == (at("10:00"),)


async def test_those_that_it_is_too_late_for_are_named_and_kept(desk: Desk) -> None:
    await desk.change(await desk.at_clinic(), cancellation_window=24 * 60)
    booked = await book_series(desk, tuesdays(3))
    with clock.frozen(at("12:00", TODAY)):
        ended = await desk.call(cancel_following, desk.actor, booked[0])
    assert (ended.kept, ended.cancelled) == (tuesdays(1), tuesdays(3)[1:])
    assert [each.active for each in await desk.all(Appointment)] == [True, False, False]


async def test_when_it_is_too_late_for_all_nothing_happens(desk: Desk) -> None:
    booked = await book_series(desk, tuesdays(2))
    with clock.frozen(tuesdays(2)[1]):
        async with nothing_stored(desk):
            with refused("TOO_LATE_TO_CANCEL"):
                await desk.call(cancel_following, desk.actor, booked[0])


async def test_what_has_ended_otherwise_stays_as_it_is(desk: Desk) -> None:
    booked = await book_series(desk, tuesdays(4))
    await desk.change((await desk.all(Appointment))[2], status=AppointmentStatus.NO_SHOW)
    ended = await desk.call(cancel_following, desk.actor, booked[1])
    assert ended.cancelled == (tuesdays(4)[1], tuesdays(4)[3])


async def test_the_doctor_cancels_the_rest_with_a_reason_and_strangers_nothing(desk: Desk) -> None:
    booked = await book_series(desk, tuesdays(3))
    async with nothing_stored(desk):
        with refused("NOT_FOUND"):
            await desk.call(cancel_following, await desk.another_patient(), booked[0])
        with refused("LOGIN_REQUIRED"):
            await desk.call(cancel_following, NOBODY, booked[0])
        with refused("REASON_REQUIRED", "cancel_reason"):
            await desk.call(cancel_following, doctor_actor(desk.doctor), booked[0])
    ended = await desk.call(
        cancel_following, doctor_actor(desk.doctor), booked[1], reason="The doctor moves"
    )
    assert len(ended.cancelled) == 2


async def test_a_clinic_neither_sees_nor_cancels_what_was_moved_to_another_one(desk: Desk) -> None:
    booked = await book_series(desk, tuesdays(3))
    hill = await desk.make(make_clinic, name="Hill Clinic")
    await desk.change((await desk.all(Appointment))[1], clinic_id=hill.id)
    of_harbour = await desk.make(administrator_actor, desk.clinic)
    view = await desk.call(appointments.get_appointment, of_harbour, booked[2])
    assert (view.series.number, len(view.series.appointments)) == (2, 2)
    ended = await desk.call(cancel_following, of_harbour, booked[0], reason="We move")
    assert ended.cancelled == (tuesdays(3)[0], tuesdays(3)[2])
    assert [each.active for each in await desk.all(Appointment)] == [False, True, False]
