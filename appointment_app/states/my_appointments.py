"""A patient's appointments: the list, one of them, and cancelling."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.i18n import t
from appointment_app.live.keys import person_key
from appointment_app.scheduling.appointments import (
    get_appointment,
    list_own,
)
from appointment_app.scheduling.cancelling import CANCEL_REASON_LIMIT, cancel
from appointment_app.scheduling.series_cancelling import cancel_following
from appointment_app.scheduling.visit_history import ALL_VISITS
from appointment_app.states.address import public_id
from appointment_app.states.appointment_words import Shown, moved_in_words, shown
from appointment_app.states.changed_meanwhile import news_since, with_changes
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.series_words import FOLLOWING, following_toast
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast
from appointment_app.states.visit_filters import VisitFilters

_PAGE = 20
_MOST_PAGES = 50

# What held the keyboard's place is gone with the question; the page, and what it says, is there.
_BACK_TO_PAGE = """setTimeout(() => {
  document.getElementById("content")?.focus();
  scrollTo(0, 0);
}, 60)"""


class MyAppointments(SessionState):
    """What a patient sees of their appointments."""

    shows_past: bool = False
    appointments: list[Shown] = []
    has_more: bool = False
    is_listed: bool = False

    appointment: Shown = Shown()
    is_new: bool = False
    moved: str = ""
    is_loaded: bool = False
    is_missing: bool = False

    # The appointment that the open question is about.
    asked: Shown = Shown()
    is_asking: bool = False
    is_cancelling: bool = False
    cancel_problem: str = ""
    cancel_reason_error: str = ""

    _pages: int = 1
    _page: str = ""

    @rx.event
    @refusals_shown
    async def load_list(self) -> None:
        """Show the upcoming or, when the address says so, the past appointments."""
        self._turn_page()
        self.shows_past = self.router.url.query_parameters.get("show") == "past"
        self._pages = 1
        await self._list()
        await self._keep_current()

    @rx.event
    @refusals_shown
    async def refresh(self) -> Any:
        """Read anew what the clinic changed; an open question and what is typed there stay."""
        news = None
        page = self.router.url.path
        key = public_id(self.appointment.id)
        if page == "/appointments" and self.is_listed:
            before = self.appointments
            await self._list()
            self.appointments = await with_changes(before, self.appointments, self._read)
            news = news_since(before, self.appointments)
        elif page == "/appointment" and key is not None:
            self.appointment = await self._read(key)
        else:
            return None
        await self._keep_current()
        return toast(news) if news else None

    @rx.event
    @refusals_shown
    async def more(self) -> None:
        """Show the next page of the list as well."""
        self._pages = min(self._pages + 1, _MOST_PAGES)
        await self._list()

    @rx.event
    @refusals_shown
    async def load_one(self) -> AsyncIterator[Any]:
        """Show the appointment that the address names."""
        self._turn_page()
        query = self.router.url.query_parameters
        key = public_id(query.get("id"))
        if self.appointment.id != str(key):
            self.is_loaded = False
            yield
        try:
            if key is None:
                raise NotFound
            self.appointment, self.is_missing = await self._read(key), False
            one = self.appointment
            self.is_new = query.get("new") == "1" and one.can_cancel and not one.whose
            self.moved = moved_in_words(one) if query.get("moved") == "1" else ""
        except NotFound:
            self.appointment, self.is_missing, self.is_new = Shown(), True, False
            self.moved = ""
        self.is_loaded = True
        await self._keep_current()

    @rx.event
    @refusals_shown
    async def ask(self, appointment_id: str) -> None:
        """Ask once whether to cancel this appointment."""
        key = public_id(appointment_id)
        if key is None:
            raise NotFound
        self.asked = await self._read(key)
        self.cancel_problem = self.cancel_reason_error = ""
        self.is_asking = True

    @rx.event
    async def keep(self) -> None:
        """Close the question: the appointment stays."""
        self.is_asking = False

    @rx.event
    @refusals_shown
    async def cancel_appointment(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Cancel the appointment that the open question is about."""
        key = public_id(self.asked.id)
        if key is None or not self.is_asking:  # the second of two quick clicks
            return
        self.is_cancelling = True
        self.cancel_problem = self.cancel_reason_error = ""
        yield
        try:
            said = await self._cancel(key, form)
        except LoginRequired:
            yield self._to_login()
        except DomainError as error:
            if error.field:
                self.cancel_reason_error = error.sentence
            else:
                self.cancel_problem = error.sentence
        else:
            self.is_asking = False
            await self._show_cancelled(key)
            yield said
            yield rx.call_script(_BACK_TO_PAGE)
        finally:
            self.is_cancelling = False

    async def _keep_current(self) -> None:
        actor = await self._actor()
        people = {actor.person_id, *actor.dependents} - {None}
        keys = {person_key(person_id): None for person_id in people}
        keep_current(self, MyAppointments.refresh, keys)

    def _turn_page(self) -> None:
        """Close the question when its page was left; a page that reconnects keeps it open."""
        here = str(self.router.url)
        if self._page != here:
            self._page, self.is_asking = here, False

    async def _cancel(self, key: UUID, form: Any) -> Any:
        """Cancel as much of the series as was asked for; return what to say."""
        actor, reason = await self._actor(), _typed(form)
        async with get_database().session() as session:
            if _typed(form, "extent") == FOLLOWING:
                ended = await cancel_following(session, actor, key, reason=reason)
                return following_toast(ended)
            await cancel(session, actor, key, reason=reason)
        if self.asked.whose:
            return toast(t("The appointment is cancelled."))
        return toast(t("The appointment is cancelled. You get a mail that says so."))

    async def _show_cancelled(self, key: UUID) -> None:
        """Bring up to date what the page shows; it is the one or the list."""
        if self.appointment.id == str(key):
            self.appointment, self.is_new, self.moved = await self._read(key), False, ""
        if self.is_listed:
            await self._list()

    async def _read(self, key: UUID) -> Shown:
        actor = await self._actor()
        async with get_database().session() as session:
            found = await get_appointment(session, actor, key)
        return shown(found, await self._own_zone())

    async def _list(self) -> None:
        actor = await self._actor()
        limit = self._pages * _PAGE
        wanted = ALL_VISITS
        if self.shows_past:
            filters = await self.get_state(VisitFilters)
            wanted = await filters._show_filters(actor, self.router.url.query_parameters)
        async with get_database().session() as session:
            found = await list_own(
                session, actor, past=self.shows_past, wanted=wanted, limit=limit + 1
            )
        zone = await self._own_zone()
        self.appointments = [shown(each, zone) for each in found[:limit]]
        self.has_more = len(found) > limit
        self.is_listed = True


def _typed(form: Any, name: str = "cancel_reason") -> str:
    """Return a field of ``form``; what is too long stays too long."""
    typed = form.get(name) if isinstance(form, dict) else ""
    return typed[: 2 * CANCEL_REASON_LIMIT] if isinstance(typed, str) else ""
