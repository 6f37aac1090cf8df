"""Days on which a doctor receives nobody, at any clinic: seeing, trying and saving them.

What is booked on them stays booked, and an extra session stays open; the preview names both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.database import transactional
from appointment_app.errors import Invalid, NotFound
from appointment_app.i18n import days_text, t
from appointment_app.models import TimeOff, row_id
from appointment_app.scheduling.booked_outside import BookedOutside, booked_on_days
from appointment_app.scheduling.different_days import span_errors
from appointment_app.scheduling.extra_sessions import ExtraSession, extra_sessions_on_days
from appointment_app.scheduling.own_place import load_own_place, lock_own_place, today_at
from appointment_app.scheduling.rules import Place
from appointment_app.texts import fit


@dataclass(frozen=True, slots=True)
class TimeOffItem:
    """Local days from ``first`` to ``last``, both included; the note is for the doctor alone."""

    id: UUID
    first: date
    last: date
    note: str


@dataclass(frozen=True, slots=True)
class TimeOffDraft:
    """Time off as somebody typed it."""

    first: date
    last: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class TimeOffPreview:
    """What stands on the days and stays: who is booked, and the extra sessions that are open."""

    booked: tuple[BookedOutside, ...]
    sessions: tuple[ExtraSession, ...]


async def list_time_off(session: AsyncSession, doctor_id: int, since: date) -> list[TimeOffItem]:
    """Return the time off that has not ended before ``since``, in order."""
    statement = (
        select(TimeOff)
        .where(TimeOff.doctor_id == doctor_id, col(TimeOff.last_day) >= since)
        .order_by(col(TimeOff.first_day), col(TimeOff.id))
    )
    return [
        TimeOffItem(row.public_id, row.first_day, row.last_day, row.note)
        for row in await session.exec(statement)
    ]


async def preview_time_off(
    session: AsyncSession,
    actor: Actor,
    place_id: UUID,
    draft: TimeOffDraft,
    *,
    replaces: UUID | None = None,
) -> TimeOffPreview:
    """Return what stands in the doctor's calendar on those days.

    Raises ``Invalid``: ``last``, ``note``; ``NotFound``, ``Forbidden``.
    """
    place = await load_own_place(session, actor, place_id)
    await _require_sound(session, place, draft, replaces)
    days = place.doctor_id, draft.first, draft.last
    return TimeOffPreview(
        await booked_on_days(session, *days), await extra_sessions_on_days(session, *days)
    )


@transactional
async def save_time_off(
    session: AsyncSession,
    actor: Actor,
    place_id: UUID,
    draft: TimeOffDraft,
    *,
    doctor_version: int,
    replaces: UUID | None = None,
) -> None:
    """Add time off, or put it in place of what ``replaces`` names.

    Raises ``StaleVersion`` when the doctor changed since ``doctor_version``, and what
    ``preview_time_off`` does.
    """
    place = await lock_own_place(session, actor, place_id, doctor_version=doctor_version)
    await _require_sound(session, place, draft, replaces)
    row = (
        TimeOff(doctor_id=place.doctor_id, first_day=draft.first, last_day=draft.last)
        if replaces is None
        else await _time_off(session, place, replaces)
    )
    row.first_day, row.last_day, row.note = draft.first, draft.last, fit(draft.note)
    session.add(row)
    await session.flush()
    deed = "time_off.added" if replaces is None else "time_off.changed"
    _record(session, actor, place, row, deed)


@transactional
async def remove_time_off(
    session: AsyncSession, actor: Actor, place_id: UUID, time_off_id: UUID, *, doctor_version: int
) -> None:
    """Let the hours hold again on those days. Raises ``StaleVersion``, ``NotFound``."""
    place = await lock_own_place(session, actor, place_id, doctor_version=doctor_version)
    row = await _time_off(session, place, time_off_id)
    _record(session, actor, place, row, "time_off.removed")
    await session.delete(row)


async def _time_off(session: AsyncSession, place: Place, time_off_id: UUID) -> TimeOff:
    statement = select(TimeOff).where(
        TimeOff.public_id == time_off_id, TimeOff.doctor_id == place.doctor_id
    )
    row = (await session.exec(statement)).first()
    if row is None:
        raise NotFound
    return row


async def _require_sound(
    session: AsyncSession, place: Place, draft: TimeOffDraft, replaces: UUID | None
) -> None:
    today = today_at(place)
    errors = span_errors(draft.first, draft.last, draft.note, today)
    if "last" not in errors:
        for other in await list_time_off(session, place.doctor_id, today):
            if other.id != replaces and other.first <= draft.last and draft.first <= other.last:
                days = days_text(other.first, other.last)
                errors["last"] = t("Overlaps your time off of {days}.", days=days)
    if errors:
        raise Invalid(errors)


def _record(session: AsyncSession, actor: Actor, place: Place, row: TimeOff, deed: str) -> None:
    place.doctor.version += 1
    session.add(place.doctor)
    audit.record(
        session,
        actor,
        deed,
        record_type="time_off",
        record_id=row_id(row),
        fields=("first_day", "last_day"),
        clinic_id=place.at_clinic.clinic_id,
    )
