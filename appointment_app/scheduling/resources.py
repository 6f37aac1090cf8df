"""Rooms and devices: what a visit type needs, taken with a block and freed with it.

Several doctors share them, so whoever takes one holds the locks of all that suit (``locks.py``:
doctors, then resources by id, then persons), and the database has the last word
(``models/overlaps.py``). A video visit needs none. Whoever shares what is taken or freed is told
(``live``), and not locked: the free times of their doctor's page change, their calendar does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.live.keys import doctor_key
from appointment_app.live.publishing import note
from appointment_app.models import (
    BlockKind,
    BusyBlock,
    Resource,
    ResourceKind,
    ResourceUse,
    VisitMode,
    VisitType,
    VisitTypeResource,
    row_id,
)
from appointment_app.scheduling import locks
from appointment_app.scheduling.calendar_rows import LONGEST_BLOCK
from appointment_app.scheduling.errors import NoResourceHere, ResourceTaken
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.resource_times import Needs, first_free


class _Suitable(NamedTuple):
    """A resource (internal ids) that suits a visit type."""

    id: int
    kind: ResourceKind
    clinic_id: int
    active: bool


@dataclass(frozen=True, slots=True)
class Equipment:
    """What suits some visit types, and what occupies it (``busy``, by the id of the resource)."""

    suitable: dict[int, set[_Suitable]] = field(default_factory=dict)
    busy: dict[int, list[Interval]] = field(default_factory=dict)

    def needs(self, visit_type_id: int, clinic_id: int) -> Needs:
        """Return what a visit type needs at a clinic; nothing when no resource is named."""
        return _needs(self.suitable.get(visit_type_id, ()), clinic_id)


async def load_equipment(
    session: AsyncSession,
    visit_types: Collection[int],
    window: Interval,
    *,
    except_block: int | None = None,
) -> Equipment:
    """Return what suits the visit types and when it is taken within ``window``; one statement.

    An expired hold takes nothing, nor does the block ``except_block``.
    """
    uses = (
        select(ResourceUse.resource_id, ResourceUse.busy_from, ResourceUse.busy_until)
        .join(BusyBlock, col(BusyBlock.id) == ResourceUse.block_id)
        .where(
            col(ResourceUse.resource_id).in_(
                select(VisitTypeResource.resource_id).where(
                    col(VisitTypeResource.visit_type_id).in_(visit_types)
                )
            ),
            *_taken_within(window),
            or_(col(BusyBlock.kind) != BlockKind.HOLD, col(BusyBlock.expires_at) > clock.now()),
        )
    )
    if except_block is not None:
        uses = uses.where(ResourceUse.block_id != except_block)
    taken = uses.subquery("taken")
    statement = (
        sa.select(
            col(VisitTypeResource.visit_type_id),
            *_SUITABLE,
            taken.c.busy_from,
            taken.c.busy_until,
        )
        .join(Resource, col(Resource.id) == VisitTypeResource.resource_id)
        .outerjoin(taken, taken.c.resource_id == Resource.id)
        .where(col(VisitTypeResource.visit_type_id).in_(visit_types))
    )
    suitable: defaultdict[int, set[_Suitable]] = defaultdict(set)
    busy: defaultdict[int, set[Interval]] = defaultdict(set)
    rows = await session.exec(statement)  # type: ignore[call-overload]  # a plain select
    for visit_type_id, *resource, busy_from, busy_until in rows.all():
        each = _Suitable(*resource)
        suitable[visit_type_id].add(each)
        if busy_from is not None:
            busy[each.id].add(Interval(busy_from, busy_until))
    return Equipment(dict(suitable), {key: sorted(taken) for key, taken in busy.items()})


async def lock(session: AsyncSession, visit_type: int | UUID, clinic_id: int) -> Needs:
    """Return what a visit type (internal or public id) needs at a clinic, and lock all of it.

    So nobody else takes any of it. The doctor is locked already, the patient is not yet.
    """
    key = VisitType.public_id if isinstance(visit_type, UUID) else VisitType.id
    rows = await locks.lock_resources(
        session,
        select(VisitTypeResource.resource_id)
        .join(VisitType, col(VisitType.id) == VisitTypeResource.visit_type_id)
        .where(key == visit_type, col(VisitType.mode) == VisitMode.IN_PERSON),
        *_SUITABLE,
    )
    return _needs([_Suitable(*row) for row in rows], clinic_id)


async def take(session: AsyncSession, needs: Needs, block: BusyBlock) -> None:
    """Give a stored block one of each kind that it ``needs``, which are locked, for its time.

    What it has already stays with it where it can, so that this is also for a block that was
    moved. Otherwise it is the first free by id. Frees what expired holds took. Raises
    ``ResourceTaken`` when none is free, ``NoResourceHere`` when the clinic has none.
    """
    if needs.missing is not None:
        raise NoResourceHere(needs.missing)
    own, others = await _uses_around(session, needs, block)
    wanted = Interval(block.busy_from, block.busy_until)
    busy: defaultdict[int, list[Interval]] = defaultdict(list)
    for use in others:
        busy[use.resource_id].append(Interval(use.busy_from, use.busy_until))
    chosen = []
    for kind, ids in needs.suitable.items():
        had = [use.resource_id for use in own if use.resource_id in ids]
        one = first_free(had, busy, wanted)
        if one is None:
            one = first_free(ids, busy, wanted)
        if one is None:
            raise ResourceTaken(kind)
        chosen.append(one)
    kept = {use.resource_id: use for use in own}
    for use in own:
        use.active = use.resource_id in chosen
    await session.flush()
    for resource_id in chosen:
        use = kept.get(resource_id) or ResourceUse(
            resource_id=resource_id,
            block_id=row_id(block),
            busy_from=wanted.start,
            busy_until=wanted.end,
        )
        use.busy_from, use.busy_until = wanted.start, wanted.end
        session.add(use)
    await session.flush()
    await _tell_sharers(session, {*chosen, *kept})


async def release(session: AsyncSession, *blocks: sa.ColumnExpressionArgument[bool]) -> None:
    """Free what the blocks that meet these conditions took."""
    taken = (
        col(ResourceUse.active),
        col(ResourceUse.block_id).in_(select(BusyBlock.id).where(*blocks)),
    )
    await _tell_sharers(session, select(ResourceUse.resource_id).where(*taken))
    statement = sa.update(ResourceUse).where(*taken).values(active=False)
    await session.exec(statement.execution_options(synchronize_session=False))


def is_needed() -> sa.ColumnElement[bool]:
    """Tell of a selected visit type whether it needs a room or a device."""
    return sa.and_(
        col(VisitType.mode) == VisitMode.IN_PERSON,
        sa.exists().where(col(VisitTypeResource.visit_type_id) == VisitType.id),
    )


_SUITABLE: tuple[Any, ...] = (
    col(Resource.id),
    col(Resource.kind),
    col(Resource.clinic_id),
    col(Resource.active),
)


def _needs(suitable: Iterable[_Suitable], clinic_id: int) -> Needs:
    by_kind: defaultdict[ResourceKind, list[int]] = defaultdict(list)
    for each in sorted(suitable):
        # A kind that is named at another clinic only is needed here as well.
        here = by_kind[each.kind]
        if each.clinic_id == clinic_id and each.active:
            here.append(each.id)
    return Needs({kind: tuple(by_kind[kind]) for kind in ResourceKind if kind in by_kind})


async def _uses_around(
    session: AsyncSession, needs: Needs, block: BusyBlock
) -> tuple[list[ResourceUse], list[ResourceUse]]:
    """Return what the block has at any time, and what others have of its ``needs`` in its time."""
    wanted = Interval(block.busy_from, block.busy_until)
    statement = (
        select(ResourceUse, BusyBlock.kind, BusyBlock.expires_at)
        .join(BusyBlock, col(BusyBlock.id) == ResourceUse.block_id)
        .where(
            col(ResourceUse.active),
            or_(
                ResourceUse.block_id == row_id(block),
                sa.and_(col(ResourceUse.resource_id).in_(needs.ids), *_taken_within(wanted)),
            ),
        )
        .order_by(col(ResourceUse.id))
        .execution_options(populate_existing=True)
    )
    now: datetime = clock.now()
    own, others = [], []
    for use, kind, expires_at in await session.exec(statement):
        if use.block_id == block.id:
            own.append(use)
        elif kind is BlockKind.HOLD and expires_at is not None and expires_at <= now:
            use.active = False  # the constraint knows no time
            session.add(use)
        else:
            others.append(use)
    return own, others


async def _tell_sharers(session: AsyncSession, resources: Any) -> None:
    """Have the open pages of all doctors told whose visits these resources (ids) suit."""
    statement = (
        select(VisitType.doctor_id)
        .join(VisitTypeResource, col(VisitTypeResource.visit_type_id) == VisitType.id)
        .where(col(VisitTypeResource.resource_id).in_(resources))
        .distinct()
    )
    for doctor_id in await session.exec(statement):
        note(session, doctor_key(doctor_id))


def _taken_within(window: Interval) -> tuple[sa.ColumnElement[bool], ...]:
    begins, ends = col(ResourceUse.busy_from), col(ResourceUse.busy_until)
    return (
        col(ResourceUse.active).is_(True),
        begins > window.start - LONGEST_BLOCK,
        begins < window.end,
        ends > window.start,
    )
