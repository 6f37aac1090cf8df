"""Keeps a chosen time for a visitor for some minutes, while they fill in the form.

A hold is a block like any other, so the database itself keeps it free of overlaps; once it has
expired nobody heeds it any more, whether or not somebody has removed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.database import transactional
from appointment_app.errors import NotFound
from appointment_app.live.keys import doctor_key
from appointment_app.live.publishing import note
from appointment_app.models import DOCTOR_OVERLAP, RESOURCE_OVERLAP, BlockKind, Doctor, Hold, row_id
from appointment_app.scheduling import held, locks, resources
from appointment_app.scheduling.errors import HoldLimit, NotBookable, SlotTaken
from appointment_app.scheduling.free_check import require_free, require_near
from appointment_app.scheduling.hold_keys import address_key, visitor_key
from appointment_app.scheduling.patient_rules import require_may_keep
from appointment_app.scheduling.resource_times import Needs
from appointment_app.scheduling.seats import GroupSession
from appointment_app.scheduling.slots import Offer, OfferRows, find_offer
from appointment_app.settings import get_settings

HOLD_FOR = timedelta(minutes=5)

# How the databases say that a visitor or a number has a hold already.
_UNIQUE = ("uq_hold_", "UNIQUE constraint failed: hold.")


@dataclass(frozen=True, slots=True)
class HoldView:
    """A time that is kept for its visitor; ``expires_at`` is UTC."""

    id: UUID
    expires_at: datetime


async def keep(
    session: AsyncSession,
    actor: Actor,
    offer: Offer,
    starts_at: datetime,
    *,
    visitor: str,
    address: str,
) -> HoldView:
    """Keep a free start (UTC) for five minutes; one that is kept already stays as it is.

    ``visitor`` is a secret that only the visitor's browser knows, ``address`` the network
    address it comes from. What the visitor kept before is given up once the new time is certain.
    Raises what ``booking.book`` raises for a time that cannot be booked, ``KnownPatientsOnly``
    for whoever is not (yet) known to be such a patient, and ``HoldLimit`` when enough is kept
    for this address: then what was kept stays.
    """
    # Each refused turn means that another one of this address came through.
    for _ in range(get_settings().holds_per_address + 1):
        try:
            return await _keep(session, actor, offer, starts_at, visitor, address)
        except DBAPIError as error:
            message = str(error.orig)
            if DOCTOR_OVERLAP in message or RESOURCE_OVERLAP in message:
                raise SlotTaken from error
            if not any(name in message for name in _UNIQUE):
                raise
            session.expunge_all()
    raise HoldLimit


@transactional
async def release(session: AsyncSession, actor: Actor, hold_id: UUID, *, visitor: str) -> None:
    """Give up a hold of the visitor with this secret, unless it has become another one."""
    require(actor, Action.HOLD_TIME)
    kept = await held.find(session, visitor)
    if kept is None or kept.hold.public_id != hold_id:
        return
    await locks.lock_doctor(session, kept.block.doctor_id)
    await held.give_up(session, kept)


@transactional
async def _keep(
    session: AsyncSession,
    actor: Actor,
    offer: Offer,
    starts_at: datetime,
    visitor: str,
    address: str,
) -> HoldView:
    require(actor, Action.HOLD_TIME)
    require_near(starts_at)
    # First of all, so that whoever asks for ever more waits for no doctor and stops nobody.
    number = await _free_number(session, visitor, address)
    kept = await held.find(session, visitor)
    await _lock_doctors(session, offer, kept)
    try:
        rows = await find_offer(session, offer)
    except NotFound as error:
        raise NotBookable from error
    await require_may_keep(session, rows, actor)
    needs = None
    if rows.needs_resources:
        needs = await resources.lock(session, row_id(rows.visit_type), row_id(rows.clinic))
    granted = await require_free(session, rows, starts_at, kept=kept)
    if kept is not None:
        if kept.keeps(rows, starts_at, granted.joined):
            return HoldView(kept.hold.public_id, kept.hold.expires_at)
        await held.give_up(session, kept)
    await _remove_expired(session, address)
    expires_at = clock.now() + HOLD_FOR
    block_id, seat = await _seat(session, rows, starts_at, granted.joined, needs, expires_at)
    hold = Hold(
        block_id=block_id,
        seat=seat,
        visitor=visitor_key(visitor),
        address=address_key(address),
        number=number,
        expires_at=expires_at,
    )
    session.add(hold)
    await session.flush()
    note(session, doctor_key(rows.doctor_id), ends_at=expires_at)
    return HoldView(hold.public_id, expires_at)


async def _seat(
    session: AsyncSession,
    rows: OfferRows,
    starts_at: datetime,
    joined: GroupSession | None,
    needs: Needs | None,
    expires_at: datetime,
) -> tuple[int, int]:
    """Return the block and the seat to keep: in the session that is joined, or in a new block."""
    if joined is not None:
        if joined.is_only_held:
            await held.lengthen(session, joined.block_id, expires_at)
        return joined.block_id, joined.free_seats[0]
    block = held.block_for(rows, starts_at)
    block.kind, block.expires_at = BlockKind.HOLD, expires_at
    session.add(block)
    await session.flush()
    if needs is not None:
        await resources.take(session, needs, block)
    return row_id(block), 0


async def _free_number(session: AsyncSession, visitor: str, address: str) -> int:
    """Return a number that no live hold of the address has but the visitor's own."""
    statement = select(Hold.number).where(
        Hold.address == address_key(address),
        Hold.visitor != visitor_key(visitor),
        Hold.expires_at > clock.now(),
    )
    taken = set(await session.exec(statement))
    for number in range(get_settings().holds_per_address):
        if number not in taken:
            return number
    raise HoldLimit


async def _lock_doctors(session: AsyncSession, offer: Offer, kept: held.Held | None) -> None:
    wanted = (
        await session.exec(select(Doctor.id).where(Doctor.public_id == offer.doctor_id))
    ).first()
    if wanted is None:
        raise NotBookable
    for doctor_id in sorted({wanted, kept.block.doctor_id if kept else wanted}):
        # Who keeps nothing else only takes: ``free_check`` forgets what that makes untrue.
        await locks.lock_doctor(session, doctor_id, frees_time=kept is not None)


async def _remove_expired(session: AsyncSession, address: str) -> None:
    """Make the numbers of this address free again; what they kept is free already."""
    statement = delete(Hold).where(
        col(Hold.address) == address_key(address), col(Hold.expires_at) <= clock.now()
    )
    await session.exec(statement.execution_options(synchronize_session=False))
