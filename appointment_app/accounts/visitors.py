"""The random name of a browser, which it keeps in a cookie until it is closed.

It proves nothing but that it is the same browser: before and after logging in, in a second tab,
and when a lost connection comes back as a new tab to the server.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

VISITOR_COOKIE = "visitor"

_NAME = re.compile(r"[0-9a-f]{48}")


def visitor_name(cookies: Mapping[str, str]) -> str:
    """Return the name in the cookies of a request, or nothing when none of ours is there."""
    name = cookies.get(VISITOR_COOKIE, "")
    return name if _NAME.fullmatch(name) else ""
