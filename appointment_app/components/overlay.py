"""What lies over every page: toasts, and a banner while the server cannot be reached."""

from __future__ import annotations

import reflex as rx

from .connection import connection_banner
from .toast import toast_region


def overlay() -> rx.Component:
    """Return toasts and connection banner; the app wraps it around every page.

    It takes the place of Reflex's own, which bring an icon set and a toast library with them.
    """
    return rx.fragment(toast_region(), connection_banner())
