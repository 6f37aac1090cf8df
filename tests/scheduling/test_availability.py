"""Free slots: named examples of what they must be."""

from __future__ import annotations

import time as server_time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from appointment_app.scheduling.availability import VisitShape, free_slots, is_free, open_intervals
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import horizon_end, local_date, local_day_bounds
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange
from tests.scheduling.wall_clocks import (
    DAY,
    LONG_AGO,
    every_day,
    labels,
    local_day,
    ranges,
    slots_of,
    utc,
)


@pytest.fixture(params=["UTC", "Pacific/Auckland"])
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the server believes to stand; it must not matter."""
    monkeypatch.setenv("TZ", request.param)
    server_time.tzset()
    yield request.param
    monkeypatch.undo()
    server_time.tzset()


@pytest.mark.usefixtures("server_zone")
@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Berlin", "2026-03-28", "2026-03-28T11:30"),
        ("Europe/Berlin", "2026-03-29", "2026-03-29T10:30"),
        ("Europe/Berlin", "2026-10-24", "2026-10-24T10:30"),
        ("Europe/Berlin", "2026-10-25", "2026-10-25T11:30"),
        ("Europe/London", "2026-03-28", "2026-03-28T12:30"),
        ("Europe/London", "2026-03-29", "2026-03-29T11:30"),
        ("Europe/London", "2026-10-24", "2026-10-24T11:30"),
        ("Europe/London", "2026-10-25", "2026-10-25T12:30"),
        ("America/New_York", "2026-03-07", "2026-03-07T17:30"),
        ("America/New_York", "2026-03-08", "2026-03-08T16:30"),
        ("America/New_York", "2026-10-31", "2026-10-31T16:30"),
        ("America/New_York", "2026-11-01", "2026-11-01T17:30"),
        ("America/Chicago", "2026-03-07", "2026-03-07T18:30"),
        ("America/Chicago", "2026-03-08", "2026-03-08T17:30"),
        ("America/Chicago", "2026-10-31", "2026-10-31T17:30"),
        ("America/Chicago", "2026-11-01", "2026-11-01T18:30"),
    ],
)
def test_half_past_twelve_stays_half_past_twelve(zone: str, day: str, expected: str) -> None:
    hours = every_day(zone, "12:30-13:00")
    window = local_day(hours, day)
    assert free_slots(hours, [], VisitShape(30), window, LONG_AGO) == [utc(expected)]


@pytest.mark.parametrize(
    ("zone", "day", "hours", "expected"),
    [
        pytest.param(
            *("America/New_York", "2026-03-08", "13:00-18:00"),
            "2026-03-08T17:00 2026-03-08T22:00",
            id="New York in the afternoon after the change",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-03-29", "02:00-03:00"),
            "",
            id="a range inside the spring gap vanishes",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-03-29", "02:30-04:00"),
            "2026-03-29T01:00 2026-03-29T02:00",
            id="a range that opens in the gap opens at its end",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-03-29", "01:00-02:30"),
            "2026-03-29T00:00 2026-03-29T01:00",
            id="a range that closes in the gap closes at its beginning",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-10-25", "01:00-04:00"),
            "2026-10-24T23:00 2026-10-25T03:00",
            id="an autumn night lasts an hour longer",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-10-25", "01:30-02:15"),
            "2026-10-24T23:30 2026-10-25T00:15",
            id="what closes in the repeated hour closes in its first pass",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-10-25", "02:45-02:50"),
            "2026-10-25T00:45 2026-10-25T00:50",
            id="minutes in the repeated hour are not reversed and not doubled",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-10-25", "00:00-24:00"),
            "2026-10-24T22:00 2026-10-25T23:00",
            id="round the clock is 25 hours",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-03-29", "00:00-24:00"),
            "2026-03-28T23:00 2026-03-29T22:00",
            id="round the clock is 23 hours",
        ),
        pytest.param(
            *("Australia/Lord_Howe", "2026-10-04", "01:00-04:00"),
            "2026-10-03T14:30 2026-10-03T17:00",
            id="Lord Howe loses half an hour",
        ),
        pytest.param(
            *("Australia/Lord_Howe", "2026-04-05", "01:00-04:00"),
            "2026-04-04T14:00 2026-04-04T17:30",
            id="Lord Howe gains half an hour",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-03-28", "22:00-28:00"),
            "2026-03-28T21:00 2026-03-29T02:00",
            id="past midnight into the spring night",
        ),
    ],
)
def test_open_hours_of_a_day(zone: str, day: str, hours: str, expected: str) -> None:
    only_that_day = Hours(zone, overrides={date.fromisoformat(day): ranges(hours)})
    window = local_day(only_that_day, day)
    found = open_intervals(only_that_day, Interval(window.start - DAY, window.end + DAY))
    times = [utc(each) for each in expected.split()]
    assert found == ([Interval(*times)] if times else [])


@pytest.mark.parametrize(
    ("zone", "day", "hours", "shape", "expected"),
    [
        pytest.param(
            *("Europe/Berlin", "2026-03-29", "01:00-05:00", VisitShape(30)),
            "01:00 01:30 03:00 03:30 04:00 04:30",
            id="no slot from 02:00 to 03:00 on the spring day",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-10-25", "01:30-04:00", VisitShape(30)),
            "01:30 02:00 02:30 03:00 03:30",
            id="one 02:30, not two, on the autumn day",
        ),
        pytest.param(
            *("Australia/Lord_Howe", "2026-10-04", "01:30-03:30", VisitShape(15)),
            "01:30 01:45 02:30 02:45 03:00 03:15",
            id="Lord Howe in spring",
        ),
        pytest.param(
            *("Australia/Lord_Howe", "2026-04-05", "01:15-02:30", VisitShape(15)),
            "01:15 01:30 01:45 02:00 02:15",
            id="Lord Howe in autumn",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-03-29", "01:30-04:00", VisitShape(60)),
            "01:30",
            id="an hour is an hour: 01:30 to 03:30 on the spring day",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-10-25", "02:30-03:00", VisitShape(90)),
            "02:30",
            id="an hour and a half fits between 02:30 and 03:00 on the autumn day",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-01-15", "22:00-26:00", VisitShape(60, step=90)),
            "01:00 22:00 23:30",
            id="a range past midnight keeps its grid; its tail is on the next day",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-01-15", "09:00-10:00 10:00-11:00", VisitShape(40)),
            "09:00 09:40 10:00",
            id="ranges that touch are one stretch, each with its own grid",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-01-15", "09:00-10:30 10:00-11:00", VisitShape(30)),
            "09:00 09:30 10:00 10:30",
            id="ranges that overlap offer nothing twice",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-01-15", "09:00-10:00", VisitShape(30, 20, 20, step=30)),
            "09:00 09:30",
            id="pauses may reach outside the hours",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-01-15", "09:00-11:00", VisitShape(30, 5, 10)),
            "09:00 09:45 10:30",
            id="one visit after the other, with the pauses of both between them",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-01-15", "09:00-10:00", VisitShape(50, step=5)),
            "09:00 09:05 09:10",
            id="a step shorter than the visit",
        ),
        pytest.param(
            *("Europe/Berlin", "2026-01-15", "09:00-10:00", VisitShape(61)),
            "",
            id="no gap long enough",
        ),
    ],
)
def test_slots_of_a_day(zone: str, day: str, hours: str, shape: VisitShape, expected: str) -> None:
    assert slots_of(every_day(zone, hours), day, shape) == expected


def test_a_visit_may_run_past_midnight_when_both_days_are_open() -> None:
    round_the_clock = every_day("Europe/Berlin", "00:00-24:00")
    slots = slots_of(round_the_clock, "2026-01-15", VisitShape(90))
    assert slots.split()[-2:] == ["21:00", "22:30"]
    evening = every_day("Europe/Berlin", "22:00-24:00", d2026_01_16="00:00-01:00")
    assert slots_of(evening, "2026-01-15", VisitShape(90)) == "22:00 23:30"
    assert slots_of(evening, "2026-01-16", VisitShape(90)) == ""


def test_clocks_that_go_back_over_midnight_leave_the_day_open() -> None:
    """St John's at 00:01 on a Sunday: an hour begins that shows Saturday once more."""
    hours = every_day("America/St_Johns", "", d2006_10_29="00:00-06:00")
    again = Interval(utc("2006-10-29T02:40"), utc("2006-10-29T03:00"))
    assert open_intervals(hours, again) == [again]
    assert slots_of(hours, "2006-10-29", VisitShape(61)) == "00:00 00:01 01:02 02:03 03:04 04:05"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param("Pacific/Apia", "2026-01-14T20:00", id="UTC+13"),
        pytest.param("Pacific/Auckland", "2026-01-14T20:00", id="UTC+13 in summer"),
        pytest.param("Pacific/Honolulu", "2026-01-15T19:00", id="UTC-10"),
    ],
)
def test_an_override_lands_on_its_local_day(zone: str, expected: str) -> None:
    hours = every_day(zone, "", d2026_01_15="09:00-09:30")
    around = Interval(utc("2026-01-10T00:00"), utc("2026-01-20T00:00"))
    assert free_slots(hours, [], VisitShape(30), around, LONG_AGO) == [utc(expected)]

    closed = every_day(zone, "09:00-09:30", d2026_01_15="")
    missing = {date(2026, 1, 14), date(2026, 1, 15), date(2026, 1, 16)} - {
        local_date(zone, start)
        for start in free_slots(closed, [], VisitShape(30), around, LONG_AGO)
    }
    assert missing == {date(2026, 1, 15)}


