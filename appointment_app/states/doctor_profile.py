"""A doctor's page: who they are, and the free times of a week; the address says which."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import reflex as rx

from appointment_app.errors import NotFound
from appointment_app.i18n import current_locale, t
from appointment_app.scheduling.hold_keys import visitor_key
from appointment_app.states.address import public_id
from appointment_app.states.doctor_page import DoctorPage, Shown, shown_after
from appointment_app.states.doctor_reading import look, sees_what_all_see
from appointment_app.states.doctor_week import DayView
from appointment_app.states.find_doctors import FindDoctors
from appointment_app.states.held_time import HeldTime
from appointment_app.states.just_taken import JustTaken
from appointment_app.states.live_bridge import keep_current, shared_by, stop_sharing
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.shared_doctor_page import (
    DAYS,
    SharedDoctorPage,
    changed_vars,
    step_to,
    vars_of,
)

# A strip that scrolls sideways shall show the chosen day; the page itself stays where it is.
_SHOW_CHOSEN_DAY = """
requestAnimationFrame(() => {
  const chip = document.querySelector(".day-strip [aria-current]");
  if (chip) chip.parentElement.scrollLeft = chip.offsetLeft - chip.offsetWidth;
});
"""


class DoctorProfile(SessionState):
    """The doctor, clinic, visit type and week that the address names."""

    is_loaded: bool = False
    is_missing: bool = False
    href_back: str = "/"
    page: DoctorPage = DoctorPage()
    # One var a day: what changes on a page that stays open is nearly always the times of one day.
    day_1: DayView = DayView()
    day_2: DayView = DayView()
    day_3: DayView = DayView()
    day_4: DayView = DayView()
    day_5: DayView = DayView()
    day_6: DayView = DayView()
    day_7: DayView = DayView()

    # What this tab shows at which address, what was taken of it while somebody looked, and whether
    # others are shown the same.
    _href: str = ""
    _day: date | None = None
    _taken: JustTaken = JustTaken()
    _shares: bool = False

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show what the address names."""
        self.href_back = (await self.get_state(FindDoctors))._address()
        await self._read()
        if self.is_missing:
            return None
        title = json.dumps(f"{self.page.profile.name} · {t('Appointments')}")
        return rx.call_script(f"document.title = {title};{_SHOW_CHOSEN_DAY}")

    @rx.event
    @refusals_shown
    async def refresh(self) -> None:
        """Read anew what changed meanwhile; the page stays where it is."""
        if self.router.url.path == "/doctor":
            await self._read(told=True)

    async def _read(self, *, told: bool = False) -> None:
        asked = dict(self.router.url.query_parameters)
        actor, zone = await self._actor(), await self._own_zone()
        visitor = (await self.get_state(HeldTime))._visitor()
        try:
            if (doctor_id := public_id(asked.get("id"))) is None:
                raise NotFound
            seen = await look(actor, doctor_id, asked, visitor, told=told)
        except NotFound:
            self.is_missing, self.is_loaded = True, True
            stop_sharing(self)
            return
        before, shares = self._before(), sees_what_all_see(actor, asked)
        shown = step_to(seen, before, zone).shown if shares else shown_after(before, seen, zone)
        is_known = told and bool(before.days)
        for name, value in (changed_vars(before, shown) if is_known else vars_of(shown)).items():
            setattr(self, name, value)
        self._href, self._day, self._taken = shown.href, shown.day, shown.taken
        self.is_missing, self.is_loaded = False, True
        page = SharedDoctorPage(
            doctor_id, asked, zone, visitor_key(visitor), current_locale(), shown
        )
        keep_current(
            self,
            DoctorProfile.refresh,
            {seen.doctor.key: seen.doctor.revision},
            wake_at=shown.wake_at,
            shared=page if shares else None,
        )
        self._shares = shared_by(self) is not None

    def _before(self) -> Shown:
        """Return what the tab shows until now, without the days where that is not known."""
        if isinstance(page := shared_by(self), SharedDoctorPage):
            return page.shown
        # What is shared is sent without this state, which is behind then.
        days = () if self._shares else tuple(self.get_value(name) for name in DAYS)
        return Shown(self.get_value("page"), days, self._href, self._day, self._taken)
