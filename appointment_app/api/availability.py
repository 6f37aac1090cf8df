"""What makes a doctor's slots, over HTTP: for the doctor and the clinic, not for the public.

The ETag names two versions, of the hours at the clinic and of the doctor; it is sent back as
``If-Match`` with whatever changes one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.api.availability_schemas import (
    AvailabilityOut,
    Holidays,
    NewAvailability,
    NewOverride,
    NewSession,
    NewTimeOff,
    Rules,
    availability_out,
    minutes_of,
)
from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import refuses
from appointment_app.api.preconditions import SeenPair, set_etag
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Day, Moment
from appointment_app.scheduling import (
    different_days,
    extra_sessions,
    holiday_choice,
    hours,
    own_place,
    time_off,
)
from appointment_app.scheduling.different_days import DaySpan, OverrideDraft
from appointment_app.scheduling.extra_sessions import SessionDraft
from appointment_app.scheduling.time_off import TimeOffDraft

router = APIRouter(prefix="/doctors/{doctor_id}", tags=["availability"])
_AT_CLINIC = "/availability/{clinic_id}"
_SAVED = refuses(412, 428)


@dataclass(frozen=True, slots=True)
class AtClinic:
    """A doctor at a clinic as a request names them, who asks, and the answer to be given."""

    session: AsyncSession
    actor: Actor
    place: UUID
    clinic_id: UUID
    response: Response

    async def all_of_it(self) -> AvailabilityOut:
        """Return all that makes the doctor's slots there, with its ETag."""
        found = await hours.view(self.session, self.actor, self.place)
        set_etag(self.response, found.version, found.doctor_version)
        return availability_out(self.clinic_id, found)


async def at_clinic(
    session: DatabaseSession,
    identity: CurrentIdentity,
    doctor_id: UUID,
    clinic_id: UUID,
    response: Response,
) -> AtClinic:
    """Find the doctor at the clinic."""
    async with session.begin():
        place = await own_place.find_place(session, identity.actor, doctor_id, clinic_id)
    return AtClinic(session, identity.actor, place, clinic_id, response)


async def at_one_clinic(
    session: DatabaseSession,
    identity: CurrentIdentity,
    doctor_id: UUID,
    response: Response,
    clinic: Annotated[
        UUID | None, Query(description="By default the first one whose hours one may see.")
    ] = None,
) -> AtClinic:
    """Find the doctor at the clinic that is asked for, or at the first one."""
    if clinic is None:
        async with session.begin():
            clinic = await own_place.find_clinic_of(session, identity.actor, doctor_id)
    return await at_clinic(session, identity, doctor_id, clinic, response)


Here = Annotated[AtClinic, Depends(at_clinic)]
HereOrFirst = Annotated[AtClinic, Depends(at_one_clinic)]


@router.get(_AT_CLINIC)
async def get_availability(here: Here) -> AvailabilityOut:
    """Get all that makes a doctor's slots at a clinic, as the doctor or the clinic's staff."""
    return await here.all_of_it()


@router.get("/availability")
async def get_first_availability(here: HereOrFirst) -> AvailabilityOut:
    """Get a doctor's weekly hours, days that differ and rules at one clinic."""
    return await here.all_of_it()


@router.put("/availability", responses=_SAVED)
async def put_first_weekly_hours(
    here: HereOrFirst, versions: SeenPair, wanted: NewAvailability
) -> AvailabilityOut:
    """Replace the weekly hours at one clinic, as the doctor; what is booked stays booked."""
    return await put_weekly_hours(here, versions, wanted)


@router.put(_AT_CLINIC, responses=_SAVED)
async def put_weekly_hours(
    here: Here, versions: SeenPair, wanted: NewAvailability
) -> AvailabilityOut:
    """Replace the weekly hours; what is booked outside them stays booked."""
    await hours.save(here.session, here.actor, here.place, wanted.week(), version=versions[0])
    return await here.all_of_it()


@router.put(f"{_AT_CLINIC}/rules", responses=_SAVED)
async def put_rules(here: Here, versions: SeenPair, wanted: Rules) -> AvailabilityOut:
    """Replace the booking rules."""
    await hours.save_rules(
        here.session,
        here.actor,
        here.place,
        wanted.rules(),
        version=versions[0],
        doctor_version=versions[1],
    )
    return await here.all_of_it()


