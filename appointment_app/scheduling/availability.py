"""From hours, overrides and busy time to the free slots of a doctor at a clinic.

Pure: plain values in, plain values out; no clock and no database. `free_slots` lists
the starts that may be offered, `is_free` judges a single one inside the transaction
that books it, and the two always agree.

A start is free when all of this holds:

1. It is not before `not_before` and is before `not_after`.
2. The visit, `[start, start + duration)`, lies within the open hours; ranges that
   touch or overlap count as one stretch of open time.
3. It lies in a range, on its grid: a whole number of steps after the range opens. Where
   the visit has no step, one visit follows the other: starts are as far apart as the
   visit with its pauses is long, counted from the opening and anew from the end of each
   busy entry in the range, so that no gap is left empty. Both are counted in elapsed
   time, and the wall-clock time is not one shown for the second time that day.
4. The visit with its pauses overlaps nothing in `busy`, whose entries have their own
   pauses inside. A pause may reach beyond the open hours.
5. Its local day is not one of the `full_days`.

What a wall-clock time means on the days when clocks change is told in `local_time`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import pairwise
from operator import itemgetter

from appointment_app.scheduling.intervals import Interval, clip, merge, require_utc
from appointment_app.scheduling.local_time import (
    DAY,
    MINUTE,
    MINUTES_A_DAY,
    instant_of,
    local_date,
    repeated_time,
)
from appointment_app.scheduling.opening_hours import Hours

_RESOLUTION = datetime.resolution  # turns "after x" into "from x + this on"
# Two days by the clock on the wall, and what the clocks may be put back in them.
_LONGEST_RANGE = timedelta(hours=52)

_Span = tuple[datetime, datetime]  # half-open; an Interval without its checks


@dataclass(frozen=True, slots=True)
class VisitShape:
    """How much time a visit takes, in minutes of elapsed time.

    The pauses belong to the doctor's busy time, not to the visit. Starts are offered
    every `step` minutes; without one, one visit after the other. Raises ValueError for
    a length that is not positive or a pause that is negative.
    """

    duration: int
    pause_before: int = 0
    pause_after: int = 0
    step: int | None = None

    def __post_init__(self) -> None:
        if self.duration <= 0 or (self.step is not None and self.step <= 0):
            raise ValueError("a visit and its step last at least a minute")
        if self.pause_before < 0 or self.pause_after < 0:
            raise ValueError("a pause is not negative")

    def visit(self, start: datetime) -> Interval:
        """The time of a visit that starts at `start`, as the patient sees it."""
        return Interval(start, start + self.duration * MINUTE)

    def busy(self, start: datetime) -> Interval:
        """The doctor's time that this visit takes: with the pauses."""
        until = start + (self.duration + self.pause_after) * MINUTE
        return Interval(start - self.pause_before * MINUTE, until)

    @property
    def stride(self) -> timedelta:
        """How far a start is from the next one."""
        return (self.step or self.pause_before + self.duration + self.pause_after) * MINUTE

    def busy_around(self, window: Interval) -> Interval:
        """Busy time outside this cannot matter to visits that start within `window`.

        It holds all that they may take and, where one visit follows the other, what lies
        before them in the longest range: starts are counted from its end.
        """
        start, end = self.busy(window.start).start, self.busy(window.end).end
        return Interval(start if self.step else start - _LONGEST_RANGE, end)


class Refusal(Enum):
    """Why a start is not free. When several reasons hold, the first one here counts."""

    TOO_SOON = "TOO_SOON"
    TOO_FAR = "TOO_FAR"
    OUTSIDE_HOURS = "OUTSIDE_HOURS"
    BUSY = "BUSY"
    NOT_ON_GRID = "NOT_ON_GRID"
    DAY_FULL = "DAY_FULL"


def open_intervals(hours: Hours, window: Interval) -> list[Interval]:
    """The open hours within `window`, in UTC, sorted; ranges that touch are joined."""
    ranges = _ranges(hours, window.start, window.end)
    return clip(merge(Interval(*each) for each in ranges), window)


def free_slots(
    hours: Hours,
    busy: Iterable[Interval],
    shape: VisitShape,
    window: Interval,
    not_before: datetime,
    not_after: datetime | None = None,
    full_days: AbstractSet[date] = frozenset(),
) -> list[datetime]:
    """The free starts within `window`, in UTC, sorted, each once.

    `not_before` is the first moment allowed (now plus the minimum notice), `not_after`
    the first one no longer allowed (`horizon_end`). `busy` may come in any order and
    overlap; it must hold all that lies in `shape.busy_around(window)`. A visit may end
    after the window, which therefore neither moves nor cuts off a slot: the slots of
    two adjacent windows are those of both together.

    Takes time in proportion to the days of the window, the slots and the busy entries.
    Raises ValueError for a time that is not in UTC.
    """
    require_utc(not_before)
    first, last = max(window.start, not_before), window.end
    if not_after is not None:
        require_utc(not_after)
        last = min(last, not_after)
    if first >= last:
        return []

    busy = list(busy)
    duration, stride = shape.duration * MINUTE, shape.stride
    ranges = _ranges(hours, first, last + duration)
    stretches = _joined(ranges)
    refused = _refused_starts(hours, busy, shape, first, last, full_days)
    origins = _origins(busy, shape)

    slots: list[datetime] = []
    stretch = 0
    for opening, closing in ranges:
        while stretches[stretch][1] <= opening:
            stretch += 1
        end = min(last, closing, stretches[stretch][1] - duration + _RESOLUTION)
        start = _on_grid(opening, origins, stride, first)
        next_refused = bisect_right(refused, start, key=itemgetter(1))
        while start < end:
            if next_refused < len(refused):
                refused_from, refused_until = refused[next_refused]
                next_refused += 1
            else:
                refused_from = refused_until = end
            free_until = min(refused_from, end)
            while start < free_until:
                slots.append(start)
                start += stride
            # An origin is the end of a refused span, so that none was passed over above.
            start = _on_grid(opening, origins, stride, refused_until)

    # Only ranges that overlap can offer a start twice or out of order.
    if any(later[0] < earlier[1] for earlier, later in pairwise(ranges)):
        return sorted(set(slots))
    return slots


