"""Figures as the page words them."""

from __future__ import annotations

from appointment_app.states.figures_words import duration, percent


def test_figures_in_words() -> None:
    assert [percent(rate) for rate in (None, 0, 0.034, 0.0996, 1.2)] == [
        *("–", "0.0 %", "3.4 %", "10 %", "120 %"),
    ]
    assert [duration(hours) for hours in (None, 0, 1, 47, 48, 108)] == [
        *("–", "under 1 hour", "1 hour", "47 hours", "2 days", "4.5 days"),
    ]
