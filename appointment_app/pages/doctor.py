"""A doctor's page: who they are, where, and their free times."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.avatar import avatar
from appointment_app.components.back_heading import back_heading
from appointment_app.components.button import button_link
from appointment_app.components.card import card
from appointment_app.components.class_names import class_names
from appointment_app.components.days import (
    day_chip_link,
    day_column,
    day_columns,
    day_strip,
)
from appointment_app.components.empty_state import empty_state
from appointment_app.components.facts import fact
from appointment_app.components.icons import back_icon, forward_icon
from appointment_app.components.link import link
from appointment_app.components.opening_hours import opening_hours
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.pills import pill_group, pill_link
from appointment_app.components.skeleton import skeleton
from appointment_app.components.slot import live_slot, slot_grid
from appointment_app.i18n import t
from appointment_app.states.doctor_page import Place, VisitChoice
from appointment_app.states.doctor_profile import DoctorProfile
from appointment_app.states.doctor_week import DayView, PartOfDay
from appointment_app.states.nothing_free_words import OtherRow
from appointment_app.states.shared_doctor_page import DAYS as DAY_VARS

PAGE = DoctorProfile.page
PROFILE = PAGE.profile
PLACE = PAGE.place
JUMP = PAGE.jump
MOVING = PAGE.moving
DAYS = rx.Var.create([getattr(DoctorProfile, name) for name in DAY_VARS]).to(list[DayView])


def doctor(viewer: Viewer) -> rx.Component:
    """Return the page of the doctor that the address names."""
    return public_page(
        rx.el.div(
            back_heading(
                t("Choose a time"), href=DoctorProfile.href_back, label=t("Back to the doctors")
            ),
            class_name="mb-3",
        ),
        rx.cond(
            DoctorProfile.is_loaded,
            rx.cond(DoctorProfile.is_missing, _missing(), _page()),
            _page_to_come(),
        ),
        viewer=viewer,
    )


def _missing() -> rx.Component:
    return card(
        empty_state(
            t("We could not find this doctor"),
            t("The link may be old, or the doctor takes no bookings here any more."),
            button_link(t("Find a doctor"), href="/", variant="primary"),
        )
    )


def _page() -> rx.Component:
    return rx.el.div(
        card(_who(), class_name="doctor-who"),
        rx.el.section(_times(), aria_label=t("Free times"), class_name="doctor-times"),
        card(_about(), class_name="doctor-about"),
        class_name="doctor-page",
    )


def _who() -> rx.Component:
    return rx.el.div(
        avatar(PROFILE.initials, "large", photo=PROFILE.photo),
        rx.el.div(
            rx.el.h2(PROFILE.name),
            rx.el.p(PROFILE.summary, class_name="muted"),
            rx.el.p(PLACE.name, class_name="small"),
            class_name="min-w-0",
        ),
        class_name="flex items-center gap-4",
    )


def _about() -> rx.Component:
    return rx.fragment(
        rx.cond(PROFILE.bio != "", rx.el.p(PROFILE.bio, class_name="mb-4 whitespace-pre-line")),
        rx.el.dl(
            rx.cond(
                PROFILE.qualifications != "",
                fact(
                    t("Qualifications"),
                    rx.el.span(PROFILE.qualifications, class_name="whitespace-pre-line"),
                ),
            ),
            rx.cond(PROFILE.languages != "", fact(t("Languages"), PROFILE.languages)),
            rx.foreach(PAGE.places, _where),
            class_name="facts",
        ),
    )


def _where(place: Place) -> rx.Component:
    return fact(
        place.name,
        place.address,
        rx.cond(
            place.departments != "", rx.el.span(rx.el.br(), place.departments, class_name="muted")
        ),
        rx.cond(
            place.phone != "",
            rx.el.span(
                rx.el.br(),
                rx.el.a(place.phone, href=place.phone_href, class_name="inline-target underline"),
            ),
        ),
        opening_hours(place.hours),
    )


def _times() -> rx.Component:
    return rx.fragment(
        rx.cond(MOVING.href != "", _moving()),
        rx.cond(
            PAGE.problem != "",
            rx.el.p(PAGE.problem, role="alert", class_name="notice"),
        ),
        rx.cond(
            PAGE.places.length() > 1,
            pill_group(t("Clinic"), rx.foreach(PAGE.places, _clinic)),
        ),
        rx.cond(
            PAGE.visit_types.length() > 0,
            pill_group(t("Visit type"), rx.foreach(PAGE.visit_types, _visit_type)),
        ),
        rx.cond(PAGE.visit_note != "", rx.el.p(PAGE.visit_note, class_name="muted")),
        rx.cond(PAGE.left_out != "", rx.el.p(PAGE.left_out, class_name="muted")),
        rx.cond(
            PAGE.has_days,
            rx.fragment(_limit_notice(), _week_head(), _strip_of_days(), _week(), _others()),
            card(rx.el.p(PAGE.week_problem, class_name="font-semibold")),
        ),
    )


def _moving() -> rx.Component:
    return rx.el.p(
        rx.el.strong(t("Moving your appointment of {when}.", when=MOVING.when)),
        rx.cond(MOVING.whose != "", rx.el.span(f" {MOVING.whose}"), ""),
        " ",
        t("It stays until you have chosen and confirmed another time."),
        " ",
        link(t("Keep it as it is"), href=MOVING.href, class_name="inline-target"),
        role="status",
        class_name="notice",
    )


def _clinic(place: Place) -> rx.Component:
    return pill_link(place.name, href=place.href, chosen=place.chosen)


def _visit_type(visit_type: VisitChoice) -> rx.Component:
    return pill_link(visit_type.label, href=visit_type.href, chosen=visit_type.chosen)


def _week_head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2(PAGE.week, aria_live="polite", class_name="text-lg"),
            rx.el.p(PAGE.zone, class_name="muted small"),
        ),
        rx.el.div(
            _step(back_icon(), t("Earlier days"), PAGE.previous_week),
            _step(forward_icon(), t("Later days"), PAGE.next_week),
            class_name="flex gap-2",
        ),
        class_name="flex items-center justify-between gap-3",
    )


def _step(icon: rx.Component, label: str, href: rx.Var[str]) -> rx.Component:
    return rx.cond(
        href != "",
        button_link(
            icon,
            href=href,
            prevent_scroll_reset=True,
            class_name="button-icon",
            aria_label=label,
            title=label,
        ),
    )


def _strip_of_days() -> rx.Component:
    """Return what a phone shows: the days to choose from, and the slots of the chosen one."""
    return rx.el.div(
        day_strip(t("Day"), rx.foreach(DAYS, _chip)),
        rx.el.h3(PAGE.chosen_day),
        rx.foreach(DAYS, lambda day: rx.cond(day.chosen, _parts_of_day(day))),
        rx.cond(
            PAGE.chosen_day_problem != "",
            _nothing_free(PAGE.chosen_day_problem),
        ),
        class_name="narrow-only grid gap-4",
    )


def _chip(day: DayView) -> rx.Component:
    return day_chip_link(
        day.weekday, day.number, day.month, day.note, href=day.href, chosen=day.chosen
    )


def _parts_of_day(day: DayView) -> rx.Component:
    return rx.fragment(
        rx.foreach(
            day.parts,
            lambda part: rx.el.div(
                rx.el.h4(part.name, class_name="muted mb-2"),
                slot_grid(_slots(day, part)),
                key=part.name,
            ),
        )
    )


def _week() -> rx.Component:
    """Return what a desktop shows: seven columns of slots."""
    return card(
        rx.cond(
            PAGE.week_problem != "",
            _nothing_free(PAGE.week_problem),
            day_columns(t("Free times"), rx.foreach(DAYS, _column)),
        ),
        class_name="wide-only",
    )


def _column(day: DayView) -> rx.Component:
    return rx.el.div(
        day_column(
            day.weekday,
            day.date,
            rx.cond(
                day.parts.length() > 0,
                rx.foreach(day.parts, lambda part: rx.fragment(_slots(day, part), key=part.name)),
                rx.el.p(day.note, class_name="muted small py-2"),
            ),
        ),
        class_name=class_names(rx.cond(day.chosen, "day-chosen", "")),
    )


def _nothing_free(sentence: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.p(sentence, class_name="font-semibold"),
        rx.cond(
            JUMP.href != "",
            button_link(JUMP.label, href=JUMP.href, prevent_scroll_reset=True),
            rx.el.p(
                t("There are no free times at the moment. Look again later."), class_name="muted"
            ),
        ),
        class_name="sunken-panel",
    )


def _limit_notice() -> rx.Component:
    return rx.cond(
        PAGE.limit_notice != "",
        rx.el.p(PAGE.limit_notice, role="status", class_name="notice"),
    )


def _others() -> rx.Component:
    """Return who else has time, when there is none here."""
    return rx.cond(
        PAGE.others.length() > 0,
        rx.el.section(
            rx.el.h3(t("Free times elsewhere")),
            rx.el.ul(rx.foreach(PAGE.others, _other), class_name="grid gap-2"),
            class_name="grid gap-3",
        ),
    )


def _other(row: OtherRow) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(row.name, class_name="font-semibold"),
            rx.el.span(row.place, class_name="muted small"),
            rx.el.span(t("First free: {when}", when=row.when), class_name="small"),
            href=row.href,
            class_name="card grid gap-1 min-h-11",
        )
    )


def _slots(day: DayView, part: PartOfDay) -> rx.Component:
    return rx.foreach(part.slots, lambda slot: live_slot(slot, day, PAGE.slot_links))


def _page_to_come() -> rx.Component:
    """Return the places of what arrives, so that nothing jumps."""
    return rx.el.div(
        rx.el.p(t("Loading…"), role="status", class_name="visually-hidden"),
        card(
            rx.el.div(
                skeleton("h-16 w-16 rounded-full flex-none"),
                rx.el.div(
                    skeleton("h-5 w-40 max-w-full"), skeleton("h-4 w-28 mt-3"), class_name="flex-1"
                ),
                class_name="flex items-center gap-4",
            ),
            class_name="doctor-who",
        ),
        rx.el.div(
            skeleton("h-11 w-72 max-w-full"),
            skeleton("h-11 w-48"),
            skeleton("h-[560px]"),
            class_name="doctor-times",
        ),
        class_name="doctor-page",
    )
