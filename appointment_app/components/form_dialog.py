"""Dialogs that ask for something: a form with its buttons, or a question with two answers."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .button import button
from .dialog import dialog
from .field import Text


def form_dialog(
    title: Text,
    *fields: Any,
    name: str,
    shown: rx.Var[bool],
    on_close: Any,
    on_submit: Any,
    opening: rx.Var[int] | None = None,
    submit: Text | None = None,
    newer: tuple[rx.Var[bool], Any] | None = None,
) -> rx.Component:
    """Return a dialog that is a form: its ``fields``, Cancel, and the button that saves it.

    ``opening`` is another number each time it opens, so that the fields are fresh ones. ``newer``
    are whether somebody else saved meanwhile, and the handler that loads what they saved.
    """
    return dialog(
        title,
        rx.el.form(
            *fields,
            rx.el.div(
                rx.cond(newer[0], button(t("Load the new version"), on_click=newer[1]))
                if newer
                else None,
                button(t("Cancel"), on_click=on_close),
                button(t("Save") if submit is None else submit, type="submit", variant="primary"),
                class_name="form-actions",
            ),
            key=opening,
            on_submit=on_submit,
            custom_attrs={"noValidate": True},
            class_name="grid gap-4",
        ),
        name=name,
        shown=shown,
        on_close=on_close,
    )


def danger_question(
    title: Text,
    *words: Any,
    name: str,
    shown: rx.Var[bool],
    keep: tuple[Text, Any],
    do: tuple[Text, Any],
) -> rx.Component:
    """Return the question before something is taken away; each answer is its text and handler."""
    return dialog(
        title,
        *words,
        name=name,
        shown=shown,
        on_close=keep[1],
        actions=(
            button(keep[0], on_click=keep[1]),
            button(do[0], variant="danger", on_click=do[1]),
        ),
    )
