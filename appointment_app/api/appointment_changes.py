"""What becomes of an appointment, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response, status
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.api.appointment_schemas import AppointmentOut, Cancellation, NewTime, Notes
from appointment_app.api.appointments import answer
from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import refuses
from appointment_app.api.preconditions import SeenVersion, seen_version, seen_versions, set_etag
from appointment_app.api.problems import refused
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import MomentOut
from appointment_app.errors import NotFound
from appointment_app.scheduling import cancelling, rescheduling, series_cancelling, visits
from appointment_app.scheduling.appointments import AppointmentView, get_appointment
from appointment_app.scheduling.errors import SlotTaken, TimesChanged
from appointment_app.scheduling.slots import Offer, nearest_slots

router = APIRouter(prefix="/appointments/{appointment_id}", tags=["appointments"])


class ThisAppointment(NamedTuple):
    """The appointment that a request names, and who asks: what each deed begins with."""

    session: AsyncSession
    actor: Actor
    appointment_id: UUID


def this_appointment(
    session: DatabaseSession, identity: CurrentIdentity, appointment_id: UUID
) -> ThisAppointment:
    """Return what the request is about; whether there is such an appointment, the deed tells."""
    return ThisAppointment(session, identity.actor, appointment_id)


This = Annotated[ThisAppointment, Depends(this_appointment)]


class CancelledSeriesOut(BaseModel):
    """The starts that were cancelled, and those for which it was too late."""

    cancelled: list[MomentOut]
    kept: list[MomentOut]


@router.post("/cancel", responses=refuses(409))
async def cancel(this: This, response: Response, why: Cancellation | None = None) -> AppointmentOut:
    """Cancel an appointment; its time is free again at once."""
    await cancelling.cancel(*this, reason=why.reason if why else "")
    return await answer(*this, response)


@router.post("/cancel-following", responses=refuses(409))
async def cancel_following(this: This, why: Cancellation | None = None) -> CancelledSeriesOut:
    """Cancel an appointment and those of its series that come later."""
    reason = why.reason if why else ""
    done = await series_cancelling.cancel_following(*this, reason=reason)
    return CancelledSeriesOut(cancelled=list(done.cancelled), kept=list(done.kept))


@router.post("/reschedule", response_model=AppointmentOut, responses=refuses(409, 412))
async def reschedule(
    this: This,
    wanted: NewTime,
    response: Response,
    if_match: Annotated[
        str | None, Header(max_length=100, description="The `ETag` that you saw.")
    ] = None,
) -> AppointmentOut | Response:
    """Move an appointment to another time; the old one is kept until the new one is certain.

    Patients choose among the free times. Doctors and clinics choose any, with a reason that the
    patient is told; what stands against it is named, as in booking for a patient.
    """
    async with this.session.begin():
        seen = await get_appointment(*this)
    version = seen.version if if_match is None else seen_version(seen_versions(if_match))
    new_time = rescheduling.NewTime(wanted.starts_at, wanted.clinic_id)
    try:
        if seen.is_own:
            await rescheduling.reschedule(*this, new_time, version=version)
        else:
            await rescheduling.move(
                *this,
                new_time,
                version=version,
                reason=wanted.reason,
                seen=frozenset(wanted.overbook),
            )
    except (SlotTaken, TimesChanged) as taken:
        return refused(taken, nearest=await _nearest(this, seen, wanted))
    return await answer(*this, response)


@router.post("/confirm", status_code=status.HTTP_204_NO_CONTENT, responses=refuses(409))
async def confirm(this: This) -> None:
    """Confirm a pending appointment; the patient is told."""
    await visits.confirm(*this)


@router.post("/check-in", status_code=status.HTTP_204_NO_CONTENT, responses=refuses(409))
async def check_in(this: This) -> None:
    """Check a patient in, on the day of the appointment."""
    await visits.check_in(*this)


@router.post("/undo-check-in", status_code=status.HTTP_204_NO_CONTENT, responses=refuses(409))
async def undo_check_in(this: This) -> None:
    """Take a check-in back: it was another patient."""
    await visits.undo_check_in(*this)


@router.post("/complete", status_code=status.HTTP_204_NO_CONTENT, responses=refuses(409))
async def complete(this: This) -> None:
    """Record that the visit took place."""
    await visits.complete(*this)


@router.post("/no-show", status_code=status.HTTP_204_NO_CONTENT, responses=refuses(409))
async def no_show(this: This) -> None:
    """Record that the patient did not come."""
    await visits.mark_no_show(*this)


@router.put("/notes", status_code=status.HTTP_204_NO_CONTENT, responses=refuses(412, 428))
async def write_notes(this: This, version: SeenVersion, written: Notes, response: Response) -> None:
    """Keep the doctor's own notes on an appointment."""
    new = await visits.write_notes(*this, notes=written.notes, version=version)
    set_etag(response, new)


async def _nearest(this: ThisAppointment, seen: AppointmentView, wanted: NewTime) -> list[datetime]:
    """Return the free times nearest to the wanted one, to which the appointment can go."""
    offer = Offer(seen.doctor_id, wanted.clinic_id or seen.clinic_id, seen.visit_type_id)
    moving = seen.id if seen.is_own else None
    try:
        return await nearest_slots(this.session, this.actor, offer, wanted.starts_at, moving=moving)
    except NotFound:
        return []
