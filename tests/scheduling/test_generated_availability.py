"""Free slots of generated hours and busy times, compared with the oracle."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from appointment_app.scheduling.availability import (
    VisitShape,
    free_slots,
    is_free,
    open_intervals,
)
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange

from . import oracle

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


ZONES = [
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Chicago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Pacific/Apia",
    "Pacific/Honolulu",
    # Clocks that change at midnight, so that the day begins late or ends twice.
    "Africa/Cairo",
    "America/Santiago",
    "America/Havana",
]


@cache
def days_of_change(zone: str) -> list[date]:
    """The local days from 2020 to 2029 on which that zone's clocks change, or any day."""
    clock = ZoneInfo(zone)
    moments = [datetime(2020, 1, 1, tzinfo=UTC) + n * DAY for n in range(3650)]
    return [
        earlier.astimezone(clock).date()
        for earlier, later in pairwise(moments)
        if earlier.astimezone(clock).utcoffset() != later.astimezone(clock).utcoffset()
    ] or [date(2026, 3, 1)]


class Case(NamedTuple):
    hours: Hours
    busy: list[Interval]
    shape: VisitShape
    window: Interval
    not_before: datetime
    not_after: datetime | None
    full_days: frozenset[date]


# Minutes at which something may happen to a clock, and all the others.
a_minute = st.one_of(
    st.sampled_from([0, 60, 90, 120, 150, 180, 1380]), st.integers(0, 240), st.integers(0, 1439)
)
a_length = st.one_of(st.sampled_from([1, 15, 30, 60, 90, 1440]), st.integers(1, 600))


@st.composite
def some_ranges(draw: st.DrawFn, at_most: int) -> tuple[LocalRange, ...]:
    pairs = draw(st.lists(st.tuples(a_minute, a_length), max_size=at_most))
    return tuple(LocalRange(opens, min(opens + length, 2880)) for opens, length in pairs)


@st.composite
def some_weeks(draw: st.DrawFn, day: date) -> tuple[date | None, date | None, int]:
    """In which weeks a range holds; often one that matters on the day."""
    if draw(st.booleans()):
        return None, None, 1
    begin = draw(st.one_of(st.none(), st.integers(-30, 3)))
    end = draw(st.one_of(st.none(), st.integers(-2, 30)))
    if begin is not None and end is not None:
        end = max(begin, end)
    weeks = 1 if begin is None else draw(st.integers(1, 4))
    days = [None if number is None else day + number * DAY for number in (begin, end)]
    return days[0], days[1], weeks


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.sampled_from(ZONES))
    day = draw(st.sampled_from(days_of_change(zone))) + draw(st.integers(-1, 1)) * DAY
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)

    def near(before: int, after: int) -> datetime:
        """A whole minute so many hours around the local midnight of the day."""
        offset = (midnight.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()) // MINUTE
        return midnight + (draw(st.integers(-60 * before, 60 * after)) - offset) * MINUTE

    weekly = [
        WeeklyRange(weekday, each.opens, each.closes, *draw(some_weeks(day)))
        for weekday in sorted({(day + n * DAY).weekday() for n in (-1, 0, 1)})
        for each in draw(some_ranges(at_most=2))
    ]
    days = st.sampled_from([day + n * DAY for n in (-1, 0, 1, 2)])
    round_the_clock = st.just((LocalRange(0, 1440),))
    other_hours = st.one_of(some_ranges(at_most=3), round_the_clock)
    overrides = draw(st.dictionaries(days, other_hours, max_size=2))
    holidays = draw(st.dictionaries(days, st.just("Some holiday"), max_size=2))
    days_off = draw(st.one_of(st.just(frozenset()), st.frozensets(days, max_size=2)))
    start = near(24, 12)
    busy = [
        Interval(begin, begin + draw(a_length) * MINUTE)
        for begin in [near(30, 48) for _ in range(draw(st.integers(0, 6)))]
    ]
    return Case(
        Hours(zone, tuple(weekly), overrides, holidays, days_off),
        busy,
        VisitShape(
            draw(st.one_of(st.sampled_from([15, 30, 60]), st.integers(1, 200))),
            draw(st.sampled_from([0, 0, 5, 60])),
            draw(st.sampled_from([0, 0, 10, 90])),
            draw(st.sampled_from([None, 1, 5, 15, 20, 30, 45])),
        ),
        Interval(start, start + draw(st.integers(1, 48 * 60)) * MINUTE),
        draw(st.one_of(st.just(LONG_AGO), st.builds(near, st.just(6), st.just(24)))),
        draw(st.one_of(st.none(), st.builds(near, st.just(0), st.just(48)))),
        draw(st.frozensets(days, max_size=1)),
    )


