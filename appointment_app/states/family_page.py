"""The family page: whom somebody books for, and who may book for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.accounts import family, sharing
from appointment_app.accounts.errors import TryAgainLater
from appointment_app.accounts.family import Dependent, Family, StillNeeded
from appointment_app.database import get_database
from appointment_app.errors import Forbidden, Invalid, NotFound
from appointment_app.i18n import format_date, t
from appointment_app.models import Kinship
from appointment_app.states.address import address, public_id
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast

KINSHIP_NAMES = {
    Kinship.CHILD: t("Child"),
    Kinship.PARENT: t("Parent"),
    Kinship.PARTNER: t("Partner"),
    Kinship.OTHER: t("Somebody else"),
}


@dataclass(frozen=True)
class DependentRow:
    """Somebody of the family, in words."""

    id: str = ""
    name: str = ""
    facts: str = ""
    others: str = ""
    profile: str = "/profile"
    has_account: bool = False
    kinship: str = ""


@dataclass(frozen=True)
class GuardianRow:
    """Somebody who may act for who looks."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True)
class LetterForm:
    """The dialog that mails an invitation; ``number`` makes each opening a fresh form."""

    number: int = 0
    title: str = ""
    hint: str = ""


class FamilyPage(SessionState):
    """The family of who looks, the forms that add and invite, the question before one leaves."""

    dependents: list[DependentRow] = []
    guardians: list[GuardianRow] = []
    is_loaded: bool = False
    is_forbidden: bool = False

    opening: int = 0
    is_open: bool = False
    errors: dict[str, str] = {}

    is_asking: bool = False
    asked_name: str = ""
    problem: str = ""

    letter: LetterForm = LetterForm()
    is_writing: bool = False
    email_error: str = ""

    kin: DependentRow = DependentRow()
    is_changing: bool = False
    kin_error: str = ""

    # Whom the question is about, and whom the invitation.
    _asked: str = ""
    _about: str = ""
    _is_offer: bool = False
    _names: dict[str, str] = {}

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show their family to whoever is logged in and a person here."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        self.is_open = self.is_asking = self.is_writing = self.is_forbidden = False
        self.is_changing = False
        try:
            await self._read()
        except Forbidden:
            self.is_forbidden = True
        self.is_loaded = True
        return None

    @rx.event
    async def add(self) -> None:
        """Open the form for somebody new."""
        self.opening, self.is_open, self.errors = self.opening + 1, True, {}

    @rx.event
    async def close(self) -> None:
        """Close the form."""
        self.is_open = False

    @rx.event
    @refusals_shown
    async def submit(self, typed: dict[str, Any]) -> Any:
        """Add whom the form describes."""
        if not self.is_open:  # the second of two quick clicks
            return None
        actor = await self._actor()
        texts = {str(name): str(value)[:1000] for name, value in typed.items()}
        try:
            async with get_database().session() as session:
                await family.add_dependent(session, actor, texts)
        except Invalid as invalid:
            self.errors = invalid.errors
            return None
        self.is_open = False
        await self._read()
        return toast(t("Saved. You can book for them now."))

    @rx.event
    @refusals_shown
    async def ask(self, person: str) -> None:
        """Ask once before somebody leaves the family."""
        self._asked, self.asked_name = str(person), self._named(person)
        self.problem, self.is_asking = "", True

    @rx.event
    async def keep(self) -> None:
        """Close the question."""
        self.is_asking = False

    @rx.event
    @refusals_shown
    async def remove(self) -> Any:
        """End what links the two, after the question."""
        if not self.is_asking or not self._asked:
            return None
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                await family.end_guardianship(session, actor, UUID(self._asked))
        except StillNeeded as needed:
            self.problem = needed.sentence
            return None
        self.is_asking = False
        await self._read()
        return toast(t("{name} is no longer in your family here.", name=self.asked_name))

    @rx.event
    @refusals_shown
    async def ask_kinship(self, person: str) -> None:
        """Ask what somebody is to who looks."""
        self._named(person)
        self.kin = next((row for row in self.dependents if row.id == str(person)), DependentRow())
        self.opening, self.kin_error = self.opening + 1, ""
        self.is_changing = True

    @rx.event
    async def keep_kinship(self) -> None:
        """Close the form; nothing is changed."""
        self.is_changing = False

    @rx.event
    @refusals_shown
    async def save_kinship(self, typed: dict[str, Any]) -> Any:
        """Keep what was chosen."""
        key = public_id(self.kin.id)
        if not self.is_changing or key is None:
            return None
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                await family.change_kinship(session, actor, key, str(typed.get("kinship", "")))
        except Invalid as invalid:
            self.kin_error = invalid.sentence
            return None
        self.is_changing = False
        await self._read()
        return toast(t("Saved."))

    @rx.event
    @refusals_shown
    async def invite(self, person: str) -> None:
        """Open the form that asks somebody to look after a dependent too."""
        name = self._named(person)
        self._write(person, t("Look after {name} together", name=name), is_offer=False)

    @rx.event
    @refusals_shown
    async def offer(self, person: str) -> None:
        """Open the form that offers a dependent an account of their own."""
        name = self._named(person)
        is_shared = any(row.others for row in self.dependents if row.id == str(person))
        title = t("An own account for {name}", name=name)
        self._write(person, title, is_offer=True, is_shared=is_shared)

    @rx.event
    async def close_letter(self) -> None:
        """Close the form; nothing is mailed."""
        self.is_writing = False

    @rx.event
    @refusals_shown
    async def send(self, typed: dict[str, Any]) -> Any:
        """Mail the invitation that the form is open for."""
        if not self.is_writing or not self._about:  # the second of two quick clicks
            return None
        actor, email = await self._actor(), str(typed.get("email", ""))[:1000]
        deed = sharing.offer_account if self._is_offer else sharing.invite_guardian
        self.email_error = ""
        try:
            async with get_database().session() as session:
                await deed(session, actor, UUID(self._about), email)
        except (Invalid, TryAgainLater) as refusal:
            self.email_error = refusal.sentence
            return None
        self.is_writing = False
        return toast(t("The mail is on its way. The link in it works for 7 days."))

    def _named(self, person: str) -> str:
        name = self._names.get(str(person))
        if name is None:
            raise NotFound
        return name

    def _write(self, person: str, title: str, *, is_offer: bool, is_shared: bool = False) -> None:
        hint = (
            t("Whoever opens the mail chooses a password, and whether you may still book for them.")
            if is_offer
            else t("Such as the other parent. They log in, see for whom, and decide.")
        )
        if is_shared:
            hint += " " + t("Who else looks after them is told by mail.")
        self.letter = LetterForm(self.letter.number + 1, title, hint)
        self._about, self._is_offer = str(person), is_offer
        self.is_writing, self.email_error = True, ""

    async def _read(self) -> None:
        # Anew: the rights may have changed by what was just done.
        actor = await self._actor()
        async with get_database().session() as session:
            self._show_family(await family.list_family(session, actor))

    def _show_family(self, found: Family) -> None:
        self.dependents = [_row(each) for each in found.dependents]
        self.guardians = [GuardianRow(str(each.id), each.name) for each in found.guardians]
        self._names = {row.id: row.name for row in (*self.dependents, *self.guardians)}


def _row(one: Dependent) -> DependentRow:
    born = t("born {day}", day=format_date(one.birth_date, "d MMMM y")) if one.birth_date else ""
    facts = (KINSHIP_NAMES[one.kinship] if one.kinship else "", born, _visits(one.upcoming))
    others = ", ".join(one.others)
    return DependentRow(
        id=str(one.id),
        name=one.name,
        facts=" · ".join(filter(None, facts)),
        others=t("Also looked after by {names}", names=others) if others else "",
        profile=address("/profile", person=one.id),
        has_account=one.has_account,
        kinship=one.kinship or "",
    )


def _visits(count: int) -> str:
    if not count:
        return ""
    if count == 1:
        return t("1 appointment to come")
    return t("{count} appointments to come", count=count)
