"""Planning and booking the dates of a series."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from appointment_app.accounts.actor import Actor
from appointment_app.scheduling import series
from appointment_app.scheduling.series import Occurrence, SeriesRequest
from tests.scheduling.desk import TUESDAY, Desk, at

WEEK = timedelta(days=7)


def tuesdays(count: int, every: int = 1) -> tuple[datetime, ...]:
    """Tuesdays at ten, from the second day on."""
    return tuple(at("10:00", TUESDAY + number * every * WEEK) for number in range(count))


async def plan(desk: Desk, times: int, every: int = 1, **values: Any) -> tuple[Occurrence, ...]:
    actor = values.pop("actor", desk.actor)
    offer = values.pop("offer", desk.offer)
    start = values.pop("starts_at", at("10:00"))
    planned: tuple[Occurrence, ...] = await desk.call(
        series.plan, actor, offer, start, every, times, **values
    )
    return planned


async def book_series(
    desk: Desk, starts: tuple[datetime, ...], *, actor: Actor | None = None, **values: Any
) -> tuple[UUID, ...]:
    """Agree to these dates, by default as the patient, with a fresh key."""
    defaults: dict[str, Any] = {
        "offer": desk.offer,
        "every_weeks": 1,
        "reason": "Physiotherapy",
        "idempotency_key": uuid4().hex,
    }
    request = SeriesRequest(starts=starts, **(defaults | values))
    booked: tuple[UUID, ...] = await desk.call(series.book_series, actor or desk.actor, request)
    return booked
