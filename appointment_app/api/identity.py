"""Who sends a request: the login in the cookie, the page it comes from, the network address."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import Identity
from appointment_app.accounts.login_sessions import OpenedLogin, who_is
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
    if request.method in _SAFE_METHODS:
        return
    origin = request.headers.get("origin")
    if origin is None and login_token(request) is None:
        return
    if origin not in get_settings().allowed_origins:
        raise ForeignOrigin


async def get_identity(request: Request) -> Identity:
    """Return whose login the request carries, at the address that it comes from."""
    identity = await who_is(get_database(), login_token(request))
    return identity.at(client_address(request))


async def get_visitor(request: Request) -> Actor:
    """Return nobody in particular, at the address that the request comes from."""
    return Actor(address=client_address(request))


def login_token(request: Request) -> str | None:
    """Return the token in the login cookie, unchecked."""
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


CurrentIdentity = Annotated[Identity, Depends(get_identity)]
Visitor = Annotated[Actor, Depends(get_visitor)]
