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
from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.database import transactional
from appointment_app.errors import Forbidden, Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.models import (
    Appointment,
    Clinic,
    Resource,
    ResourceKind,
    ResourceUse,
    row_id,
)
from appointment_app.texts import fit

NAME_LIMIT = 80
MOST_RESOURCES = 200


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
    by_name = select(Clinic).where(col(Clinic.active)).order_by(Clinic.name, col(Clinic.id))
    clinics = [each for each in await session.exec(by_name) if _may_edit(actor, row_id(each))]
    if not clinics:
        require(actor, Action.EDIT_RESOURCES)
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

    Raises ``LoginRequired``, ``Forbidden``, and ``Invalid`` for the field ``name``.
    """
    by_id = select(Clinic).where(Clinic.public_id == clinic_id).with_for_update(key_share=True)
    clinic = (await session.exec(by_id)).first()
    _require(actor, clinic.id if clinic else None)
    if clinic is None:
        raise NotFound
    others = await _of_clinic(session, row_id(clinic))
    if len(others) >= MOST_RESOURCES:
        sentence = t("This clinic has {limit} already; that is the most.", limit=MOST_RESOURCES)
        raise Invalid({"name": sentence})
    row = Resource(clinic_id=row_id(clinic), kind=kind, name=_sound_name(name, kind, others))
    session.add(row)
    await session.flush()
    _audit(session, actor, row, "created")
    return row.public_id


@transactional
async def rename(
    session: AsyncSession, actor: Actor, resource_id: UUID, name: str, *, version: int
) -> None:
    """Give a room or a device another name.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``, ``StaleVersion``, and ``Invalid`` for
    the field ``name``.
    """
    row = await _locked(session, actor, resource_id, version)
    others = [each for each in await _of_clinic(session, row.clinic_id) if each.id != row.id]
    row.name = _sound_name(name, row.kind, others)
    row.version += 1
    session.add(row)
    _audit(session, actor, row, "changed", "name")


@transactional
async def set_active(
    session: AsyncSession, actor: Actor, resource_id: UUID, active: bool, *, version: int
) -> None:
    """Let visits take a room or a device, or no longer; those that have it keep it.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``, ``StaleVersion``.
    """
    row = await _locked(session, actor, resource_id, version)
    row.active = active
    row.version += 1
    session.add(row)
    _audit(session, actor, row, "activated" if active else "deactivated", "active")


def _may_edit(actor: Actor, clinic_id: int) -> bool:
    return allows(actor, Action.EDIT_RESOURCES, Record(clinic_id=clinic_id))


def _require(actor: Actor, clinic_id: int | None) -> None:
    """Let administrators of the clinic in; tell others nothing of whether there is such a one."""
    if clinic_id is None or not _may_edit(actor, clinic_id):
        require(actor, Action.EDIT_RESOURCES)
        if clinic_id is not None:
            raise Forbidden


async def _locked(session: AsyncSession, actor: Actor, resource_id: UUID, version: int) -> Resource:
    """Return the resource as it stands once nobody else takes or changes it."""
    by_id = select(Resource).where(Resource.public_id == resource_id)
    row = (await session.exec(by_id.with_for_update(key_share=True))).first()
    _require(actor, row.clinic_id if row else None)
    if row is None:
        raise NotFound
    if row.version != version:
        raise StaleVersion
    return row


async def _of_clinic(session: AsyncSession, clinic_id: int) -> list[Resource]:
    return list(await session.exec(select(Resource).where(Resource.clinic_id == clinic_id)))


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
    name = " ".join(fit(typed).split())
    sentence = ""
    if not name:
        sentence = t("Please give it a name, such as Room 2.")
    elif len(name) > NAME_LIMIT:
        sentence = t("Please use at most {limit} characters.", limit=NAME_LIMIT)
    elif any(each.kind is kind and each.name.casefold() == name.casefold() for each in others):
        sentence = t("This clinic already has one of this name.")
    if sentence:
        raise Invalid({"name": sentence})
    return name


def _audit(session: AsyncSession, actor: Actor, row: Resource, deed: str, *fields: str) -> None:
    audit.record(
        session,
        actor,
        f"resource.{deed}",
        record_type="resource",
        record_id=row_id(row),
        fields=fields,
    )
