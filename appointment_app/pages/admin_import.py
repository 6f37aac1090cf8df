"""Where administrators bring in files, and take them out."""

from __future__ import annotations

import reflex as rx

from appointment_app.bulk.columns import COLUMNS
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card
from appointment_app.components.chart import table
from appointment_app.components.field import form_alert, radio
from appointment_app.components.link import plain_link
from appointment_app.components.page import Viewer
from appointment_app.components.posted_form import posted_form
from appointment_app.i18n import t
from appointment_app.models import BulkKind
from appointment_app.pages.workspace import administrators_page
from appointment_app.states.import_view import KIND_NAMES, ROUTE, ImportView, ProblemRow


def admin_import(viewer: Viewer) -> rx.Component:
    """Return the page: the file that is looked at, the form, the downloads and the columns."""
    return administrators_page(
        t("Import and export"),
        rx.fragment(_file(), _form(), _downloads(), _columns()),
        is_loaded=ImportView.is_loaded,
        is_forbidden=ImportView.is_forbidden,
        viewer=viewer,
        current=ROUTE,
    )


def _file() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ImportView.is_busy,
            card(
                rx.el.h2(ImportView.doing),
                rx.el.progress(
                    value=rx.cond(
                        ImportView.of_all > 0,
                        ImportView.done.to_string(),
                        rx.Var("undefined").to(str),
                    ),
                    max=ImportView.of_all.to_string(),
                    aria_label=ImportView.doing,
                    class_name="progress",
                ),
                rx.cond(
                    ImportView.of_all > 0,
                    rx.el.p(
                        t("{done} of {all}", done=ImportView.done, all=ImportView.of_all),
                        class_name="muted small",
                    ),
                ),
                class_name="grid gap-3",
            ),
            rx.cond(
                ImportView.headline != "",
                _outcome(),
                rx.cond(ImportView.waiting != "", _waiting()),
            ),
        ),
        custom_attrs={"aria-live": "polite"},
        class_name="empty:hidden",
    )


def _waiting() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h2(t("A file waits")),
            rx.el.p(ImportView.waiting, class_name="muted small"),
        ),
        rx.el.p(t("It was sent and not brought in. It is deleted after a day.")),
        rx.el.div(button_link(t("Look at it"), href=ImportView.waiting_href)),
        class_name="grid gap-3",
    )


def _outcome() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h2(ImportView.headline),
            rx.el.p(ImportView.kind, " · ", ImportView.file, class_name="muted small"),
        ),
        rx.el.p(ImportView.summary),
        rx.cond(
            ImportView.problems.length() > 0,
            rx.el.div(
                table(
                    t("Line"),
                    t("Column"),
                    t("What is wrong"),
                    rows=rx.foreach(ImportView.problems, _problem),
                    caption=t("What is wrong"),
                    class_name="problems-table",
                ),
                rx.el.p(ImportView.more_problems, class_name="muted small empty:hidden"),
                class_name="table-scroll",
                tab_index=0,
                role="region",
                aria_label=t("What is wrong"),
            ),
        ),
        rx.el.div(
            rx.cond(
                ImportView.can_import,
                button(t("Bring in"), variant="primary", on_click=ImportView.bring_in),
            ),
            button_link(t("Another file"), href=ROUTE),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="grid gap-3",
    )


def _problem(row: ProblemRow) -> rx.Component:
    return rx.el.tr(rx.el.th(row.line, scope="row"), rx.el.td(row.column), rx.el.td(row.sentence))


def _form() -> rx.Component:
    return card(
        rx.el.h2(t("Bring in a file")),
        rx.el.p(
            t(
                "CSV, first clinics, then doctors, patients and appointments. It is looked at"
                " first: nothing changes before you say so, and then all of it or nothing."
            ),
            class_name="muted",
        ),
        posted_form(
            rx.el.fieldset(
                rx.el.legend(t("What the file holds"), class_name="field-label"),
                rx.el.div(
                    *(
                        radio(name, "kind", kind.value, checked=kind is BulkKind.CLINICS)
                        for kind, name in KIND_NAMES.items()
                    ),
                    class_name="flex flex-wrap gap-x-6",
                ),
            ),
            rx.el.div(
                rx.el.label(t("CSV file"), html_for="field-file", class_name="field-label"),
                rx.el.input(
                    type="file",
                    id="field-file",
                    name="file",
                    accept=".csv,text/csv",
                    required=True,
                    class_name="control",
                ),
                class_name="field",
            ),
            form_alert(ImportView.refused),
            button(t("Check the file"), type="submit", variant="primary"),
            action="/api/v1/import",
            class_name="grid gap-4 justify-items-start",
        ),
        class_name="grid gap-3",
    )


def _downloads() -> rx.Component:
    return card(
        rx.el.h2(t("Take out")),
        rx.el.p(
            t("What your clinics have, in the same columns. To bring it in again changes nothing."),
            class_name="muted",
        ),
        rx.el.div(
            *(
                plain_link(
                    name,
                    href=f"/api/v1/export/{kind}.csv",
                    download=True,
                    class_name="button",
                    aria_label=t("Download {name} as CSV", name=name),
                )
                for kind, name in KIND_NAMES.items()
            ),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="grid gap-3",
    )


def _columns() -> rx.Component:
    return card(
        rx.el.h2(t("Columns")),
        rx.el.p(
            t("Named in the first line, in any order; those with a star must be filled in."),
            class_name="muted",
        ),
        rx.el.p(
            t(
                "Numbers are one series over all clinics. Where two old systems number alike, put"
                " the system before each number, such as hill-1042."
            ),
            class_name="muted",
        ),
        *(
            rx.el.details(
                rx.el.summary(KIND_NAMES[kind]),
                rx.el.dl(
                    *(
                        rx.el.div(
                            rx.el.dt(rx.el.code(each.name), " *" if each.required else ""),
                            rx.el.dd(each.meaning),
                        )
                        for each in columns
                    ),
                    class_name="columns-list",
                ),
                class_name="folded",
            )
            for kind, columns in COLUMNS.items()
        ),
        class_name="grid gap-2",
    )
