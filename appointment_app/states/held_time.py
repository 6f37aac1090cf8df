"""The time that this tab keeps while its form is filled in."""

from __future__ import annotations

import secrets
from datetime import datetime
from math import ceil

import reflex as rx

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import Busy
from appointment_app.scheduling import holds
from appointment_app.scheduling.errors import HoldLimit
from appointment_app.scheduling.slots import Offer
from appointment_app.states.session_state import SessionState, refusals_shown

# Whoever goes there on the way comes back to the form, which then holds what it held.
_ON_THE_WAY = {"/book", "/login", "/register", "/verify", "/forgot-password", "/reset-password"}


class HeldTime(SessionState):
    """How long the time is still kept, as the page counts it down by itself."""

    seconds: int = 0
    started: int = 0  # changes with each answer, so that the page counts from it

    # By this secret the server knows the tab again, before and after somebody logs in.
    _visitor: str = ""

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
        self._visitor = self._visitor or secrets.token_urlsafe(24)
        self._show_left(None)
        try:
            async with get_database().session() as session:
                hold = await holds.keep(
                    session,
                    actor,
                    offer,
                    starts_at,
                    visitor=self._visitor,
                    address=actor.address,
                )
        except (HoldLimit, Busy):
            return False
        self._show_left(hold.expires_at)
        return True

    async def _release(self, actor: Actor) -> None:
        """Give up what this tab keeps."""
        if self.seconds == 0:
            return
        self._show_left(None)
        async with get_database().session() as session:
            await holds.release(session, actor, visitor=self._visitor)

    def _show_left(self, until: datetime | None) -> None:
        left = 0.0 if until is None else (until - clock.now()).total_seconds()
        self.seconds, self.started = max(0, ceil(left)), self.started + 1