def test_an_override_replaces_the_hours_of_its_day_but_not_the_night_before() -> None:
    hours = every_day("Europe/Berlin", "22:00-26:00", d2026_01_15="10:00-11:00", d2026_01_16="")
    assert slots_of(hours, "2026-01-15", VisitShape(60)) == "00:00 01:00 10:00"
    assert slots_of(hours, "2026-01-16", VisitShape(60)) == ""
    assert slots_of(hours, "2026-01-17", VisitShape(60)) == "22:00 23:00"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-03-28T23:59", "03:00 03:30", id="the gap cuts nothing off"),
        pytest.param("2026-03-29T00:00", "03:00 03:30", id="at the change"),
        pytest.param("2026-03-29T00:01", "03:30", id="a minute after the change"),
        pytest.param("2026-10-24T23:00", "02:00 02:30 03:00 03:30", id="before the first pass"),
        pytest.param("2026-10-24T23:20", "02:30 03:00 03:30", id="in the first pass"),
        pytest.param("2026-10-25T00:20", "03:00 03:30", id="in the second pass"),
    ],
)
def test_minimum_notice_that_lands_on_the_change(now: str, expected: str) -> None:
    """An hour of notice is an hour of elapsed time, whatever the clocks do meanwhile."""
    hours = every_day("Europe/Berlin", "02:00-04:00")
    day = local_day(hours, now[:8] + ("29" if "-03-" in now else "25"))
    starts = free_slots(hours, [], VisitShape(30), day, utc(now) + timedelta(hours=1))
    assert labels(hours.zone, starts) == expected


