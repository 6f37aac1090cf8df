"""A doctor's hours: reading them, trying a change, saving it. Bookings are never dropped by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.database import transactional
from appointment_app.errors import Invalid, StaleVersion
from appointment_app.i18n import t
from appointment_app.models import Clinic, DoctorAtClinic, WeeklyHours
from appointment_app.scheduling.booked_outside import Preview, booked_outside
from appointment_app.scheduling.different_days import (
    MAX_DAYS_AHEAD,
    DifferentDays,
    list_different_days,
)
from appointment_app.scheduling.extra_sessions import ExtraSession, list_extra_sessions
from appointment_app.scheduling.holiday_choice import HolidayChoice, holiday_choice
from appointment_app.scheduling.opening_hours import Hours, WeeklyRange
from appointment_app.scheduling.own_place import (
    load_elsewhere,
    load_own_place,
    lock_own_place,
    record_change,
    today_at,
)
from appointment_app.scheduling.rules import Place
from appointment_app.scheduling.time_off import TimeOffItem, list_time_off
from appointment_app.scheduling.week import TypedWeek, typed_week, week_errors, weekly_ranges

MAX_NOTICE_MINUTES = 90 * 1440
MAX_PATIENTS_A_DAY = 200
MAX_OPEN_APPOINTMENTS = 50

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One of a doctor's clinics, to choose from; ``id`` is public, ``zone`` an IANA name."""

    id: UUID
    clinic: str
    zone: str


@dataclass(frozen=True, slots=True)
class BookingRules:
    """How patients may book and cancel.

    ``minimum_notice`` and ``cancellation_window`` are minutes before the start; a maximum of None
    is no limit. ``max_open_appointments`` is of one patient with the doctor.
    """

    minimum_notice: int
    horizon_days: int
    max_patients_a_day: int | None
    cancellation_window: int = 0
    max_open_appointments: int | None = None


@dataclass(frozen=True, slots=True)
class PlaceHours:
    """All that the availability editor shows of a doctor at a clinic.

    ``version`` is of these hours, ``doctor_version`` of the doctor, who has the day's limit.
    """

    id: UUID
    clinic: str
    hours: Hours
    different: tuple[DifferentDays, ...]
    time_off: tuple[TimeOffItem, ...]
    sessions: tuple[ExtraSession, ...]
    holidays: HolidayChoice
    rules: BookingRules
    today: date
    version: int
    doctor_version: int

    @property
    def week(self) -> TypedWeek:
        """The weekly hours in the form in which they are typed."""
        return typed_week(self.hours.weekly)


async def list_places(session: AsyncSession, actor: Actor) -> list[PlaceName]:
    """Return the clinics at which the actor works as a doctor.

    Raises ``LoginRequired`` or ``Forbidden`` when the actor is no doctor.
    """
    require(actor, Action.EDIT_AVAILABILITY, Record(doctor_id=actor.doctor_id))
    statement = (
        select(DoctorAtClinic.public_id, Clinic.name, Clinic.zone)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(
            DoctorAtClinic.doctor_id == actor.doctor_id,
            col(DoctorAtClinic.active),
            col(Clinic.active),
        )
        .order_by(col(DoctorAtClinic.id))
    )
    return [PlaceName(*row) for row in await session.exec(statement)]


async def load(session: AsyncSession, actor: Actor, place_id: UUID) -> PlaceHours:
    """Return the hours and rules of a place of the actor. Raises ``NotFound``, ``Forbidden``."""
    return await _read(session, await load_own_place(session, actor, place_id))


async def view(session: AsyncSession, actor: Actor, place_id: UUID) -> PlaceHours:
    """Return the hours and rules of a place to its doctor, or to the staff of its clinic.

    Why a day differs is for the doctor alone. Raises ``NotFound``, ``LoginRequired``,
    ``Forbidden``.
    """
    place = await load_own_place(session, actor, place_id, Action.VIEW_AVAILABILITY)
    found = await _read(session, place)
    record = Record(doctor_id=place.doctor_id, clinic_id=place.at_clinic.clinic_id)
    if allows(actor, Action.EDIT_AVAILABILITY, record):
        return found
    return replace(
        found,
        different=tuple(replace(each, note="") for each in found.different),
        time_off=tuple(replace(each, note="") for each in found.time_off),
    )


async def _read(session: AsyncSession, place: Place) -> PlaceHours:
    today = today_at(place)
    return PlaceHours(
        id=place.at_clinic.public_id,
        clinic=place.clinic.name,
        hours=place.hours,
        different=tuple(await list_different_days(session, place, today)),
        time_off=tuple(await list_time_off(session, place.doctor_id, today)),
        sessions=tuple(await list_extra_sessions(session, place)),
        holidays=holiday_choice(place, today),
        rules=BookingRules(
            minimum_notice=place.at_clinic.minimum_notice,
            horizon_days=place.at_clinic.horizon_days,
            max_patients_a_day=place.doctor.max_patients_a_day,
            cancellation_window=place.at_clinic.cancellation_window,
            max_open_appointments=place.at_clinic.max_open_appointments,
        ),
        today=today,
        version=place.at_clinic.version,
        doctor_version=place.doctor.version,
    )


