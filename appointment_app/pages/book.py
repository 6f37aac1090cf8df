"""The booking form: who, when, why, and one button."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.avatar import avatar
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card
from appointment_app.components.countdown import countdown
from appointment_app.components.empty_state import empty_state
from appointment_app.components.facts import fact, facts
from appointment_app.components.farewell import farewell
from appointment_app.components.field import form_alert, text_area
from appointment_app.components.link import link
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.pills import pill_group, pill_link
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.pages.repeat_form import repeat_form
from appointment_app.states.booking_form import NOT_FREE, BookingForm, Choice
from appointment_app.states.held_time import HeldTime
from appointment_app.states.series_plan import SeriesPlan

SUMMARY = BookingForm.summary


def book(viewer: Viewer) -> rx.Component:
    """Return the page for the slot that the address names."""
    return public_page(
        rx.el.div(
            rx.el.h1(t("Book this appointment")),
            rx.cond(BookingForm.is_missing, _missing(), _form()),
            rx.cond(HeldTime.hold != "", farewell(f"/api/v1/holds/{HeldTime.hold}/release")),
            class_name="mx-auto w-full max-w-2xl grid grid-cols-1 gap-4",
            # Where the page was left for, which the event itself does not know yet.
            on_unmount=HeldTime.leave(rx.Var("window.location.pathname", _var_type=str)),
        ),
        viewer=viewer,
    )


def _missing() -> rx.Component:
    return card(
        empty_state(
            t("This visit cannot be booked"),
            t("The link may be old, or the doctor no longer offers this visit."),
            button_link(t("Find a doctor"), href="/", variant="primary"),
        )
    )


def _form() -> rx.Component:
    # One form around everything, so that the bar with the button can stick to the screen's edge.
    # The field is there from the first moment and never replaced: whatever is still loading, or
    # loads again after a lost connection, what was typed stays.
    return rx.el.form(
        rx.cond(
            BookingForm.is_loaded,
            rx.fragment(
                _summary(),
                rx.cond(
                    BookingForm.is_taken,
                    alternatives(
                        BookingForm.problem,
                        BookingForm.alternatives,
                        note=t("These times nearby are free; what you typed stays."),
                        all_times=SUMMARY.other_times,
                    ),
                ),
            ),
            skeleton_cards(1, "h-[514px] md:h-[402px]"),  # as high as most summaries
        ),
        card(
            text_area(
                t("Reason for the visit"),
                "reason",
                hint=t("Optional. Only your doctor and you can read it."),
                error=BookingForm.reason_error,
                default_value=BookingForm.reason,
                on_blur=BookingForm.keep_reason,
                rows="3",
                max_length="1000",
            )
        ),
        rx.cond(BookingForm.is_loaded & ~BookingForm.is_taken, repeat_form()),
        rx.cond(BookingForm.is_loaded & ~BookingForm.is_taken, _bar()),
        on_submit=BookingForm.submit,
        aria_label=t("Booking"),
        class_name="flex flex-col gap-4",
    )


def _bar() -> rx.Component:
    """Return the time and the button: at the lower edge of a phone, below all on a desktop."""
    return rx.el.div(
        form_alert(BookingForm.problem),
        rx.el.p(BookingForm.notice, role="status", class_name="font-semibold empty:hidden"),
        rx.cond(
            SUMMARY.needs_confirmation,
            rx.el.p(t("The doctor confirms this visit before it is final."), class_name="muted"),
        ),
        rx.cond(
            BookingForm.signed_in,
            None,
            rx.el.p(t("Log in or sign up; then you come back here."), class_name="muted"),
        ),
        rx.el.div(
            rx.el.p(
                rx.el.span(SUMMARY.short_when, class_name="font-semibold block"),
                rx.el.span(SUMMARY.zone, class_name="muted small block"),
                class_name="leading-tight",
            ),
            rx.cond(
                BookingForm.signed_in,
                button(
                    rx.cond(
                        SeriesPlan.bookable > 0,
                        t("Book {count} appointments", count=SeriesPlan.bookable),
                        t("Confirm booking"),
                    ),
                    type="submit",
                    variant="primary",
                    busy=BookingForm.is_booking,
                    class_name="flex-none whitespace-nowrap",
                ),
                button(t("Continue"), type="submit", variant="primary"),
            ),
            class_name="flex items-center justify-between gap-4",
        ),
        _kept(),
        class_name="sticky bottom-0 z-10 grid gap-2 -mx-4 px-4 py-3 border-t"
        " border-[var(--border)] bg-[var(--surface)]"
        " md:static md:mx-0 md:px-6 md:py-5 md:border md:rounded-[var(--radius)]",
    )


def _kept() -> rx.Component:
    """Return how long the time is kept; it takes as much room at the end as at the beginning."""
    over = t("No longer kept; you can book it while it is free.")
    return rx.el.div(
        rx.cond(
            HeldTime.seconds > 0,
            countdown(
                HeldTime.seconds,
                rx.el.span(over),
                _keep_button(),
                started=HeldTime.started,
                ticking=t("Kept for you: {time}"),
                spoken=t("Minutes that this time is still kept for you: {minutes}"),
                over=over,
            ),
            rx.fragment(
                rx.el.span(t("This time is not kept while you fill in the form.")), _keep_button()
            ),
        ),
        class_name="muted small flex items-center justify-between gap-3 min-h-11",
    )


def _keep_button() -> rx.Component:
    return button(t("Keep it"), on_click=BookingForm.keep_time, class_name="flex-none")


def _summary() -> rx.Component:
    return card(
        rx.el.div(
            avatar(SUMMARY.doctor_initials),
            rx.el.div(
                rx.el.p(SUMMARY.doctor_name, class_name="font-semibold text-lg"),
                rx.el.p(SUMMARY.specialties, class_name="muted"),
            ),
            class_name="flex items-center gap-4",
        ),
        rx.cond(
            BookingForm.people.length() > 0,
            rx.el.div(
                rx.el.p(t("For whom"), class_name="muted small"),
                pill_group(
                    t("For whom"), rx.foreach(BookingForm.people, _choice), class_name="mt-1"
                ),
                class_name="mt-4",
            ),
        ),
        rx.el.div(
            rx.el.p(t("Visit type"), class_name="muted small"),
            pill_group(
                t("Visit type"),
                rx.foreach(BookingForm.visit_types, _choice),
                class_name="mt-1",
            ),
            class_name="mt-4",
        ),
        facts(
            fact(
                t("When"),
                rx.el.span(SUMMARY.when, class_name="font-semibold"),
                rx.el.span(f" · {SUMMARY.zone}", class_name="muted whitespace-nowrap"),
                rx.cond(
                    SUMMARY.own_time != "",
                    rx.el.span(SUMMARY.own_time, class_name="muted block"),
                ),
                rx.cond(
                    SUMMARY.places != "",
                    rx.el.span(t("Group session: "), SUMMARY.places, class_name="block"),
                ),
                link(
                    t("Choose another time"),
                    href=SUMMARY.other_times,
                    class_name="inline-target block w-fit",
                ),
            ),
            rx.cond(SUMMARY.price != "", fact(t("Price"), SUMMARY.price)),
            fact(
                t("Where"),
                rx.cond(
                    SUMMARY.is_video,
                    t("By video; the link stands in the confirmation"),
                    rx.fragment(SUMMARY.clinic_name, rx.el.br(), SUMMARY.address),
                ),
            ),
            class_name="mt-4",
        ),
    )


def _choice(choice: Choice) -> rx.Component:
    return pill_link(choice.label, href=choice.href, chosen=choice.chosen)


def alternatives(
    problem: rx.Var[str], choices: rx.Var[list[Choice]], *, note: str, all_times: rx.Var[str]
) -> rx.Component:
    """Return what is shown instead of a button where a time is gone: others that are free."""
    return rx.el.section(
        rx.el.div(rx.el.h2(problem, id=NOT_FREE, tab_index=-1), role="alert"),
        rx.cond(
            choices.length() > 0,
            rx.fragment(
                rx.el.p(note, class_name="muted"),
                rx.el.ul(rx.foreach(choices, _alternative), class_name="grid gap-2 mt-3"),
            ),
            rx.el.p(t("Nothing is free nearby. Look at the other days."), class_name="muted"),
        ),
        button_link(t("All free times"), href=all_times, class_name="mt-3"),
        class_name="card scroll-mt-24",
    )


def _alternative(choice: Choice) -> rx.Component:
    return rx.el.li(link(choice.label, href=choice.href, class_name="slot w-full"))
