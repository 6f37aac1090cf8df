"""Before any event of any tab is handled: does the tab still belong to who it was?"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import Event
from reflex.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from appointment_app.states.session_state import SessionState

_FIRST_EVENTS = ("hydrate", "hydrate_and_load", "on_load_internal")


class IdentityGuard(Middleware):
    """Compares every event's login cookie with the user whose data the tab holds.

    A tab whose login has ended, or has become somebody else's, is emptied. What it wanted to do
    is not done; it is led to the login page. So is the tab of somebody who has lost a right, but
    for the login page: it loads again what they may still see. A page that is just loading goes on
    loading, for who looks now.
    """

    async def preprocess(self, app: Any, state: BaseState, event: Event) -> StateUpdate | None:
        """Return None to go on with the event, or the update that replaces it."""
        session_state = await state.get_state(SessionState)
        user_id = session_state._user_id
        was_anothers = await session_state._recognise()
        if not was_anothers or event.name.rpartition(".")[2] in _FIRST_EVENTS:
            return None
        root = state._get_root_state()
        delta = await root._get_resolved_delta()
        root._clean()
        is_same = session_state._user_id == user_id
        leads_on = rx.call_script("location.reload()") if is_same else session_state._to_login()
        return StateUpdate(delta=delta, events=Event.from_event_type(leads_on))


def guard_identity(app: rx.App) -> None:
    """Let the guard see every event before anything else does."""
    app.add_middleware(IdentityGuard(), index=0)
