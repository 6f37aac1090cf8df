"""Which clinics are near a position, and the doctors there, the nearest first.

A rectangle in SQL, which an index bounds, leaves few clinics; the great circle decides among
them. There are hundreds of doctors to a clinic, never the other way round, so that the clinics of
a circle are few rows, and all that follows is a search at these clinics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import asin, cos, degrees, radians, sin, sqrt

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Clinic
from appointment_app.scheduling.earliest import EarliestFirst, Seen, count_by_clinic

_EARTH_KM = 6371.0088
# So that the rectangle never cuts off what rounding puts onto its edge.
_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class Near:
    """A position in degrees, and how many kilometres around it are near."""

    latitude: float
    longitude: float
    kilometres: float


def distance(near: Near, latitude: float, longitude: float) -> float:
    """Return the kilometres from the position to another, along the great circle."""
    here, there = radians(near.latitude), radians(latitude)
    across = radians(longitude - near.longitude)
    chord = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(across / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(chord)))


async def load_distances(session: AsyncSession, near: Near) -> dict[int, float]:
    """Return the active clinics (internal ids) that are near, and how many kilometres away."""
    statement = select(Clinic.id, Clinic.latitude, Clinic.longitude).where(
        col(Clinic.active), *_rectangle(near)
    )
    found = {
        key: distance(near, latitude, longitude)
        for key, latitude, longitude in await session.exec(statement)
        if key is not None and latitude is not None and longitude is not None
    }
    return {key: away for key, away in found.items() if away <= near.kilometres}


async def find_nearest(
    session: AsyncSession,
    conditions: Sequence[sa.ColumnElement[bool]],
    day: date | None,
    distances: Mapping[int, float],
    *,
    limit: int,
    offset: int,
    visitor: str = "",
) -> tuple[list[Seen], int]:
    """Return the results ``offset`` to ``offset + limit`` by distance, and how many there are.

    Those of one clinic stand together, the earliest first. Clinics that are whole on the page are
    looked at together, and only what is cut off at its ends alone: three searches at most.
    """
    counts = await count_by_clinic(session, conditions)
    last = offset + limit
    whole: list[int] = []
    found: list[Seen] = []
    before = 0
    for clinic in sorted(counts, key=lambda key: (distances[key], key)):
        begin, before = before, before + counts[clinic]
        if before <= offset or begin >= last:
            continue
        if offset <= begin and before <= last:
            whole.append(clinic)
            continue
        here = (*conditions, col(Clinic.id) == clinic)
        seen = await EarliestFirst(session, here, day, last - begin, visitor).find()
        found += seen[max(0, offset - begin) : last - begin]
    if whole:
        here = (*conditions, col(Clinic.id).in_(whole))
        count = sum(counts[clinic] for clinic in whole)
        found += await EarliestFirst(session, here, day, count, visitor).find()
    found.sort(key=lambda each: (distances[_clinic(each)], _clinic(each), *each.order))
    return found, sum(counts.values())


def _clinic(seen: Seen) -> int:
    return seen.place.at_clinic.clinic_id


def _rectangle(near: Near) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a rectangle of degrees in which the circle lies."""
    reach = near.kilometres / _EARTH_KM
    south, north = (near.latitude + sign * degrees(reach) for sign in (-1, 1))
    latitude, longitude = col(Clinic.latitude), col(Clinic.longitude)
    conditions: list[sa.ColumnElement[bool]] = [
        latitude.between(south - _SLACK, north + _SLACK),
        longitude.is_not(None),
    ]
    if south <= -90 or north >= 90:  # a pole is near, and with it every longitude
        return conditions
    width = degrees(asin(min(1.0, sin(reach) / cos(radians(near.latitude))))) + _SLACK
    west, east = near.longitude - width, near.longitude + width
    if west < -180:
        conditions.append(sa.or_(longitude <= east, longitude >= west + 360))
    elif east > 180:
        conditions.append(sa.or_(longitude >= west, longitude <= east - 360))
    else:
        conditions.append(longitude.between(west, east))
    return conditions
