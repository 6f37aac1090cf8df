"""Whoever holds a mailed link adds what a clinic wrote down for them to their account."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.accounts.errors import LinkInvalid
from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired
from appointment_app.i18n import t
from appointment_app.scheduling import claiming
from appointment_app.states.address import address
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast


class ClaimRecord(SessionState):
    """The page says nothing of the record before it is claimed."""

    is_loaded: bool = False
    is_somebody: bool = False
    problem: str = ""
    is_spent: bool = False
    login: str = ""
    register: str = ""

    @rx.event
    @refusals_shown
    async def load(self) -> None:
        """Show the button to who is logged in, and how to log in to anybody else."""
        self.problem, self.is_spent = "", False
        self.is_somebody = (await self._actor()).is_somebody
        here = address("/claim", token=self._token())
        self.login, self.register = address("/login", next=here), address("/register", next=here)
        self.is_loaded = True

    @rx.event
    @refusals_shown
    async def claim(self) -> Any:
        """Join the record to the account."""
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                await claiming.claim(session, actor, self._token())
        except LoginRequired:
            raise
        except DomainError as refusal:
            self.problem, self.is_spent = refusal.sentence, isinstance(refusal, LinkInvalid)
            return None
        return [rx.redirect("/appointments"), toast(t("Your appointments are here now."))]

    def _token(self) -> str:
        return str(self.router.url.query_parameters.get("token", ""))[:100]
