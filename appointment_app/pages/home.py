"""Home: what a patient looks for, and the doctors who have time for it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.components.avatar import avatar
from appointment_app.components.badge import badge
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card
from appointment_app.components.class_names import class_names
from appointment_app.components.days import day_column, day_columns, no_slots
from appointment_app.components.empty_state import empty_state
from appointment_app.components.icons import place_icon
from appointment_app.components.link import link
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.pills import pill_group, pill_link
from appointment_app.components.search_form import search_form
from appointment_app.components.skeleton import skeleton
from appointment_app.components.slot import live_slot
from appointment_app.i18n import t
from appointment_app.states.doctor_card import DayColumn, DoctorCard
from appointment_app.states.find_doctors import FindDoctors
from appointment_app.states.near_address import ASK_POSITION


def home(viewer: Viewer) -> rx.Component:
    """Return the page: the search, and the results of what the address asks for."""
    return public_page(
        rx.el.h1(t("Find a doctor and book the earliest free time"), class_name="mb-3"),
        _form(),
        _near_me(),
        _departments(),
        rx.cond(FindDoctors.is_loaded, _results(), _results_to_come()),
        viewer=viewer,
        current="/",
    )


def _form() -> rx.Component:
    return search_form(
        _field(
            t("Specialty, doctor or symptom"),
            "words",
            FindDoctors.words,
            placeholder=t("For example skin or Meier"),
            list="specialties",
            max_length=100,
        ),
        _field(
            t("Where"),
            "place",
            FindDoctors.place,
            placeholder=rx.cond(
                FindDoctors.near != "", t("Near you"), t("City, postcode or clinic")
            ),
            list="cities",
            max_length=100,
        ),
        _field(
            t("When (optional)"),
            "day",
            FindDoctors.day,
            type="date",
            hint=t("Leave empty for as soon as possible."),
        ),
        button(t("Search"), type="submit", variant="primary"),
        *(
            _kept(name, value)
            for name, value in (
                ("near", FindDoctors.near),
                ("within", FindDoctors.within),
                ("sort", FindDoctors.sort),
                ("department", FindDoctors.department),
            )
        ),
        _suggestions("specialties", FindDoctors.specialties),
        _suggestions("cities", FindDoctors.cities),
        action="/",
        label=t("Find a doctor"),
        class_name="search-bar",
    )


def _kept(name: str, value: rx.Var[str]) -> rx.Component:
    """Return what goes along with the next search, where there is something."""
    return rx.cond(
        value != "", rx.el.input(type="hidden", name=name, default_value=value, key=value)
    )


def _near_me() -> rx.Component:
    """Return the button that asks where one is, then the ways to look around there."""
    return rx.el.div(
        rx.cond(
            FindDoctors.near != "",
            rx.fragment(
                pill_group(
                    t("Near you"),
                    rx.foreach(
                        FindDoctors.near_choices,
                        lambda each: pill_link(each.label, href=each.href, chosen=each.chosen),
                    ),
                ),
                button_link(t("Not near me"), href=FindDoctors.href_everywhere, variant="quiet"),
            ),
            button(
                place_icon(),
                t("Near me"),
                variant="quiet",
                class_name="-ms-4",  # its sign stands below the field
                on_click=rx.call_script(ASK_POSITION, callback=FindDoctors.go_near),
            ),
        ),
        rx.el.p(FindDoctors.near_problem, role="status", class_name="muted"),
        class_name="mt-2 -mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 min-h-11",
    )


def _departments() -> rx.Component:
    """Return the departments of the clinic that is looked in, where it has any."""
    return rx.cond(
        FindDoctors.departments.length() > 0,
        pill_group(
            t("Department"),
            rx.foreach(
                FindDoctors.departments,
                lambda each: pill_link(each.label, href=each.href, chosen=each.chosen),
            ),
            class_name="mt-3",
        ),
    )


def _field(
    label: str, name: str, value: rx.Var[str], *, hint: str = "", **props: Any
) -> rx.Component:
    described = {"aria-describedby": f"{name}-hint"} if hint else {}
    return rx.el.div(
        rx.el.label(label, html_for=f"search-{name}", class_name="small muted"),
        rx.el.input(
            id=f"search-{name}",
            name=name,
            default_value=value,
            key=value,  # an uncontrolled input keeps what was typed; a new value needs a new one
            auto_complete="off",
            custom_attrs=described,
            **props,
        ),
        rx.el.span(hint, id=f"{name}-hint", class_name="visually-hidden") if hint else None,
        class_name=f"search-field search-field-{name}",
    )


def _suggestions(name: str, texts: rx.Var[list[str]]) -> rx.Component:
    return rx.el.datalist(rx.foreach(texts, lambda text: rx.el.option(value=text)), id=name)


def _results() -> rx.Component:
    return rx.el.section(
        rx.cond(
            FindDoctors.day_problem != "",
            rx.el.p(FindDoctors.day_problem, role="alert", class_name="notice mt-4"),
        ),
        rx.cond(
            FindDoctors.total > 0,
            rx.fragment(
                _headline(),
                rx.el.ol(
                    rx.foreach(FindDoctors.cards, _doctor_card),
                    class_name="grid grid-cols-1 gap-4 list-none",
                ),
                _end_of_results(),
            ),
            card(_nothing_found(), class_name="mt-5"),
        ),
        aria_label=t("Results"),
        custom_attrs={"aria-busy": FindDoctors.is_searching},
        class_name="results",
    )


def _headline() -> rx.Component:
    return rx.el.div(
        rx.el.h2(FindDoctors.count, aria_live="polite"),
        rx.el.p(
            rx.cond(FindDoctors.sort != "", t("nearest first"), t("earliest first")),
            rx.cond(
                FindDoctors.first_day != "",
                rx.el.span(t(" · from "), FindDoctors.first_day),
            ),
            rx.cond(FindDoctors.one_zone != "", rx.el.span(" · ", FindDoctors.one_zone)),
            class_name="muted",
        ),
        rx.cond(
            FindDoctors.left_out != "", rx.el.p(FindDoctors.left_out, class_name="muted small")
        ),
        class_name="results-headline",
    )


def _doctor_card(doctor: DoctorCard) -> rx.Component:
    return rx.el.li(
        rx.el.article(
            rx.el.div(
                rx.el.div(
                    avatar(doctor.initials, "large", photo=doctor.photo),
                    rx.el.div(
                        rx.el.h3(
                            link(doctor.name, href=doctor.href, class_name="doctor-name"),
                        ),
                        rx.el.p(doctor.summary, class_name="muted"),
                        rx.el.p(
                            doctor.place,
                            rx.cond(
                                doctor.distance != "",
                                rx.el.span(
                                    " · ", doctor.distance, class_name="whitespace-nowrap muted"
                                ),
                            ),
                            class_name="small whitespace-pre-line",
                        ),
                        rx.cond(
                            doctor.departments != "",
                            rx.el.p(doctor.departments, class_name="small muted"),
                        ),
                        class_name="min-w-0",
                    ),
                    class_name="flex items-start gap-4",
                ),
                rx.el.div(
                    rx.foreach(doctor.tags, lambda tag: badge(tag)),
                    class_name="flex flex-wrap gap-2",
                ),
                _visit_type(doctor),
                class_name="grid grid-cols-1 gap-3 content-start",
            ),
            rx.cond(doctor.days.length() > 0, _free_days(doctor), _no_free_days(doctor)),
            aria_label=doctor.name,
            class_name="card doctor-card",
        ),
        key=doctor.key,
    )


def _visit_type(doctor: DoctorCard) -> rx.Component:
    return rx.cond(
        doctor.visit_types.length() > 1,
        rx.el.select(
            rx.foreach(doctor.visit_types, lambda pair: rx.el.option(pair[1], value=pair[0])),
            value=doctor.visit_type_id,
            on_change=FindDoctors.choose_visit_type(doctor.doctor_id, doctor.clinic_id),
            aria_label=t("Visit type"),
            class_name="quiet-select",
        ),
        rx.el.p(doctor.visit_type, class_name="small"),
    )


def _free_days(doctor: DoctorCard) -> rx.Component:
    return rx.el.div(
        day_columns(t("Free times"), rx.foreach(doctor.days, lambda day: _day(doctor, day))),
        rx.el.p(
            rx.cond(FindDoctors.one_zone == "", rx.el.span(doctor.zone, " · ")),
            link(t("More times"), href=doctor.href, class_name="inline-target"),
            class_name="muted small -mb-2",
        ),
        class_name="min-w-0",
    )


def _day(doctor: DoctorCard, day: DayColumn) -> rx.Component:
    return rx.el.div(
        day_column(
            day.weekday,
            day.date,
            rx.cond(
                day.slots.length() > 0,
                rx.foreach(day.slots, lambda slot: live_slot(slot, day, doctor.slot_links)),
                no_slots(t("no free times")),
            ),
        ),
        class_name=class_names(rx.cond(day.slots.length() > 0, "", "wide-only")),
    )


def _no_free_days(doctor: DoctorCard) -> rx.Component:
    return rx.cond(
        doctor.next_free != "",
        rx.el.div(
            rx.el.p(t("Nothing free in these six days"), class_name="font-semibold"),
            button_link(t("Next free: "), doctor.next_free, href=doctor.href_of_next_free),
            class_name="sunken-panel",
        ),
        rx.el.div(
            rx.el.p(t("No free times at the moment"), class_name="font-semibold"),
            button_link(t("Why, and who else has time"), href=doctor.href),
            class_name="sunken-panel",
        ),
    )


def _end_of_results() -> rx.Component:
    return rx.cond(
        FindDoctors.total > FindDoctors.cards.length(),
        rx.el.div(
            rx.el.p(FindDoctors.shown, role="status", class_name="muted small"),
            rx.cond(
                FindDoctors.has_more,
                button(t("More doctors"), on_click=FindDoctors.more),
                rx.el.p(t("Add a word or a city to find the right one.")),
            ),
            class_name="grid justify-items-center gap-2 mt-6",
        ),
    )


def _nothing_found() -> rx.Component:
    return empty_state(
        t("No doctors found"),
        t("Try fewer or other words: a specialty, a symptom or a name."),
        rx.el.div(
            rx.cond(
                FindDoctors.href_everywhere != "",
                button_link(t("Search in all cities"), href=FindDoctors.href_everywhere),
            ),
            button_link(t("Show all doctors"), href="/"),
            class_name="flex flex-wrap justify-center gap-3",
        ),
    )


def _results_to_come() -> rx.Component:
    """Return the place of the first cards, as high as they are, so that nothing jumps."""
    return rx.el.div(
        rx.el.p(t("Loading…"), role="status", class_name="visually-hidden"),
        rx.el.div(skeleton("h-6 w-48"), class_name="results-headline"),
        *(_card_to_come() for _ in range(3)),
        class_name="grid gap-4",
    )


def _card_to_come() -> rx.Component:
    return card(
        rx.el.div(
            skeleton("h-16 w-16 rounded-full flex-none"),
            rx.el.div(
                skeleton("h-5 w-44 max-w-full"),
                skeleton("h-4 w-32 mt-3"),
                skeleton("h-4 w-56 max-w-full mt-3"),
                class_name="flex-1",
            ),
            class_name="flex gap-4",
        ),
        rx.el.div(
            *(skeleton("h-44") for _ in range(6)),
            class_name="day-columns",
        ),
        class_name="doctor-card doctor-card-to-come",
    )
