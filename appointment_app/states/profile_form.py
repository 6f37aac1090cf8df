"""The profile page: what somebody tells of themselves, or of somebody in their family."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.accounts import profiles
from appointment_app.accounts.profile_data import ProfileData
from appointment_app.accounts.profiles import Profile
from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.states.address import public_id
from appointment_app.states.profile_words import (
    FieldOfOthers,
    ProfileFields,
    changed_by_others,
    fields_of,
)
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast

# Far above what is kept: what is too long stays, so that it can be shortened.
_MOST_TYPED = 4000


class ProfileForm(SessionState):
    """The profile that the address names, by default the own one."""

    fields: ProfileFields = ProfileFields()
    errors: dict[str, str] = {}
    problem: str = ""
    of_others: list[FieldOfOthers] = []
    is_loaded: bool = False
    is_missing: bool = False

    _person: str = ""
    _data: ProfileData | None = None
    _version: int = 0

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the profile to whose it is, and to their guardians."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        asked = self.router.url.query_parameters.get("person")
        try:
            if asked and public_id(asked) is None:
                raise NotFound
            self._show_profile(await self._read(public_id(asked)))
            self.is_missing = False
        except NotFound:
            self.is_missing = True
        self.is_loaded = True
        return None

    @rx.event
    @refusals_shown
    async def save(self, typed: dict[str, Any]) -> Any:
        """Keep what was typed; when somebody else was faster, show what they saved as well."""
        if not self._person or self._data is None:
            raise NotFound
        actor, key = await self._actor(), UUID(self._person)
        texts = {"time_zone": self._data.time_zone}
        texts |= {str(name): str(value)[:_MOST_TYPED] for name, value in typed.items()}
        self.errors, self.problem = {}, ""
        try:
            async with get_database().session() as session:
                await profiles.save_profile(
                    session, actor, texts, person_id=key, version=self._version
                )
        except Invalid as invalid:
            self.errors = invalid.errors
            return None
        except StaleVersion as stale:
            now = await self._read(key)
            self.of_others = changed_by_others(self._data, now.data)
            self._data, self._version, self.problem = now.data, now.version, stale.sentence
            return None
        self._show_profile(await self._read(key))
        self._show(await self._identity())
        return toast(t("Your changes are saved."))

    @rx.event
    @refusals_shown
    async def load_new_version(self) -> None:
        """Fill the form with what somebody else saved meanwhile."""
        if not self._person:
            raise NotFound
        self._show_profile(await self._read(UUID(self._person)))

    def _show_profile(self, profile: Profile) -> None:
        self._person, self._data = str(profile.person_id), profile.data
        self._version = profile.version
        self.fields = fields_of(profile, self.fields.number + 1)
        self.errors, self.problem, self.of_others = {}, "", []

    async def _read(self, person_id: UUID | None) -> Profile:
        actor = await self._actor()
        async with get_database().session() as session:
            return await profiles.load_profile(session, actor, person_id)
