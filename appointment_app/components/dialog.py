"""Dialogs on the browser's own ``<dialog>``, opened and closed by a var of the state."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .button import icon_button
from .class_names import class_names
from .icons import close_icon


class _Dialog(rx.Component):
    library = "$/public/components/dialog.js"
    tag = "Dialog"

    open: rx.Var[bool]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


def dialog(
    title: str | rx.Var[str],
    *children: Any,
    name: str,
    shown: rx.Var[bool],
    on_close: Any,
    actions: tuple[Any, ...] = (),
    panel: bool = False,
) -> rx.Component:
    """Return a modal dialog that is there while ``shown`` is true; ``name`` is its element's id.

    ``on_close`` runs when the person closes it (Esc, the cross) and makes ``shown`` false. Focus
    returns to what opened it. ``panel`` makes it a sheet at the right side, which a click beside
    it closes too: for looking at things, not for forms whose text would be lost.
    """
    return _Dialog.create(
        rx.el.div(
            rx.el.h2(title, id=f"{name}-title"),
            icon_button(close_icon(), t("Close"), variant="quiet", on_click=on_close),
            class_name="dialog-head",
        ),
        rx.el.div(*children, class_name="dialog-body"),
        rx.el.div(*actions, class_name="dialog-actions") if actions else None,
        id=name,
        open=shown,
        on_close=on_close,
        class_name=class_names("dialog", "dialog-panel" if panel else ""),
        custom_attrs={
            "aria-labelledby": f"{name}-title",
            "closedby": "any" if panel else "closerequest",
        },
    )
