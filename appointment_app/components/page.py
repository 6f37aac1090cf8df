"""The frames of all pages: header, navigation, main part, footer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .avatar import avatar
from .button import button_link
from .color_scheme import color_scheme_script, color_scheme_select
from .icons import (
    calendar_icon,
    clock_icon,
    desk_icon,
    home_icon,
    list_icon,
    menu_icon,
    person_icon,
    room_icon,
)
from .link import link, plain_link
from .own_zone import own_zone_script
from .visitor import visitor_script


@dataclass(frozen=True)
class Viewer:
    """Who looks at the page, as vars of the state: it only decides which links are shown."""

    signed_in: rx.Var[bool]
    display_name: rx.Var[str]
    initials: rx.Var[str]
    is_doctor: rx.Var[bool]
    is_reception: rx.Var[bool]
    is_admin: rx.Var[bool]


def head_components() -> list[rx.Component]:
    """Return what stands in the head of every page, for ``rx.App``."""
    return [
        color_scheme_script(),
        own_zone_script(),
        visitor_script(),
        rx.el.link(rel="icon", href="/logo.svg", type="image/svg+xml"),
    ]


def public_page(*children: Any, viewer: Viewer, current: str = "") -> rx.Component:
    """Return a page for patients; ``current`` is its route, marked in the navigation."""
    return rx.el.div(
        _skip_link(),
        rx.el.header(
            _brand(),
            rx.el.nav(*_public_links(current), aria_label=t("Main"), class_name="page-nav"),
            *_account(viewer, current),
            class_name="page-header",
        ),
        _main(*children),
        _footer(),
    )


def workspace_page(*children: Any, viewer: Viewer, current: str) -> rx.Component:
    """Return a page for staff, with their navigation beside or below it."""
    return rx.el.div(
        _skip_link(),
        rx.el.header(_brand(), *_account(viewer, current), class_name="page-header"),
        rx.el.nav(
            rx.cond(
                viewer.is_doctor,
                rx.fragment(
                    _workspace_link(calendar_icon(), t("Calendar"), "/calendar", current),
                    _workspace_link(clock_icon(), t("Availability"), "/availability", current),
                    _workspace_link(list_icon(), t("Visit types"), "/visit-types", current),
                ),
            ),
            rx.cond(
                viewer.is_reception | viewer.is_admin,
                _workspace_link(desk_icon(), t("Front desk"), "/front-desk", current),
            ),
            rx.cond(
                viewer.is_admin,
                rx.fragment(
                    _workspace_link(person_icon(), t("Doctors"), "/admin/doctors", current),
                    _workspace_link(home_icon(), t("Clinics"), "/admin/clinics", current),
                    _workspace_link(room_icon(), t("Rooms"), "/admin/rooms", current),
                ),
            ),
            aria_label=t("Workspace"),
            class_name="workspace-nav",
        ),
        _main(*children),
        _footer(),
        class_name="workspace",
    )


def logo() -> rx.Component:
    """Return the sign of the app in the colours of the page."""
    return rx.el.svg(
        rx.el.rect(width="32", height="32", rx="9", fill="currentColor"),
        rx.el.path(d="M16 9v14M9 16h14", stroke_width="4.5", stroke_linecap="round"),
        view_box="0 0 32 32",
        custom_attrs={"aria-hidden": "true"},
    )


def _brand() -> rx.Component:
    return link(logo(), rx.el.span(t("Appointments")), href="/", class_name="brand")


def _skip_link() -> rx.Component:
    return plain_link(
        t("Skip to the content"),
        href="#content",
        class_name="visually-hidden skip-link button button-primary",
    )


def _main(*children: Any) -> rx.Component:
    return rx.el.main(*children, id="content", tab_index=-1, class_name="page-main")


def _footer() -> rx.Component:
    return rx.el.footer(
        rx.el.p(t("Appointments with your doctors, booked in a minute.")),
        color_scheme_select(),
        class_name="page-footer",
    )


def _public_links(current: str) -> list[rx.Component]:
    return [
        _nav_link(t("Find a doctor"), "/", current),
        _nav_link(t("My appointments"), "/appointments", current),
    ]


def _nav_link(text: str, href: str, current: str) -> rx.Component:
    return link(text, href=href, custom_attrs={"aria-current": _page(href == current)})


def _workspace_link(icon: rx.Component, text: str, href: str, current: str) -> rx.Component:
    return link(
        icon, rx.el.span(text), href=href, custom_attrs={"aria-current": _page(href == current)}
    )


def _page(is_current: bool) -> Any:
    return "page" if is_current else rx.Var("undefined")


def _account(viewer: Viewer, current: str) -> list[rx.Component]:
    """Return the right end of the header: who is logged in with their menu, or how to log in."""
    return [
        rx.cond(
            viewer.signed_in,
            _menu_button(
                rx.el.span(viewer.display_name, class_name="wide-only"),
                avatar(viewer.initials, "small"),
                rx.el.span(t("Menu"), class_name="visually-hidden"),
            ),
            rx.fragment(
                button_link(t("Log in"), href="/login", variant="quiet"),
                button_link(
                    t("Sign up"), href="/register", variant="primary", class_name="wide-only"
                ),
                _menu_button(
                    menu_icon(),
                    rx.el.span(t("Menu"), class_name="visually-hidden"),
                    class_name="narrow-only",
                ),
            ),
        ),
        _menu(viewer, current),
    ]


def _menu_button(*children: Any, class_name: str = "") -> rx.Component:
    return rx.el.button(
        *children,
        type="button",
        class_name=f"menu-button {class_name}".strip(),
        custom_attrs={"popoverTarget": "menu"},
    )


def _menu(viewer: Viewer, current: str) -> rx.Component:
    """Return the menu: a native popover, so Esc and a tap beside it close it."""
    return rx.el.div(
        rx.cond(viewer.signed_in, rx.el.p(viewer.display_name, class_name="menu-name narrow-only")),
        rx.el.nav(*_public_links(current), aria_label=t("Menu")),
        rx.cond(
            viewer.is_doctor,
            rx.fragment(
                rx.el.hr(),
                _nav_link(t("Calendar"), "/calendar", current),
                _nav_link(t("Availability"), "/availability", current),
                _nav_link(t("Visit types"), "/visit-types", current),
            ),
        ),
        rx.cond(
            viewer.is_reception | viewer.is_admin,
            rx.fragment(rx.el.hr(), _nav_link(t("Front desk"), "/front-desk", current)),
        ),
        rx.cond(
            viewer.is_admin,
            rx.fragment(
                _nav_link(t("Doctors"), "/admin/doctors", current),
                _nav_link(t("Clinics"), "/admin/clinics", current),
                _nav_link(t("Rooms"), "/admin/rooms", current),
            ),
        ),
        rx.el.hr(),
        rx.cond(
            viewer.signed_in,
            rx.el.form(
                rx.el.button(t("Log out"), type="submit"),
                method="post",
                action="/api/v1/auth/logout",
                custom_attrs={"data-account-form": ""},
            ),
            rx.fragment(
                _nav_link(t("Log in"), "/login", current),
                _nav_link(t("Sign up"), "/register", current),
            ),
        ),
        id="menu",
        class_name="menu",
        custom_attrs={"popover": "auto"},
    )
