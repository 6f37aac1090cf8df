"""Interval algebra, judged minute by minute: an interval is the set of its minutes."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointment_app.scheduling.intervals import (
    Interval,
    clip,
    intersect,
    merge,
    overlaps,
    subtract,
)

EPOCH = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minute: int) -> datetime:
    return EPOCH + minute * MINUTE


def span(start: int, end: int) -> Interval:
    return Interval(at(start), at(end))


def minutes(intervals: Iterable[Interval]) -> set[int]:
    return {
        minute
        for each in intervals
        for minute in range((each.start - EPOCH) // MINUTE, (each.end - EPOCH) // MINUTE)
    }


# Short and close together, so that they touch, nest and repeat all the time.
an_interval = st.builds(
    lambda start, length: span(start, start + length),
    st.integers(0, 40),
    st.integers(1, 12),
)
some_intervals = st.lists(an_interval, max_size=9)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(at(5), at(5), id="empty"),
        pytest.param(at(5), at(4), id="reversed"),
        pytest.param(at(0).replace(tzinfo=None), at(5), id="naive start"),
        pytest.param(at(0), at(5).replace(tzinfo=None), id="naive end"),
        pytest.param(at(0).astimezone(ZoneInfo("Europe/Berlin")), at(5), id="Berlin"),
        pytest.param(at(0).astimezone(ZoneInfo("Europe/London")), at(5), id="London in winter"),
        pytest.param(at(0), at(5).astimezone(timezone(2 * 60 * MINUTE)), id="+02:00"),
    ],
)
def test_an_interval_refuses(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match=r"not a time in UTC|ends after it starts"):
        Interval(start, end)


@pytest.mark.parametrize("utc", [UTC, ZoneInfo("UTC"), ZoneInfo("Etc/UTC")], ids=repr)
def test_every_name_of_utc_will_do(utc: ZoneInfo) -> None:
    assert Interval(at(0).astimezone(utc), at(1)) == span(0, 1)


@given(an_interval, an_interval)
def test_two_overlap_when_they_share_a_minute(one: Interval, other: Interval) -> None:
    assert overlaps(one, other) == bool(minutes([one]) & minutes([other]))
    assert overlaps(one, other) == overlaps(other, one)


def test_two_that_touch_do_not_overlap_but_merge() -> None:
    assert not overlaps(span(0, 5), span(5, 9))
    assert merge([span(5, 9), span(0, 5)]) == [span(0, 9)]


@given(some_intervals)
def test_merge_keeps_each_minute_and_leaves_gaps_between(
    intervals: list[Interval],
) -> None:
    merged = merge(intervals)
    assert minutes(merged) == minutes(intervals)
    assert_apart(merged)


@pytest.mark.parametrize(
    ("operation", "on_minutes"),
    [(intersect, set.intersection), (subtract, set.difference)],
)
@given(these=some_intervals, those=some_intervals)
def test_an_operation_does_to_intervals_what_it_does_to_minutes(
    operation: Callable[[list[Interval], list[Interval]], list[Interval]],
    on_minutes: Callable[[set[int], set[int]], set[int]],
    these: list[Interval],
    those: list[Interval],
) -> None:
    before = list(these), list(those)
    result = operation(these, those)
    assert minutes(result) == on_minutes(minutes(these), minutes(those))
    assert_apart(result)
    assert (these, those) == before


def test_one_hole_may_reach_into_two_intervals() -> None:
    open_time = [span(0, 10), span(20, 30)]
    assert subtract(open_time, [span(5, 25)]) == [span(0, 5), span(25, 30)]


@given(some_intervals, an_interval)
def test_clip_cuts_each_at_the_window(intervals: list[Interval], window: Interval) -> None:
    clipped = clip(intervals, window)
    assert clipped == sorted(clipped)
    cut = [sorted(minutes([each]) & minutes([window])) for each in intervals]
    assert [sorted(minutes([each])) for each in clipped] == sorted(filter(None, cut))


def assert_apart(intervals: list[Interval]) -> None:
    """Sorted, and at least a minute between any two."""
    for earlier, later in pairwise(intervals):
        assert earlier.end < later.start
