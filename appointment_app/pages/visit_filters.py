"""The lists above past appointments by which they are narrowed down."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.field import select_field
from appointment_app.i18n import t
from appointment_app.states.visit_filters import VisitFilters


def visit_filters() -> rx.Component:
    """Return the lists that have more than one thing to choose."""
    return rx.el.div(
        _filter(t("Doctor"), "doctor", VisitFilters.doctors),
        _filter(t("Clinic"), "clinic", VisitFilters.clinics),
        _filter(t("Status"), "status", VisitFilters.statuses),
        _filter(t("Year"), "year", VisitFilters.years),
        _filter(t("For whom"), "person", VisitFilters.people),
        role="group",
        aria_label=t("Narrow down"),
        class_name="grid grid-cols-2 gap-3 sm:grid-cols-3 empty:hidden",
    )


def _filter(label: str, name: str, options: rx.Var[list[list[str]]]) -> rx.Component:
    # The first choice is all of them.
    return rx.cond(
        options.length() > 2,
        select_field(
            label,
            name,
            options,
            id=f"filter-{name}",
            default_value=VisitFilters.chosen[name],
            key=f"{name}-{VisitFilters.chosen[name]}",
            on_change=lambda value: VisitFilters.choose(name, value),
        ),
    )
