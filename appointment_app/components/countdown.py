"""A countdown that the visitor's device keeps by itself."""

from __future__ import annotations

from typing import Any

import reflex as rx


class _Countdown(rx.Component):
    library = "$/public/components/countdown.js"
    tag = "Countdown"

    seconds: rx.Var[int]
    ticking: rx.Var[str]
    spoken: rx.Var[str]
    over: rx.Var[str]


def countdown(
    seconds: rx.Var[int],
    *afterwards: Any,
    started: rx.Var[int],
    ticking: str,
    spoken: str,
    over: str,
) -> rx.Component:
    """Return a countdown of so many ``seconds``, and what is shown ``afterwards``.

    It starts anew whenever ``started`` changes. ``ticking`` is seen, with its ``{time}`` as
    ``4:32``; ``spoken`` is read out at each full minute, with its ``{minutes}``, and ``over`` at
    the end.
    """
    return _Countdown.create(
        *afterwards, key=started, seconds=seconds, ticking=ticking, spoken=spoken, over=over
    )
