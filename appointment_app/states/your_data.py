"""The page on which people take a copy of their data, or have themselves forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from appointment_app.database import get_database
from appointment_app.privacy.copy import Someone, list_people
from appointment_app.states.session_state import SessionState, refusals_shown


@dataclass(frozen=True)
class PersonRow:
    """Somebody whose data the viewer may take."""

    id: str = ""
    name: str = ""
    is_own: bool = False
    file_href: str = ""
    erase_href: str = ""


class YourData(SessionState):
    """Those whose data somebody may take: their own, and that of their dependents."""

    people: list[PersonRow] = []
    is_loaded: bool = False

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show them to whoever is logged in."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        actor = await self._actor()
        async with get_database().session() as session:
            self.people = [_row(each) for each in await list_people(session, actor)]
        self.is_loaded = True
        return None


def _row(someone: Someone) -> PersonRow:
    return PersonRow(
        id=str(someone.id),
        name=someone.name,
        is_own=someone.is_own,
        file_href=f"/api/v1/privacy/{someone.id}/data.zip",
        erase_href=f"/api/v1/privacy/{someone.id}/erase" if someone.may_erase else "",
    )
