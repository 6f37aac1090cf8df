"""Changing one's own password and e-mail address over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, status
from pydantic import BaseModel

from appointment_app.accounts import own_account
from appointment_app.api.auth_schemas import Accepted, Next, Secret, Text
from appointment_app.api.identity import CurrentIdentity, CurrentLogin, Visitor
from appointment_app.api.openapi import refuses
from appointment_app.api.sessions import DatabaseSession

router = APIRouter(prefix="/auth", tags=["accounts"])
_HERE = "/account"


class PasswordChange(BaseModel):
    """The password as it is, and as it shall be."""

    password: Text
    new_password: Text


class AddressChange(BaseModel):
    """The address that the account shall have, and its password."""

    password: Text
    email: Text


@router.post("/change-password")
async def change_password(
    session: DatabaseSession, identity: CurrentIdentity, login: CurrentLogin, form: PasswordChange
) -> Next:
    """Choose another password; every other login ends."""
    await own_account.change_password(
        session,
        identity.actor,
        password=form.password,
        new_password=form.new_password,
        current=login,
    )
    return Next(next=_HERE)


@router.post("/change-email", status_code=status.HTTP_202_ACCEPTED)
async def change_email(
    session: DatabaseSession, identity: CurrentIdentity, form: AddressChange
) -> Accepted:
    """Mail a link to the address that the account shall have."""
    await own_account.ask_for_address(
        session, identity.actor, password=form.password, email=form.email
    )
    return Accepted(next=_HERE)


@router.post("/confirm-email", responses=refuses(410))
async def confirm_email(session: DatabaseSession, visitor: Visitor, form: Secret) -> Next:
    """Give an account its new address with the secret of a mailed link."""
    await own_account.confirm_address(session, visitor, secret=form.token)
    return Next(next=_HERE)