def is_free(
    hours: Hours,
    busy: Iterable[Interval],
    shape: VisitShape,
    start: datetime,
    not_before: datetime,
    not_after: datetime | None = None,
    full_days: AbstractSet[date] = frozenset(),
) -> Refusal | None:
    """None if `free_slots` would offer `start`, else the reason why it would not.

    The arguments mean the same as there; `busy` must hold all that lies in
    `shape.busy_around` a window from `start` on, and costs next to nothing if it holds
    just that. Raises ValueError for a time that is not in UTC.
    """
    for moment in (start, not_before, not_after or start):
        require_utc(moment)
    if start < not_before:
        return Refusal.TOO_SOON
    if not_after is not None and start >= not_after:
        return Refusal.TOO_FAR

    visit = shape.visit(start)
    ranges = _ranges(hours, visit.start, visit.end)
    if not any(
        opening <= visit.start and visit.end <= closing for opening, closing in _joined(ranges)
    ):
        return Refusal.OUTSIDE_HOURS

    busy, taken = list(busy), shape.busy(start)
    if any(each.start < taken.end and taken.start < each.end for each in busy):
        return Refusal.BUSY
    origins = _origins(busy, shape)
    if not any(
        opening <= start < closing and start == _on_grid(opening, origins, shape.stride, start)
        for opening, closing in ranges
    ):
        return Refusal.NOT_ON_GRID
    if any(
        shown_again <= start < until
        for shown_again, until in _repeated(hours.zone, start, visit.end)
    ):
        return Refusal.NOT_ON_GRID

    if local_date(hours.zone, start) in full_days:
        return Refusal.DAY_FULL
    return None


def _ranges(hours: Hours, start: datetime, end: datetime) -> list[_Span]:
    """The ranges that overlap `[start, end)`, in UTC, whole, sorted, not joined."""
    spans = []
    for day in _local_days(hours.zone, start, end):
        for each in hours.opening_on(day):
            opening = instant_of(hours.zone, day, each.opens)
            closing = instant_of(hours.zone, day, each.closes)
            # A range that the spring change swallowed is empty here.
            if opening < closing and opening < end and start < closing:
                spans.append((opening, closing))
    spans.sort()
    return spans


def _local_days(zone: str, start: datetime, end: datetime) -> Iterable[date]:
    """The local days whose ranges may reach into `[start, end)`.

    One more at the front, for ranges past midnight, and one at the back, for clocks
    that go back over midnight and so show yesterday's date once more.
    """
    day, last = local_date(zone, start) - DAY, local_date(zone, end) + DAY
    while day <= last:
        yield day
        day += DAY


def _refused_starts(
    hours: Hours,
    busy: Iterable[Interval],
    shape: VisitShape,
    first: datetime,
    last: datetime,
    full_days: AbstractSet[date],
) -> list[_Span]:
    """Where no visit of that shape may start, whatever the hours; sorted, disjoint."""
    # A visit is clear of a busy entry if it starts so late that its pause before does
    # not reach into the entry, or so early that its pause after just touches it.
    before = (shape.duration + shape.pause_after) * MINUTE - _RESOLUTION
    after = shape.pause_before * MINUTE
    refused = [(each.start - before, each.end + after) for each in busy]
    refused += _repeated(hours.zone, first, last)
    refused += [
        (instant_of(hours.zone, day, 0), instant_of(hours.zone, day, MINUTES_A_DAY))
        for day in _local_days(hours.zone, first, last)
        if day in full_days
    ]
    refused.sort()
    return _joined(refused)


def _repeated(zone: str, start: datetime, end: datetime) -> list[_Span]:
    """The wall-clock times shown for the second time around `[start, end)`."""
    found = (repeated_time(zone, day) for day in _local_days(zone, start, end))
    return [(each.start, each.end) for each in found if each is not None]


def _joined(spans: Iterable[_Span]) -> list[_Span]:
    """`intervals.merge` for sorted spans: the same, without an object for each."""
    joined: list[_Span] = []
    for span in spans:
        if not joined or joined[-1][1] < span[0]:
            joined.append(span)
        elif joined[-1][1] < span[1]:
            joined[-1] = (joined[-1][0], span[1])
    return joined


def _origins(busy: Iterable[Interval], shape: VisitShape) -> list[datetime]:
    """The moments after busy entries from which starts are counted anew, sorted."""
    if shape.step:
        return []
    return sorted(each.end + shape.pause_before * MINUTE for each in busy)


def _on_grid(
    opening: datetime, origins: Sequence[datetime], stride: timedelta, moment: datetime
) -> datetime:
    """The first start that is not before `moment`, of a range that opens at `opening`."""
    if moment <= opening:
        return opening
    following = bisect_right(origins, moment)
    origin = max(opening, origins[following - 1]) if following else opening
    start = origin - (origin - moment) // stride * stride
    return min(start, origins[following]) if following < len(origins) else start
