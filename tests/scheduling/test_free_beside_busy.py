"""Free slots beside what is busy: named examples, and why a start is refused."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from appointment_app.scheduling.availability import Refusal, VisitShape, free_slots, is_free
from appointment_app.scheduling.intervals import Interval
from tests.scheduling.wall_clocks import DAY, LONG_AGO, MINUTE, every_day, labels, ranges, utc


@pytest.mark.parametrize(
    ("busy", "expected"),
    [
        pytest.param("10:00-10:30", "09:00 09:30 10:30 11:00 11:30", id="touching is free"),
        pytest.param("09:59-10:31", "09:00 10:31 11:01", id="one after the other"),
        pytest.param("08:00-09:00 12:00-13:00", "09:00 09:30 10:00 10:30 11:00 11:30", id="around"),
        pytest.param("08:00-13:00", "", id="all day"),
        pytest.param("09:00-11:00 09:10-09:20 10:50-11:20", "11:20", id="overlapping"),
        pytest.param("11:40-11:50 09:10-09:20", "09:20 09:50 10:20 10:50", id="in any order"),
        pytest.param("08:00-09:10", "09:10 09:40 10:10 10:40 11:10", id="from before the hours on"),
        pytest.param("09:30-09:40 09:50-10:00", "09:00 10:00 10:30 11:00 11:30", id="short gaps"),
    ],
)
def test_busy_time_is_not_offered_and_leaves_no_gap(busy: str, expected: str) -> None:
    assert labels("UTC", starts_beside(busy, VisitShape(30))) == expected


@pytest.mark.parametrize(
    ("busy", "shape", "expected"),
    [
        pytest.param(
            "09:59-10:31", VisitShape(30, step=30), "09:00 11:00 11:30", id="a step stays put"
        ),
        pytest.param(
            "09:50-10:00",
            VisitShape(30, step=20),
            "09:00 09:20 10:00 10:20 10:40 11:00 11:20",
            id="twenty",
        ),
        pytest.param(
            "10:00-10:15", VisitShape(30, 10, 5), "09:00 10:25 11:10", id="the pause before counts"
        ),
    ],
)
def test_starts_beside_busy_time(busy: str, shape: VisitShape, expected: str) -> None:
    assert labels("UTC", starts_beside(busy, shape)) == expected


def starts_beside(busy: str, shape: VisitShape) -> list[datetime]:
    """The free starts from 9 to 12 on a day with that busy time."""
    day = utc("2026-01-15T00:00")
    taken = [
        Interval(day + each.opens * MINUTE, day + each.closes * MINUTE) for each in ranges(busy)
    ]
    hours = every_day("UTC", "09:00-12:00")
    return free_slots(hours, taken, shape, Interval(day, day + DAY), LONG_AGO)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("10:10", "10:20", "09:30 10:30", id="pauses that just touch"),
        pytest.param("10:10:00.000001", "10:20", "09:30 10:30", id="later by a microsecond"),
        pytest.param("10:09:59.999999", "10:20", "10:30", id="earlier by a microsecond"),
        pytest.param("10:10", "10:20:00.000001", "09:30", id="longer by a microsecond"),
    ],
)
def test_pauses_are_kept_to_the_microsecond(start: str, end: str, expected: str) -> None:
    """A visit of half an hour with 10 minutes before and after: 09:20-10:10, 10:20-11:10."""
    hours = every_day("UTC", "09:30-11:00")
    shape = VisitShape(30, pause_before=10, pause_after=10, step=60)
    day = Interval(utc("2026-01-15T00:00"), utc("2026-01-16T00:00"))
    taken = [Interval(utc(f"2026-01-15T{start}"), utc(f"2026-01-15T{end}"))]
    starts = free_slots(hours, taken, shape, day, LONG_AGO)
    assert labels("UTC", starts) == expected
    for clock in ("09:30", "10:30"):
        refusal = is_free(hours, taken, shape, utc(f"2026-01-15T{clock}"), LONG_AGO)
        assert refusal == (None if clock in expected else Refusal.BUSY)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("2026-10-23T07:00", None, id="free"),
        pytest.param("2026-10-21T07:00", Refusal.TOO_SOON, id="before the notice"),
        pytest.param("2026-10-22T07:00", None, id="just when the notice allows it"),
        pytest.param("2026-10-27T08:00", Refusal.TOO_FAR, id="at the horizon"),
        pytest.param("2026-10-23T06:45", Refusal.OUTSIDE_HOURS, id="before opening"),
        pytest.param("2026-10-23T09:45", Refusal.OUTSIDE_HOURS, id="beyond closing"),
        pytest.param("2026-10-26T07:00", Refusal.OUTSIDE_HOURS, id="closed that day"),
        pytest.param("2026-10-23T07:10", Refusal.NOT_ON_GRID, id="between two starts"),
        pytest.param("2026-10-23T07:00:30", Refusal.NOT_ON_GRID, id="half a minute late"),
        pytest.param("2026-10-25T00:30", None, id="02:30 on the autumn day"),
        pytest.param("2026-10-25T01:30", Refusal.NOT_ON_GRID, id="02:30 once more"),
        pytest.param("2026-10-23T08:00", Refusal.BUSY, id="taken"),
        pytest.param("2026-10-24T07:00", Refusal.DAY_FULL, id="the day is full"),
        pytest.param("2026-10-24T08:00", Refusal.BUSY, id="taken, and so the day is full"),
    ],
)
def test_a_refusal_says_why(start: str, expected: Refusal | None) -> None:
    hours = every_day(*("Europe/Berlin", "09:00-12:00"), d2026_10_25="02:00-04:00", d2026_10_26="")
    taken = [
        Interval(utc("2026-10-23T08:00"), utc("2026-10-23T08:30")),
        Interval(utc("2026-10-24T08:00"), utc("2026-10-24T08:30")),
    ]
    assert expected == is_free(
        *(hours, taken, VisitShape(30, step=15), utc(start)),
        not_before=utc("2026-10-22T07:00"),
        not_after=utc("2026-10-27T08:00"),
        full_days=frozenset({date(2026, 10, 24)}),
    )


def test_busy_time_of_a_visit_has_its_pauses() -> None:
    shape = VisitShape(30, pause_before=5, pause_after=10)
    start = utc("2026-01-15T09:00")
    assert shape.visit(start) == Interval(start, utc("2026-01-15T09:30"))
    assert shape.busy(start) == Interval(utc("2026-01-15T08:55"), utc("2026-01-15T09:40"))
