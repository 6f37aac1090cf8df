"""The few drawings we use, as inline SVG in the colour of the text around them."""

from __future__ import annotations

import reflex as rx


def calendar_icon() -> rx.Component:
    """Return a calendar sheet."""
    return _icon("M4 6.5h16v13H4zM4 10.5h16M8.5 4v4M15.5 4v4")


def clock_icon() -> rx.Component:
    """Return a clock."""
    return _icon("M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM12 7.5v4.75l3 2")


def list_icon() -> rx.Component:
    """Return a list of three lines."""
    return _icon("M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01")


def person_icon() -> rx.Component:
    """Return a head and shoulders."""
    return _icon("M12 4a4 4 0 1 1 0 8a4 4 0 0 1 0-8zM4.5 20c.7-3.4 3.6-5 7.5-5s6.8 1.6 7.5 5")


def badge_icon() -> rx.Component:
    """Return a name badge."""
    return _icon("M5 6.5h14v13H5zM10 6.5V4h4v2.5M12 10a2 2 0 1 1 0 4a2 2 0 0 1 0-4zM8.5 17h7")


def people_icon() -> rx.Component:
    """Return two people."""
    return _icon(
        "M9 5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 0 1 0-7zM2.5 19.5c.6-3 3-4.5 6.5-4.5s5.9 1.5 6.5 4.5"
        "M15.5 5.4a3.5 3.5 0 0 1 0 6.2M17.5 15.3c2.2.6 3.6 2 4 4.2"
    )


def room_icon() -> rx.Component:
    """Return a door."""
    return _icon("M6.5 20V4.5h11V20M4 20h16M14 12.25h.01")


def desk_icon() -> rx.Component:
    """Return a bell on a counter."""
    return _icon("M4 18.5h16M6 15.5a6 6 0 0 1 12 0zM12 9.5V7.25M10.25 7h3.5")


def menu_icon() -> rx.Component:
    """Return three stacked lines."""
    return _icon("M4 7h16M4 12h16M4 17h16")


def close_icon() -> rx.Component:
    """Return a cross."""
    return _icon("M6 6l12 12M18 6L6 18")


def back_icon() -> rx.Component:
    """Return an angle that points to the left."""
    return _icon("M14.5 5.5L8 12l6.5 6.5")


def forward_icon() -> rx.Component:
    """Return an angle that points to the right."""
    return _icon("M9.5 5.5L16 12l-6.5 6.5")


def up_icon() -> rx.Component:
    """Return an angle that points up."""
    return _icon("M5.5 14.5L12 8l6.5 6.5")


def down_icon() -> rx.Component:
    """Return an angle that points down."""
    return _icon("M5.5 9.5L12 16l6.5-6.5")


def plus_icon() -> rx.Component:
    """Return a plus sign."""
    return _icon("M12 5v14M5 12h14")


def home_icon() -> rx.Component:
    """Return a house."""
    return _icon("M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6")


def figures_icon() -> rx.Component:
    """Return three upright bars."""
    return _icon("M4 20h16M7 16.5v-5M12 16.5v-11M17 16.5v-8")


def place_icon() -> rx.Component:
    """Return a pin on a map."""
    return _icon("M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11zM12 10h.01")


def files_icon() -> rx.Component:
    """Return two arrows, one in and one out."""
    return _icon("M8 4v12M4.5 12.5L8 16l3.5-3.5M16 20V8M12.5 11.5L16 8l3.5 3.5")


def more_icon() -> rx.Component:
    """Return three dots in a row."""
    return _icon("M5 12h.01M12 12h.01M19 12h.01")


def _icon(path: str) -> rx.Component:
    return rx.el.svg(
        rx.el.path(
            d=path,
            fill="none",
            stroke="currentColor",
            stroke_width="1.8",
            stroke_linecap="round",
            stroke_linejoin="round",
        ),
        view_box="0 0 24 24",
        width="22",
        height="22",
        custom_attrs={"aria-hidden": "true"},
    )
