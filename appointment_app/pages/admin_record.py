"""Where an administrator reads who did what."""

from __future__ import annotations

from dataclasses import fields

import reflex as rx

from appointment_app.components.button import button
from appointment_app.components.card import card, list_card
from appointment_app.components.dialog import dialog
from appointment_app.components.empty_state import empty_state
from appointment_app.components.facts import fact, facts
from appointment_app.components.field import form_alert, select_field, text_field
from appointment_app.components.item_row import item_row
from appointment_app.components.page import Viewer
from appointment_app.components.posted_form import posted_form
from appointment_app.i18n import t
from appointment_app.pages.workspace import administrators_page
from appointment_app.record.reading import Question
from appointment_app.record.words import DEEDS
from appointment_app.states.admin_record import AdminRecord, ChangeRow, EntryRow

ROUTE = "/admin/record"


def admin_record(viewer: Viewer) -> rx.Component:
    """Return the page: the search, the entries, newest first, and the values of one."""
    return administrators_page(
        t("Record"),
        _record(),
        _values(),
        is_loaded=AdminRecord.is_loaded,
        is_forbidden=AdminRecord.is_forbidden,
        viewer=viewer,
        current=ROUTE,
    )


def _record() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            t(
                "Who did what, to which record, and when. Nobody can change or delete an entry,"
                " and to read the values in one is an entry too."
            ),
            class_name="muted",
        ),
        _search(),
        rx.cond(
            AdminRecord.rows.length() > 0,
            list_card(rx.foreach(AdminRecord.rows, _row)),
            card(empty_state(t("No entry matches"), t("Leave fields empty, or choose more days."))),
        ),
        rx.cond(
            AdminRecord.has_more,
            button(t("Show more"), on_click=AdminRecord.more, class_name="justify-self-center"),
        ),
    )


def _search() -> rx.Component:
    anything = [("", t("Anything")), *sorted(DEEDS.items(), key=lambda deed: deed[1])]
    return card(
        rx.el.form(
            rx.el.div(
                text_field(t("Patient"), "person", hint=t("Part of a name."), max_length=200),
                text_field(
                    t("Done by"), "actor", hint=t("A name or an e-mail address."), max_length=200
                ),
                select_field(t("What was done"), "action", anything),
                text_field(
                    t("Reference of an appointment"),
                    "record",
                    max_length=12,
                    auto_complete="off",
                ),
                text_field(t("From (day)"), "first_day", type="date"),
                text_field(t("Until"), "last_day", type="date"),
                class_name="grid gap-x-4 gap-y-3 sm:grid-cols-2",
            ),
            form_alert(AdminRecord.problem),
            rx.el.p(
                t("Days and times are those of {zone}.", zone=AdminRecord.zone),
                class_name="muted small mt-3",
            ),
            button(t("Search"), type="submit", variant="primary", class_name="mt-4"),
            on_submit=AdminRecord.search,
        ),
        # Posted: a name that was searched for stands in no address, and so in no log of addresses.
        posted_form(
            *(
                rx.el.input(type="hidden", name=field.name, value=AdminRecord.asked[field.name])
                for field in fields(Question)
            ),
            button(t("Download as CSV"), type="submit"),
            action="/api/v1/record.csv",
            class_name="mt-3",
        ),
    )


def _row(row: EntryRow) -> rx.Component:
    return item_row(
        row.title,
        row.facts,
        rx.cond(row.fields != "", t("Fields: {fields}", fields=row.fields), ""),
        actions=[
            rx.cond(
                row.has_values,
                button(
                    t("Values"),
                    aria_label=t("Values of entry {number}", number=row.number),
                    on_click=AdminRecord.show_values(row.number),
                ),
            )
        ],
    )


def _values() -> rx.Component:
    return dialog(
        AdminRecord.opened,
        rx.cond(
            AdminRecord.changes.length() > 0,
            facts(rx.foreach(AdminRecord.changes, _change)),
            rx.el.p(t("The person was erased, and with their key the values.")),
        ),
        actions=(button(t("Done"), on_click=AdminRecord.close),),
        shown=AdminRecord.is_open,
        on_close=AdminRecord.close,
        name="values",
    )


def _change(change: ChangeRow) -> rx.Component:
    return fact(
        change.field,
        rx.cond(
            change.is_hidden,
            rx.el.span(t("Only the patient and their doctor may read this."), class_name="muted"),
            t("{before} → {after}", before=change.before, after=change.after),
        ),
    )
