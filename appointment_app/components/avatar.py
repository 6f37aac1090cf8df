"""Avatars: a person's initials on a soft colour that stays the same for them."""

from __future__ import annotations

from typing import Literal

import reflex as rx

from .class_names import class_names

_COLORS = 3


def avatar(
    initials: str | rx.Var[str],
    size: Literal["small", "normal", "large"] = "normal",
    *,
    photo: rx.Var[str] | None = None,
) -> rx.Component:
    """Return a circle with ``initials``, and over them the photo at this address, if there is one.

    It is decoration: the name must stand beside it. The circle is as large before the photo comes.
    """
    return rx.el.span(
        initials,
        None
        if photo is None
        else rx.cond(
            photo != "",
            rx.el.img(src=photo, alt="", width="64", height="64", decoding="async"),
        ),
        class_name=class_names(
            "avatar", "" if size == "normal" else f"avatar-{size}", _color(initials)
        ),
        custom_attrs={"aria-hidden": "true"},
    )


def _color(initials: str | rx.Var[str]) -> str | rx.Var[str]:
    """Return the colour's class: the sum of the letters decides, here and in the browser."""
    if isinstance(initials, rx.Var):
        letters = f"[...{initials}].reduce((sum, letter) => sum + letter.codePointAt(0), 0)"
        return rx.Var(
            f"`avatar-${{{letters} % {_COLORS}}}`",
            _var_type=str,
            _var_data=initials._get_all_var_data(),
        )
    return f"avatar-{sum(map(ord, initials)) % _COLORS}"
