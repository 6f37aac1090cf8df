"""Where short messages appear. A state shows one by running ``showToast(text, kind)``."""

from __future__ import annotations

import reflex as rx

from appointment_app.i18n import t


class _ToastRegion(rx.Component):
    library = "$/public/components/toast.js"
    tag = "ToastRegion"

    label: rx.Var[str]
    close_label: rx.Var[str]


def toast_region() -> rx.Component:
    """Return the live region for messages: once a page, see ``overlay``."""
    return _ToastRegion.create(label=t("Messages"), close_label=t("Close"))
