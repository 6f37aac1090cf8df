"""Time: one table of what clocks do to free times, on the way that a visitor's question takes.

Each case stores hours, asks the service on SQLite, and compares with times in UTC written by hand;
the pure computation must say the same. The server stands in UTC and in Auckland: neither matters.
"""

from __future__ import annotations

import time as server_time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.models import DateOverride, DateOverrideRange, row_id
from appointment_app.scheduling.availability import VisitShape, free_slots, open_intervals
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import horizon_end, local_day_bounds
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange
from appointment_app.scheduling.slots import Offer, list_slots
from tests.factories import make_clinic, make_doctor, make_visit_type, offer_of

DAY = timedelta(days=1)
BERLIN, LONDON = "Europe/Berlin", "Europe/London"
NEW_YORK, CHICAGO = "America/New_York", "America/Chicago"
LORD_HOWE, AUCKLAND = "Australia/Lord_Howe", "Pacific/Auckland"
TONGA, HONOLULU = "Pacific/Tongatapu", "Pacific/Honolulu"  # UTC+13 and UTC-10


@dataclass(frozen=True)
class Case:
    """A clinic in ``zone`` that is open ``hours`` every day; what is free on the local ``day``.

    ``free`` are the starts in UTC, on the date ``on`` where it is not ``day``. ``asked`` is the
    window in UTC when it is not the clinic's day, ``now`` the moment of the question.
    """

    name: str
    zone: str
    hours: str
    day: str
    free: str
    on: str = ""
    minutes: int = 30
    now: str = ""
    notice: int = 0
    horizon: int = 30
    asked: tuple[str, str] | None = None
    overrides: dict[str, str] = field(default_factory=dict)


HALF_PAST_TWELVE = [
    Case(f"half past twelve in {city}, {when}", zone, "12:30-13:00", day, free)
    for city, zone, days in (
        ("Berlin", BERLIN, "03-28 11:30, 03-29 10:30, 10-24 10:30, 10-25 11:30"),
        ("London", LONDON, "03-28 12:30, 03-29 11:30, 10-24 11:30, 10-25 12:30"),
        ("New York", NEW_YORK, "03-07 17:30, 03-08 16:30, 10-31 16:30, 11-01 17:30"),
        ("Chicago", CHICAGO, "03-07 18:30, 03-08 17:30, 10-31 17:30, 11-01 18:30"),
    )
    for when, (day, free) in zip(
        ("before spring", "in spring", "before autumn", "in autumn"),
        ((f"2026-{each.split()[0]}", each.split()[1]) for each in days.split(", ")),
        strict=True,
    )
]

