"""A doctor's hours: reading them, trying a change, saving it. Bookings are never dropped by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.database import transactional
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Clinic,
    DateOverride,
    DateOverrideRange,
    Doctor,
    DoctorAtClinic,
    Person,
    WeeklyHours,
    row_id,
)
from appointment_app.scheduling import locks
from appointment_app.scheduling.availability import Hours, LocalRange, open_intervals
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import DAY, local_date
from appointment_app.scheduling.rules import Place, load_hours
from appointment_app.scheduling.week import (
    Elsewhere,
    TypedDay,
    TypedWeek,
    override_errors,
    ranges_of,
    typed_week,
    week_errors,
    weekly_ranges,
)
from appointment_app.texts import fit

NOTE_LIMIT = 120
MAX_OVERRIDE_DAYS = 366
MAX_DAYS_AHEAD = 730
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
class DifferentDays:
    """Days in a row on which the same other hours hold; closed without ``ranges``.

    ``instead`` are the weekly hours that they replace, when those are one and the same.
    """

    first: date
    last: date
    ranges: tuple[LocalRange, ...]
    note: str
    instead: tuple[LocalRange, ...] | None


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
    rules: BookingRules
    today: date
    version: int
    doctor_version: int

    @property
    def week(self) -> TypedWeek:
        """The weekly hours in the form in which they are typed."""
        return typed_week(self.hours.weekly)


@dataclass(frozen=True, slots=True)
class OverrideDraft:
    """Other hours, or none, from ``first`` to ``last`` (both included)."""

    first: date
    last: date
    ranges: TypedDay = ()
    note: str = ""

    @property
    def days(self) -> list[date]:
        """Each of the days."""
        return [self.first + offset * DAY for offset in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class DaySpan:
    """The days of an override that is edited or removed."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class BookedOutside:
    """A booked appointment that new hours do not cover; it stays booked."""

    id: UUID
    starts_at: datetime
    patient: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What saving would do: how many days change, and who is booked outside the new hours."""

    changed_days: int
    outside: tuple[BookedOutside, ...]


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
    place = await _place(session, actor, place_id)
    today = _today(place)
    return PlaceHours(
        id=place.at_clinic.public_id,
        clinic=place.clinic.name,
        hours=place.hours,
        different=tuple(await _different_days(session, place, today)),
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
    place = await _place(session, actor, place_id)
    return week_errors(week, place.hours, await _elsewhere(session, place), _today(place))


async def preview(session: AsyncSession, actor: Actor, place_id: UUID, week: TypedWeek) -> Preview:
    """Return what saving ``week`` would do: weekdays that change, appointments left outside.

    Raises ``Invalid``, its fields named ``<weekday>.<index>``.
    """
    place = await _place(session, actor, place_id)
    await _require_sound(session, place, week)
    after = _with_week(place.hours, week)
    outside = await _booked_outside(session, place, after)
    return Preview(len(_changed_weekdays(place.hours, after)), outside)


@transactional
async def save(
    session: AsyncSession, actor: Actor, place_id: UUID, week: TypedWeek, *, version: int
) -> int:
    """Replace the weekly hours; returns the new version.

    Raises ``StaleVersion`` when the hours changed since ``version``, and what ``preview`` does.
    """
    place = await _locked(session, actor, place_id, version)
    await _require_sound(session, place, week)
    after = _with_week(place.hours, week)
    await session.exec(delete(WeeklyHours).where(col(WeeklyHours.doctor_at_clinic_id) == place.id))
    session.add_all(
        WeeklyHours(
            doctor_at_clinic_id=place.id,
            weekday=each.weekday,
            opens=each.opens,
            closes=each.closes,
        )
        for each in after.weekly
    )
    changed = [_WEEKDAYS[weekday] for weekday in _changed_weekdays(place.hours, after)]
    return _changed(session, actor, place, "hours.changed", changed)


async def preview_override(
    session: AsyncSession,
    actor: Actor,
    place_id: UUID,
    draft: OverrideDraft,
    *,
    replaces: DaySpan | None = None,
) -> Preview:
    """Return what ``save_override`` would do: dates that change, appointments left outside.

    Raises ``Invalid``: ``first``, ``last``, ``note``, or the index of a range.
    """
    place = await _place(session, actor, place_id)
    await _require_sound_override(session, place, draft)
    return await _preview_days(session, place, _with_override(place.hours, draft, replaces))


@transactional
async def save_override(
    session: AsyncSession,
    actor: Actor,
    place_id: UUID,
    draft: OverrideDraft,
    *,
    version: int,
    replaces: DaySpan | None = None,
) -> int:
    """Set other hours for days, in place of those ``replaces`` had; returns the new version.

    Raises ``StaleVersion``, and what ``preview_override`` does.
    """
    place = await _locked(session, actor, place_id, version)
    await _require_sound_override(session, place, draft)
    if replaces is not None:
        await _delete_overrides(session, place, replaces)
    await _delete_overrides(session, place, DaySpan(draft.first, draft.last))
    overrides = [
        DateOverride(doctor_at_clinic_id=place.id, day=day, note=fit(draft.note))
        for day in draft.days
    ]
    session.add_all(overrides)
    await session.flush()
    session.add_all(
        DateOverrideRange(date_override_id=row_id(override), opens=each.opens, closes=each.closes)
        for override in overrides
        for each in ranges_of(draft.ranges)
    )
    return _changed(session, actor, place, "hours.override_set", ["date_overrides"])


async def preview_removal(
    session: AsyncSession, actor: Actor, place_id: UUID, span: DaySpan
) -> Preview:
    """Return what ``remove_override`` would do."""
    place = await _place(session, actor, place_id)
    return await _preview_days(session, place, _with_override(place.hours, None, span))


@transactional
async def remove_override(
    session: AsyncSession, actor: Actor, place_id: UUID, span: DaySpan, *, version: int
) -> int:
    """Let the weekly hours hold again on the days of ``span``; returns the new version.

    Raises ``StaleVersion``.
    """
    place = await _locked(session, actor, place_id, version)
    await _delete_overrides(session, place, span)
    return _changed(session, actor, place, "hours.override_removed", ["date_overrides"])


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
    place = await _locked(session, actor, place_id, version)
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
    return _changed(session, actor, place, "hours.rules_changed", fields)


async def _place(session: AsyncSession, actor: Actor, place_id: UUID) -> Place:
    statement = (
        select(DoctorAtClinic, Doctor, Clinic)
        .join(Doctor, col(Doctor.id) == DoctorAtClinic.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(DoctorAtClinic.public_id == place_id, col(DoctorAtClinic.active))
    )
    found = (await session.exec(statement)).first()
    if found is None:
        # Somebody who may not look learns nothing about which places there are.
        require(actor, Action.EDIT_AVAILABILITY, Record(doctor_id=actor.doctor_id))
        raise NotFound
    at_clinic, doctor, clinic = found
    require(actor, Action.EDIT_AVAILABILITY, Record(doctor_id=doctor.id, clinic_id=clinic.id))
    hours = await load_hours(session, [(at_clinic, clinic)])
    return Place(doctor, clinic, at_clinic, hours[row_id(at_clinic)])


async def _locked(session: AsyncSession, actor: Actor, place_id: UUID, version: int) -> Place:
    """Return the place as it stands once nobody else changes its doctor's calendar."""
    owner = select(DoctorAtClinic.doctor_id).where(DoctorAtClinic.public_id == place_id)
    doctor_id = (await session.exec(owner)).first()
    if doctor_id is None:
        doctor_id = actor.doctor_id
    require(actor, Action.EDIT_AVAILABILITY, Record(doctor_id=doctor_id))
    if doctor_id is None:
        raise NotFound
    await locks.lock_doctor(session, doctor_id)
    place = await _place(session, actor, place_id)
    if place.at_clinic.version != version:
        raise StaleVersion
    return place


