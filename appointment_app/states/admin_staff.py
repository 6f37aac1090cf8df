"""Who works at the clinics that somebody administers, and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.accounts import staff
from appointment_app.accounts.staff import LastAdministrator, StaffMember, StaffOfClinic
from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.models import Role
from appointment_app.states.invited_again import tell_whether_mailed
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast

ROLE_NAMES = {Role.RECEPTION: t("Front desk"), Role.ADMINISTRATOR: t("Administrator")}


@dataclass(frozen=True)
class StaffRow:
    """An account and its role, worded for the list."""

    key: str = ""
    email: str = ""
    role: str = ""
    is_invited: bool = False
    invited: str = ""
    is_you: bool = False


@dataclass(frozen=True)
class StaffPlace:
    """A clinic, or all of them, with who works there; ``key`` is not for the services."""

    key: str = ""
    name: str = ""
    rows: list[StaffRow] = field(default_factory=list)


class AdminStaff(SessionState):
    """The list, the dialog that gives a role, and the question before one is taken back."""

    places: list[StaffPlace] = []
    is_loaded: bool = False
    is_forbidden: bool = False

    is_open: bool = False
    opened: int = 0  # makes the fields of each opening fresh ones
    title: str = ""
    is_administrator_chosen: bool = False
    email_error: str = ""

    is_asking: bool = False
    question: str = ""
    consequence: str = ""

    _clinics: dict[str, UUID | None] = {}
    _members: dict[str, tuple[UUID | None, StaffMember]] = {}
    # What the dialog and the question are about.
    _place: str = ""
    _asked: str = ""

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the list to an administrator, and a sentence to anybody else who is logged in."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        self.is_open = self.is_asking = False
        self.is_forbidden = not self.is_administrator
        if not self.is_forbidden:
            await self._read()
        self.is_loaded = True
        return None

    @rx.event
    async def add(self, place: str) -> None:
        """Open the dialog that gives a role at a clinic, or at all."""
        name = next((each.name for each in self.places if each.key == place), "")
        self._place, self.title = place, t("Add to {clinic}", clinic=name)
        self.email_error, self.is_administrator_chosen = "", False
        self.opened += 1
        self.is_open = True

    @rx.event
    async def choose_role(self, role: str) -> None:
        """Choose between the front desk and an administrator."""
        self.is_administrator_chosen = role == Role.ADMINISTRATOR

    @rx.event
    async def close(self) -> None:
        """Close the dialog."""
        self.is_open = False

    @rx.event
    @refusals_shown
    async def submit(self, typed: dict[str, Any]) -> Any:
        """Give the role, and have its owner told by mail."""
        if not self.is_open:  # the second of two quick clicks
            return None
        actor, email = await self._actor(), str(typed.get("email", ""))
        role = Role.ADMINISTRATOR if self.is_administrator_chosen else Role.RECEPTION
        try:
            async with get_database().session() as session:
                await staff.grant(session, actor, self._clinic(), role, email)
        except Invalid as invalid:
            self.email_error = invalid.sentence
            return None
        self.is_open = False
        await self._read()
        return toast(t("Saved. We have sent a mail to {email}.", email=email.strip()))

    @rx.event
    @refusals_shown
    async def invite_again(self, member: str) -> Any:
        """Send somebody who has not accepted yet another link."""
        clinic, asked = self._member(member)
        actor = await self._actor()
        async with get_database().session() as session:
            is_mailed = await staff.invite_again(session, actor, clinic, asked.user_id)
        sent = t("The invitation to {email} is sent again.", email=asked.email)
        return tell_whether_mailed(is_mailed, sent)

    @rx.event
    @refusals_shown
    async def ask_removal(self, member: str) -> None:
        """Ask before a role is taken back."""
        _, asked = self._member(member)
        self._asked = member
        self.question = t(
            "Take “{role}” from {email}?", role=ROLE_NAMES[asked.role], email=asked.email
        )
        if asked.is_you:
            self.consequence = t("You lose it yourself, at once.")
        elif asked.is_invited:
            self.consequence = t("The link that was mailed stops working at once.")
        else:
            self.consequence = t(
                "Pages that are open there close at once. You can give it back at any time."
            )
        self.is_asking = True

    @rx.event
    async def keep(self) -> None:
        """Close the question."""
        self.is_asking = False

    @rx.event
    @refusals_shown
    async def remove(self) -> Any:
        """Take the role back, after the question."""
        if not self.is_asking:
            return None
        self.is_asking = False
        clinic, asked = self._member(self._asked)
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                await staff.revoke(session, actor, clinic, asked.role, asked.user_id)
        except LastAdministrator as refusal:
            return toast(refusal.sentence, "error")
        if asked.is_you:  # what this page shows may not be theirs any more
            return rx.call_script("location.reload()")
        await self._read()
        return toast(t("{email} does not have this role any more.", email=asked.email))

    def _clinic(self) -> UUID | None:
        if self._place not in self._clinics:
            raise NotFound
        return self._clinics[self._place]

    def _member(self, key: str) -> tuple[UUID | None, StaffMember]:
        found = self._members.get(str(key))
        if found is None:
            raise NotFound
        return found

    async def _read(self) -> None:
        actor = await self._actor()
        async with get_database().session() as session:
            found = await staff.list_staff(session, actor)
        self._clinics = {_key(place): place.id for place in found}
        self._members = {
            _member_key(place, each): (place.id, each) for place in found for each in place.members
        }
        self.places = [_place(place) for place in found]


def _key(place: StaffOfClinic) -> str:
    return str(place.id) if place.id else "all"


def _member_key(place: StaffOfClinic, member: StaffMember) -> str:
    return f"{_key(place)}/{member.role}/{member.user_id}"


def _invited(member: StaffMember, zone: str) -> str:
    if not member.is_invited:
        return ""
    if member.invited_until is None:
        return t("The link has ended. Invite them again, or take the invitation back.")
    return t("The link works until {moment}", moment=format_moment(member.invited_until, zone))


def _place(place: StaffOfClinic) -> StaffPlace:
    return StaffPlace(
        key=_key(place),
        name=place.name,
        rows=[
            StaffRow(
                key=_member_key(place, each),
                email=each.email,
                role=ROLE_NAMES[each.role],
                is_invited=each.is_invited,
                invited=_invited(each, place.zone),
                is_you=each.is_you,
            )
            for each in place.members
        ],
    )
