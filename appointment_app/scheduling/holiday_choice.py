"""Whether a doctor works at a clinic on its public holidays, and which are coming."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.database import transactional
from appointment_app.scheduling.booked_outside import BookedOutside, booked_outside
from appointment_app.scheduling.own_place import lock_own_place, record_change, today_at
from appointment_app.scheduling.public_holidays import holidays_around
from appointment_app.scheduling.rules import Place, is_closed_on_holidays

HOLIDAYS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday; ``is_open`` tells that the doctor has hours on it all the same."""

    day: date
    name: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class HolidayChoice:
    """The doctor's choice (None: as the clinic), the clinic's, and the holidays to come."""

    closed: bool | None
    clinic_closed: bool
    coming: tuple[Holiday, ...]


@dataclass(frozen=True, slots=True)
class ChoiceSaved:
    """The new version of the place, and who is booked on a holiday that is now closed."""

    version: int
    outside: tuple[BookedOutside, ...]


def holiday_choice(place: Place, today: date) -> HolidayChoice:
    """Return the choice that holds at a place, and the next holidays from ``today`` on."""
    days = holidays_around(place.clinic.country, place.clinic.region, today.year)
    coming = sorted(day for day in days if day >= today)[:HOLIDAYS_SHOWN]
    return HolidayChoice(
        closed=place.at_clinic.closed_on_holidays,
        clinic_closed=place.clinic.closed_on_holidays,
        coming=tuple(Holiday(day, days[day], bool(place.hours.opening_on(day))) for day in coming),
    )


@transactional
async def save_holiday_choice(
    session: AsyncSession, actor: Actor, place_id: UUID, closed: bool | None, *, version: int
) -> ChoiceSaved:
    """Keep the choice; who is booked on a holiday stays booked and is named.

    Raises ``StaleVersion``, ``NotFound``, ``Forbidden``.
    """
    place = await lock_own_place(session, actor, place_id, version=version)
    place.at_clinic.closed_on_holidays = closed
    days = (
        holidays_around(place.clinic.country, place.clinic.region, today_at(place).year)
        if is_closed_on_holidays(place.at_clinic, place.clinic)
        else {}
    )
    outside = await booked_outside(session, place, replace(place.hours, holidays=days))
    version = record_change(session, actor, place, "hours.holidays_changed", ["closed_on_holidays"])
    return ChoiceSaved(version, outside)