CASES = [
    *HALF_PAST_TWELVE,
    Case(
        "an afternoon in New York on the spring day",
        *(NEW_YORK, "13:00-18:00", "2026-03-08", "17:00 18:00 19:00 20:00 21:00"),
        minutes=60,
    ),
    Case(
        "no slot between two and three on the spring day",
        *(BERLIN, "01:00-04:00", "2026-03-29", "00:00 00:30 01:00 01:30"),
    ),
    Case(
        "hours that the spring change swallows are none",
        *(BERLIN, "02:00-03:00", "2026-03-29", ""),
    ),
    Case(
        "hours that open in the gap open at its end",
        *(BERLIN, "02:30-04:00", "2026-03-29", "01:00 01:30"),
    ),
    Case(
        "one slot at half past two on the autumn day, not two",
        *(BERLIN, "02:00-03:30", "2026-10-25", "00:00 00:30 02:00"),
    ),
    Case(
        "a visit over the autumn change lasts what it lasts",
        *(BERLIN, "01:00-04:30", "2026-10-25", "23:00 00:30 02:00"),
        minutes=90,
        on="2026-10-24",
    ),
    Case(
        "a visit over the spring change lasts what it lasts",
        *(BERLIN, "01:00-05:00", "2026-03-29", "00:00 01:30"),
        minutes=90,
    ),
    Case(
        "Lord Howe loses half an hour",
        *(LORD_HOWE, "01:00-04:00", "2026-10-04", "14:30 15:00 15:30 16:00 16:30"),
        on="2026-10-03",
    ),
    Case(
        "Lord Howe gains half an hour, whose time is named once",
        *(LORD_HOWE, "01:00-03:00", "2026-04-05", "14:00 14:30 15:30 16:00"),
        on="2026-04-04",
    ),
    Case(
        "an hour of notice from before the spring change",
        *(BERLIN, "01:30-04:00", "2026-03-29", "01:30"),
        now="2026-03-29T00:20",
        notice=60,
    ),
    Case(
        "an hour of notice that ends at the spring change",
        *(BERLIN, "01:30-04:00", "2026-03-29", "01:00 01:30"),
        now="2026-03-29T00:00",
        notice=60,
    ),
    Case(
        "an hour of notice in the first pass of the autumn hour",
        *(BERLIN, "02:00-04:00", "2026-10-25", "02:00 02:30"),
        now="2026-10-25T00:10",
        notice=60,
    ),
    Case(
        "an override on its day at UTC+13",
        *(TONGA, "09:00-10:00", "2026-01-15", "01:00 01:30"),
        overrides={"2026-01-15": "14:00-15:00"},
    ),
    Case(
        "no override on the day after at UTC+13",
        *(TONGA, "09:00-10:00", "2026-01-16", "20:00 20:30"),
        on="2026-01-15",
        overrides={"2026-01-15": ""},
    ),
    Case(
        "an override on its day at UTC-10",
        *(HONOLULU, "16:00-17:00", "2026-01-15", ""),
        overrides={"2026-01-15": ""},
    ),
    Case(
        "no override on the day after at UTC-10",
        *(HONOLULU, "09:00-10:00", "2026-01-16", "19:00 19:30"),
        overrides={"2026-01-15": ""},
    ),
    Case(
        "a visitor a day away: Friday in Auckland is Thursday in Honolulu",
        *(AUCKLAND, "09:00-10:00", "2026-01-16", "20:00 20:30"),
        on="2026-01-15",
        asked=("2026-01-15T10:00", "2026-01-16T10:00"),
    ),
    Case(
        "an evening in New York is still today, though tomorrow in UTC",
        *(NEW_YORK, "18:00-22:00", "2026-01-15", "01:00 01:30 02:00 02:30"),
        on="2026-01-16",
        now="2026-01-16T01:00",
        asked=("2026-01-16T01:00", "2026-01-16T05:00"),
    ),
    Case(
        "the horizon ends at midnight in Auckland",
        *(AUCKLAND, "21:00-24:00", "2026-01-16", "08:00 09:00 10:00 08:00 09:00 10:00"),
        minutes=60,
        now="2026-01-15T20:00",
        horizon=1,
        asked=("2026-01-15T20:00", "2026-01-18T20:00"),
    ),
    Case(
        "hours past midnight belong to the evening",
        *(BERLIN, "22:00-26:00", "2026-01-15", "00:00 21:00 22:00 23:00"),
        minutes=60,
        asked=("2026-01-15T00:00", "2026-01-16T00:00"),
    ),
    Case(
        "hours past midnight over the spring change",
        *(BERLIN, "23:00-27:30", "2026-03-28", "22:00 22:30 23:00 23:30 00:00 00:30 01:00"),
        asked=("2026-03-28T12:00", "2026-03-29T12:00"),
    ),
    Case(
        "hours past midnight over the autumn change",
        *(BERLIN, "23:00-27:30", "2026-10-24", "22:30 23:00 23:30 00:00 00:30 02:00"),
        asked=("2026-10-24T22:30", "2026-10-25T12:00"),
    ),
    Case(
        "the end of a night stands though the next day is closed",
        *(BERLIN, "22:00-25:00", "2026-01-15", "21:00 22:00 23:00"),
        minutes=60,
        overrides={"2026-01-16": ""},
        asked=("2026-01-15T12:00", "2026-01-16T22:00"),
    ),
]


