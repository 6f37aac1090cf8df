"""Who sends a request: the login in the cookie or token, the page it comes from, the address.

A request with an access token (``Authorization: Bearer``) is a program's: its cookies are not
looked at, so no page of another site can send it for somebody, and it needs to name no origin.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from appointment_app.accounts import access_tokens, login_sessions
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import Identity
from appointment_app.accounts.errors import TokenInvalid
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.accounts.visitors import visitor_name
from appointment_app.clock import now
from appointment_app.database import get_database
from appointment_app.errors import DomainError
from appointment_app.i18n import t
from appointment_app.settings import get_settings

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class ForeignOrigin(DomainError):
    """A page of another site wants to act with the cookies of our visitor."""

    code = "FOREIGN_ORIGIN"

    def __init__(self) -> None:
        super().__init__(t("This request came from another site and was not carried out."))


async def require_own_origin(request: Request) -> None:
    """Let only our own pages, and programs without a login cookie, change something.

    Browsers name the origin with every request that is not safe, so with a cookie a missing
    one is refused too. Raises ``ForeignOrigin``.
    """
    if request.method in _SAFE_METHODS or access_token(request) is not None:
        return
    origin = request.headers.get("origin")
    if origin is None and login_token(request) is None:
        return
    if origin not in get_settings().allowed_origins:
        raise ForeignOrigin


def is_program(request: Request) -> bool:
    """Tell whether no page sends this: browsers name the origin of whatever changes something."""
    return "origin" not in request.headers


async def get_login(request: Request) -> UUID | None:
    """Return the login (public id) that the request names, None when it names none.

    Raises ``TokenInvalid``.
    """
    token = access_token(request)
    if token is not None:
        return access_tokens.login_of(token)
    return login_sessions.login_of(login_token(request))


async def get_hold_owner(
    request: Request, login: Annotated[UUID | None, Depends(get_login)]
) -> str:
    """Return the secret by which the sender's kept times are known, empty when there is none.

    A browser has its name, before and after logging in; a program has its login.
    """
    if access_token(request) is None and (name := visitor_name(request.cookies)):
        return name
    return "" if login is None else f"login {login}"


async def get_identity(request: Request) -> Identity:
    """Return whose login the request carries, at the address that it comes from.

    Raises ``TokenInvalid``.
    """
    token, database = access_token(request), get_database()
    if token is None:
        identity = await login_sessions.who_is(database, login_token(request))
    else:
        identity = await login_sessions.holder_of(database, access_tokens.login_of(token))
        if not identity.actor.is_somebody:
            raise TokenInvalid
    return identity.at(client_address(request))


async def get_visitor(request: Request) -> Actor:
    """Return nobody in particular, at the address that the request comes from."""
    return Actor(address=client_address(request))


def access_token(request: Request) -> str | None:
    """Return the access token that a program sends, unchecked."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def login_token(request: Request) -> str | None:
    """Return the token in the login cookie of a browser, unchecked."""
    if access_token(request) is not None:
        return None
    return request.cookies.get(get_settings().session_cookie)


def client_address(request: Request) -> str:
    """Return the network address of the sender, as the trusted proxies in front of us saw it.

    Each proxy appends whom it heard: with ``TRUSTED_PROXY_HOPS`` proxies the last but that many
    is the sender, and whatever stands before was written by the sender.
    """
    peer = request.client.host if request.client else ""
    heard = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    chain = [address.strip() for address in heard if address.strip()] + [peer]
    hops = min(get_settings().trusted_proxy_hops, len(chain) - 1)
    return chain[-1 - hops]


def user_agent_of(request: Request) -> str:
    """Return how the sender names itself."""
    return request.headers.get("user-agent", "")


def set_login_cookie(response: Response, opened: OpenedLogin) -> None:
    """Put the login into a cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        get_settings().session_cookie,
        opened.token,
        max_age=int((opened.expires_at - now()).total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=get_settings().is_production,
    )


def clear_login_cookie(response: Response) -> None:
    """Take the login cookie from the browser."""
    response.delete_cookie(
        get_settings().session_cookie,
        path="/",
        httponly=True,
        samesite="lax",
        secure=get_settings().is_production,
    )


CurrentLogin = Annotated[UUID | None, Depends(get_login)]
HoldOwner = Annotated[str, Depends(get_hold_owner)]
CurrentIdentity = Annotated[Identity, Depends(get_identity)]
Visitor = Annotated[Actor, Depends(get_visitor)]
