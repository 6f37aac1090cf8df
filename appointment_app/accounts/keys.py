"""Keys for different purposes out of the secrets of the installation.

The newest secret signs and seals. Those from before (``SECRET_KEY_PREVIOUS``) only open what they
have closed, so that a secret can be changed while people are logged in and a record is kept.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Any

import jwt

from appointment_app.settings import get_settings

_ALGORITHM = "HS256"


def key_for(purpose: str) -> bytes:
    """Return 32 bytes that only this installation has and that serve ``purpose`` alone."""
    return keys_for(purpose)[0]


def keys_for(purpose: str) -> tuple[bytes, ...]:
    """Return the key that serves ``purpose`` now, and after it those that did before."""
    return tuple(_derived(secret, purpose) for secret in get_settings().secrets)


def sign(claims: dict[str, Any], purpose: str, **options: Any) -> str:
    """Return the claims as a token (JWT); ``options`` are those of ``jwt.encode``."""
    return jwt.encode(claims, key_for(purpose), algorithm=_ALGORITHM, **options)


def read_signed(token: str, keys: tuple[bytes, ...], **options: Any) -> dict[str, Any]:
    """Return the claims of a token that was signed with one of ``keys`` (of ``keys_for``).

    Raises ``jwt.InvalidTokenError``; ``options`` are those of ``jwt.decode``.
    """
    *newer, oldest = keys
    for key in newer:
        try:
            return jwt.decode(token, key, algorithms=[_ALGORITHM], **options)
        except jwt.InvalidSignatureError:
            continue
    return jwt.decode(token, oldest, algorithms=[_ALGORITHM], **options)


def mark(said: bytes, purpose: str) -> str:
    """Return what only this installation can put beside ``said``."""
    return marks(said, purpose)[0]


def marks(said: bytes, purpose: str) -> tuple[str, ...]:
    """Return the mark that ``said`` has now, and after it those that secrets before gave it."""
    return tuple(_marked(said, key) for key in keys_for(purpose))


def is_marked(said: bytes, purpose: str, found: str) -> bool:
    """Tell whether ``found`` is the mark of ``said``, made now or with a secret before."""
    return any(hmac.compare_digest(found, each) for each in marks(said, purpose))


@lru_cache
def _derived(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)


def _marked(said: bytes, key: bytes) -> str:
    return hmac.new(key, said, hashlib.sha256).hexdigest()
