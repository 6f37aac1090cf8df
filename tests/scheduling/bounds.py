"""The truth about first free starts, to hold the kept bounds against."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import DoctorAtClinic
from appointment_app.scheduling.doctors import load_visit_types
from appointment_app.scheduling.free_times import Wish, find_free
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.rules import load_places


async def first_free_starts(database: Database) -> dict[int, datetime | None]:
    """The first free start of each doctor at a clinic, found by looking at every day."""
    ahead = Interval(clock.now(), clock.now() + timedelta(days=800))
    found: dict[int, datetime | None] = {}
    async with database.session() as session:
        places = await load_places(session)
        types = await load_visit_types(session, places)
        for place in places:
            wishes = [Wish(place, visit_type, ahead) for visit_type in types[place.id][:1]]
            free = [start for each in await find_free(session, wishes) for start in each.starts]
            found[place.id] = next(iter(free), None)
    return found


async def kept_bounds(database: Database) -> dict[int, datetime | None]:
    """The bound that is kept of each doctor at a clinic."""
    async with database.session() as session:
        statement = select(DoctorAtClinic.id, DoctorAtClinic.next_free_at).order_by(
            col(DoctorAtClinic.id)
        )
        return {key: bound for key, bound in await session.exec(statement) if key}


async def require_true_bounds(database: Database) -> None:
    """Fail where a bound is later than the first free start."""
    truth = await first_free_starts(database)
    for key, bound in (await kept_bounds(database)).items():
        first = truth.get(key)
        assert bound is None or first is None or bound <= first, f"{key}: {bound} > {first}"
