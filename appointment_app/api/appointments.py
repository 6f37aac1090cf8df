"""Booking and seeing appointments, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.family import acting_for
from appointment_app.api.appointment_schemas import (
    AppointmentOut,
    NewAppointment,
    StaffAppointment,
)
from appointment_app.api.idempotency import RequestKey
from appointment_app.api.identity import CurrentIdentity, HoldOwner
from appointment_app.api.openapi import answers_file, refuses
from appointment_app.api.preconditions import set_etag
from appointment_app.api.problems import refused
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Cursor, Limit, Moment, Page, read_cursor, write_cursor
from appointment_app.errors import NotFound
from appointment_app.models import AppointmentStatus
from appointment_app.scheduling import appointment_list, booking, own_place, staff_booking
from appointment_app.scheduling.appointment_list import AppointmentFilter
from appointment_app.scheduling.appointments import get_appointment, get_calendar_file
from appointment_app.scheduling.booking import BookingRequest
from appointment_app.scheduling.calendar_file import FILE_NAME, MEDIA_TYPE
from appointment_app.scheduling.errors import SlotTaken, TimesChanged
from appointment_app.scheduling.slots import Offer, nearest_slots
from appointment_app.scheduling.staff_booking import StaffRequest

router = APIRouter(tags=["appointments"])


@router.post(
    "/appointments",
    status_code=status.HTTP_201_CREATED,
    response_model=AppointmentOut,
    responses=refuses(409),
)
async def book(
    session: DatabaseSession,
    identity: CurrentIdentity,
    owner: HoldOwner,
    key: RequestKey,
    wanted: NewAppointment,
    response: Response,
) -> AppointmentOut | Response:
    """Book a free time; what one keeps of it is used.

    A time that was taken meanwhile is refused with the nearest three free ones.
    """
    offer = Offer(wanted.doctor_id, wanted.clinic_id, wanted.visit_type_id)
    request = BookingRequest(
        offer, wanted.starts_at, wanted.reason, key, wanted.patient_id, visitor=owner
    )
    try:
        booked = await booking.book(session, identity.actor, request)
    except (SlotTaken, TimesChanged) as taken:
        try:
            seeker = await acting_for(session, identity.actor, wanted.patient_id)
            nearest = await nearest_slots(session, seeker, offer, wanted.starts_at)
        except NotFound:
            nearest = []
        return refused(taken, nearest=nearest)
    return await answer(session, identity.actor, booked, response)


@router.get("/appointments")
async def list_appointments(
    session: DatabaseSession,
    identity: CurrentIdentity,
    doctor: UUID | None = None,
    clinic: UUID | None = None,
    patient: UUID | None = None,
    statuses: Annotated[list[AppointmentStatus], Query(alias="status", max_length=6)] = [],  # noqa: B006
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="Not included.")] = None,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Page[AppointmentOut]:
    """List the appointments that one may see, by their start.

    Patients see their own and their dependents', doctors those with them, administrators those of
    their clinics.
    """
    found = await appointment_list.list_appointments(
        session,
        identity.actor,
        AppointmentFilter(doctor, clinic, patient, frozenset(statuses), since, until),
        limit=limit + 1,
        after=_after(cursor),
    )
    items = [AppointmentOut.model_validate(each) for each in found[:limit]]
    more = write_cursor(str(items[-1].id)) if len(found) > limit else None
    return Page(items=items, next_cursor=more)


@router.get(
    "/appointments/{appointment_id}.ics",
    response_class=Response,
    responses=answers_file(
        MEDIA_TYPE, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n...\r\nEND:VCALENDAR\r\n"
    ),
)
async def calendar_file(
    appointment_id: UUID, session: DatabaseSession, identity: CurrentIdentity
) -> Response:
    """Answer with the appointment as an `.ics` file, to whoever may see it."""
    return Response(
        await get_calendar_file(session, identity.actor, appointment_id),
        media_type=MEDIA_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
            "Cache-Control": "private, no-store",
        },
    )


@router.get("/appointments/{appointment_id}")
async def get(
    session: DatabaseSession, identity: CurrentIdentity, appointment_id: UUID, response: Response
) -> AppointmentOut:
    """Get an appointment; its version is the ETag."""
    return await answer(session, identity.actor, appointment_id, response)


@router.post(
    "/doctors/{doctor_id}/appointments",
    status_code=status.HTTP_201_CREATED,
    responses=refuses(409),
)
async def book_for_patient(
    session: DatabaseSession,
    identity: CurrentIdentity,
    key: RequestKey,
    doctor_id: UUID,
    wanted: StaffAppointment,
    response: Response,
) -> AppointmentOut:
    """Book for a patient, as the doctor or the clinic.

    What stands against the time is refused with `OVERBOOKING_NEEDED` and named; send the keys of
    exactly that as `overbook` to book all the same.
    """
    async with session.begin():
        place = await own_place.find_place(session, identity.actor, doctor_id, wanted.clinic_id)
    request = StaffRequest(
        place,
        wanted.visit_type_id,
        wanted.patient_id,
        wanted.starts_at,
        wanted.reason,
        key,
        frozenset(wanted.overbook),
    )
    booked = await staff_booking.book_for_patient(session, identity.actor, request)
    return await answer(session, identity.actor, booked, response)


async def answer(
    session: DatabaseSession, actor: Actor, appointment_id: UUID, response: Response
) -> AppointmentOut:
    """Return an appointment as it stands, with its ETag."""
    view = await get_appointment(session, actor, appointment_id)
    set_etag(response, view.version)
    return AppointmentOut.model_validate(view)


def _after(cursor: str) -> UUID | None:
    if not (text := read_cursor(cursor)):
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
