"""The figures counted the slow and obvious way: one appointment after the other, in Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from appointment_app.figures.counted import CancelledBy, Counted, Notice
from appointment_app.figures.period import Period
from appointment_app.models import AppointmentStatus as Status


@dataclass(frozen=True)
class Seat:
    """One appointment of a visit; ``by`` cancelled it ``notice`` before the start."""

    status: Status
    lead: timedelta
    by: CancelledBy
    notice: timedelta | None


@dataclass(frozen=True)
class Visit:
    """What one or several patients share; ``doctor`` and ``clinic`` are numbers of them."""

    doctor: int
    clinic: int
    starts_at: datetime
    duration: int
    seats: tuple[Seat, ...]


def slowly(visits: Sequence[Visit], zones: Sequence[str], period: Period) -> Counted:
    """What ``count`` has to find, by the numbers of doctors and clinics."""
    counted = Counted()
    for visit in visits:
        if not period.first <= local_day(visit, zones) <= period.last:
            continue
        tally = counted.by_doctor[visit.doctor, visit.clinic]
        if any(seat.status is not Status.CANCELLED for seat in visit.seats):
            tally.minutes += visit.duration
        for seat in visit.seats:
            counted.by_day[local_day(visit, zones)][seat.status] += 1
            tally.statuses[seat.status] += 1
            if seat.lead >= timedelta():
                booked_at = (visit.starts_at - seat.lead).replace(microsecond=0)
                counted.lead_hours[(visit.starts_at - booked_at) // timedelta(hours=1)] += 1
            if seat.status is Status.CANCELLED:
                counted.cancelled[seat.by, _notice(visit, seat)] += 1
    return counted


def local_day(visit: Visit, zones: Sequence[str]) -> date:
    """The day on the wall of the clinic."""
    return visit.starts_at.astimezone(ZoneInfo(zones[visit.clinic])).date()


def plain(counted: Counted) -> tuple[object, ...]:
    """All that was counted, to be compared."""
    by_doctor = {
        key: (dict(tally.statuses), tally.minutes) for key, tally in counted.by_doctor.items()
    }
    by_day: defaultdict[date, Counter[Status]] = counted.by_day
    return dict(by_day), by_doctor, dict(counted.lead_hours), dict(counted.cancelled)


def _notice(visit: Visit, seat: Seat) -> Notice:
    if seat.notice is None:
        return Notice.UNKNOWN
    at = (visit.starts_at - seat.notice).replace(microsecond=0)
    hours = (visit.starts_at - at).total_seconds() / 3600
    if hours < 0:
        return Notice.AFTER_START
    if hours < 2:
        return Notice.HOURS_2
    if hours < 24:
        return Notice.DAY
    if hours < 48:
        return Notice.DAYS_2
    return Notice.WEEK if hours < 7 * 24 else Notice.MORE
