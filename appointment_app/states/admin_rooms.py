"""The rooms and devices of the clinics that somebody administers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.clinics import resources
from appointment_app.clinics.resources import ClinicResources, ResourceItem
from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.models import ResourceKind
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast

KIND_NAMES = {ResourceKind.ROOM: t("Room"), ResourceKind.DEVICE: t("Device")}


@dataclass(frozen=True)
class ResourceRow:
    """A room or a device, worded for the list."""

    id: str = ""
    name: str = ""
    facts: str = ""
    active: bool = True


@dataclass(frozen=True)
class ClinicRow:
    """A clinic with what it has."""

    id: str = ""
    name: str = ""
    rows: list[ResourceRow] = field(default_factory=list)


@dataclass(frozen=True)
class ResourceForm:
    """What the dialog is opened with; ``number`` makes each opening a fresh form."""

    number: int = 0
    title: str = ""
    name: str = ""
    is_new: bool = True


class AdminRooms(SessionState):
    """The list, the dialog that adds or renames, and the question before one goes out of use."""

    clinics: list[ClinicRow] = []
    is_loaded: bool = False
    is_forbidden: bool = False

    form: ResourceForm = ResourceForm()
    is_open: bool = False
    is_stale: bool = False
    is_device: bool = False
    problem: str = ""
    name_error: str = ""

    is_asking: bool = False
    asked_about: str = ""
    question: str = ""

    _items: dict[str, ResourceItem] = {}
    _clinic: str = ""
    # What the dialog is open for, and what the question is about: whoever calls handlers out of
    # order shall not answer the one and mean the other.
    _edited: str = ""
    _version: int = 0
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
    async def add(self, clinic: str) -> None:
        """Open the dialog for a new room or device of a clinic."""
        name = next((each.name for each in self.clinics if each.id == clinic), "")
        self._clinic, self._edited = clinic, ""
        self._open(ResourceForm(title=t("New in {clinic}", clinic=name)))

    @rx.event
    @refusals_shown
    async def rename(self, resource: str) -> None:
        """Open the dialog with the name of a room or device."""
        item = self._item(resource)
        self._edited, self._version = str(item.id), item.version
        title = t("Rename {name}", name=item.name)
        self._open(ResourceForm(title=title, name=item.name, is_new=False))

    @rx.event
    async def close(self) -> None:
        """Close the dialog."""
        self.is_open = False

    @rx.event
    async def choose_kind(self, kind: str) -> None:
        """Choose between a room and a device."""
        self.is_device = kind == ResourceKind.DEVICE

    @rx.event
    @refusals_shown
    async def submit(self, typed: dict[str, Any]) -> Any:
        """Add what the dialog describes, or rename what it was opened with."""
        if not self.is_open:  # the second of two quick clicks
            return None
        actor = await self._actor()
        name = str(typed.get("name", ""))
        self.name_error = self.problem = ""
        try:
            async with get_database().session() as session:
                if self._edited:
                    key, version = UUID(self._edited), self._version
                    await resources.rename(session, actor, key, name, version=version)
                else:
                    kind = ResourceKind.DEVICE if self.is_device else ResourceKind.ROOM
                    await resources.add(session, actor, _uuid(self._clinic), kind, name)
        except Invalid as invalid:
            self.name_error = invalid.errors.get("name", "")
            return None
        except StaleVersion as stale:
            self.is_stale, self.problem = True, stale.sentence
            return None
        self.is_open = False
        await self._read()
        return toast(t("Saved."))

    @rx.event
    @refusals_shown
    async def load_new_version(self) -> None:
        """Fill the dialog with what somebody else saved meanwhile."""
        await self._read()
        item = self._item(self._edited)
        self._version = item.version
        title = t("Rename {name}", name=item.name)
        self._open(ResourceForm(title=title, name=item.name, is_new=False))

    @rx.event
    @refusals_shown
    async def toggle(self, resource: str) -> Any:
        """Use a room or device, or no longer; asks first when visits have it."""
        item = self._item(resource)
        if item.active and item.upcoming:
            self._asked, self.asked_about, self.is_asking = str(item.id), item.name, True
            self.question = _question(item)
            return None
        return await self._set_active(item)

    @rx.event
    @refusals_shown
    async def deactivate(self) -> Any:
        """Take it out of use, after the question."""
        if not self.is_asking:
            return None
        self.is_asking = False
        return await self._set_active(self._item(self._asked))

    @rx.event
    async def keep(self) -> None:
        """Close the question."""
        self.is_asking = False

    def _open(self, form: ResourceForm) -> None:
        self.form = replace(form, number=self.form.number + 1)
        self.name_error, self.problem, self.is_stale, self.is_device = "", "", False, False
        self.is_open = True

    def _item(self, resource: str) -> ResourceItem:
        item = self._items.get(str(resource))
        if item is None:
            raise NotFound
        return item

    async def _set_active(self, item: ResourceItem) -> Any:
        actor = await self._actor()
        stale = None
        async with get_database().session() as session:
            try:
                await resources.set_active(
                    session, actor, item.id, not item.active, version=item.version
                )
            except StaleVersion as error:
                stale = toast(error.sentence, "error")
        await self._read()
        return stale

    async def _read(self) -> None:
        actor = await self._actor()
        async with get_database().session() as session:
            found = await resources.list_resources(session, actor)
        self._items = {str(item.id): item for clinic in found for item in clinic.resources}
        self.clinics = [_clinic_row(clinic) for clinic in found]


def _clinic_row(clinic: ClinicResources) -> ClinicRow:
    return ClinicRow(str(clinic.id), clinic.name, [_row(item) for item in clinic.resources])


def _row(item: ResourceItem) -> ResourceRow:
    facts = [KIND_NAMES[item.kind], _visits(item.upcoming) if item.upcoming else ""]
    return ResourceRow(str(item.id), item.name, " · ".join(filter(None, facts)), item.active)


def _visits(count: int) -> str:
    if count == 1:
        return t("1 visit to come")
    return t("{count} visits to come", count=count)


def _question(item: ResourceItem) -> str:
    if item.upcoming == 1:
        return t("One visit that is booked has {name} and keeps it.", name=item.name)
    return t(
        "{count} visits that are booked have {name} and keep it.",
        count=item.upcoming,
        name=item.name,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as unreadable:
        raise NotFound from unreadable
