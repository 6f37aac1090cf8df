"""A doctor's calendar: FullCalendar, fed with plain values by the state.

Times are ISO strings with their offset (``2026-11-23T08:30:00+00:00``); ``time_zone`` is the IANA
zone whose wall time is shown. Each event is a dictionary: ``id``, ``title`` (the patient),
``start``, ``end``, ``kind`` (its colours: ``confirmed``, ``video``, ``pending``, ``checked_in``,
``completed``, ``no_show`` or ``cancelled``), ``detail`` (the visit type, or what must be known
first) and ``movable`` (``yes`` when it can be dragged). Closed time is a list of dictionaries with
``start`` and ``end``. An event that has ``changed`` (in words) is marked. What was dragged stays
where it was dropped until the events are read again, and springs back when ``springs`` changes.
The calendar tells what it shows through ``on_dates_set(start, end, view)``, also once at the
start: there the state learns which days to load, and the view that suits the screen when it named
none.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .button import button, icon_button
from .icons import back_icon, forward_icon
from .pills import pills

View = str  # "day", "week", "month" or "list"; "" lets the screen decide


def _shown_dates(
    start: rx.Var[str], end: rx.Var[str], view: rx.Var[str]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str]]:
    return (start, end, view)


def _dropped(event_id: rx.Var[str], start: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (event_id, start)


class _AppointmentCalendar(rx.NoSSRComponent):
    library = "$/public/components/calendar.js"
    tag = "AppointmentCalendar"
    lib_dependencies: list[str] = [  # noqa: RUF012 - a field of Reflex
        "@fullcalendar/react@7.1.4",
        "temporal-polyfill@1.0.8",
    ]

    events: rx.Var[list[dict[str, Any]]]
    closed: rx.Var[list[dict[str, str]]]
    view: rx.Var[str]
    date: rx.Var[str]
    time_zone: rx.Var[str]
    locale: rx.Var[str]
    slot_min_time: rx.Var[str]
    slot_max_time: rx.Var[str]
    weekends: rx.Var[bool]
    no_events_text: rx.Var[str]
    springs: rx.Var[int]
    on_event_click: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_date_click: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_event_drop: rx.EventHandler[_dropped]
    on_dates_set: rx.EventHandler[_shown_dates]


def calendar(
    events: rx.Var[list[dict[str, Any]]],
    *,
    closed: rx.Var[list[dict[str, str]]],
    view: rx.Var[str],
    date: rx.Var[str],
    time_zone: rx.Var[str],
    on_event_click: Any,
    on_dates_set: Any,
    on_date_click: Any = None,
    on_event_drop: Any = None,
    **props: Any,
) -> rx.Component:
    """Return the calendar of the days around ``date`` (ISO; empty for today)."""
    if on_date_click is not None:
        props["on_date_click"] = on_date_click
    if on_event_drop is not None:
        props["on_event_drop"] = on_event_drop
    return rx.el.div(
        _AppointmentCalendar.create(
            events=events,
            closed=closed,
            view=view,
            date=date,
            time_zone=time_zone,
            no_events_text=t("No appointments on these days."),
            on_event_click=on_event_click,
            on_dates_set=on_dates_set,
            **props,
        ),
        role="region",
        aria_label=t("Calendar"),
        tab_index=0,  # a week scrolls sideways on a phone, by keyboard too
        class_name="card card-flush calendar",
    )


def calendar_toolbar(
    title: rx.Var[str],
    view: rx.Var[str],
    *,
    on_today: Any,
    on_previous: Any,
    on_next: Any,
    on_view: Any,
    action: Any = None,
) -> rx.Component:
    """Return the row above a calendar: today, earlier, later, what is shown, views, ``action``."""
    return rx.el.div(
        rx.el.div(
            button(t("Today"), on_click=on_today),
            icon_button(back_icon(), t("Earlier"), on_click=on_previous),
            icon_button(forward_icon(), t("Later"), on_click=on_next),
            class_name="flex gap-2",
        ),
        rx.el.div(action, class_name="ml-auto md:ml-0 md:order-last") if action else None,
        rx.el.h1(title, aria_live="polite", class_name="basis-full md:basis-48 grow text-xl"),
        pills(
            t("View"),
            [("day", t("Day")), ("week", t("Week")), ("month", t("Month")), ("list", t("List"))],
            view,
            on_view,
        ),
        class_name="flex flex-wrap items-center gap-x-4 gap-y-3",
    )
