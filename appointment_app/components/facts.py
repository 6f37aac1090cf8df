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


def fact_if(name: str, value: rx.Var[str]) -> rx.Component:
    """Return one name and its value, or nothing where the value is empty."""
    return rx.cond(value != "", fact(name, value))


def facts_of(name: str, values: rx.Var[list[str]]) -> rx.Component:
    """Return a fact with a line for each of several values, nothing where there are none."""
    line = rx.foreach(values, lambda each: rx.el.span(each, class_name="block wrap-anywhere"))
    return rx.cond(values.length() > 0, fact(name, line))
