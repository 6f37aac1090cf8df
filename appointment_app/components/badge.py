"""Badges: a word in a coloured pill."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from appointment_app.i18n import t

Tone = Literal["neutral", "accent", "video", "pending", "danger"]


def badge(text: Any, tone: Tone = "neutral") -> rx.Component:
    """Return ``text`` in a pill; the tone only repeats what the word says."""
    return rx.el.span(text, class_name="badge" if tone == "neutral" else f"badge badge-{tone}")


def status_badge(status: str | rx.Var[str]) -> rx.Component:
    """Return the badge of an appointment's status, in a patient's words."""
    return rx.match(
        status,
        ("pending", badge(t("To confirm"), "pending")),
        ("confirmed", badge(t("Confirmed"), "accent")),
        ("checked_in", badge(t("Checked in"), "video")),
        ("completed", badge(t("Completed"))),
        ("no_show", badge(t("Missed"), "danger")),
        ("cancelled", badge(t("Cancelled"), "danger")),
        badge(status),
    )
