"""Tells where the mail is that a page has just sent, as long as mails stay on this machine."""

from __future__ import annotations

import reflex as rx

from appointment_app.i18n import t
from appointment_app.settings import get_settings

MAILBOX_ROUTE = "/dev/mailbox"


def mailbox_hint() -> rx.Component:
    """Return a notice with a link to the mailbox, or nothing where mails really go out."""
    if get_settings().mailbox_directory is None:
        return rx.fragment()
    return rx.el.p(
        t("This demo keeps its mails on this machine:"),
        " ",
        rx.el.a(t("open the mailbox"), href=MAILBOX_ROUTE),
        class_name="notice",
    )
