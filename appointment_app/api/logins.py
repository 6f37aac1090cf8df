"""One's own logins over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, status

from appointment_app.accounts import own_logins
from appointment_app.api.auth_schemas import LoginOut
from appointment_app.api.identity import CurrentIdentity, CurrentLogin
from appointment_app.api.sessions import DatabaseSession

router = APIRouter(prefix="/auth/sessions", tags=["accounts"])


@router.get("")
async def list_logins(
    session: DatabaseSession, identity: CurrentIdentity, login: CurrentLogin
) -> list[LoginOut]:
    """List where one is logged in, in browsers and by programs, the latest first."""
    found = await own_logins.list_logins(session, identity.actor, current=login)
    return [LoginOut.model_validate(each) for each in found]


@router.delete("/{login_id}", status_code=status.HTTP_204_NO_CONTENT)
async def end_login(session: DatabaseSession, identity: CurrentIdentity, login_id: UUID) -> None:
    """End one of one's logins, with all its tokens."""
    await own_logins.end_login(session, identity.actor, login_id)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
async def end_other_logins(
    session: DatabaseSession, identity: CurrentIdentity, login: CurrentLogin
) -> None:
    """End all of one's logins but the one that asks."""
    await own_logins.end_other_logins(session, identity.actor, current=login)
