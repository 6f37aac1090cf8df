"""Days on which a doctor has other hours than in the week, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.database import transactional
from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.models import DateOverride, DateOverrideRange, row_id
from appointment_app.scheduling.booked_outside import Preview, booked_outside, differs
from appointment_app.scheduling.opening_hours import Hours, LocalRange
from appointment_app.scheduling.own_place import (
    load_elsewhere,
    load_own_place,
    lock_own_place,
    record_change,
    today_at,
)
from appointment_app.scheduling.rules import Place, days_between
from appointment_app.scheduling.week import TypedDay, override_errors, ranges_of
from appointment_app.texts import fit

NOTE_LIMIT = 120
MAX_DAYS = 366
MAX_DAYS_AHEAD = 730


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
class OverrideDraft:
    """Other hours, or none, from ``first`` to ``last`` (both included)."""

    first: date
    last: date
    ranges: TypedDay = ()
    note: str = ""

    @property
    def days(self) -> list[date]:
        """Each of the days."""
        return days_between(self.first, self.last)


@dataclass(frozen=True, slots=True)
class DaySpan:
    """The days of an override that is edited or removed."""

    first: date
    last: date


async def list_different_days(
    session: AsyncSession, place: Place, today: date
) -> list[DifferentDays]:
    """Return the days from ``today`` on that differ, those in a row with the same hours as one."""
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
    place = await load_own_place(session, actor, place_id)
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
    place = await lock_own_place(session, actor, place_id, version=version)
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
    return record_change(session, actor, place, "hours.override_set", ["date_overrides"])


async def preview_removal(
    session: AsyncSession, actor: Actor, place_id: UUID, span: DaySpan
) -> Preview:
    """Return what ``remove_override`` would do."""
    place = await load_own_place(session, actor, place_id)
    return await _preview_days(session, place, _with_override(place.hours, None, span))


@transactional
async def remove_override(
    session: AsyncSession, actor: Actor, place_id: UUID, span: DaySpan, *, version: int
) -> int:
    """Let the weekly hours hold again on the days of ``span``; returns the new version.

    Raises ``StaleVersion``.
    """
    place = await lock_own_place(session, actor, place_id, version=version)
    await _delete_overrides(session, place, span)
    return record_change(session, actor, place, "hours.override_removed", ["date_overrides"])


def span_errors(first: date, last: date, note: str, today: date) -> dict[str, str]:
    """Return what is wrong with days that somebody typed, by field: ``last``, ``note``."""
    errors: dict[str, str] = {}
    if last < first:
        errors["last"] = t("The last day must not be before the first.")
    elif last < today:
        errors["last"] = t("This day is past.")
    elif (last - first).days >= MAX_DAYS:
        errors["last"] = t("Please choose at most {limit} days.", limit=MAX_DAYS)
    elif (last - today).days > MAX_DAYS_AHEAD:
        errors["last"] = t("Please choose a day within the next two years.")
    if len(fit(note)) > NOTE_LIMIT:
        errors["note"] = t("Please use at most {limit} characters.", limit=NOTE_LIMIT)
    return errors


async def _require_sound_override(
    session: AsyncSession, place: Place, draft: OverrideDraft
) -> None:
    errors = span_errors(draft.first, draft.last, draft.note, today_at(place))
    if "last" not in errors:
        elsewhere = await load_elsewhere(session, place) if draft.ranges else []
        wrong = override_errors(draft.days, draft.ranges, place.clinic.zone, elsewhere)
        errors |= {str(index): text for index, text in wrong.items()}
    if errors:
        raise Invalid(errors)


async def _preview_days(session: AsyncSession, place: Place, after: Hours) -> Preview:
    days = place.hours.overrides.keys() | after.overrides.keys()
    changed = [day for day in days if day >= today_at(place) and differs(place.hours, day, after)]
    return Preview(len(changed), await booked_outside(session, place, after))


def _with_override(hours: Hours, draft: OverrideDraft | None, replaces: DaySpan | None) -> Hours:
    overrides: dict[date, tuple[LocalRange, ...]] = {
        day: ranges
        for day, ranges in hours.overrides.items()
        if replaces is None or not replaces.first <= day <= replaces.last
    }
    if draft is not None:
        overrides |= dict.fromkeys(draft.days, ranges_of(draft.ranges))
    return replace(hours, overrides=overrides)


async def _delete_overrides(session: AsyncSession, place: Place, span: DaySpan) -> None:
    # Their ranges go with them: the foreign key cascades.
    await session.exec(
        delete(DateOverride).where(
            col(DateOverride.doctor_at_clinic_id) == place.id,
            col(DateOverride.day).between(span.first, span.last),
        )
    )


def _stretch(hours: Hours, days: list[date], notes: Mapping[date, str]) -> DifferentDays:
    usual = {
        tuple(
            LocalRange(each.opens, each.closes)
            for each in sorted(hours.weekly, key=lambda each: each.opens)
            if each.holds_on(day)
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
