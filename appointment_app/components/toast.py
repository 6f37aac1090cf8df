"""Where short messages appear. A state shows one by running ``showToast(text, kind)``."""

from __future__ import annotations

import json
from typing import Literal

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


def toast_script(text: str, kind: Literal["good", "error"] = "good") -> str:
    """Return the JavaScript that shows ``text``, for ``rx.call_script``."""
    return f"window.showToast({json.dumps(text)}, {json.dumps(kind)})"
