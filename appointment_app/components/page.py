"""The frames of all pages: header, navigation, main part, footer."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .avatar import avatar
from .button import button_link
from .color_scheme import color_scheme_script, color_scheme_select
from .icons import menu_icon
from .link import link, plain_link
from .navigation import MENU, nav_link, own_links, public_links, staff_links, workspace_bar
from .own_zone import own_zone_script
from .viewer import Viewer
from .visitor import visitor_script


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
            rx.el.nav(*public_links(current), aria_label=t("Main"), class_name="page-nav"),
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
        workspace_bar(viewer, current),
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
        rx.el.p(
            t("Appointments with your doctors, booked in a minute."),
            " ",
            link(t("Privacy"), href="/privacy", class_name="inline-target"),
        ),
        color_scheme_select(),
        class_name="page-footer",
    )


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
        custom_attrs={"popoverTarget": MENU},
    )


def _menu(viewer: Viewer, current: str) -> rx.Component:
    """Return the menu: a native popover, so Esc and a tap beside it close it."""
    return rx.el.div(
        rx.cond(viewer.signed_in, rx.el.p(viewer.display_name, class_name="menu-name narrow-only")),
        rx.el.nav(*public_links(current), aria_label=t("Menu")),
        rx.cond(viewer.is_staff, rx.el.hr()),
        *staff_links(viewer, current),
        rx.el.hr(),
        rx.cond(viewer.signed_in, rx.fragment(*own_links(current))),
        rx.cond(
            viewer.signed_in,
            rx.el.form(
                rx.el.button(t("Log out"), type="submit"),
                method="post",
                action="/api/v1/auth/logout",
                custom_attrs={"data-account-form": ""},
            ),
            rx.fragment(
                nav_link(t("Log in"), "/login", current),
                nav_link(t("Sign up"), "/register", current),
            ),
        ),
        id=MENU,
        class_name="menu",
        custom_attrs={"popover": "auto"},
    )
