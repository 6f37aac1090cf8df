"""Tells the server that a page is left for good, when no event can say so any more."""

from __future__ import annotations

import reflex as rx


class _Farewell(rx.Component):
    library = "$/public/components/farewell.js"
    tag = "Farewell"

    address: rx.Var[str]


def farewell(address: rx.Var[str]) -> rx.Component:
    """Return what sends a POST to ``address`` when the tab is closed or loads something else."""
    return _Farewell.create(address=address)
