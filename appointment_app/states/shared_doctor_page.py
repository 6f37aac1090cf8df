"""A doctor's page as many tabs show it alike: what changed is put into words once for all of them.

Whoever is not logged in and holds nothing sees what all of them see. Their tabs share the same
``Shown``, and the step from one to the next is taken by the first tab that is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from appointment_app import clock
from appointment_app.errors import NotFound
from appointment_app.i18n import use_locale
from appointment_app.states.doctor_page import Shown, shown_after
from appointment_app.states.doctor_reading import Seen, look_with_others
from appointment_app.states.doctor_week import WEEK, DayView
from appointment_app.states.live_bridge import Change

DAYS = tuple(f"day_{number}" for number in range(1, WEEK + 1))


@dataclass(frozen=True, slots=True)
class Step:
    """From what was shown ``before`` to what is shown now, and the vars that it changes."""

    before: Shown
    shown: Shown
    change: Change


@dataclass(frozen=True, slots=True)
class SharedDoctorPage:
    """What one tab shows; ``asked`` is its address, and ``visitor`` the key of who looks."""

    doctor_id: UUID
    asked: Mapping[str, str]
    own_zone: str
    visitor: str
    locale: str
    shown: Shown

    async def fresh(self) -> tuple[Change, SharedDoctorPage] | None:
        """Return what changed since, or None where the tab has to look by itself."""
        use_locale(self.locale)
        try:
            seen = await look_with_others(self.doctor_id, self.asked, self.visitor, told=True)
        except NotFound:
            return None
        if seen is None:
            return None
        step = step_to(seen, self.shown, self.own_zone)
        return step.change, replace(self, shown=step.shown)


NOTHING = Shown()
# What was shown last, by address and zone: tabs that came to the same by different ways share it.
_latest: WeakValueDictionary[tuple[str, str], Shown] = WeakValueDictionary()


def step_to(seen: Seen, before: Shown, own_zone: str) -> Step:
    """Return the step from what was shown ``before`` to what was ``seen``, taken once for all."""
    if seen.wish is None or before.href != seen.wish.href():
        before = NOTHING
    step = seen.steps.get((id(before), own_zone))
    if step is None or (step.change.wake_at and step.change.wake_at <= clock.now()):
        step = seen.steps[id(before), own_zone] = _step(seen, before, own_zone)
    return step


def _step(seen: Seen, before: Shown, own_zone: str) -> Step:
    shown = shown_after(before, seen, own_zone)
    change = Change(changed_vars(before, shown), shown.keys, shown.wake_at)
    for same in (before, _latest.get((shown.href, own_zone))):
        if same == shown:
            return Step(before, same, change)
    _latest[shown.href, own_zone] = shown
    return Step(before, shown, change)


def changed_vars(before: Shown, shown: Shown) -> dict[str, Any]:
    """Return the vars of the page's state that show something else than ``before``."""
    old = vars_of(before)
    return {name: value for name, value in vars_of(shown).items() if old[name] != value}


def vars_of(shown: Shown) -> dict[str, Any]:
    """Return the vars of the page's state that show it."""
    days = shown.days or (DayView(),) * WEEK
    return {"page": shown.page, **dict(zip(DAYS, days, strict=True))}
