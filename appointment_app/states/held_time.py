"""The time that this tab keeps while its form is filled in."""

from __future__ import annotations

import secrets
from datetime import datetime
from math import ceil
from uuid import UUID

import reflex as rx
from starlette.requests import cookie_parser

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.visitors import visitor_name
from appointment_app.database import get_database
from appointment_app.errors import Busy
from appointment_app.scheduling import holds
from appointment_app.scheduling.errors import HoldLimit, KnownPatientsOnly
from appointment_app.scheduling.holds import HoldView
from appointment_app.scheduling.slots import Offer
from appointment_app.states.session_state import SessionState, refusals_shown

# Whoever goes there on the way comes back to the form, which then holds what it held.
_ON_THE_WAY = {"/book", "/login", "/register", "/verify", "/forgot-password", "/reset-password"}


class HeldTime(SessionState):
    """How long the time is still kept, as the page counts it down by itself."""

    seconds: int = 0
    started: int = 0  # changes with each answer, so that the page counts from it
    hold: str = ""  # its id, which says nothing to anybody but the browser that keeps it

    # The name of a browser that takes no cookies lasts as long as its tab.
    _own_name: str = ""

    @rx.event
    @refusals_shown
    async def leave(self, path: str) -> None:
        """Give up what is kept, unless the page was left for one that leads back to it."""
        if path not in _ON_THE_WAY:
            await self._release(await self._actor())

    async def _keep(self, actor: Actor, offer: Offer, starts_at: datetime) -> bool:
        """Keep the time for this tab; return False when it is not kept, but may be free.

        Raises what ``holds.keep`` raises for a time that cannot be booked.
        """
        self._show_kept(None)
        try:
            async with get_database().session() as session:
                kept = await holds.keep(
                    session,
                    actor,
                    offer,
                    starts_at,
                    visitor=self._visitor(),
                    address=actor.address,
                )
        except (HoldLimit, KnownPatientsOnly, Busy):
            # Who is known turns out when they log in, which they can do on the way.
            return False
        self._show_kept(kept)
        return True

    async def _release(self, actor: Actor) -> None:
        """Give up what this tab keeps; another tab of the browser may keep something else."""
        if not (hold := self.hold):
            return
        self._show_kept(None)
        async with get_database().session() as session:
            await holds.release(session, actor, UUID(hold), visitor=self._visitor())

    def _visitor(self) -> str:
        """Return the secret by which the server knows again who keeps a time."""
        if not self._own_name:
            self._own_name = secrets.token_hex(24)
        return visitor_name(cookie_parser(self.router.headers.cookie)) or self._own_name

    def _show_kept(self, kept: HoldView | None) -> None:
        left = (kept.expires_at - clock.now()).total_seconds() if kept else 0.0
        self.hold = str(kept.id) if kept else ""
        self.seconds, self.started = max(0, ceil(left)), self.started + 1