@pytest.fixture(params=["UTC", AUCKLAND])
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the server believes to stand."""
    monkeypatch.setenv("TZ", request.param)
    server_time.tzset()
    yield request.param
    monkeypatch.undo()
    server_time.tzset()


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_free_times(case: Case, database: Database, server_zone: str) -> None:
    with clock.frozen(_now(case)):
        offer = await _stored(database, case)
        async with database.session() as session:
            found = await list_slots(session, NOBODY, offer, _window(case))
    assert [f"{start:%H:%M}" for start in found] == case.free.split()
    assert found == sorted(found)
    if found and case.on:
        assert found[0].date() == date.fromisoformat(case.on)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_pure_computation_says_the_same(case: Case, server_zone: str) -> None:
    now = _now(case)
    found = free_slots(
        *(_hours(case), [], VisitShape(case.minutes), _window(case)),
        not_before=now + timedelta(minutes=case.notice),
        not_after=horizon_end(case.zone, now, case.horizon),
    )
    assert [f"{start:%H:%M}" for start in found] == case.free.split()


def test_an_afternoon_in_new_york_on_the_spring_day_is_five_hours_of_utc(server_zone: str) -> None:
    hours = Hours(NEW_YORK, _weekly("13:00-18:00"))
    spring = local_day_bounds(NEW_YORK, date(2026, 3, 8))
    afternoon = Interval(datetime(2026, 3, 8, 17, tzinfo=UTC), datetime(2026, 3, 8, 22, tzinfo=UTC))
    assert open_intervals(hours, spring) == [afternoon]


@pytest.mark.parametrize("zone", [BERLIN, LONDON, NEW_YORK, CHICAGO, LORD_HOWE, AUCKLAND])
@pytest.mark.parametrize("text", ["00:00-24:00", "01:00-03:00", "02:15-02:45", "22:00-26:30"])
def test_intervals_of_a_year_never_reverse_nor_overlap(zone: str, text: str) -> None:
    year = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    found = open_intervals(Hours(zone, _weekly(text)), year)
    assert all(each.start < each.end for each in found)
    assert all(earlier.end < later.start for earlier, later in pairwise(found))


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE])
def test_every_visit_of_a_year_lasts_as_long_as_it_says_and_has_a_name_of_its_own(
    zone: str,
) -> None:
    hours, shape = Hours(zone, _weekly("00:00-24:00")), VisitShape(30)
    year = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    starts = free_slots(hours, [], shape, year, year.start)
    lengths = {shape.visit(start).end - start for start in starts}
    assert lengths == {timedelta(minutes=30)}
    names = [f"{start.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for start in starts]
    assert len(set(names)) == len(names)


async def _stored(database: Database, case: Case) -> Offer:
    async with database.session() as session:
        clinic = await make_clinic(session, zone=case.zone)
        doctor = await make_doctor(
            session,
            clinic,
            ranges=[(each.opens, each.closes) for each in _ranges(case.hours)],
            minimum_notice=case.notice,
            horizon_days=case.horizon,
        )
        visit_type = await make_visit_type(session, doctor, duration=case.minutes)
        for day, text in case.overrides.items():
            override = DateOverride(doctor_at_clinic_id=1, day=date.fromisoformat(day))
            session.add(override)
            await session.flush()
            session.add_all(
                DateOverrideRange(
                    date_override_id=row_id(override), opens=each.opens, closes=each.closes
                )
                for each in _ranges(text)
            )
        await session.commit()
    return offer_of(doctor, clinic, visit_type)


def _hours(case: Case) -> Hours:
    overrides = {date.fromisoformat(day): _ranges(text) for day, text in case.overrides.items()}
    return Hours(case.zone, _weekly(case.hours), overrides)


def _now(case: Case) -> datetime:
    """The moment of the question: by default days before."""
    if case.now:
        return datetime.fromisoformat(case.now).replace(tzinfo=UTC)
    return local_day_bounds(case.zone, date.fromisoformat(case.day)).start - 5 * DAY


def _window(case: Case) -> Interval:
    if case.asked is None:
        return local_day_bounds(case.zone, date.fromisoformat(case.day))
    start, end = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in case.asked)
    return Interval(start, end)


def _weekly(text: str) -> tuple[WeeklyRange, ...]:
    return tuple(
        WeeklyRange(weekday, each.opens, each.closes)
        for weekday in range(7)
        for each in _ranges(text)
    )


def _ranges(text: str) -> tuple[LocalRange, ...]:
    """Hours as people write them: "09:00-12:00 13:00-18:00", 26:00 being 2 at night."""
    pairs = [each.split("-") for each in text.split()]
    return tuple(LocalRange(_minute(opens), _minute(closes)) for opens, closes in pairs)


def _minute(wall_clock: str) -> int:
    hour, minute = map(int, wall_clock.split(":"))
    return 60 * hour + minute
