"""Tells the server which clock the visitor's device shows, so that pages can say both times."""

from __future__ import annotations

import reflex as rx

from appointment_app.states.own_zone import OWN_ZONE_COOKIE

# Runs in the head, so the websocket's handshake already carries the cookie.
_HEAD_SCRIPT = f"""
document.cookie = "{OWN_ZONE_COOKIE}="
  + encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone || "")
  + ";path=/;max-age=31536000;samesite=lax";
"""


def own_zone_script() -> rx.Component:
    """Return the script for the head of every page that keeps the device's zone in a cookie."""
    return rx.el.script(_HEAD_SCRIPT)
