"""Who looks at this tab: the base of every state whose handlers act for somebody.

A handler asks ``await self._actor()`` and hands the answer to the service, which checks the
rights. The actor comes from the login cookie of the websocket on every event, never from a var.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import reflex as rx
from starlette.requests import cookie_parser

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import Identity
from appointment_app.accounts.login_sessions import who_is
from appointment_app.database import get_database
from appointment_app.database_errors import busy_of
from appointment_app.errors import DomainError, LoginRequired
from appointment_app.settings import get_settings
from appointment_app.states.own_zone import own_zone
from appointment_app.states.toasts import toast


class SessionState(rx.State):
    """What the header shows of who is logged in, and how handlers learn who acts."""

    signed_in: bool = False
    display_name: str = ""
    initials: str = ""
    is_patient: bool = False
    is_doctor: bool = False
    is_suspended: bool = False
    is_reception: bool = False
    is_administrator: bool = False

    _user_id: int | None = None
    # What whoever looks was when the tab was last shown to them: whoever loses some of it, loses
    # what the tab holds.
    _rights: frozenset[Any] = frozenset()

    async def _actor(self) -> Actor:
        """Return who acts: the login of this tab's cookie, or nobody.

        Background handlers ask inside ``async with self``.

        Raises ``LoginRequired`` when it is not the one whose data this tab holds.
        """
        identity = await self._identity()
        if self._user_id is None:
            self._show(identity)
        elif identity.actor.user_id != self._user_id:
            raise LoginRequired
        return identity.actor

    def _refused(self, error: DomainError) -> Any:
        """Tell the person why it was refused: by a toast, or by leading them to the login page.

        Return what it returns from the handler.
        """
        if isinstance(error, LoginRequired):
            return self._to_login()
        return toast(error.sentence, "error")

    async def _require_login(self) -> Any:
        """Return None when somebody is logged in, else the redirect for ``on_load`` to return."""
        return None if (await self._actor()).is_somebody else self._to_login()

    def _to_login(self) -> Any:
        """Return the redirect to the login page, which leads back here."""
        url = self.router.url
        here = f"{url.path}?{url.query}" if url.query else url.path
        return rx.redirect(f"/login?next={quote(here, safe='')}")

    async def _own_zone(self) -> str:
        """Return the zone of whoever looks: what they chose, else their device's, or nothing."""
        return (await self._identity()).time_zone or own_zone(self.router.headers.cookie)

    def _connection(self) -> str:
        """Return the connection of this tab; another one, once it was lost and made anew."""
        return self.router.session.session_id

    async def _identity(self) -> Identity:
        cookies = cookie_parser(self.router.headers.cookie)
        identity = await who_is(get_database(), cookies.get(get_settings().session_cookie))
        return identity.at(self.router.session.client_ip)

    def _show(self, identity: Identity) -> None:
        rights = _rights(identity.actor)
        shown = self._user_id, self._rights, self.display_name
        if shown == (identity.actor.user_id, rights, identity.display_name):
            return
        self._user_id, self._rights = identity.actor.user_id, rights
        self.signed_in = identity.actor.is_somebody
        self.display_name = identity.display_name
        self.initials = identity.initials
        self.is_patient = identity.is_patient
        self.is_suspended = identity.actor.suspension is not None
        self.is_doctor = identity.is_doctor and not self.is_suspended
        self.is_reception = identity.is_reception
        self.is_administrator = identity.is_administrator

    async def _recognise(self) -> bool:
        """Make this tab show who its cookie names; return whether it had been somebody else's.

        Nobody becoming somebody keeps what the tab holds (a booking draft). Somebody becoming
        nobody, or another, or somebody with fewer rights, empties every state of the tab first.
        """
        identity = await self._identity()
        was_anothers = self._user_id is not None and (
            self._user_id != identity.actor.user_id or not self._rights <= _rights(identity.actor)
        )
        if was_anothers:
            await _empty_all_states(self)
        self._show(identity)
        return was_anothers


def _rights(actor: Actor) -> frozenset[Any]:
    """Return all by which the actor may see what others may not."""
    others = {("doctor", actor.doctor_id), ("person", actor.person_id)}
    return actor.grants | others | {("guardian of", each) for each in actor.dependents}


def refusals_shown(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Let an event handler of a ``SessionState`` answer each ``DomainError`` with ``_refused``.

    So it answers when the database is busy or away.

    Stands below ``@rx.event``. Handlers with fields catch ``Invalid`` themselves and put
    ``error.errors`` beside the fields.
    """
    if inspect.isasyncgenfunction(handler):

        @functools.wraps(handler)
        async def run_generator(self: SessionState, *args: Any, **named: Any) -> Any:
            try:
                async for event in handler(self, *args, **named):
                    yield event
            except Exception as error:
                yield self._refused(_refusal(error))

        return run_generator

    @functools.wraps(handler)
    async def run(self: SessionState, *args: Any, **named: Any) -> Any:
        try:
            return await handler(self, *args, **named)
        except Exception as error:
            return self._refused(_refusal(error))

    return run


def _refusal(error: Exception) -> DomainError:
    """Return what to tell the person; raises ``error`` again when it is a mistake of ours."""
    refusal = error if isinstance(error, DomainError) else busy_of(error)
    if refusal is None:
        raise error
    return refusal


async def _empty_all_states(state: rx.State) -> None:
    root = state._get_root_state()
    # With Redis only the states that an event needs are in memory: fetch the others.
    for state_class in all_state_classes(type(root)):
        await root.get_state(state_class)
    was_hydrated = root.is_hydrated
    root.reset()
    root.is_hydrated = was_hydrated


def all_state_classes(state_class: type[Any]) -> list[type[Any]]:
    """Return a state class and all below it."""
    found = [state_class]
    for substate in state_class.get_substates():
        found += all_state_classes(substate)
    return found
