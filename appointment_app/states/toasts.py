"""Short messages over the page."""

from __future__ import annotations

import json
from typing import Any, Literal

import reflex as rx


def toast(text: str, kind: Literal["good", "error"] = "good") -> Any:
    """Return the event that shows ``text``; an error stays until somebody closes it."""
    return rx.call_script(f"window.showToast({json.dumps(text)}, {json.dumps(kind)})")
