"""Keys for different purposes out of the one secret of the installation."""

from __future__ import annotations

import hashlib
import hmac

from appointment_app.settings import get_settings


def key_for(purpose: str) -> bytes:
    """Return 32 bytes that only this installation has and that serve ``purpose`` alone."""
    secret = get_settings().secret_key.get_secret_value().encode()
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)
