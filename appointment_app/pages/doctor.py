"""A doctor's page: who they are, where, and their free times."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.avatar import avatar
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
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.pills import pill_group, pill_link
from appointment_app.components.skeleton import skeleton
from appointment_app.components.slot import live_slot, slot_grid
from appointment_app.i18n import t
from appointment_app.states.doctor_profile import DoctorProfile, Place, VisitChoice
from appointment_app.states.doctor_week import DayView, PartOfDay
from appointment_app.states.nothing_free_words import OtherRow
from appointment_app.states.slot_links import SlotLink

PROFILE = DoctorProfile.profile
PLACE = DoctorProfile.place
JUMP = DoctorProfile.jump
MOVING = DoctorProfile.moving


def doctor(viewer: Viewer) -> rx.Component:
    """Return the page of the doctor that the address names."""
    return public_page(
        rx.el.div(
            button_link(
                back_icon(),
                href=DoctorProfile.href_back,
                variant="quiet",
                class_name="button-icon",
                aria_label=t("Back to the doctors"),
            ),
            rx.el.h1(t("Choose a time")),
            class_name="flex items-center gap-1 mb-3 -ml-2",
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
        avatar(PROFILE.initials, "large"),
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
            rx.cond(PROFILE.languages != "", fact(t("Languages"), PROFILE.languages)),
            rx.foreach(DoctorProfile.places, _where),
            class_name="facts",
        ),
    )


def _where(place: Place) -> rx.Component:
    return fact(
        place.name,
        place.address,
        rx.cond(
            place.phone != "",
            rx.el.span(
                rx.el.br(),
                rx.el.a(place.phone, href=place.phone_href, class_name="inline-target underline"),
            ),
        ),
    )


def _times() -> rx.Component:
    return rx.fragment(
        rx.cond(MOVING.href != "", _moving()),
        rx.cond(
            DoctorProfile.problem != "",
            rx.el.p(DoctorProfile.problem, role="alert", class_name="notice"),
        ),
        rx.cond(
            DoctorProfile.places.length() > 1,
            pill_group(t("Clinic"), rx.foreach(DoctorProfile.places, _clinic)),
        ),
        rx.cond(
            DoctorProfile.visit_types.length() > 0,
            pill_group(t("Visit type"), rx.foreach(DoctorProfile.visit_types, _visit_type)),
        ),
        rx.cond(
            DoctorProfile.visit_note != "", rx.el.p(DoctorProfile.visit_note, class_name="muted")
        ),
        rx.cond(DoctorProfile.left_out != "", rx.el.p(DoctorProfile.left_out, class_name="muted")),
        rx.cond(
            DoctorProfile.days.length() > 0,
            rx.fragment(_limit_notice(), _week_head(), _strip_of_days(), _week(), _others()),
            card(rx.el.p(DoctorProfile.week_problem, class_name="font-semibold")),
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
            rx.el.h2(DoctorProfile.week, aria_live="polite", class_name="text-lg"),
            rx.el.p(DoctorProfile.zone, class_name="muted small"),
        ),
        rx.el.div(
            _step(back_icon(), t("Earlier days"), DoctorProfile.previous_week),
            _step(forward_icon(), t("Later days"), DoctorProfile.next_week),
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
        day_strip(t("Day"), rx.foreach(DoctorProfile.days, _chip)),
        rx.el.h3(DoctorProfile.chosen_day),
        rx.foreach(DoctorProfile.parts, _part_of_day),
        rx.cond(
            DoctorProfile.chosen_day_problem != "",
            _nothing_free(DoctorProfile.chosen_day_problem),
        ),
        class_name="narrow-only grid gap-4",
    )


def _chip(day: DayView) -> rx.Component:
    return day_chip_link(
        day.weekday, day.number, day.month, day.note, href=day.href, chosen=day.chosen
    )


def _part_of_day(part: PartOfDay) -> rx.Component:
    return rx.el.div(
        rx.el.h4(part.name, class_name="muted mb-2"),
        slot_grid(rx.foreach(part.slots, _slot)),
    )


def _week() -> rx.Component:
    """Return what a desktop shows: seven columns of slots."""
    return card(
        rx.cond(
            DoctorProfile.week_problem != "",
            _nothing_free(DoctorProfile.week_problem),
            day_columns(t("Free times"), rx.foreach(DoctorProfile.days, _column)),
        ),
        class_name="wide-only",
    )


def _column(day: DayView) -> rx.Component:
    return rx.el.div(
        day_column(
            day.weekday,
            day.date,
            rx.cond(
                day.slots.length() > 0,
                rx.foreach(day.slots, _slot),
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
        DoctorProfile.limit_notice != "",
        rx.el.p(DoctorProfile.limit_notice, role="status", class_name="notice"),
    )


def _others() -> rx.Component:
    """Return who else has time, when there is none here."""
    return rx.cond(
        DoctorProfile.others.length() > 0,
        rx.el.section(
            rx.el.h3(t("Free times elsewhere")),
            rx.el.ul(rx.foreach(DoctorProfile.others, _other), class_name="grid gap-2"),
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


def _slot(slot: SlotLink) -> rx.Component:
    return live_slot(slot, slot.own_time, slot.places)


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
