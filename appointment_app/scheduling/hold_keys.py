"""Who keeps a time and from where, as the table of holds knows it.

It stands there as keyed hashes only: whoever reads it can neither use a hold nor name anybody.
"""

from __future__ import annotations

import hashlib
import hmac

from appointment_app.accounts.keys import key_for
from appointment_app.accounts.network import network_of


def visitor_key(visitor: str) -> str:
    """Return under what the table knows the visitor with this secret."""
    return _hashed("hold visitor", visitor)


def address_key(address: str) -> str:
    """Return under what the table knows the network of an address."""
    return _hashed("hold address", network_of(address))


def _hashed(purpose: str, text: str) -> str:
    return hmac.new(key_for(purpose), text.encode(), hashlib.sha256).hexdigest()
