"""Appointments that repeat: planned date by date, and booked all at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.database import transactional
from appointment_app.errors import Invalid, NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.models import Appointment, AppointmentSeries, MessageKind, row_id
from appointment_app.scheduling import held
from appointment_app.scheduling.booking import (
    BookingRequest,
    come_in,
    refusal_by_database,
    take,
)
from appointment_app.scheduling.changes import tell_of_series
from appointment_app.scheduling.errors import (
    KnownPatientsOnly,
    NotBookable,
    PatientBusy,
    PatientLimit,
    ResourceTaken,
    SchedulingError,
    SeriesRefused,
    SlotHeld,
    SlotTaken,
    TimesChanged,
)
from appointment_app.scheduling.free_check import check_free, require_near
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.patient_rules import bookings_left
from appointment_app.scheduling.repeating import repeated_starts
from appointment_app.scheduling.resource_times import first_free
from appointment_app.scheduling.resources import load_equipment
from appointment_app.scheduling.rules import shape_of
from appointment_app.scheduling.slots import Offer, OfferRows, find_offer

MOST_WEEKS = 12
FEWEST_TIMES, MOST_TIMES = 2, 52


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a planned series; ``refusal`` says why it cannot be booked.

    ``day`` is local; ``starts_at`` is UTC, and None where the clocks skip the time.
    """

    day: date
    starts_at: datetime | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """The ``starts`` (UTC, by time) of a planned series that the patient has agreed to.

    The others mean the same as in ``BookingRequest``.
    """

    offer: Offer
    starts: tuple[datetime, ...]
    every_weeks: int
    reason: str
    idempotency_key: str
    visitor: str = ""
    person_id: UUID | None = None


async def plan(
    session: AsyncSession,
    actor: Actor,
    offer: Offer,
    starts_at: datetime,
    every_weeks: int,
    times: int,
    *,
    visitor: str = "",
) -> tuple[Occurrence, ...]:
    """Return what would become of booking ``times`` dates, every so many weeks.

    That is for whom the actor looks for a time. Nothing is stored or kept. For nobody in
    particular it says what is free. One statement for each date, or two or three as
    ``check_free`` says and where a room is needed. Raises ``Invalid``, ``NotBookable``,
    ``TooSoon``, ``TooFarAhead``.
    """
    require(actor, Action.FIND_DOCTORS)
    _require_pattern(every_weeks, times)
    require_near(starts_at)
    try:
        rows = await find_offer(session, offer)
    except NotFound as error:
        raise NotBookable from error
    kept = await held.find(session, visitor)
    not_at_all: SchedulingError | None = None
    left: int | None = None
    if actor.looks_for is not None:
        try:
            left = await bookings_left(session, rows, actor.looks_for)
        except KnownPatientsOnly as error:
            not_at_all = error
    occurrences: list[Occurrence] = []
    possible = 0
    for day, start in repeated_starts(rows.clinic.zone, starts_at, every_weeks, times):
        if start is None:
            sentence = t("The clocks change on that day and skip this time.")
            occurrences.append(Occurrence(day, None, sentence))
            continue
        refusal = await _refusal(session, actor, rows, start, kept) or not_at_all
        if refusal is None and possible == left:
            refusal = PatientLimit(rows.at_clinic.max_open_appointments or 0)
        possible += refusal is None
        occurrences.append(Occurrence(day, start, _short(refusal) if refusal else None))
    return tuple(occurrences)


async def book_series(
    session: AsyncSession, actor: Actor, request: SeriesRequest
) -> tuple[UUID, ...]:
    """Book all dates of ``request``, or none; return the public ids of the appointments, by time.

    The same key again returns the same appointments. The patient gets one mail. Raises
    ``SeriesRefused``, which names the date that cannot be booked (any more), ``Invalid``, and
    what ``book`` raises of an actor, of what was typed and of an offer.
    """
    _require_pattern(request.every_weeks, len(request.starts))
    turn = _Turn(request)
    try:
        return await _book_series(session, actor, turn)
    except DBAPIError as error:
        if (refusal := refusal_by_database(error)) is None:
            raise
        raise turn.refused(refusal) from error


class _Turn:
    """One attempt to book a series: which of its dates is being booked."""

    def __init__(self, request: SeriesRequest) -> None:
        self.request = request
        self.start = request.starts[0]
        self.zone = "UTC"

    def refused(self, cause: SchedulingError) -> SeriesRefused:
        """Return that the date which is being booked cannot be."""
        moment = format_moment(self.start, self.zone)
        sentence = t("{moment}: {why} Nothing was booked.", moment=moment, why=_short(cause))
        return SeriesRefused(self.start, sentence, cause)


