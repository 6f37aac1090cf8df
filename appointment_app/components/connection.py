"""What a page says and does while the server cannot be reached."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from appointment_app.i18n import t


class _Connection(rx.Component):
    library = "$/public/components/connection.js"
    tag = "Connection"

    lost: rx.Var[bool]
    offline: rx.Var[str]
    away: rx.Var[str]
    refused: rx.Var[str]
    back: rx.Var[str]


def connection_banner() -> rx.Component:
    """Return a live region that speaks while the connection is lost and when it is back.

    Meanwhile it lets no button of the page be pressed, so that nothing is done on stale data.
    """
    return _Connection.create(
        lost=has_connection_errors,
        offline=t("You are offline. What you see may be out of date."),
        away=t("The server cannot be reached just now. What you see may be out of date."),
        refused=t("There is no connection, so nothing was sent. Try again when it is back."),
        back=t("The connection is back, and the page is up to date."),
    )
