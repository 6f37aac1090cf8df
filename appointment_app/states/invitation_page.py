"""The page of a mailed invitation to look after somebody's appointments too."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.accounts import sharing
from appointment_app.accounts.errors import LinkInvalid
from appointment_app.database import get_database
from appointment_app.states.session_state import SessionState, refusals_shown

_LONGEST_SECRET = 200


class InvitationPage(SessionState):
    """Who asks, and for whom; the secret stands in the address."""

    sender: str = ""
    person: str = ""
    is_loaded: bool = False
    is_missing: bool = False

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show what the link offers to whoever is logged in."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                found = await sharing.look_at_invitation(session, actor, self._secret())
            self.sender, self.person, self.is_missing = found.sender, found.person, False
        except LinkInvalid:
            self.sender, self.person, self.is_missing = "", "", True
        self.is_loaded = True
        return None

    @rx.event
    @refusals_shown
    async def accept(self) -> Any:
        """Accept, and go to the family."""
        actor = await self._actor()
        async with get_database().session() as session:
            await sharing.accept_invitation(session, actor, self._secret())
        return rx.redirect("/family", replace=True)

    def _secret(self) -> str:
        return self.router.url.query_parameters.get("token", "")[:_LONGEST_SECRET]
