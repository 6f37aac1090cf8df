"""The list in which administrators set up, change, close and restore clinics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from appointment_app.clinics import administration
from appointment_app.clinics.administration import ClinicInUse, ClinicItem
from appointment_app.clinics.clinic_draft import ClinicDraft
from appointment_app.clinics.public_hours import WEEKDAYS
from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import country_name, t
from appointment_app.scheduling.public_holidays import regions_of
from appointment_app.states.own_zone import own_zone
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast


@dataclass(frozen=True)
class ClinicRow:
    """One clinic, worded for the list; ``missing`` names what patients would like to know."""

    id: str = ""
    name: str = ""
    active: bool = True
    address: str = ""
    place: str = ""
    contact: str = ""
    zone: str = ""
    holidays: str = ""
    is_closed_on_holidays: bool = False
    missing: str = ""


@dataclass(frozen=True)
class ClinicForm:
    """The clinic in the dialog; ``number`` makes each opening a fresh form."""

    number: int = 0
    title: str = ""
    draft: ClinicDraft = field(default_factory=lambda: ClinicDraft("", "", "", ""))


class AdminClinics(SessionState):
    """The clinics of the administrator, the one that is being changed, and the one to be closed."""

    clinics: list[ClinicRow] = []
    may_open: bool = False
    is_loaded: bool = False
    is_forbidden: bool = False
    form: ClinicForm = ClinicForm()
    form_open: bool = False
    is_stale: bool = False
    regions: list[list[str]] = []
    errors: dict[str, str] = {}

    is_asking: bool = False
    asked_about: str = ""
    problem: str = ""

    _items: list[ClinicItem] = []
    # What the dialog is open for (None: a new clinic), and what the question is about.
    _edited: ClinicItem | None = None
    _asked: ClinicItem | None = None

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the list to an administrator, and a sentence to anybody else who is logged in."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        self.form_open = self.is_asking = False
        self.is_forbidden = not self.is_administrator
        if not self.is_forbidden:
            await self._read()
        self.is_loaded = True
        return None

    @rx.event
    async def add(self) -> None:
        """Open the dialog for a new clinic, in the zone of the one who sets it up."""
        zone = own_zone(self.router.headers.cookie)
        self._open(None, t("New clinic"), ClinicDraft("", "", "", zone))

    @rx.event
    @refusals_shown
    async def edit(self, clinic_id: str) -> None:
        """Open the dialog for a clinic."""
        item = self._item(clinic_id)
        self._open(item, t("Edit {clinic}", clinic=item.draft.name), item.draft)

    @rx.event
    async def choose_country(self, country: str) -> None:
        """Offer the regions of another country."""
        self.regions = _regions(str(country))

    @rx.event
    async def close(self) -> None:
        """Close the dialog; nothing is changed."""
        self.form_open = False

    @rx.event
    @refusals_shown
    async def load_new_version(self) -> None:
        """Fill the dialog with what somebody else saved meanwhile."""
        if self._edited is not None:
            await self._read()
            item = self._item(str(self._edited.id))
            self._open(item, t("Edit {clinic}", clinic=item.draft.name), item.draft)

    @rx.event
    @refusals_shown
    async def save(self, typed: dict[str, Any]) -> Any:
        """Keep what was typed into the dialog."""
        if not self.form_open:  # the second of two quick clicks
            return None
        actor, item, draft = await self._actor(), self._edited, _draft(typed)
        try:
            async with get_database().session() as session:
                if item is None:
                    await administration.add_clinic(session, actor, draft)
                else:
                    await administration.save_clinic(
                        session, actor, item.id, draft, version=item.version
                    )
        except Invalid as invalid:
            self.errors = invalid.errors | {"form": t("Some of it needs another look: see above.")}
            return None
        except StaleVersion as stale:
            self.is_stale, self.errors = True, {"form": stale.sentence}
            return None
        self.form_open = False
        await self._read()
        return toast(t("Saved."))

    @rx.event
    @refusals_shown
    async def ask_to_close(self, clinic_id: str) -> None:
        """Ask before a clinic leaves the directory."""
        self._asked = self._item(clinic_id)
        self.asked_about, self.problem, self.is_asking = self._asked.draft.name, "", True

    @rx.event
    async def keep(self) -> None:
        """Close the question; the clinic stays."""
        self.is_asking = False

    @rx.event
    @refusals_shown
    async def close_clinic(self) -> Any:
        """Take the clinic out of the directory, after the question."""
        if not self.is_asking or self._asked is None:
            return None
        actor, item = await self._actor(), self._asked
        try:
            async with get_database().session() as session:
                await administration.close_clinic(session, actor, item.id, version=item.version)
        except ClinicInUse as in_use:
            self.problem = in_use.sentence
            return None
        self.is_asking = False
        await self._read()
        return toast(t("Closed. Patients no longer find it."))

    @rx.event
    @refusals_shown
    async def restore(self, clinic_id: str) -> Any:
        """Take a closed clinic into the directory again."""
        actor, item = await self._actor(), self._item(clinic_id)
        async with get_database().session() as session:
            await administration.restore_clinic(session, actor, item.id, version=item.version)
        await self._read()
        return toast(t("Restored."))

    def _open(self, item: ClinicItem | None, title: str, draft: ClinicDraft) -> None:
        self._edited = item
        self.form = ClinicForm(self.form.number + 1, title, draft)
        self.regions = _regions(draft.country)
        self.errors, self.is_stale, self.form_open = {}, False, True

    def _item(self, clinic_id: str) -> ClinicItem:
        for item in self._items:
            if str(item.id) == str(clinic_id):
                return item
        raise NotFound

    async def _read(self) -> None:
        actor = await self._actor()
        async with get_database().session() as session:
            found = await administration.list_clinics(session, actor)
        self._items, self.may_open = list(found.clinics), found.may_open
        self.clinics = [_row(item) for item in found.clinics]


def _draft(typed: dict[str, Any]) -> ClinicDraft:
    def text(name: str) -> str:
        return str(typed.get(name, ""))

    return ClinicDraft(
        name=text("name"),
        city=text("city"),
        country=text("country"),
        zone=text("zone"),
        region=text("region"),
        closed_on_holidays=bool(typed.get("closed")),
        street=text("street"),
        postcode=text("postcode"),
        state=text("state"),
        phone=text("phone"),
        email=text("email"),
        latitude=text("latitude"),
        longitude=text("longitude"),
        hours=tuple(text(f"hours_{weekday}") for weekday in WEEKDAYS),
    )


def _regions(country: str) -> list[list[str]]:
    return [["", t("The whole country")], *map(list, regions_of(country))]


def _row(item: ClinicItem) -> ClinicRow:
    draft = item.draft
    regions = dict(regions_of(draft.country))
    town = " ".join(filter(None, (draft.postcode, draft.city)))
    region = regions.get(draft.region, draft.region)
    place = (town, "" if region == draft.city else region, country_name(draft.country))
    wanted = {
        t("street"): draft.street,
        t("postcode"): draft.postcode,
        t("phone"): draft.phone,
        t("position"): draft.latitude,
        t("opening hours"): "".join(draft.hours),
    }
    missing = ", ".join(name for name, value in wanted.items() if not value)
    return ClinicRow(
        id=str(item.id),
        name=draft.name,
        active=item.active,
        address=draft.street,
        place=", ".join(dict.fromkeys(filter(None, place))),
        contact=" · ".join(filter(None, (draft.phone, draft.email))),
        zone=draft.zone,
        holidays=t("Closed on public holidays")
        if draft.closed_on_holidays
        else t("Open on public holidays"),
        is_closed_on_holidays=draft.closed_on_holidays,
        missing=t("Not given yet: {names}", names=missing) if missing else "",
    )
