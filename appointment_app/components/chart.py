"""Plots made of what a browser has: bars in SVG with a table beside them, and tables with bars."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .field import Text


def plot(
    *bars: Any, label: Text, top: Text, middle: Text, ticks: rx.Var[list[Any]], table: rx.Component
) -> rx.Component:
    """Return upright bars (``stacked_bar``) over an axis from 0 to ``top``, and their ``table``.

    ``label`` says in words what the plot shows; ``ticks`` are named along the lower edge, each
    with ``text`` and ``left``, in per cent of the width.
    """
    return rx.el.figure(
        rx.el.div(
            rx.el.div(
                *(rx.el.span(each) for each in (top, middle, "0")),
                class_name="plot-scale",
                custom_attrs={"aria-hidden": "true"},
            ),
            rx.el.svg(
                *(
                    rx.el.line(x1="0", x2="100", y1=y, y2=y, class_name="plot-line")
                    for y in ("0", "50", "100")
                ),
                *bars,
                view_box="0 0 100 100",
                custom_attrs={
                    "role": "img",
                    "aria-label": label,
                    "preserveAspectRatio": "none",
                },
                class_name="plot-bars",
            ),
            rx.el.div(
                rx.foreach(
                    ticks,
                    lambda tick: rx.el.span(tick.text, style={"left": f"{tick.left}%"}),
                ),
                class_name="plot-ticks",
                custom_attrs={"aria-hidden": "true"},
            ),
            class_name="plot",
        ),
        rx.el.details(
            rx.el.summary(t("Show as a table")),
            rx.el.div(table, class_name="table-scroll", tab_index=0),
            class_name="folded",
        ),
    )


def bar_piece(x: Any, width: Any, y: Any, height: Any, kind: str) -> rx.Component:
    """Return a piece of a bar, in per cent of the plot; ``kind`` gives it its colour."""
    return rx.el.rect(x=x, y=y, width=width, height=height, class_name=f"bar-{kind}")


def legend(*entries: tuple[str, str]) -> rx.Component:
    """Return what the colours mean: pairs of kind and name."""
    return rx.el.ul(
        *(
            rx.el.li(
                rx.el.span(class_name=f"swatch bar-{kind}", custom_attrs={"aria-hidden": "true"}),
                name,
            )
            for kind, name in entries
        ),
        class_name="legend",
    )


def bar(*pieces: tuple[Any, str]) -> rx.Component:
    """Return a lying bar of ``pieces``: a share in per cent, and the kind that colours it."""
    return rx.el.span(
        *(
            rx.el.span(style={"width": f"{share}%"}, class_name=f"bar-{kind}")
            for share, kind in pieces
        ),
        class_name="bar",
        custom_attrs={"aria-hidden": "true"},
    )


def table(*columns: Text, rows: Any, caption: Text, class_name: str = "") -> rx.Component:
    """Return a table of numbers, scrolling sideways where it does not fit."""
    return rx.el.table(
        rx.el.caption(caption, class_name="visually-hidden"),
        rx.el.thead(rx.el.tr(*(rx.el.th(column, scope="col") for column in columns))),
        rx.el.tbody(rows),
        class_name=f"figures-table {class_name}".strip(),
    )
