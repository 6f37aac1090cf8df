"""Access tokens: what a program sends with each request for half an hour.

A token names a login, and the login's row alone says whether it still holds. Its key, its type and
its audience are not those of the browser's cookie, so that neither can be used as the other.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID, uuid4

import jwt

from appointment_app import clock
from appointment_app.accounts.errors import TokenInvalid
from appointment_app.accounts.keys import keys_for, read_signed, sign

LIFETIME = timedelta(minutes=30)
_PURPOSE = "access token"
_TYPE = "at+jwt"  # RFC 9068
_AUDIENCE = "api"


def issue(login_id: UUID) -> str:
    """Return a token for the login that is good for ``LIFETIME``."""
    now = clock.now().replace(microsecond=0)
    claims = {
        "aud": _AUDIENCE,
        "jti": str(uuid4()),
        "sid": str(login_id),
        "iat": now,
        "exp": now + LIFETIME,
    }
    return sign(claims, _PURPOSE, headers={"typ": _TYPE})


def login_of(token: str) -> UUID:
    """Return the login that the token names; raises ``TokenInvalid``."""
    login_id, expires_at = _signed(token, keys_for(_PURPOSE))
    if clock.now() >= expires_at:
        raise TokenInvalid
    return login_id


# A program sends the same token with each request, and each request is asked more than once.
@lru_cache(maxsize=1024)
def _signed(token: str, keys: tuple[bytes, ...]) -> tuple[UUID, datetime]:
    """Return the login that a token of ours names, and when it ends; raises ``TokenInvalid``."""
    try:
        if jwt.get_unverified_header(token).get("typ") != _TYPE:
            raise TokenInvalid
        claims = read_signed(
            token,
            keys,
            audience=_AUDIENCE,
            # Our own clock decides, below, so that tests can freeze it.
            options={
                "require": ["aud", "jti", "sid", "iat", "exp"],
                "verify_exp": False,
                "verify_iat": False,
            },
        )
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        return UUID(claims["sid"]), expires_at
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError) as error:
        raise TokenInvalid from error