async def validate(
    session: AsyncSession, actor: Actor, place_id: UUID, week: TypedWeek
) -> dict[tuple[int, int], str]:
    """Return what is wrong with a typed week, by weekday (0 is Monday) and place in the day."""
    place = await load_own_place(session, actor, place_id)
    return week_errors(week, place.hours, await load_elsewhere(session, place), today_at(place))


async def preview(session: AsyncSession, actor: Actor, place_id: UUID, week: TypedWeek) -> Preview:
    """Return what saving ``week`` would do: weekdays that change, appointments left outside.

    Raises ``Invalid``, its fields named ``<weekday>.<index>``.
    """
    place = await load_own_place(session, actor, place_id)
    await _require_sound(session, place, week)
    after = _with_week(place.hours, week)
    outside = await booked_outside(session, place, after)
    return Preview(len(_changed_weekdays(place.hours, after)), outside)


@transactional
async def save(
    session: AsyncSession, actor: Actor, place_id: UUID, week: TypedWeek, *, version: int
) -> int:
    """Replace the weekly hours; returns the new version.

    Raises ``StaleVersion`` when the hours changed since ``version``, and what ``preview`` does.
    """
    place = await lock_own_place(session, actor, place_id, version=version)
    await _require_sound(session, place, week)
    after = _with_week(place.hours, week)
    await session.exec(delete(WeeklyHours).where(col(WeeklyHours.doctor_at_clinic_id) == place.id))
    session.add_all(
        WeeklyHours(
            doctor_at_clinic_id=place.id,
            weekday=each.weekday,
            opens=each.opens,
            closes=each.closes,
            valid_from=each.valid_from,
            valid_until=each.valid_until,
            every_weeks=each.every_weeks,
        )
        for each in after.weekly
    )
    changed = [_WEEKDAYS[weekday] for weekday in _changed_weekdays(place.hours, after)]
    return record_change(session, actor, place, "hours.changed", changed)


@transactional
async def save_rules(
    session: AsyncSession,
    actor: Actor,
    place_id: UUID,
    rules: BookingRules,
    *,
    version: int,
    doctor_version: int,
) -> int:
    """Keep the booking rules of a place, and the doctor's limit a day; returns the new version.

    Raises ``StaleVersion``, and ``Invalid`` by the names of ``BookingRules``.
    """
    place = await lock_own_place(session, actor, place_id, version=version)
    if place.doctor.version != doctor_version:
        raise StaleVersion
    if errors := _rule_errors(rules):
        raise Invalid(errors)
    place.at_clinic.minimum_notice = rules.minimum_notice
    place.at_clinic.horizon_days = rules.horizon_days
    place.at_clinic.cancellation_window = rules.cancellation_window
    place.at_clinic.max_open_appointments = rules.max_open_appointments
    fields = [
        "minimum_notice",
        "horizon_days",
        "cancellation_window",
        "max_open_appointments",
    ]
    if place.doctor.max_patients_a_day != rules.max_patients_a_day:
        place.doctor.max_patients_a_day = rules.max_patients_a_day
        place.doctor.version += 1
        session.add(place.doctor)
        fields.append("max_patients_a_day")
    return record_change(session, actor, place, "hours.rules_changed", fields)


async def _require_sound(session: AsyncSession, place: Place, week: TypedWeek) -> None:
    if len(week) != len(_WEEKDAYS):
        raise Invalid({"week": t("A week has seven days.")})
    errors = week_errors(week, place.hours, await load_elsewhere(session, place), today_at(place))
    if errors:
        raise Invalid({f"{weekday}.{index}": text for (weekday, index), text in errors.items()})


def _rule_errors(rules: BookingRules) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not 0 <= rules.minimum_notice <= MAX_NOTICE_MINUTES:
        errors["minimum_notice"] = t("Please choose at most 90 days.")
    if not 1 <= rules.horizon_days <= MAX_DAYS_AHEAD:
        errors["horizon_days"] = t("Please give 1 to {limit} days.", limit=MAX_DAYS_AHEAD)
    limit = rules.max_patients_a_day
    if limit is not None and not 1 <= limit <= MAX_PATIENTS_A_DAY:
        errors["max_patients_a_day"] = t(
            "Please give 1 to {limit}, or nothing for no limit.", limit=MAX_PATIENTS_A_DAY
        )
    if not 0 <= rules.cancellation_window <= MAX_NOTICE_MINUTES:
        errors["cancellation_window"] = t("Please choose at most 90 days.")
    limit = rules.max_open_appointments
    if limit is not None and not 1 <= limit <= MAX_OPEN_APPOINTMENTS:
        errors["max_open_appointments"] = t(
            "Please give 1 to {limit}, or nothing for no limit.", limit=MAX_OPEN_APPOINTMENTS
        )
    return errors


def _with_week(hours: Hours, week: TypedWeek) -> Hours:
    return replace(hours, weekly=weekly_ranges(week))


def _changed_weekdays(before: Hours, after: Hours) -> list[int]:
    def of(hours: Hours, weekday: int) -> set[WeeklyRange]:
        return {each for each in hours.weekly if each.weekday == weekday}

    return [weekday for weekday in range(7) if of(before, weekday) != of(after, weekday)]