@router.put(f"{_AT_CLINIC}/holidays", responses=_SAVED)
async def put_holiday_choice(here: Here, versions: SeenPair, wanted: Holidays) -> AvailabilityOut:
    """Say whether one is away on public holidays; what is booked on them stays booked."""
    await holiday_choice.save_holiday_choice(
        here.session, here.actor, here.place, wanted.closed, version=versions[0]
    )
    return await here.all_of_it()


@router.put(f"{_AT_CLINIC}/overrides", responses=_SAVED)
async def put_override(here: Here, versions: SeenPair, wanted: NewOverride) -> AvailabilityOut:
    """Set other hours, or none, for days; they take the place of what those days had."""
    draft = OverrideDraft(wanted.first, wanted.last, wanted.ranges(), wanted.note)
    await different_days.save_override(
        here.session, here.actor, here.place, draft, version=versions[0]
    )
    return await here.all_of_it()


@router.delete(f"{_AT_CLINIC}/overrides", responses=_SAVED)
async def remove_override(here: Here, versions: SeenPair, first: Day, last: Day) -> AvailabilityOut:
    """Let the weekly hours hold again from `first` to `last`."""
    await different_days.remove_override(
        here.session, here.actor, here.place, DaySpan(first, last), version=versions[0]
    )
    return await here.all_of_it()


@router.post(f"{_AT_CLINIC}/time-off", status_code=status.HTTP_201_CREATED, responses=_SAVED)
async def add_time_off(here: Here, versions: SeenPair, wanted: NewTimeOff) -> AvailabilityOut:
    """Take days off, at all clinics; what is booked on them stays booked."""
    draft = TimeOffDraft(wanted.first, wanted.last, wanted.note)
    await time_off.save_time_off(
        here.session, here.actor, here.place, draft, doctor_version=versions[1]
    )
    return await here.all_of_it()


@router.put(f"{_AT_CLINIC}/time-off/{{time_off_id}}", responses=_SAVED)
async def change_time_off(
    here: Here, versions: SeenPair, time_off_id: UUID, wanted: NewTimeOff
) -> AvailabilityOut:
    """Change time off."""
    draft = TimeOffDraft(wanted.first, wanted.last, wanted.note)
    await time_off.save_time_off(
        here.session,
        here.actor,
        here.place,
        draft,
        doctor_version=versions[1],
        replaces=time_off_id,
    )
    return await here.all_of_it()


@router.delete(f"{_AT_CLINIC}/time-off/{{time_off_id}}", responses=_SAVED)
async def remove_time_off(here: Here, versions: SeenPair, time_off_id: UUID) -> AvailabilityOut:
    """Let the hours hold again on days that were taken off."""
    await time_off.remove_time_off(
        here.session, here.actor, here.place, time_off_id, doctor_version=versions[1]
    )
    return await here.all_of_it()


@router.post("/sessions", status_code=status.HTTP_201_CREATED)
async def open_session(
    session: DatabaseSession,
    identity: CurrentIdentity,
    doctor_id: UUID,
    wanted: NewSession,
    response: Response,
) -> AvailabilityOut:
    """Open a session for some patients at one time, whatever the hours say."""
    here = await at_clinic(session, identity, doctor_id, wanted.clinic_id, response)
    draft = SessionDraft(
        wanted.visit_type_id,
        wanted.day,
        minutes_of(wanted.starts),
        wanted.duration,
        wanted.capacity,
    )
    await extra_sessions.open_session(session, here.actor, here.place, draft)
    return await here.all_of_it()


@router.delete("/sessions", status_code=status.HTTP_204_NO_CONTENT)
async def remove_session(
    session: DatabaseSession,
    identity: CurrentIdentity,
    doctor_id: UUID,
    clinic: UUID,
    starts_at: Annotated[Moment, Query()],
    response: Response,
) -> None:
    """Take back a session in which nobody sits; it is named by its beginning."""
    here = await at_clinic(session, identity, doctor_id, clinic, response)
    await extra_sessions.remove_session(session, here.actor, here.place, starts_at)
