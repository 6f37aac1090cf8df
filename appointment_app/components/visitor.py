"""Gives each browser a random name, by which the server knows again who keeps a time."""

from __future__ import annotations

import reflex as rx

from appointment_app.accounts.visitors import VISITOR_COOKIE

# Runs in the head, so the websocket's handshake already carries the cookie.
_HEAD_SCRIPT = f"""
if (!/(^|; ){VISITOR_COOKIE}=/.test(document.cookie)) {{
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  document.cookie = "{VISITOR_COOKIE}="
    + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
    + ";path=/;samesite=lax" + (location.protocol === "https:" ? ";secure" : "");
}}
"""


def visitor_script() -> rx.Component:
    """Return the script for the head of every page that keeps the name in a session cookie."""
    return rx.el.script(_HEAD_SCRIPT)
