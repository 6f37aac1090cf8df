"""Who keeps a time and from where, as the table of holds knows it.

It stands there as keyed hashes only: whoever reads it can neither use a hold nor name anybody.
"""

from __future__ import annotations

import hashlib
import hmac

from appointment_app.accounts.keys import keys_for, mark
from appointment_app.accounts.network import network_of


def visitor_key(visitor: str) -> str:
    """Return under what the table knows the visitor with this secret."""
    return visitor_keys(visitor)[0]


def visitor_keys(visitor: str) -> tuple[str, ...]:
    """Return all under which the table may know them: a secret may change while a hold lasts."""
    return tuple(
        hmac.new(key, visitor.encode(), hashlib.sha256).hexdigest()
        for key in keys_for("hold visitor")
    )


def address_key(address: str) -> str:
    """Return under what the table knows the network of an address."""
    return mark(network_of(address).encode(), "hold address")
