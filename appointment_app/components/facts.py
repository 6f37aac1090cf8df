"""Facts: names and values, one below the other."""

from __future__ import annotations

from typing import Any

import reflex as rx


def facts(*rows: Any, class_name: str = "") -> rx.Component:
    """Return a list of ``fact``."""
    return rx.el.dl(*rows, class_name=f"facts {class_name}".strip())


def fact(name: str | rx.Var[str], *values: Any) -> rx.Component:
    """Return one name and what belongs to it."""
    return rx.el.div(rx.el.dt(name), rx.el.dd(*values))
