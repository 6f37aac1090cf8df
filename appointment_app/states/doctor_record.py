"""A doctor's profile as the doctor, or an administrator, edits it; the address says whose."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.clinics import doctor_profiles, workplaces
from appointment_app.clinics.doctor_profiles import Profile, ProfileDraft
from appointment_app.clinics.workplaces import StillExpected, Workplace
from appointment_app.database import get_database
from appointment_app.errors import Forbidden, Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.states.address import public_id
from appointment_app.states.doctor_words import photo_address
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast
from appointment_app.states.wording import initials


@dataclass(frozen=True)
class Choice:
    """A box to tick."""

    name: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class PlaceRow:
    """A clinic of the doctor, worded."""

    id: str
    clinic: str
    active: bool
    note: str
    may_change: bool
    departments: list[Choice]
    belongs_to: str


@dataclass(frozen=True)
class ProfileForm:
    """What the form is filled with; ``number`` makes each filling a fresh form."""

    number: int = 0
    id: str = ""
    name: str = ""
    initials: str = ""
    photo: str = ""
    may_change_licence: bool = False
    draft: ProfileDraft = field(default_factory=lambda: ProfileDraft("", "", "", ""))
    specialties: list[Choice] = field(default_factory=list)


class DoctorRecord(SessionState):
    """The form of a profile, the photo, and the clinics with their departments."""

    is_loaded: bool = False
    refusal: str = ""
    is_own: bool = True
    form: ProfileForm = ProfileForm()
    errors: dict[str, str] = {}
    is_stale: bool = False
    photo_problem: str = ""
    places: list[PlaceRow] = []
    others: list[list[str]] = []
    place_problem: str = ""

    _doctor: UUID | None = None
    _profile: Profile | None = None
    _places: dict[str, Workplace] = {}

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the profile that the address names, one's own by default."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        asked = self.router.url.query_parameters.get("id")
        self._doctor = public_id(asked)
        self.is_own = asked is None
        self.refusal = ""
        try:
            if asked is not None and self._doctor is None:
                raise NotFound
            await self._read(anew=True)
        except (Forbidden, NotFound) as refused:
            self.refusal, self.form, self.places = refused.sentence, ProfileForm(), []
            self._profile, self._places = None, {}
        self.is_loaded = True
        return None

    @rx.event
    @refusals_shown
    async def save(self, typed: dict[str, Any]) -> Any:
        """Keep what was typed."""
        if self._profile is None:
            raise NotFound
        actor, profile = await self._actor(), self._profile
        draft = _draft(typed, profile)
        try:
            async with get_database().session() as session:
                await doctor_profiles.save_profile(
                    session, actor, profile.id, draft, version=profile.version
                )
        except Invalid as invalid:
            self.errors = invalid.errors | {"form": t("Some of it needs another look: see above.")}
            return None
        except StaleVersion as stale:
            self.is_stale, self.errors = True, {"form": stale.sentence}
            return None
        await self._read(anew=True)
        return toast(t("Saved."))

    @rx.event
    @refusals_shown
    async def load_new_version(self) -> None:
        """Fill the form with what somebody else saved meanwhile."""
        await self._read(anew=True)

    @rx.event
    @refusals_shown
    async def photo_answered(self, problem: str) -> Any:
        """Show the photo as it is by now, or what the server said of the one that was chosen."""
        self.photo_problem = str(problem)[:300]
        if self.photo_problem:
            return None
        await self._read()
        return toast(t("Saved."))

    @rx.event
    @refusals_shown
    async def add_place(self, typed: dict[str, Any]) -> Any:
        """Let the doctor work at another clinic."""
        clinic = public_id(typed.get("clinic"))
        if self._profile is None or clinic is None:
            self.place_problem = t("Please choose a clinic.")
            return None
        actor = await self._actor()
        async with get_database().session() as session:
            await workplaces.add_workplace(session, actor, self._profile.id, clinic)
        await self._read()
        return toast(t("Added. The doctor sets the hours there."))

    @rx.event
    @refusals_shown
    async def toggle_place(self, place: str) -> Any:
        """Let the doctor work at a clinic no longer, or again."""
        actor, found = await self._actor(), self._place(place)
        change = workplaces.leave_workplace if found.active else workplaces.return_to_workplace
        self.place_problem = ""
        try:
            async with get_database().session() as session:
                await change(session, actor, found.id, version=found.version)
        except (StillExpected, StaleVersion) as refused:
            self.place_problem = f"{found.clinic}: {refused.sentence}"
        await self._read()

    @rx.event
    @refusals_shown
    async def toggle_department(self, place: str, department: str) -> Any:
        """Let the doctor belong to a department of a clinic, or no longer."""
        actor, found = await self._actor(), self._place(place)
        chosen = {each.id for each in found.departments if each.chosen}
        chosen ^= {each.id for each in found.departments if str(each.id) == str(department)}
        async with get_database().session() as session:
            await workplaces.set_departments(session, actor, found.id, chosen)
        await self._read()

    def _place(self, place: str) -> Workplace:
        found = self._places.get(str(place))
        if found is None:
            raise NotFound
        return found

    async def _read(self, *, anew: bool = False) -> None:
        """Read all; the fields are filled ``anew`` only when asked: they hold what is typed."""
        actor = await self._actor()
        async with get_database().session() as session:
            profile = await doctor_profiles.get_profile(session, actor, self._doctor)
            found = await workplaces.list_workplaces(session, actor, self._doctor)
        if anew or self._profile is None:
            self._fill(profile)
        else:
            self.form = replace(self.form, photo=photo_address(profile.id, profile.photo))
        self._places = {str(place.id): place for place in found.places}
        self.places = [_row(place) for place in found.places]
        self.others = [list(pair) for pair in found.others]
        self.photo_problem = ""

    def _fill(self, profile: Profile) -> None:
        self._profile = profile
        draft = profile.draft
        self.form = ProfileForm(
            number=self.form.number + 1,
            id=str(profile.id),
            name=profile.name,
            initials=initials(profile.name),
            photo=photo_address(profile.id, profile.photo),
            may_change_licence=profile.may_change_licence,
            draft=draft,
            specialties=[
                Choice(f"specialty-{code}", name, code in draft.specialties)
                for code, name in profile.specialties
            ],
        )
        self.errors, self.is_stale = {}, False


def _draft(typed: dict[str, Any], profile: Profile) -> ProfileDraft:
    def text(name: str) -> str:
        return str(typed.get(name, ""))

    ticked = [code for code, _ in profile.specialties if typed.get(f"specialty-{code}")]
    before = profile.draft.specialties
    return ProfileDraft(
        title=text("title"),
        given_name=text("given_name"),
        family_name=text("family_name"),
        licence_number=text("licence_number"),
        qualifications=text("qualifications"),
        practising_since=text("practising_since"),
        bio=text("bio"),
        max_patients_a_day=text("max_patients_a_day"),
        # The main one stays first.
        specialties=tuple(
            [code for code in before if code in ticked]
            + [code for code in ticked if code not in before]
        ),
        languages=text("languages"),
    )


def _row(place: Workplace) -> PlaceRow:
    note = ""
    if place.clinic_closed:
        note = t("The clinic is closed.")
    elif not place.active:
        note = t("Works there no longer.")
    return PlaceRow(
        id=str(place.id),
        clinic=place.clinic,
        active=place.active,
        note=note,
        may_change=place.may_change,
        departments=[Choice(str(each.id), each.name, each.chosen) for each in place.departments],
        belongs_to=", ".join(each.name for each in place.departments if each.chosen),
    )