def test_a_visitor_a_day_away_sees_the_same_moments() -> None:
    """Friday morning in Auckland is Thursday for a visitor in Honolulu."""
    hours = every_day("Pacific/Auckland", "09:00-10:00")
    visitors_day = local_day_bounds("Pacific/Honolulu", date(2026, 1, 15))
    starts = free_slots(hours, [], VisitShape(30), visitors_day, LONG_AGO)
    assert starts == [utc("2026-01-15T20:00"), utc("2026-01-15T20:30")]
    assert {local_date(hours.zone, start) for start in starts} == {date(2026, 1, 16)}
    # A full day is a day of the clinic.
    clinics_day = frozenset({date(2026, 1, 16)})
    assert not free_slots(hours, [], VisitShape(30), visitors_day, LONG_AGO, full_days=clinics_day)


@pytest.mark.usefixtures("server_zone")
def test_an_evening_query_still_means_today() -> None:
    """At 20:00 in New York it is tomorrow in UTC; the last slots of today are offered."""
    hours = every_day("America/New_York", "18:00-22:00")
    now = utc("2026-01-16T01:00")
    starts = free_slots(
        *(hours, [], VisitShape(30), Interval(now, now + 7 * DAY), now),
        not_after=horizon_end(hours.zone, now, 0),
    )
    assert labels(hours.zone, starts) == "20:00 20:30 21:00 21:30"
    assert {local_date(hours.zone, start) for start in starts} == {date(2026, 1, 15)}


