"""When a visit finds the room and the device that it needs: pure, with plain values.

A visit that needs one of several rooms may begin when one of them is free for all the time that
it takes of its doctor, pauses inside. It is not enough that some room is free at every minute:
nobody changes rooms in the middle. So each room's busy time is first turned into the starts that
it makes impossible, and only then is what all rooms have in common taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce

from appointment_app.models import ResourceKind
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval, intersect, merge, overlaps
from appointment_app.scheduling.local_time import MINUTE

_RESOLUTION = datetime.resolution  # turns "after x" into "from x + this on"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a visit needs at a clinic: of each kind one of these resources (internal ids).

    A kind without any cannot be had there, so that the visit cannot take place.
    """

    suitable: Mapping[ResourceKind, Sequence[int]] = field(default_factory=dict)

    @property
    def missing(self) -> ResourceKind | None:
        """The kind that the visit needs and the clinic does not have."""
        return next((kind for kind, ids in self.suitable.items() if not ids), None)

    @property
    def ids(self) -> list[int]:
        """Everything that suits, sorted: the order in which it is locked."""
        return sorted(each for ids in self.suitable.values() for each in ids)


def starts_with_resources(
    starts: Sequence[datetime],
    shape: VisitShape,
    needs: Needs,
    busy: Mapping[int, Sequence[Interval]],
) -> list[datetime]:
    """Return those of the sorted ``starts`` at which one resource of each kind is free.

    ``busy`` is what occupies the resources, by id; one that is not in it is free. Linear.
    """
    if not needs.suitable:
        return list(starts)
    if needs.missing is not None:
        return []
    refused = merge(
        span
        for ids in needs.suitable.values()
        for span in _refused_by_all([busy.get(each, ()) for each in ids], shape)
    )
    left: list[datetime] = []
    next_refused = 0
    for start in starts:
        while next_refused < len(refused) and refused[next_refused].end <= start:
            next_refused += 1
        if next_refused == len(refused) or start < refused[next_refused].start:
            left.append(start)
    return left


def first_free(
    ids: Iterable[int], busy: Mapping[int, Sequence[Interval]], wanted: Interval
) -> int | None:
    """Return the lowest of ``ids`` that nothing occupies in the ``wanted`` time, or None.

    Always the lowest, so that the others keep long stretches free.
    """
    return next(
        (
            each
            for each in sorted(ids)
            if not any(overlaps(taken, wanted) for taken in busy.get(each, ()))
        ),
        None,
    )


def _refused_by_all(busy: Sequence[Iterable[Interval]], shape: VisitShape) -> list[Interval]:
    """Return the starts at which every one of some resources is occupied meanwhile."""
    return reduce(intersect, [_refused(each, shape) for each in busy])


def _refused(busy: Iterable[Interval], shape: VisitShape) -> list[Interval]:
    before, after = shape.pause_before * MINUTE, (shape.duration + shape.pause_after) * MINUTE
    return merge(Interval(each.start - after + _RESOLUTION, each.end + before) for each in busy)
