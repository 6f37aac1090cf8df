"""Wall-clock times as instants, on ordinary days and on those when clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import (
    by_local_day,
    horizon_end,
    instant_of,
    local_date,
    local_day_bounds,
    repeated_time,
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        ("Europe/Berlin", "2026-01-15", "12:30", "2026-01-15T11:30"),
        ("Europe/Berlin", "2026-07-15", "12:30", "2026-07-15T10:30"),
        ("Asia/Kathmandu", "2026-07-15", "12:30", "2026-07-15T06:45"),
        ("Pacific/Apia", "2026-07-15", "12:30", "2026-07-14T23:30"),
        ("Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59"),
        ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29", "03:01", "2026-03-29T01:01"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30"),
        ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00"),
        # Half an hour: 02:00 becomes 02:30 in October, and 01:30 in April.
        ("Australia/Lord_Howe", "2026-10-04", "02:10", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:30", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45"),
        ("Australia/Lord_Howe", "2026-04-05", "02:00", "2026-04-04T15:30"),
        # Changes at midnight: no 00:00 in Cairo, no single 23:30 in Santiago.
        ("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-04-24", "01:00", "2026-04-23T22:00"),
        ("America/Santiago", "2026-04-04", "23:30", "2026-04-05T02:30"),
        ("America/Santiago", "2026-04-05", "00:00", "2026-04-05T04:00"),
        # St John's once went from 00:01 back to 23:01 of the day before.
        ("America/St_Johns", "2006-10-28", "23:30", "2006-10-29T02:00"),
        ("America/St_Johns", "2006-10-29", "00:00", "2006-10-29T02:30"),
        ("America/St_Johns", "2006-10-29", "00:01", "2006-10-29T03:31"),
        # Apia left out a whole day.
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00"),
    ],
)
def test_instant_of(zone: str, day: str, clock: str, expected: str) -> None:
    hour, minute = map(int, clock.split(":"))
    found = instant_of(zone, date.fromisoformat(day), 60 * hour + minute)
    assert found == utc(expected)
    assert found.tzinfo is UTC


def test_minutes_past_midnight_belong_to_the_next_day_also_when_clocks_change() -> None:
    saturday = date(2026, 3, 28)
    assert instant_of("Europe/Berlin", saturday, 1440) == utc("2026-03-28T23:00")
    assert instant_of("Europe/Berlin", saturday, 1440 + 240) == utc("2026-03-29T02:00")


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("UTC", "2026-03-29", "2026-03-29T00:00", 24),
        ("Europe/Berlin", "2026-03-28", "2026-03-27T23:00", 24),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", 25),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00", 23),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00", 24.5),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00", 23),
        ("America/Santiago", "2026-04-04", "2026-04-04T03:00", 25),
        ("America/St_Johns", "2006-10-28", "2006-10-28T02:30", 24),
        ("America/St_Johns", "2006-10-29", "2006-10-29T02:30", 25),
    ],
)
def test_local_day_bounds(zone: str, day: str, start: str, hours: float) -> None:
    bounds = local_day_bounds(zone, date.fromisoformat(day))
    assert bounds == Interval(utc(start), utc(start) + timedelta(hours=hours))


def test_a_day_that_never_was_has_no_bounds() -> None:
    with pytest.raises(ValueError, match="2011-12-30"):
        local_day_bounds("Pacific/Apia", date(2011, 12, 30))


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo"]
)
def test_days_follow_each_other_without_gap_or_overlap(zone: str) -> None:
    day = date(2011, 12, 31)
    for _ in range(800):
        following = day + timedelta(days=1)
        bounds = local_day_bounds(zone, day)
        assert bounds.end == local_day_bounds(zone, following).start
        assert local_date(zone, bounds.start) == day
        assert local_date(zone, bounds.end) == following
        day = following


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("Europe/Berlin", "2026-10-25", "2026-10-25T01:00", "2026-10-25T02:00"),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T15:00", "2026-04-04T15:30"),
        ("America/Santiago", "2026-04-04", "2026-04-05T03:00", "2026-04-05T04:00"),
        ("America/St_Johns", "2006-10-29", "2006-10-29T02:31", "2006-10-29T03:31"),
    ],
)
def test_repeated_time(zone: str, day: str, start: str, end: str) -> None:
    found = repeated_time(zone, date.fromisoformat(day))
    assert found == Interval(utc(start), utc(end))


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-24", "2026-10-26"])
def test_nothing_is_repeated_on_other_days(day: str) -> None:
    assert repeated_time("Europe/Berlin", date.fromisoformat(day)) is None


@pytest.mark.parametrize(
    ("zone", "now", "days", "expected"),
    [
        ("Europe/Berlin", "2026-01-15T12:00", 0, "2026-01-15T23:00"),
        ("Europe/Berlin", "2026-03-22T12:00", 7, "2026-03-29T22:00"),
        # For a server in UTC it is tomorrow already; in New York it is still today.
        ("America/New_York", "2026-01-16T01:00", 0, "2026-01-16T05:00"),
        # ... and here it has been tomorrow for hours.
        ("Pacific/Auckland", "2026-01-15T12:00", 1, "2026-01-17T11:00"),
    ],
)
def test_horizon_ends_at_local_midnight(zone: str, now: str, days: int, expected: str) -> None:
    assert horizon_end(zone, utc(now), days) == utc(expected)


def test_horizon_asks_for_utc() -> None:
    now = utc("2026-01-15T12:00")
    for wrong in (now.replace(tzinfo=None), now.astimezone(ZoneInfo("Asia/Tokyo"))):
        with pytest.raises(ValueError, match="UTC"):
            horizon_end("Europe/Berlin", wrong, 7)


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", "2026-03-29T00:00"),
        ("Europe/Berlin", "2026-10-25T00:00"),
        ("America/Santiago", "2026-04-05T00:00"),
        ("America/St_Johns", "2006-10-29T00:00"),
        ("Pacific/Apia", "2011-12-30T00:00"),
    ],
)
def test_moments_by_local_day_when_clocks_change(zone: str, change: str) -> None:
    around = [utc(change) + timedelta(minutes=number) for number in range(-4000, 4000, 10)]
    for moments in (around, around[::-1], around[::3] + around[1::3]):
        days = {local_date(zone, moment) for moment in moments}
        assert by_local_day(zone, moments) == {
            day: tuple(each for each in moments if local_date(zone, each) == day) for day in days
        }
