"""When a room is free for a visit, judged minute for minute by the slow and obvious way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appointment_app.models import ResourceKind
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.resource_times import Needs, first_free, starts_with_resources

MINUTE = timedelta(minutes=1)
MIDNIGHT = datetime(2030, 3, 5, tzinfo=UTC)
STARTS = [MIDNIGHT + minute * 5 * MINUTE for minute in range(30)]


def span(begins: int, ends: int) -> Interval:
    """Minutes after midnight."""
    return Interval(MIDNIGHT + begins * MINUTE, MIDNIGHT + ends * MINUTE)


def at(*minutes: int) -> list[datetime]:
    return [MIDNIGHT + minute * MINUTE for minute in minutes]


def rooms(*ids: int) -> Needs:
    return Needs({ResourceKind.ROOM: ids})


def slow(
    starts: list[datetime], shape: VisitShape, needs: Needs, busy: dict[int, list[Interval]]
) -> list[datetime]:
    """Each start, each kind, each resource, each minute of the visit and its pauses."""

    def is_taken(resource: int, minute: datetime) -> bool:
        return any(each.start <= minute < each.end for each in busy.get(resource, ()))

    def minutes(start: datetime) -> list[datetime]:
        first, last = -shape.pause_before, shape.duration + shape.pause_after
        return [start + number * MINUTE for number in range(first, last)]

    return [
        start
        for start in starts
        if all(
            any(
                not any(is_taken(resource, minute) for minute in minutes(start))
                for resource in resources
            )
            for resources in needs.suitable.values()
        )
    ]


spans = st.builds(
    lambda begins, length: span(begins, begins + length), st.integers(-60, 200), st.integers(1, 90)
)
shapes = st.builds(VisitShape, st.integers(5, 60), st.integers(0, 20), st.integers(0, 20))
kinds = st.dictionaries(
    st.sampled_from(ResourceKind), st.lists(st.integers(1, 4), max_size=3, unique=True)
)


@given(
    shape=shapes,
    kinds=kinds,
    busy=st.dictionaries(st.integers(1, 4), st.lists(spans, max_size=4), max_size=4),
)
@example(shape=VisitShape(30), kinds={}, busy={1: [span(0, 90)]})
def test_the_fast_way_says_what_the_slow_way_says(
    shape: VisitShape, kinds: dict[ResourceKind, list[int]], busy: dict[int, list[Interval]]
) -> None:
    needs = Needs(kinds)
    assert starts_with_resources(STARTS, shape, needs, busy) == slow(STARTS, shape, needs, busy)


def test_nobody_changes_rooms_in_the_middle() -> None:
    """At each minute one of the two is free, and none is for half an hour."""
    busy = {1: [span(0, 15)], 2: [span(15, 30)]}
    assert starts_with_resources(at(0, 15, 30), VisitShape(30), rooms(1, 2), busy) == at(15, 30)
    assert starts_with_resources(at(0), VisitShape(30), rooms(1, 2), busy) == []


@pytest.mark.parametrize(("start", "free"), [(29, False), (30, True), (0, True), (1, False)])
def test_visits_may_touch_in_a_room(start: int, free: bool) -> None:
    busy = {1: [span(10, 30)]}
    assert starts_with_resources(at(start), VisitShape(10), rooms(1), busy) == at(start) * free


def test_the_pauses_need_the_room_as_well() -> None:
    shape, busy = VisitShape(10, pause_before=5, pause_after=10), {1: [span(30, 40)]}
    free = starts_with_resources(at(10, 11, 44, 45), shape, rooms(1), busy)
    assert free == at(10, 45)


def test_a_room_and_a_device_must_both_be_free() -> None:
    needs = Needs({ResourceKind.ROOM: (1,), ResourceKind.DEVICE: (2,)})
    busy = {1: [span(0, 10)], 2: [span(10, 20)]}
    assert starts_with_resources(at(0, 10, 20), VisitShape(10), needs, busy) == at(20)


def test_where_there_is_none_nothing_is_free() -> None:
    needs = Needs({ResourceKind.ROOM: (), ResourceKind.DEVICE: (2,)})
    assert needs.missing is ResourceKind.ROOM
    assert starts_with_resources(STARTS, VisitShape(30), needs, {}) == []


def test_who_needs_nothing_is_free_always() -> None:
    assert starts_with_resources(STARTS, VisitShape(30), Needs(), {1: [span(0, 90)]}) == STARTS


@given(
    ids=st.lists(st.integers(1, 4), unique=True),
    busy=st.dictionaries(st.integers(1, 4), st.lists(spans, max_size=3)),
    wanted=spans,
)
def test_the_first_free_one_is_the_lowest_that_nothing_occupies(
    ids: list[int], busy: dict[int, list[Interval]], wanted: Interval
) -> None:
    free = [
        each
        for each in ids
        if all(
            taken.end <= wanted.start or wanted.end <= taken.start for taken in busy.get(each, ())
        )
    ]
    assert first_free(ids, busy, wanted) == min(free, default=None)
