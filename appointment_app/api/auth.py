"""Registering, logging in and out, and what mailed links do.

The answers of registering and of a forgotten password are the same for known and unknown
addresses.
"""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response, status
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import (
    consent,
    logging_in,
    own_logins,
    password_reset,
    program_logins,
    registration,
    sharing,
    verification,
)
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import Identity
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.accounts.next_path import safe_next_path
from appointment_app.accounts.registration import NewDoctor
from appointment_app.api.auth_schemas import (
    Accepted,
    Agreement,
    Credentials,
    DoctorRegistration,
    MailAddress,
    Me,
    NewPassword,
    Next,
    OwnAccount,
    Registration,
    Secret,
    TokenPair,
)
from appointment_app.api.identity import (
    CurrentIdentity,
    CurrentLogin,
    Visitor,
    access_token,
    clear_login_cookie,
    get_identity,
    is_program,
    login_token,
    set_login_cookie,
    user_agent_of,
)
from appointment_app.api.openapi import refuses
from appointment_app.api.patients import ProfileChange, save
from appointment_app.api.sessions import DatabaseSession
from appointment_app.errors import LoginRequired

router = APIRouter(prefix="/auth", tags=["accounts"])


@router.post("/register", status_code=status.HTTP_202_ACCEPTED)
async def register(session: DatabaseSession, visitor: Visitor, form: Registration) -> Accepted:
    """Open a patient's account."""
    await registration.register_patient(
        session, visitor, form.account(), next_path=safe_next_path(form.next, default="")
    )
    return Accepted(next=safe_next_path(form.next))


@router.post("/register-doctor", status_code=status.HTTP_202_ACCEPTED, responses=refuses(409))
async def register_doctor(
    session: DatabaseSession, visitor: Visitor, form: DoctorRegistration
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


@router.post("/verify", responses=refuses(410))
async def verify(
    session: DatabaseSession, visitor: Visitor, request: Request, response: Response, form: Secret
) -> Next | TokenPair:
    """Confirm an address with the secret of a mailed link, and log its owner in."""
    verified = await verification.verify_email(
        session, visitor, secret=form.token, user_agent=user_agent_of(request)
    )
    return await _enter(session, visitor, request, response, verified.login, verified.next_path)


@router.post("/login")
async def log_in(
    session: DatabaseSession,
    visitor: Visitor,
    request: Request,
    response: Response,
    form: Credentials,
) -> Next | TokenPair:
    """Log in: a program gets its tokens, a browser (it names its origin) the login cookie."""
    opened = await logging_in.log_in(
        session,
        visitor,
        email=form.email,
        password=form.password,
        next_path=safe_next_path(form.next, default=""),
        user_agent=user_agent_of(request),
    )
    return await _enter(session, visitor, request, response, opened, form.next)


@router.post("/logout")
async def log_out(
    session: DatabaseSession,
    identity: CurrentIdentity,
    login: CurrentLogin,
    request: Request,
    response: Response,
) -> Next:
    """End the login of the token, or of the cookie in every tab of this browser."""
    if access_token(request) is None:
        await logging_in.log_out(session, identity.actor, token=login_token(request))
        clear_login_cookie(response)
    elif login is not None:
        await own_logins.end_login(session, identity.actor, login)
    return Next(next="/")


@router.post("/forgot-password", status_code=status.HTTP_202_ACCEPTED)
async def forgot_password(
    session: DatabaseSession, visitor: Visitor, form: MailAddress
) -> Accepted:
    """Mail a link to choose a new password."""
    await password_reset.forgot_password(session, visitor, email=form.email)
    return Accepted(next="/")


@router.post("/reset-password", responses=refuses(410))
async def reset_password(
    session: DatabaseSession,
    visitor: Visitor,
    request: Request,
    response: Response,
    form: NewPassword,
) -> Next | TokenPair:
    """Choose a new password with the secret of a mailed link, which logs in here alone."""
    opened = await password_reset.reset_password(
        session,
        visitor,
        secret=form.token,
        password=form.password,
        user_agent=user_agent_of(request),
    )
    return await _enter(session, visitor, request, response, opened)


@router.post("/own-account", responses=refuses(410))
async def open_own_account(
    session: DatabaseSession,
    visitor: Visitor,
    request: Request,
    response: Response,
    form: OwnAccount,
) -> Next | TokenPair:
    """Open the account that a guardian has offered by mail, and log its owner in."""
    opened = await sharing.open_own_account(
        session,
        visitor,
        secret=form.token,
        password=form.password,
        agrees=form.agrees,
        keeps_guardians=form.keeps_guardians,
        user_agent=user_agent_of(request),
    )
    return await _enter(session, visitor, request, response, opened, "/profile")


@router.post("/consent")
async def agree(session: DatabaseSession, identity: CurrentIdentity, form: Agreement) -> Next:
    """Agree to the privacy notice as it is now."""
    await consent.agree(session, identity.actor)
    return Next(next=safe_next_path(form.next, default=_start_page(identity)))


@router.get("/me")
async def me(identity: CurrentIdentity) -> Me:
    """Say who is logged in."""
    if not identity.actor.is_somebody:
        raise LoginRequired
    return Me.model_validate(identity)


@router.patch("/me")
async def change_me(
    session: DatabaseSession, identity: CurrentIdentity, request: Request, change: ProfileChange
) -> Me:
    """Change one's own profile; fields that are not sent stay as they are."""
    await save(session, identity.actor, None, change)
    return await me(await get_identity(request))


async def _enter(
    session: AsyncSession,
    visitor: Actor,
    request: Request,
    response: Response,
    opened: OpenedLogin,
    next_path: str = "",
) -> Next | TokenPair:
    """Give a program its tokens, or the browser its login; one that it had before is over."""
    if is_program(request):
        return TokenPair.model_validate(await program_logins.tokens_for(session, opened))
    await logging_in.log_out(session, visitor, token=login_token(request))
    set_login_cookie(response, opened)
    to = safe_next_path(next_path, default=_start_page(opened.identity))
    if await consent.is_needed(session, opened.identity.actor):
        to = f"/consent?{urlencode({'next': to})}"
    return Next(next=to)


def _start_page(identity: Identity) -> str:
    if identity.is_doctor:
        return "/calendar"
    if identity.is_administrator:
        return "/admin/doctors"
    return "/front-desk" if identity.is_reception else "/"
