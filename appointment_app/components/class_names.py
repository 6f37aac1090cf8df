"""Joining CSS class names, some of which may depend on the state."""

from __future__ import annotations

import reflex as rx


def class_names(*names: str | rx.Var[str]) -> str:
    """Return ``names`` as one class attribute, without the empty ones.

    A var keeps its meaning inside the string: Reflex finds it again when it compiles the page.
    """
    return " ".join(f"{name}" for name in names if isinstance(name, rx.Var) or name)
