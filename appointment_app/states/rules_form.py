"""Booking rules between the form and the service. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.scheduling.hours import BookingRules

_NOTICES = (0, 30, 60, 120, 240, 480, 1440, 2880, 10080)
_WINDOWS = (0, 60, 120, 240, 720, 1440, 2880, 4320, 10080)


@dataclass(frozen=True)
class RulesForm:
    """The booking rules as they are typed."""

    number: int = 0
    minimum_notice: str = ""
    horizon_days: str = ""
    max_patients_a_day: str = ""
    cancellation_window: str = "0"
    max_open_appointments: str = ""


def rules_in_words(rules: BookingRules, number: int) -> RulesForm:
    """Return stored rules as the form shows them; ``number`` is that of the form."""
    return RulesForm(
        number=number,
        minimum_notice=str(rules.minimum_notice),
        horizon_days=str(rules.horizon_days),
        max_patients_a_day=_limit_text(rules.max_patients_a_day),
        cancellation_window=str(rules.cancellation_window),
        max_open_appointments=_limit_text(rules.max_open_appointments),
    )


def notice_options(rules: BookingRules) -> list[list[str]]:
    """Return the choices for the minimum notice, the stored one among them."""
    notices = sorted({*_NOTICES, rules.minimum_notice})
    return [[str(minutes), _notice_text(minutes)] for minutes in notices]


def window_options(rules: BookingRules) -> list[list[str]]:
    """Return the choices for the cancellation window, the stored one among them."""
    windows = sorted({*_WINDOWS, rules.cancellation_window})
    return [[str(minutes), _window_text(minutes)] for minutes in windows]


def _notice_text(minutes: int) -> str:
    if minutes == 0:
        return t("no time")
    if minutes % 1440 == 0:
        days = minutes // 1440
        return t("1 day") if days == 1 else t("{count} days", count=days)
    if minutes % 60 == 0:
        count = minutes // 60
        return t("1 hour") if count == 1 else t("{count} hours", count=count)
    return t("{minutes} minutes", minutes=minutes)


def _window_text(minutes: int) -> str:
    if minutes == 0:
        return t("it begins")
    return t("{time} before", time=_notice_text(minutes))


def _limit_text(limit: int | None) -> str:
    return "" if limit is None else str(limit)


def typed_rules(typed: dict[str, Any]) -> BookingRules:
    """Return what was typed; raises ``Invalid`` where a number is no number."""
    errors: dict[str, str] = {}

    def number(field: str) -> int:
        try:
            return int(str(typed.get(field, "")).strip())
        except ValueError:
            errors[field] = t("Please give a whole number.")
            return 0

    def given(field: str) -> int | None:
        return number(field) if str(typed.get(field, "")).strip() else None

    rules = BookingRules(
        minimum_notice=number("minimum_notice"),
        horizon_days=number("horizon_days"),
        max_patients_a_day=given("max_patients_a_day"),
        cancellation_window=given("cancellation_window") or 0,
        max_open_appointments=given("max_open_appointments"),
    )
    if errors:
        raise Invalid(errors)
    return rules