def _changed(
    session: AsyncSession, actor: Actor, place: Place, deed: str, fields: Iterable[str]
) -> int:
    place.at_clinic.version += 1
    session.add(place.at_clinic)
    audit.record(
        session,
        actor,
        deed,
        record_type="doctor_at_clinic",
        record_id=place.id,
        fields=fields,
    )
    return place.at_clinic.version


async def _elsewhere(session: AsyncSession, place: Place) -> list[Elsewhere]:
    statement = (
        select(DoctorAtClinic, Clinic)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(
            DoctorAtClinic.doctor_id == place.doctor_id,
            DoctorAtClinic.id != place.id,
            col(DoctorAtClinic.active),
        )
    )
    others = [(at_clinic, clinic) for at_clinic, clinic in await session.exec(statement)]
    if not others:
        return []
    hours = await load_hours(session, others)
    return [Elsewhere(clinic.name, hours[row_id(at_clinic)]) for at_clinic, clinic in others]


async def _require_sound(session: AsyncSession, place: Place, week: TypedWeek) -> None:
    if len(week) != len(_WEEKDAYS):
        raise Invalid({"week": t("A week has seven days.")})
    errors = week_errors(week, place.hours, await _elsewhere(session, place), _today(place))
    if errors:
        raise Invalid({f"{weekday}.{index}": text for (weekday, index), text in errors.items()})


