"""Pills: a row of choices of which one, or some, are on."""

from __future__ import annotations

from typing import Any

import reflex as rx

from .link import link


def pill_group(label: str | rx.Var[str], *pills: Any, class_name: str = "") -> rx.Component:
    """Return a row of pills; ``label`` says to screen readers what is chosen here."""
    return rx.el.div(
        *pills, role="group", aria_label=label, class_name=f"pills {class_name}".strip()
    )


def pill(text: Any, *, chosen: bool | rx.Var[bool], on_click: Any, **props: Any) -> rx.Component:
    """Return one choice as a button."""
    return rx.el.button(
        text,
        type="button",
        on_click=on_click,
        class_name="pill",
        custom_attrs={"aria-pressed": chosen, **props.pop("custom_attrs", {})},
        **props,
    )


def pill_link(text: Any, *, href: str | rx.Var[str], chosen: bool | rx.Var[bool]) -> rx.Component:
    """Return one choice as a link, for choices that stand in the address."""
    return link(text, href=href, class_name="pill", custom_attrs={"aria-current": current(chosen)})


def pills(
    label: str | rx.Var[str],
    options: list[tuple[str, str]] | rx.Var[list[list[str]]],
    value: rx.Var[str],
    on_choose: Any,
) -> rx.Component:
    """Return a group of ``options`` (value, text) with ``value`` on; calls ``on_choose(value)``."""
    if isinstance(options, rx.Var):
        return pill_group(
            label, rx.foreach(options, lambda pair: _option(pair[0], pair[1], value, on_choose))
        )
    return pill_group(label, *(_option(key, text, value, on_choose) for key, text in options))


def current(chosen: bool | rx.Var[bool]) -> Any:
    """Return the ``aria-current`` of a link: there when ``chosen``, absent otherwise."""
    if isinstance(chosen, rx.Var):
        return rx.cond(chosen, "true", rx.Var("undefined"))
    return "true" if chosen else rx.Var("undefined")


def _option(key: Any, text: Any, value: rx.Var[str], on_choose: Any) -> rx.Component:
    return pill(text, chosen=value == key, on_click=on_choose(key))
