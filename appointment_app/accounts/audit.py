"""The record of who did what, written in the same transaction as the deed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.models import AuditEvent


def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    *,
    record_type: str,
    record_id: int,
    fields: Iterable[str] = (),
) -> None:
    """Add an audit event for ``action`` (such as ``appointment.booked``) to the transaction.

    ``fields`` names what changed; values never stand here.
    """
    session.add(
        AuditEvent(
            actor_user_id=actor.user_id,
            action=action,
            record_type=record_type,
            record_id=record_id,
            fields=sorted(fields),
            address=actor.address,
        )
    )
