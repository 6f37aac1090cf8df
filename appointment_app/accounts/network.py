"""What of a network address stands for one household or office."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """Return what one household or office has for itself: an IPv4 address, an IPv6 /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