def test_a_day_that_never_was_is_skipped() -> None:
    hours = every_day("Pacific/Apia", "09:00-10:00")
    window = Interval(utc("2011-12-28T00:00"), utc("2012-01-02T00:00"))
    never = frozenset({date(2011, 12, 30)})
    starts = free_slots(hours, [], VisitShape(60), window, LONG_AGO, full_days=never)
    days = [local_date("Pacific/Apia", start).day for start in starts]
    assert days == [28, 29, 31, 1, 2]


@pytest.mark.parametrize(
    "build",
    [
        lambda: LocalRange(540, 540),
        lambda: LocalRange(600, 540),
        lambda: LocalRange(-1, 540),
        lambda: LocalRange(1440, 1500),
        lambda: LocalRange(540, 2881),
        lambda: WeeklyRange(7, 540, 600),
        lambda: WeeklyRange(-1, 540, 600),
        lambda: WeeklyRange(0, 600, 540),
        lambda: WeeklyRange(0, 540, 600, date(2026, 3, 2), date(2026, 3, 1)),
        lambda: WeeklyRange(0, 540, 600, every_weeks=2),
        lambda: WeeklyRange(0, 540, 600, every_weeks=0),
        lambda: VisitShape(0),
        lambda: VisitShape(30, step=0),
        lambda: VisitShape(30, pause_before=-1),
        lambda: VisitShape(30, pause_after=-1),
        lambda: Hours("Europe/Atlantis"),
        lambda: Hours("../etc/passwd"),
        lambda: Hours("Europe"),
        lambda: Hours(""),
    ],
)
def test_nonsense_is_refused(build: object) -> None:
    assert callable(build)
    with pytest.raises(ValueError, match=r"open|weekday|begin|week|minute|pause|time zone"):
        build()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "1 8 15 22 29"),
        ({"valid_from": date(2027, 2, 9)}, "15 22 29"),  # the day after a Monday
        ({"valid_from": date(2027, 2, 8)}, "8 15 22 29"),
        ({"valid_until": date(2027, 2, 15)}, "1 8 15"),
        ({"valid_until": date(2027, 2, 14)}, "1 8"),
        # The weeks are counted from the one of the first day, though its Monday is past by then.
        ({"valid_from": date(2027, 2, 4), "every_weeks": 2}, "15 29"),
        ({"valid_from": date(2026, 12, 31), "every_weeks": 3}, "8 29"),
        (
            {"valid_from": date(2027, 2, 1), "every_weeks": 2, "valid_until": date(2027, 2, 20)},
            "1 15",
        ),
    ],
)
def test_weekly_hours_hold_in_some_weeks(values: dict[str, Any], expected: str) -> None:
    mondays = [date(2027, 2, 1) + n * 7 * DAY for n in range(5)]
    weekly = WeeklyRange(0, 540, 600, **values)
    names = ["1", "8", "15", "22", "29"]
    shown = [name for name, day in zip(names, mondays, strict=True) if weekly.holds_on(day)]
    assert shown == expected.split()


def test_a_day_off_counts_before_other_hours_and_those_before_a_holiday() -> None:
    monday, tuesday, wednesday = (date(2027, 2, n) for n in (1, 2, 3))
    shorter = (LocalRange(600, 660),)
    hours = Hours(
        "Europe/Berlin",
        tuple(WeeklyRange(weekday, 540, 720) for weekday in range(7)),
        overrides={monday: shorter, tuesday: shorter},
        holidays={tuesday: "Mardi Gras", wednesday: "Ash Wednesday"},
        days_off=frozenset({monday}),
    )
    assert [list(hours.opening_on(day)) for day in (monday, tuesday, wednesday)] == [
        [],
        list(shorter),
        [],
    ]
    assert [hours.is_usual(monday + n * DAY) for n in range(4)] == [False, False, False, True]


def test_times_must_be_in_utc() -> None:
    hours = every_day("Europe/Berlin", "09:00-12:00")
    day = local_day(hours, "2026-01-15")
    naive = day.start.replace(tzinfo=None)
    berlin = day.start.astimezone(ZoneInfo("Europe/Berlin"))
    for wrong in (naive, berlin):
        with pytest.raises(ValueError, match="UTC"):
            free_slots(hours, [], VisitShape(30), day, wrong)
        with pytest.raises(ValueError, match="UTC"):
            free_slots(hours, [], VisitShape(30), day, LONG_AGO, wrong)
        with pytest.raises(ValueError, match="UTC"):
            is_free(hours, [], VisitShape(30), wrong, LONG_AGO)
