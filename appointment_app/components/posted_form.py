"""A form that the browser itself sends to the server, as it does without any script."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.constants import EventTriggers


def posted_form(*children: Any, action: str, class_name: str = "") -> rx.Component:
    """Return a form that is posted to ``action`` with its files; the answer is another page."""
    form = rx.el.form(
        *children,
        method="post",
        action=action,
        enc_type="multipart/form-data",
        class_name=class_name,
    )
    # Reflex keeps every form from being sent, also one that has no handler.
    form.event_triggers.pop(EventTriggers.ON_SUBMIT, None)
    return form
