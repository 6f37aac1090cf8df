"""The links that lead through the app: in the header, in the menu, and in the workspace's bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .icons import (
    badge_icon,
    calendar_icon,
    clock_icon,
    desk_icon,
    figures_icon,
    files_icon,
    home_icon,
    list_icon,
    more_icon,
    people_icon,
    person_icon,
    room_icon,
)
from .link import link
from .viewer import Viewer

MENU = "menu"


@dataclass(frozen=True)
class _Place:
    """Where a link of the workspace leads."""

    name: str
    href: str
    icon: Callable[[], rx.Component]


def public_links(current: str) -> list[rx.Component]:
    """Return the links for patients; ``current`` is the route of the page."""
    return [
        nav_link(t("Find a doctor"), "/", current),
        nav_link(t("My appointments"), "/appointments", current),
    ]


def own_links(current: str) -> list[rx.Component]:
    """Return the links to what somebody who is logged in keeps about themselves."""
    return [
        nav_link(t("Profile"), "/profile", current),
        nav_link(t("Family"), "/family", current),
        nav_link(t("Your data"), "/your-data", current),
        nav_link(t("Login and security"), "/account", current),
    ]


def staff_links(viewer: Viewer, current: str) -> list[rx.Component]:
    """Return the links of the workspace as words alone, for the menu."""
    return [
        rx.cond(
            is_theirs, rx.fragment(*(nav_link(each.name, each.href, current) for each in places))
        )
        for is_theirs, places in _workspace(viewer)
    ]


def workspace_bar(viewer: Viewer, current: str) -> rx.Component:
    """Return the links of the workspace with their signs.

    On a phone the stylesheet shows the first few, and ``More`` opens the menu with all.
    """
    return rx.el.nav(
        *(
            rx.cond(
                is_theirs,
                rx.fragment(
                    *(
                        link(
                            each.icon(),
                            rx.el.span(each.name),
                            href=each.href,
                            custom_attrs=_mark(each.href, current),
                        )
                        for each in places
                    )
                ),
            )
            for is_theirs, places in _workspace(viewer)
        ),
        rx.cond(
            viewer.is_doctor | viewer.is_suspended | viewer.is_admin,
            rx.el.button(
                more_icon(),
                rx.el.span(t("More")),
                type="button",
                custom_attrs={"popoverTarget": MENU},
            ),
        ),
        aria_label=t("Workspace"),
        class_name="workspace-nav",
    )


def nav_link(name: str, href: str, current: str) -> rx.Component:
    """Return a link that is marked on the page that it leads to."""
    return link(name, href=href, custom_attrs=_mark(href, current))


def _workspace(viewer: Viewer) -> list[tuple[rx.Var[bool], list[_Place]]]:
    """Return whose places these are, and the places, what is needed most first."""
    return [
        (
            viewer.is_doctor,
            [
                _Place(t("Calendar"), "/calendar", calendar_icon),
                _Place(t("Availability"), "/availability", clock_icon),
                _Place(t("Visit types"), "/visit-types", list_icon),
            ],
        ),
        (
            viewer.is_reception | viewer.is_admin,
            [_Place(t("Front desk"), "/front-desk", desk_icon)],
        ),
        (
            viewer.is_doctor | viewer.is_reception | viewer.is_admin,
            [_Place(t("Patients"), "/patients", people_icon)],
        ),
        (
            viewer.is_doctor | viewer.is_suspended,
            [
                _Place(t("Public profile"), "/doctor/profile", person_icon),
                _Place(t("Your figures"), "/figures", figures_icon),
            ],
        ),
        (
            viewer.is_admin,
            [
                _Place(t("Doctors"), "/admin/doctors", person_icon),
                _Place(t("Clinics"), "/admin/clinics", home_icon),
                _Place(t("Rooms"), "/admin/rooms", room_icon),
                _Place(t("Staff"), "/admin/staff", badge_icon),
                _Place(t("Figures"), "/admin/figures", figures_icon),
                _Place(t("Record"), "/admin/record", list_icon),
                _Place(t("Import"), "/admin/import", files_icon),
            ],
        ),
    ]


def _mark(href: str, current: str) -> dict[str, Any]:
    return {"aria-current": "page" if href == current else rx.Var("undefined")}