GENERATED = settings(deadline=None, max_examples=int(os.environ.get("SLOT_EXAMPLES", "200")))


@GENERATED
@given(cases())
def test_slots_are_those_of_the_oracle(case: Case) -> None:
    assert free_slots(*case) == oracle.free_starts(*case)


@GENERATED
@given(cases())
def test_open_hours_are_those_of_the_oracle(case: Case) -> None:
    found = open_intervals(case.hours, case.window)
    minutes = {
        each.start + n * MINUTE for each in found for n in range((each.end - each.start) // MINUTE)
    }
    assert minutes == oracle.open_minutes(case.hours, case.window)
    assert all(earlier.end < later.start for earlier, later in pairwise(found))


@GENERATED
@given(cases(), st.integers(1, 12))
def test_a_start_is_free_when_it_is_among_the_slots(case: Case, apart: int) -> None:
    slots = set(free_slots(*case))
    window = case.window
    minutes = range(0, (window.end - window.start) // MINUTE, apart * 7)
    for start in slots | {window.start + n * MINUTE for n in minutes}:
        refusal = is_free(
            *(case.hours, case.busy, case.shape, start),
            *(case.not_before, case.not_after, case.full_days),
        )
        assert (start in slots) == (refusal is None), (start, refusal)


@GENERATED
@given(cases())
def test_a_booked_slot_is_gone_and_what_stays_keeps_clear_of_it(case: Case) -> None:
    slots = free_slots(*case)
    if not slots:
        return
    taken = case.shape.busy(slots[len(slots) // 2])

    def clear(start: datetime) -> bool:
        busy = case.shape.busy(start)
        return busy.end <= taken.start or taken.end <= busy.start

    left = free_slots(*case._replace(busy=[*case.busy, taken]))
    assert all(map(clear, left))
    stays = [start for start in slots if clear(start)]
    if case.shape.step is None:
        # After it the starts are counted anew, but what lay before it stays.
        left = [start for start in left if start < taken.start]
        stays = [start for start in stays if start < taken.start]
    assert left == stays


@GENERATED
@given(cases(), st.integers(1, 48 * 60))
def test_two_adjacent_windows_hold_what_both_together_hold(case: Case, minute: int) -> None:
    window = case.window
    middle = window.start + minute * MINUTE
    if middle >= window.end:
        return
    halves = [replace(window, end=middle), replace(window, start=middle)]
    assert free_slots(*case) == [
        start for half in halves for start in free_slots(*case._replace(window=half))
    ]


@GENERATED
@given(cases())
def test_busy_time_out_of_reach_of_the_window_does_not_matter(case: Case) -> None:
    reach = case.shape.busy_around(case.window)
    within = [each for each in case.busy if each.start < reach.end and reach.start < each.end]
    assert free_slots(*case) == free_slots(*case._replace(busy=within))


@GENERATED
@given(cases())
def test_no_two_slots_of_a_day_have_the_same_name(case: Case) -> None:
    clock = ZoneInfo(case.hours.zone)
    names = [f"{start.astimezone(clock):%Y-%m-%d %H:%M}" for start in free_slots(*case)]
    assert len(set(names)) == len(names)
