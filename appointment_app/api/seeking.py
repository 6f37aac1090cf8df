"""For whom a time is looked for: what they have themselves at that time is not offered."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from appointment_app.accounts import family
from appointment_app.accounts.actor import Actor
from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.sessions import DatabaseSession
from appointment_app.errors import LoginRequired


async def get_seeker(
    session: DatabaseSession,
    identity: CurrentIdentity,
    patient: Annotated[
        UUID | None, Query(description="For whom: oneself, or somebody in one's care.")
    ] = None,
) -> Actor:
    """Return who looks, for the patient whom they name. Raises ``LoginRequired``, ``NotFound``."""
    if patient is None:
        return identity.actor
    if not identity.actor.is_somebody:
        raise LoginRequired
    return await family.acting_for(session, identity.actor, patient)


Seeker = Annotated[Actor, Depends(get_seeker)]
