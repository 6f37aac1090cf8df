"""Slots: the free times that can be tapped."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .link import link
from .pills import current


def slot_link(
    time: Any,
    *,
    label: str | rx.Var[str],
    href: str | rx.Var[str],
    chosen: bool | rx.Var[bool] = False,
) -> rx.Component:
    """Return a free time as a link to its booking form."""
    return link(
        time,
        href=href,
        class_name="slot",
        aria_label=label,
        custom_attrs={"aria-current": current(chosen)},
    )


def slot_time(time: rx.Var[str], notes: rx.Var[list[str]]) -> rx.Component:
    """Return what stands in a slot: the time and, below it, the ``notes``."""
    return rx.fragment(
        time, rx.foreach(notes, lambda note: rx.el.span(" ", note, class_name="slot-note"))
    )


def slot_held(time: Any) -> rx.Component:
    """Return a time that somebody else is just booking: greyed, and said in words."""
    words = t("being booked by somebody else")
    return rx.el.span(
        time,
        rx.el.span(" ", words, class_name="visually-hidden"),
        title=words,
        class_name="slot slot-held",
    )


def slot_taken(time: Any) -> rx.Component:
    """Return a time that somebody else has just taken: struck through, and said in words."""
    return rx.el.span(
        rx.el.s(time),
        rx.el.span(" ", t("taken"), class_name="visually-hidden"),
        class_name="slot slot-taken",
    )


def slot_gone(time: Any) -> rx.Component:
    """Return the empty place of a time that was there, so that the others stay where they are."""
    return rx.el.span(time, class_name="slot slot-gone")


def live_slot(slot: Any, day: Any, links: rx.Var[str]) -> rx.Component:
    """Return a ``SlotLink`` in its state, always of the same size.

    What is read out stands between ``before`` and ``after`` of its ``day``; the address that it
    leads to begins with ``links`` and ends with its start.
    """
    time = slot_time(slot.time, slot.notes)
    times = rx.cond(
        slot.notes.length() > 0, f"{slot.time}, {slot.notes.join(', ')},", slot.time
    ).to(str)
    return rx.fragment(
        rx.match(
            slot.state,
            (
                "free",
                slot_link(
                    time, label=f"{day.before}{times}{day.after}", href=f"{links}{slot.starts_at}"
                ),
            ),
            ("held", slot_held(time)),
            ("taken", slot_taken(time)),
            slot_gone(time),
        ),
        # Another time in the same place is another element: a tap that has begun does not reach it.
        key=slot.starts_at,
    )


def slot_grid(*slots: Any) -> rx.Component:
    """Return slots side by side, as many as fit."""
    return rx.el.div(*slots, class_name="slot-grid")
