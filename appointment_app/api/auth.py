"""Registering, logging in and out, and what mailed links do.

The answers of registering and of a forgotten password are the same for known and unknown
addresses.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, BeforeValidator, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import logging_in, password_reset, registration, verification
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import Identity
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.accounts.next_path import safe_next_path
from appointment_app.accounts.registration import NewAccount, NewDoctor
from appointment_app.api.identity import (
    CurrentIdentity,
    Visitor,
    clear_login_cookie,
    login_token,
    set_login_cookie,
)
from appointment_app.api.sessions import DatabaseSession
from appointment_app.errors import LoginRequired

router = APIRouter(prefix="/auth", tags=["accounts"])

# Far above what the services accept, so that their sentences are the ones a person reads.
# Not so for ``next``: nobody typed it, so a wrong one is passed over.
Text = Annotated[str, Field(max_length=1000)]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class _Registration(BaseModel):
    email: Text
    password: Text
    given_name: Text
    family_name: Text
    phone: Text = ""
    next: str = ""

    def account(self) -> NewAccount:
        return NewAccount(
            email=self.email,
            password=self.password,
            given_name=self.given_name,
            family_name=self.family_name,
            phone=self.phone,
        )


class _DoctorRegistration(_Registration):
    licence_number: Text
    # A form with one box checked sends a string.
    specialties: Annotated[list[Text], BeforeValidator(_as_list), Field(max_length=50)] = []
    clinic: Text = ""


class _Credentials(BaseModel):
    email: Text
    password: Text
    next: str = ""


class _Secret(BaseModel):
    token: Text


class _Address(BaseModel):
    email: Text


class _NewPassword(BaseModel):
    token: Text
    password: Text


class Next(BaseModel):
    """Where to go on: a path on this site."""

    next: str


class Accepted(Next):
    """The request is accepted and what follows comes by mail; ``next`` is for afterwards."""

    status: str = "accepted"


class Me(BaseModel):
    """Who is logged in."""

    display_name: str
    is_patient: bool
    is_doctor: bool
    is_administrator: bool


@router.post("/register", status_code=status.HTTP_202_ACCEPTED)
async def register(session: DatabaseSession, visitor: Visitor, form: _Registration) -> Accepted:
    """Open a patient's account."""
    await registration.register_patient(
        session, visitor, form.account(), next_path=safe_next_path(form.next, default="")
    )
    return Accepted(next=safe_next_path(form.next))


@router.post("/register-doctor", status_code=status.HTTP_202_ACCEPTED)
async def register_doctor(
    session: DatabaseSession, visitor: Visitor, form: _DoctorRegistration
) -> Accepted:
    """Open a doctor's account, to be approved by an administrator."""
    await registration.register_doctor(
        session,
        visitor,
        form.account(),
        NewDoctor(form.licence_number, form.specialties, form.clinic),
        next_path=safe_next_path(form.next, default=""),
    )
    return Accepted(next=safe_next_path(form.next, default="/calendar"))


@router.post("/verify")
async def verify(
    session: DatabaseSession, visitor: Visitor, request: Request, response: Response, form: _Secret
) -> Next:
    """Confirm an address with the secret of a mailed link, and log its owner in."""
    verified = await verification.verify_email(
        session, visitor, secret=form.token, user_agent=_user_agent(request)
    )
    return await _enter(session, visitor, request, response, verified.login, verified.next_path)


@router.post("/login")
async def log_in(
    session: DatabaseSession,
    visitor: Visitor,
    request: Request,
    response: Response,
    form: _Credentials,
) -> Next:
    """Log in; the answer sets the login cookie."""
    opened = await logging_in.log_in(
        session,
        visitor,
        email=form.email,
        password=form.password,
        next_path=safe_next_path(form.next, default=""),
        user_agent=_user_agent(request),
    )
    return await _enter(session, visitor, request, response, opened, form.next)


@router.post("/logout")
async def log_out(
    session: DatabaseSession, identity: CurrentIdentity, request: Request, response: Response
) -> Next:
    """End the login of the cookie, in every tab of this browser."""
    await logging_in.log_out(session, identity.actor, token=login_token(request))
    clear_login_cookie(response)
    return Next(next="/")


@router.post("/forgot-password", status_code=status.HTTP_202_ACCEPTED)
async def forgot_password(session: DatabaseSession, visitor: Visitor, form: _Address) -> Accepted:
    """Mail a link to choose a new password."""
    await password_reset.forgot_password(session, visitor, email=form.email)
    return Accepted(next="/")


@router.post("/reset-password")
async def reset_password(
    session: DatabaseSession,
    visitor: Visitor,
    request: Request,
    response: Response,
    form: _NewPassword,
) -> Next:
    """Choose a new password with the secret of a mailed link, which logs in here alone."""
    opened = await password_reset.reset_password(
        session,
        visitor,
        secret=form.token,
        password=form.password,
        user_agent=_user_agent(request),
    )
    return await _enter(session, visitor, request, response, opened)


@router.get("/me")
async def me(identity: CurrentIdentity) -> Me:
    """Say who is logged in."""
    if not identity.actor.is_somebody:
        raise LoginRequired
    return Me(
        display_name=identity.display_name,
        is_patient=identity.is_patient,
        is_doctor=identity.is_doctor,
        is_administrator=identity.is_administrator,
    )


async def _enter(
    session: AsyncSession,
    visitor: Actor,
    request: Request,
    response: Response,
    opened: OpenedLogin,
    next_path: str = "",
) -> Next:
    """Give the browser its new login; one that it had before is over."""
    await logging_in.log_out(session, visitor, token=login_token(request))
    set_login_cookie(response, opened)
    return Next(next=safe_next_path(next_path, default=_start_page(opened.identity)))


def _start_page(identity: Identity) -> str:
    if identity.is_doctor:
        return "/calendar"
    if identity.is_administrator:
        return "/admin/doctors"
    return "/front-desk" if identity.is_reception else "/"


def _user_agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