async def _require_sound_override(
    session: AsyncSession, place: Place, draft: OverrideDraft
) -> None:
    errors: dict[str, str] = {}
    today = _today(place)
    if draft.last < draft.first:
        errors["last"] = t("The last day must not be before the first.")
    elif draft.last < today:
        errors["last"] = t("This day is past.")
    elif (draft.last - draft.first).days >= MAX_OVERRIDE_DAYS:
        errors["last"] = t("Please choose at most {limit} days.", limit=MAX_OVERRIDE_DAYS)
    elif (draft.last - today).days > MAX_DAYS_AHEAD:
        errors["last"] = t("Please choose a day within the next two years.")
    if len(fit(draft.note)) > NOTE_LIMIT:
        errors["note"] = t("Please use at most {limit} characters.", limit=NOTE_LIMIT)
    if "last" not in errors:
        elsewhere = await _elsewhere(session, place) if draft.ranges else []
        wrong = override_errors(draft.days, draft.ranges, place.clinic.zone, elsewhere)
        errors |= {str(index): text for index, text in wrong.items()}
    if errors:
        raise Invalid(errors)


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


async def _preview_days(session: AsyncSession, place: Place, after: Hours) -> Preview:
    days = {*place.hours.overrides, *after.overrides}
    changed = [day for day in days if day >= _today(place) and _differs(place.hours, day, after)]
    return Preview(len(changed), await _booked_outside(session, place, after))


async def _booked_outside(
    session: AsyncSession, place: Place, after: Hours
) -> tuple[BookedOutside, ...]:
    """Return who is booked from now on, on a day that changes, outside the hours ``after``."""
    statement = (
        select(Appointment.public_id, Appointment.starts_at, Appointment.ends_at, Person)
        .join(Person, col(Person.id) == Appointment.person_id)
        .where(
            Appointment.doctor_id == place.doctor_id,
            Appointment.clinic_id == place.clinic.id,
            col(Appointment.status).in_([AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED]),
            col(Appointment.starts_at) >= clock.now(),
        )
        .order_by(col(Appointment.starts_at))
    )
    outside = []
    for public_id, starts_at, ends_at, person in await session.exec(statement):
        if not _differs(place.hours, local_date(place.clinic.zone, starts_at), after):
            continue
        visit = Interval(starts_at, ends_at)
        if open_intervals(after, visit) != [visit]:
            outside.append(BookedOutside(public_id, starts_at, person.full_name))
    return tuple(outside)


def _differs(before: Hours, day: date, after: Hours) -> bool:
    """Tell whether other hours hold on ``day``."""
    return _pairs(before, day) != _pairs(after, day)


def _pairs(hours: Hours, day: date) -> list[tuple[int, int]]:
    return sorted((each.opens, each.closes) for each in hours.opening_on(day))


def _with_week(hours: Hours, week: TypedWeek) -> Hours:
    return Hours(hours.zone, weekly_ranges(week), hours.overrides)


def _with_override(hours: Hours, draft: OverrideDraft | None, replaces: DaySpan | None) -> Hours:
    overrides: dict[date, tuple[LocalRange, ...]] = {
        day: ranges
        for day, ranges in hours.overrides.items()
        if replaces is None or not replaces.first <= day <= replaces.last
    }
    if draft is not None:
        overrides |= dict.fromkeys(draft.days, ranges_of(draft.ranges))
    return Hours(hours.zone, hours.weekly, overrides)


def _changed_weekdays(before: Hours, after: Hours) -> list[int]:
    def of(hours: Hours, weekday: int) -> set[tuple[int, int]]:
        return {(each.opens, each.closes) for each in hours.weekly if each.weekday == weekday}

    return [weekday for weekday in range(7) if of(before, weekday) != of(after, weekday)]


async def _delete_overrides(session: AsyncSession, place: Place, span: DaySpan) -> None:
    # Their ranges go with them: the foreign key cascades.
    await session.exec(
        delete(DateOverride).where(
            col(DateOverride.doctor_at_clinic_id) == place.id,
            col(DateOverride.day).between(span.first, span.last),
        )
    )


async def _different_days(session: AsyncSession, place: Place, today: date) -> list[DifferentDays]:
    statement = (
        select(DateOverride)
        .where(DateOverride.doctor_at_clinic_id == place.id, DateOverride.day >= today)
        .order_by(col(DateOverride.day))
    )
    notes = {row.day: row.note for row in await session.exec(statement)}
    numbered = enumerate(notes)
    return [
        _stretch(place.hours, [day for _, day in group], notes)
        for _, group in groupby(
            numbered,
            # Days in a row keep the same distance to their number.
            key=lambda pair: (
                pair[1].toordinal() - pair[0],
                place.hours.overrides[pair[1]],
                notes[pair[1]],
            ),
        )
    ]


def _stretch(hours: Hours, days: list[date], notes: Mapping[date, str]) -> DifferentDays:
    usual = {
        tuple(
            LocalRange(each.opens, each.closes)
            for each in sorted(hours.weekly, key=lambda each: each.opens)
            if each.weekday == day.weekday()
        )
        for day in days
    }
    return DifferentDays(
        first=days[0],
        last=days[-1],
        ranges=hours.overrides[days[0]],
        note=notes[days[0]],
        instead=usual.pop() if len(usual) == 1 else None,
    )


def _today(place: Place) -> date:
    return local_date(place.clinic.zone, clock.now())
