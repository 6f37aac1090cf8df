"""What the pages of the workspace share."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.components.button import button_link
from appointment_app.components.card import card, list_card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.page import workspace_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.components.viewer import Viewer
from appointment_app.i18n import t
from appointment_app.states.session_state import SessionState


def for_doctors(sentence: rx.Var[str]) -> rx.Component:
    """Return what somebody else sees of a doctor's page: why, and a way on."""
    return _also_for_suspended(t("This page is for doctors"), sentence)


def for_administrators(sentence: str) -> rx.Component:
    """Return what somebody else sees of an administrator's page: why, and a way on."""
    return _not_for_you(t("This page is for administrators"), sentence)


def for_reception(sentence: rx.Var[str]) -> rx.Component:
    """Return what somebody else sees of the front desk's page: why, and a way on."""
    return _also_for_suspended(t("This page is for the front desk"), sentence)


def administrators_page(
    title: str,
    body: rx.Component,
    *dialogs: rx.Component,
    is_loaded: rx.Var[bool],
    is_forbidden: rx.Var[bool],
    viewer: Viewer,
    current: str,
    refusal: str | None = None,
    action: rx.Component | None = None,
) -> rx.Component:
    """Return a page of the workspace whose ``body`` only administrators see.

    Anybody else reads the ``refusal``, and a way on. ``action`` stands beside the title.
    """
    sentence = t("Your account administers no clinic.") if refusal is None else refusal
    return workspace_page(
        rx.el.div(
            rx.el.div(
                rx.el.h1(title),
                action,
                class_name="flex flex-wrap items-center justify-between gap-3 min-h-11",
            )
            if action
            else rx.el.h1(title),
            rx.cond(
                is_loaded,
                rx.cond(
                    is_forbidden,
                    for_administrators(sentence),
                    body,
                ),
                skeleton_cards(2),
            ),
            class_name="w-full max-w-3xl grid gap-4",
        ),
        *dialogs,
        viewer=viewer,
        current=current,
    )


def section_of_clinic(
    name: rx.Var[str], add: rx.Component, rows: rx.Var[Any], row: Any, *, empty: rx.Component
) -> rx.Component:
    """Return what belongs to one clinic: its name, ``add``, and each of ``rows`` as ``row``."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(name),
            add,
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(rows.length() > 0, list_card(rx.foreach(rows, row)), card(empty)),
        class_name="grid gap-3 mt-2",
    )


def _also_for_suspended(title: str, sentence: rx.Var[str]) -> rx.Component:
    """Return why, where it may be that a doctor is suspended: the sentence says since when."""
    ways_on = rx.el.div(
        button_link(t("Public profile"), href="/doctor/profile"),
        button_link(t("Your figures"), href="/figures"),
        class_name="flex flex-wrap justify-center gap-3",
    )
    return rx.cond(
        SessionState.is_suspended,
        card(empty_state(t("You are suspended as a doctor"), sentence, ways_on)),
        _not_for_you(title, sentence),
    )


def _not_for_you(title: str, sentence: str | rx.Var[str]) -> rx.Component:
    return card(
        empty_state(
            title,
            sentence,
            button_link(t("Find a doctor"), href="/", variant="primary"),
        )
    )