@transactional
async def _book_series(session: AsyncSession, actor: Actor, turn: _Turn) -> tuple[UUID, ...]:
    request = turn.request
    wanted = _requests(request)
    admitted = await come_in(session, actor, wanted[0])
    patient = admitted.patient
    if patient.booked_before is not None:
        return await _booked_before(session, patient.booked_before)
    turn.zone = admitted.bookable.clinic.zone
    _require_rhythm(request, turn.zone)
    series = AppointmentSeries(every_weeks=request.every_weeks, created_by=patient.booked_by)
    session.add(series)
    await session.flush()
    booked: list[Appointment] = []
    for each in wanted:
        turn.start = each.starts_at
        try:
            booked.append(await take(session, actor, each, admitted, series_id=row_id(series)))
        except SchedulingError as refusal:
            raise turn.refused(refusal) from refusal
    tell_of_series(session, patient.contacts, booked, MessageKind.SERIES_BOOKED)
    return tuple(each.public_id for each in booked)


async def _refusal(
    session: AsyncSession,
    actor: Actor,
    rows: OfferRows,
    start: datetime,
    kept: held.Held | None,
) -> SchedulingError | None:
    """Return why this start is not free for whom the actor looks for a time."""
    checked = await check_free(session, rows, start, person_id=actor.looks_for, kept=kept)
    if checked.refusal is not None:
        return checked.refusal
    if rows.needs_resources and checked.granted.joined is None:
        wanted = shape_of(rows.visit_type).busy(start)
        return await _missing_resource(session, rows, wanted, kept)
    return None


async def _missing_resource(
    session: AsyncSession, rows: OfferRows, wanted: Interval, kept: held.Held | None
) -> SchedulingError | None:
    """Return that a room or device is missing at that time."""
    key = row_id(rows.visit_type)
    own_block = kept.block.id if kept and kept.is_alone else None
    equipment = await load_equipment(session, [key], wanted, except_block=own_block)
    for kind, suitable in equipment.needs(key, row_id(rows.clinic)).suitable.items():
        if first_free(suitable, equipment.busy, wanted) is None:
            return ResourceTaken(kind)
    return None


def _short(refusal: SchedulingError) -> str:
    """Return a refusal as it is said of one date among others."""
    if isinstance(refusal, PatientBusy):
        return t("The patient already has an appointment at this time.")
    if isinstance(refusal, SlotTaken | TimesChanged) and not isinstance(refusal, SlotHeld):
        return t("This time is not free.")
    return refusal.sentence


def _requests(request: SeriesRequest) -> list[BookingRequest]:
    """Return the bookings of the single dates, each with a key of its own."""
    if not request.idempotency_key:
        raise Invalid({"idempotency_key": t("Please use a key.")})
    return [
        BookingRequest(
            offer=request.offer,
            starts_at=start,
            reason=request.reason,
            idempotency_key=hashlib.sha256(
                f"{request.idempotency_key} {number}".encode()
            ).hexdigest(),
            person_id=request.person_id,
            # What the visitor keeps is the first.
            visitor=request.visitor if number == 0 else "",
        )
        for number, start in enumerate(request.starts)
    ]


async def _booked_before(session: AsyncSession, first: UUID) -> tuple[UUID, ...]:
    of_first = select(Appointment.series_id).where(Appointment.public_id == first)
    statement = select(Appointment.public_id).where(col(Appointment.series_id).in_(of_first))
    return tuple(await session.exec(statement.order_by(col(Appointment.starts_at))))


def _require_pattern(every_weeks: int, times: int) -> None:
    if not 1 <= every_weeks <= MOST_WEEKS:
        sentence = t("Please choose 1 to {most} weeks.", most=MOST_WEEKS)
        raise Invalid({"every_weeks": sentence})
    if not FEWEST_TIMES <= times <= MOST_TIMES:
        sentence = t(
            "Please choose {fewest} to {most} times.", fewest=FEWEST_TIMES, most=MOST_TIMES
        )
        raise Invalid({"times": sentence})


def _require_rhythm(request: SeriesRequest, zone: str) -> None:
    """Refuse dates that are not a part of one series."""
    rhythm = repeated_starts(zone, request.starts[0], request.every_weeks, MOST_TIMES)
    possible = {start for _, start in rhythm}
    if sorted(set(request.starts)) != list(request.starts) or not {*request.starts} <= possible:
        raise Invalid({"starts": t("These dates are not those of a series.")})
