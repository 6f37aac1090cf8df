"""Where to go on after logging in, taken from an address that anybody can write."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

MAXIMUM_LENGTH = 500

# A path on this site: one slash, then neither a second one nor a backslash, which browsers
# read as one; and no control characters, which browsers drop.
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def safe_next_path(path: str | None, default: str = "/") -> str:
    """Return ``path`` when it is a path on this site, with its query; else ``default``."""
    if not path or len(path) > MAXIMUM_LENGTH:
        return default
    for reading in (path, unquote(path), unquote(unquote(path))):
        if not _is_local(reading.partition("?")[0]):
            return default
    return path if _is_local(path) else default


def _is_local(path: str) -> bool:
    if not _LOCAL_PATH.fullmatch(path):
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc
