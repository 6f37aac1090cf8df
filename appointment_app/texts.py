"""Text as people type it, made fit to be stored and shown anywhere."""

from __future__ import annotations

import unicodedata

_LAYOUT = {"\n", "\t"}
# Control characters (PostgreSQL refuses NUL) and lone surrogates (no database takes them).
_UNFIT = {"Cc", "Cs"}


def fit(text: str) -> str:
    """Return ``text`` trimmed, with lines ended by a newline alone and nothing unprintable."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in lines if c in _LAYOUT or unicodedata.category(c) not in _UNFIT)
    return "".join(kept).strip()
