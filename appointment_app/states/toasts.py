"""Short messages over the page."""

from __future__ import annotations

import json
from typing import Any, Literal

import reflex as rx


def toast(text: str, kind: Literal["good", "note", "error"] = "good") -> Any:
    """Return the event that shows ``text``; all but what is good stays until it is closed."""
    return rx.call_script(f"window.showToast({json.dumps(text)}, {json.dumps(kind)})")


def toast_with_action(text: str, label: str, button_id: str) -> Any:
    """Return the event that shows ``text`` and a button that presses another one of the page."""
    action = json.dumps({"label": label, "press": button_id})
    return rx.call_script(f'window.showToast({json.dumps(text)}, "good", {action})')
