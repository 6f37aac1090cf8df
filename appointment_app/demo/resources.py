"""The rooms and devices that the demo's visits have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from appointment_app.demo.planned import PlannedVisit
from appointment_app.models import AppointmentStatus, Resource, ResourceUse, row_id
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.resource_times import first_free


def planned_uses(
    visits: Iterable[tuple[PlannedVisit, int]], resources: Mapping[tuple[str, str], Resource]
) -> Iterator[ResourceUse]:
    """Give each visit (with the id of its block) one of each kind that it needs.

    ``resources`` are stored, by the code of the clinic and their name. Raises ``ValueError`` when
    there are too few of them.
    """
    busy: defaultdict[int, list[Interval]] = defaultdict(list)
    for visit, block_id in visits:
        if visit.status is AppointmentStatus.CANCELLED:
            continue
        suitable: defaultdict[str, list[int]] = defaultdict(list)
        for name in visit.visit.resources:
            row = resources[visit.clinic, name]
            suitable[row.kind].append(row_id(row))
        for choices in suitable.values():
            one = first_free(choices, busy, visit.busy)
            if one is None:
                raise ValueError(f"the demo has too little for {visit.visit.name}")
            busy[one].append(visit.busy)
            yield ResourceUse(
                resource_id=one,
                block_id=block_id,
                busy_from=visit.busy.start,
                busy_until=visit.busy.end,
            )
