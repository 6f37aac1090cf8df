"""Appointments that repeat, over HTTP: planned date by date, booked all or none."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field

from appointment_app.accounts.family import acting_for
from appointment_app.api.idempotency import RequestKey
from appointment_app.api.identity import CurrentIdentity, HoldOwner
from appointment_app.api.openapi import refuses
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Moment, MomentOut
from appointment_app.scheduling import series
from appointment_app.scheduling.series import SeriesRequest
from appointment_app.scheduling.slots import Offer

router = APIRouter(prefix="/series", tags=["series"])


class SeriesPlan(BaseModel):
    """The first date of a series, its rhythm and how often."""

    doctor_id: UUID
    clinic_id: UUID
    visit_type_id: UUID
    starts_at: Moment
    every_weeks: int = Field(ge=0, le=100, examples=[2])
    times: int = Field(ge=0, le=100, examples=[4])
    patient_id: UUID | None = Field(default=None, description="By default oneself.")


class NewSeries(BaseModel):
    """The dates of a plan that the patient has agreed to."""

    doctor_id: UUID
    clinic_id: UUID
    visit_type_id: UUID
    starts: list[Moment] = Field(min_length=1, max_length=60)
    every_weeks: int = Field(ge=0, le=100, examples=[2])
    reason: str = Field(default="", max_length=5000)
    patient_id: UUID | None = None


class DateOut(BaseModel):
    """One date; `refusal` says why it cannot be booked, `starts_at` is null on a day without it."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    starts_at: MomentOut | None
    refusal: str | None


class SeriesOut(BaseModel):
    """The appointments of a series, by time."""

    appointments: list[UUID]


@router.post("/plan")
async def plan(
    session: DatabaseSession, identity: CurrentIdentity, owner: HoldOwner, wanted: SeriesPlan
) -> list[DateOut]:
    """Say of each date of a series whether it could be booked; nothing is stored."""
    found = await series.plan(
        session,
        await acting_for(session, identity.actor, wanted.patient_id),
        Offer(wanted.doctor_id, wanted.clinic_id, wanted.visit_type_id),
        wanted.starts_at,
        wanted.every_weeks,
        wanted.times,
        visitor=owner,
    )
    return [DateOut.model_validate(each) for each in found]


@router.post("", status_code=status.HTTP_201_CREATED, responses=refuses(409))
async def book(
    session: DatabaseSession,
    identity: CurrentIdentity,
    owner: HoldOwner,
    key: RequestKey,
    wanted: NewSeries,
) -> SeriesOut:
    """Book all dates of a series, or none."""
    request = SeriesRequest(
        Offer(wanted.doctor_id, wanted.clinic_id, wanted.visit_type_id),
        tuple(wanted.starts),
        wanted.every_weeks,
        wanted.reason,
        key,
        owner,
        wanted.patient_id,
    )
    booked = await series.book_series(session, identity.actor, request)
    return SeriesOut(appointments=list(booked))
