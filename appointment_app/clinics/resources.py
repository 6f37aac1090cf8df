"""The rooms and devices of a clinic, as its administrators manage them.

Nothing is deleted: what is not used any more keeps the visits that it has, and takes no new ones.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.own_clinics import clinics_where
from appointment_app.accounts.policy import Action, require
from appointment_app.clinics.named_parts import (
    find_clinic,
    find_part,
    other_parts,
    parts_of_clinic,
    record_of_part,
    require_fewer_than,
    sound_name,
)
from appointment_app.database import transactional
from appointment_app.i18n import t
from appointment_app.models import Appointment, Resource, ResourceKind, ResourceUse, row_id

MOST_RESOURCES = 200
_ACTION = Action.EDIT_RESOURCES


@dataclass(frozen=True, slots=True)
class ResourceItem:
    """A room or device; ``upcoming`` visits have it."""

    id: UUID
    kind: ResourceKind
    name: str
    active: bool
    upcoming: int
    version: int


@dataclass(frozen=True, slots=True)
class ClinicResources:
    """A clinic (public id) with its rooms, then its devices, each by name."""

    id: UUID
    name: str
    city: str
    resources: tuple[ResourceItem, ...]


async def list_resources(session: AsyncSession, actor: Actor) -> list[ClinicResources]:
    """Return the clinics that the actor administers, by name, with what they have.

    Raises ``LoginRequired``, ``Forbidden`` when there is no such clinic.
    """
    clinics = await clinics_where(session, actor, _ACTION)
    if not clinics:
        require(actor, _ACTION)
    ids = [row_id(clinic) for clinic in clinics]
    upcoming = await _upcoming(session, ids)
    found: defaultdict[int, list[ResourceItem]] = defaultdict(list)
    statement = select(Resource).where(col(Resource.clinic_id).in_(ids))
    for row in sorted(await session.exec(statement), key=_order):
        found[row.clinic_id].append(
            ResourceItem(
                id=row.public_id,
                kind=row.kind,
                name=row.name,
                active=row.active,
                upcoming=upcoming.get(row_id(row), 0),
                version=row.version,
            )
        )
    return [
        ClinicResources(each.public_id, each.name, each.city, tuple(found[row_id(each)]))
        for each in clinics
    ]


@transactional
async def add(
    session: AsyncSession, actor: Actor, clinic_id: UUID, kind: ResourceKind, name: str
) -> UUID:
    """Add a room or a device to a clinic (public id); returns its public id.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``, and ``Invalid`` for the field ``name``.
    """
    clinic = await find_clinic(session, actor, clinic_id, _ACTION, lock=True)
    others = await parts_of_clinic(session, Resource, row_id(clinic))
    require_fewer_than(MOST_RESOURCES, others)
    row = Resource(clinic_id=row_id(clinic), kind=kind, name=_sound_name(name, kind, others))
    session.add(row)
    await session.flush()
    record_of_part(session, actor, row, "created", after={"name": row.name})
    return row.public_id


@transactional
async def rename(
    session: AsyncSession, actor: Actor, resource_id: UUID, name: str, *, version: int
) -> None:
    """Give a room or a device another name.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``, ``StaleVersion``, and ``Invalid`` for
    the field ``name``.
    """
    row = await find_part(session, actor, Resource, resource_id, _ACTION, version=version)
    before, row.name = row.name, _sound_name(name, row.kind, await other_parts(session, row))
    row.version += 1
    session.add(row)
    after = {"name": row.name}
    record_of_part(session, actor, row, "changed", before={"name": before}, after=after)


@transactional
async def set_active(
    session: AsyncSession, actor: Actor, resource_id: UUID, active: bool, *, version: int
) -> None:
    """Let visits take a room or a device, or no longer; those that have it keep it.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``, ``StaleVersion``.
    """
    row = await find_part(session, actor, Resource, resource_id, _ACTION, version=version)
    before, row.active = row.active, active
    row.version += 1
    session.add(row)
    deed = "activated" if active else "deactivated"
    after = {"active": active}
    record_of_part(session, actor, row, deed, before={"active": before}, after=after)


async def _upcoming(session: AsyncSession, clinics: list[int]) -> dict[int, int]:
    """Return how many visits that are not over have each resource of the clinics."""
    statement = (
        select(ResourceUse.resource_id, func.count())
        .join(Resource, col(Resource.id) == ResourceUse.resource_id)
        .where(
            col(Resource.clinic_id).in_(clinics),
            col(ResourceUse.active),
            ResourceUse.busy_until > clock.now(),
            col(ResourceUse.block_id).in_(
                select(Appointment.block_id).where(
                    col(Appointment.active), Appointment.ends_at > clock.now()
                )
            ),
        )
        .group_by(col(ResourceUse.resource_id))
    )
    return dict((await session.exec(statement)).all())


def _order(row: Resource) -> tuple[bool, str, int]:
    return row.kind is ResourceKind.DEVICE, row.name.casefold(), row_id(row)


def _sound_name(typed: str, kind: ResourceKind, others: list[Resource]) -> str:
    taken = {each.name.casefold() for each in others if each.kind is kind}
    return sound_name(
        typed,
        missing=t("Please give it a name, such as Room 2."),
        is_taken=lambda name: name.casefold() in taken,
    )
