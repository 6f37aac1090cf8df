"""The mailbox of a machine that keeps its mails. In production this page does not exist."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button, button_link
from appointment_app.components.card import card, card_row, list_card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.link import link
from appointment_app.components.mailbox_hint import MAILBOX_ROUTE
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.settings import get_settings
from appointment_app.states.mailbox import File, Letter, MailboxState, Piece, Row


def add_mailbox(app: rx.App, viewer: Viewer) -> None:
    """Add the page to ``app`` where mails are kept on this machine, and otherwise do nothing."""
    if get_settings().mailbox_directory is None:
        return
    app.add_page(
        lambda: mailbox(viewer),
        route=MAILBOX_ROUTE,
        title=f"{t('Mailbox')} · {t('Appointments')}",
        description=t("The mails that this demo has sent."),
        on_load=MailboxState.load,
    )


def mailbox(viewer: Viewer) -> rx.Component:
    """Return the page: the list of mails, or the one that the address names."""
    return public_page(
        rx.el.div(
            rx.cond(MailboxState.is_reading, _letter(MailboxState.letter), _list()),
            class_name="mx-auto w-full max-w-2xl grid gap-4",
        ),
        viewer=viewer,
        current=MAILBOX_ROUTE,
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.h1(t("Mailbox")),
            button(t("Look for new mails"), on_click=MailboxState.refresh),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.el.p(
            t("Mails that would go to people are kept on this machine. New ones appear here."),
            class_name="muted",
        ),
        rx.cond(
            MailboxState.is_loaded,
            rx.el.div(
                rx.cond(
                    MailboxState.rows.length() > 0,
                    list_card(rx.foreach(MailboxState.rows, _row)),
                    card(
                        empty_state(
                            t("No mail yet"),
                            t("Register or book an appointment: the mail arrives here."),
                            button_link(t("Find a doctor"), href="/", variant="primary"),
                        )
                    ),
                ),
                custom_attrs={"aria-live": "polite"},
            ),
            skeleton_cards(1),
        ),
    )


def _row(row: Row) -> rx.Component:
    return card_row(
        link(
            rx.el.span(row.subject, class_name="font-semibold"),
            rx.el.span(t("To {recipient}", recipient=row.recipient), class_name="muted small"),
            rx.el.span(row.time, class_name="muted small"),
            href=f"{MAILBOX_ROUTE}?mail={row.key}",
            class_name="grid min-h-11 wrap-anywhere",
        )
    )


def _letter(letter: Letter) -> rx.Component:
    return rx.fragment(
        link(
            t("All mails"),
            href=MAILBOX_ROUTE,
            class_name="button button-quiet justify-self-start",
        ),
        card(
            rx.el.h1(letter.row.subject),
            rx.el.p(t("To {recipient}", recipient=letter.row.recipient), class_name="muted mt-2"),
            rx.el.p(letter.row.time, class_name="muted"),
            rx.el.hr(class_name="my-4 border-[var(--border)]"),
            rx.el.div(
                rx.foreach(letter.paragraphs, _paragraph),
                class_name="grid gap-4",
            ),
            rx.cond(
                letter.files.length() > 0,
                rx.el.div(
                    rx.el.h2(t("Attached")),
                    rx.el.div(
                        rx.foreach(letter.files, _file), class_name="mt-2 flex flex-wrap gap-2"
                    ),
                    class_name="mt-6",
                ),
            ),
        ),
    )


def _paragraph(pieces: list[Piece]) -> rx.Component:
    return rx.el.p(rx.foreach(pieces, _piece), class_name="whitespace-pre-line wrap-anywhere")


def _piece(piece: Piece) -> rx.Component:
    return rx.cond(piece.href != "", rx.el.a(piece.text, href=piece.href), piece.text)


def _file(file: File) -> rx.Component:
    return rx.el.a(file.name, href=file.href, download=file.name, class_name="button")
