"""The algebra of time intervals, half-open `[start, end)`, in UTC.

Every function takes intervals in any order, leaves its arguments alone and returns
a new sorted list. Each is one sweep over sorted input: linear, after a sort that
costs next to nothing when the input is sorted already.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The instants from `start` until just before `end`.

    Raises ValueError if an end is not in UTC or if nothing lies between them: an
    empty interval is the absence of one, a reversed one is a mistake.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        require_utc(self.start)
        require_utc(self.end)
        if self.start >= self.end:
            raise ValueError(f"an interval ends after it starts: {self.start} - {self.end}")


def require_utc(moment: datetime) -> None:
    """Raise ValueError unless `moment` is aware and its zone is UTC.

    A zone that happens to be at +00:00 (London in winter) is not UTC: adding half a
    year to such a time would move it by an hour.
    """
    if moment.tzinfo is not UTC and moment.tzname() != "UTC":
        raise ValueError(f"not a time in UTC: {moment!r}")


def overlaps(one: Interval, other: Interval) -> bool:
    """Whether an instant lies in both; intervals that only touch do not overlap."""
    return one.start < other.end and other.start < one.end


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants in as few intervals as possible: none overlap, none touch."""
    merged: list[Interval] = []
    for interval in sorted(intervals, key=_start):
        if not merged or merged[-1].end < interval.start:
            merged.append(interval)
        elif merged[-1].end < interval.end:
            merged[-1] = Interval(merged[-1].start, interval.end)
    return merged


def intersect(these: Iterable[Interval], those: Iterable[Interval]) -> list[Interval]:
    """The instants that lie in one of `these` and in one of `those`, merged."""
    left, right = merge(these), merge(those)
    common: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i].start, right[j].start)
        end = min(left[i].end, right[j].end)
        if start < end:
            common.append(Interval(start, end))
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return common


def subtract(these: Iterable[Interval], those: Iterable[Interval]) -> list[Interval]:
    """The instants that lie in one of `these` and in none of `those`, merged."""
    holes = merge(those)
    rest: list[Interval] = []
    i = 0
    for interval in merge(these):
        start = interval.start
        while i < len(holes) and holes[i].end <= start:
            i += 1
        j = i  # the last hole may reach into the next interval, so `i` stays behind
        while j < len(holes) and holes[j].start < interval.end:
            if start < holes[j].start:
                rest.append(Interval(start, holes[j].start))
            start = holes[j].end
            j += 1
        if start < interval.end:
            rest.append(Interval(start, interval.end))
        i = max(i, j - 1)
    return rest


def clip(intervals: Iterable[Interval], window: Interval) -> list[Interval]:
    """What lies within `window` of each interval; the outside falls away.

    Unlike `intersect` it merges nothing: each interval keeps its own identity.
    """
    return sorted(
        Interval(max(interval.start, window.start), min(interval.end, window.end))
        for interval in intervals
        if overlaps(interval, window)
    )


def _start(interval: Interval) -> datetime:
    return interval.start
