"""Why nothing is free, and the way out: a reason, the next free day, and who else has time.

The public never learns why a doctor is away: a holiday or time off is a closed day.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.scheduling.alternatives import Alternative, nearest_alternatives
from appointment_app.scheduling.days import DayKind, Days, list_days
from appointment_app.scheduling.slots import Offer


class Reason(StrEnum):
    """Why somebody finds no free time. When several hold, the first one here counts."""

    PATIENT_LIMIT = "patient_limit"  # the patient has as many appointments as allowed
    NO_GAP = "no_gap"  # there is free time, but never as long as the visit
    NO_RESOURCE = "no_resource"  # the doctor has time, but no suitable room or device is free
    FULL = "full"
    TOO_SOON = "too_soon"  # what was left cannot be booked that late
    BEYOND_HORIZON = "beyond_horizon"  # the days cannot be booked yet
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class NothingFree:
    """Why some days have no free time, and what else there is.

    ``next_free`` is the earliest free start at all (UTC), None when there is none up to the
    horizon. ``alternatives`` come nearest first.
    """

    reason: Reason
    next_free: datetime | None
    alternatives: tuple[Alternative, ...]


_REASONS = {
    DayKind.NO_GAP: Reason.NO_GAP,
    DayKind.NO_RESOURCE: Reason.NO_RESOURCE,
    DayKind.FULL: Reason.FULL,
    DayKind.OVER: Reason.TOO_SOON,
    DayKind.NOT_YET: Reason.BEYOND_HORIZON,
    DayKind.CLOSED: Reason.CLOSED,
}


async def explain(
    session: AsyncSession, actor: Actor, offer: Offer, days: Days
) -> NothingFree | None:
    """Return why the ``days`` of an offer have no time for the actor, None where they have one.

    When there is none up to the horizon either, the reason is that of all these days. Raises
    ``NotFound`` when patients cannot book the offer.
    """
    free = next((slot for day in days.days for slot in day.slots), None)
    if free is not None and not days.at_limit:
        return None
    if days.at_limit:
        reason = Reason.PATIENT_LIMIT
    elif days.first_free is not None:
        reason = reason_of([day.kind for day in days.days])
    else:
        ahead = (days.last_day - days.today).days + 1
        all_days = await list_days(session, actor, offer, days.today, max(1, ahead))
        reason = reason_of([day.kind for day in all_days.days])
    alternatives = await nearest_alternatives(session, actor, offer)
    return NothingFree(reason, free or days.first_free, alternatives)


def reason_of(kinds: Collection[DayKind]) -> Reason:
    """Return the reason for days of these ``kinds``, of which none is free."""
    found = {_REASONS[kind] for kind in kinds}
    return next(reason for reason in Reason if reason in found)
