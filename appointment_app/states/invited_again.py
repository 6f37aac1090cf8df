"""What whoever sends an invitation again is told."""

from __future__ import annotations

from typing import Any

from appointment_app.i18n import t
from appointment_app.states.toasts import toast


def tell_whether_mailed(is_mailed: bool, sent: str) -> Any:
    """Return the event that says ``sent``, or why no mail went out."""
    if is_mailed:
        return toast(sent)
    refused = t("No mail was sent: they have accepted, or got three within half an hour.")
    return toast(refused, "note")
