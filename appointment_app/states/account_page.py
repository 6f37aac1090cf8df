"""The account page: its address, and where one is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx
from starlette.requests import cookie_parser

from appointment_app.accounts import own_account, own_logins
from appointment_app.accounts.login_sessions import login_of
from appointment_app.accounts.own_logins import LoginItem, LoginKind
from appointment_app.database import get_database
from appointment_app.errors import NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.settings import get_settings
from appointment_app.states.address import public_id
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast

# As their names stand in what browsers say of themselves; the first that is there counts.
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("Linux", "Linux")),
)


@dataclass(frozen=True)
class LoginRow:
    """A login, in words."""

    id: str = ""
    what: str = ""
    seen: str = ""
    is_current: bool = False


class AccountPage(SessionState):
    """The account of who looks."""

    email: str = ""
    logins: list[LoginRow] = []
    is_loaded: bool = False

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show their account to whoever is logged in."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        await self._read()
        self.is_loaded = True
        return None

    @rx.event
    @refusals_shown
    async def end(self, login: str) -> Any:
        """Log out one other device."""
        key = public_id(login)
        if key is None:
            raise NotFound
        actor = await self._actor()
        async with get_database().session() as session:
            await own_logins.end_login(session, actor, key)
        await self._read()
        return toast(t("Logged out there."))

    @rx.event
    @refusals_shown
    async def end_others(self) -> Any:
        """Log out everywhere else."""
        actor = await self._actor()
        async with get_database().session() as session:
            await own_logins.end_other_logins(session, actor, current=self._login())
        await self._read()
        return toast(t("Logged out everywhere else."))

    def _login(self) -> Any:
        cookies = cookie_parser(self.router.headers.cookie)
        return login_of(cookies.get(get_settings().session_cookie))

    async def _read(self) -> None:
        actor, zone = await self._actor(), await self._own_zone()
        async with get_database().session() as session:
            self.email = await own_account.load_address(session, actor)
            found = await own_logins.list_logins(session, actor, current=self._login())
        self.logins = [_row(each, zone or "UTC") for each in found]


def _row(login: LoginItem, zone: str) -> LoginRow:
    seen = format_moment(login.last_seen_at, zone)
    return LoginRow(
        id=str(login.id),
        what=_what(login),
        seen=t("Last seen {moment}, at {address}", moment=seen, address=login.address or "–"),
        is_current=login.is_current,
    )


def _what(login: LoginItem) -> str:
    if login.kind is LoginKind.PROGRAM:
        return t("A program")
    browser = next((name for sign, name in _BROWSERS if sign in login.user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in login.user_agent), "")
    if not browser or not system:
        return browser or system or t("A browser")
    return t("{browser} on {system}", browser=browser, system=system)
