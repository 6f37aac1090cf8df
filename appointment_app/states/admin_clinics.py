"""The list in which an administrator sets the names, regions and holidays of clinics."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from appointment_app.clinics import administration
from appointment_app.clinics.administration import ClinicDraft, ClinicItem
from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import country_name, t
from appointment_app.scheduling.public_holidays import regions_of
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast


@dataclass(frozen=True)
class ClinicRow:
    """One clinic, worded for the list."""

    id: str = ""
    name: str = ""
    place: str = ""
    region: str = ""
    holidays: str = ""
    is_closed: bool = False


@dataclass(frozen=True)
class ClinicForm:
    """The clinic in the dialog; ``number`` makes each opening a fresh form."""

    number: int = 0
    id: str = ""
    title: str = ""
    name: str = ""
    country: str = ""
    region: str = ""
    closed: bool = False


class AdminClinics(SessionState):
    """The clinics of the administrator, and the one that is being changed."""

    clinics: list[ClinicRow] = []
    is_loaded: bool = False
    is_forbidden: bool = False
    form: ClinicForm = ClinicForm()
    form_open: bool = False
    regions: list[list[str]] = []
    errors: dict[str, str] = {}

    _items: list[ClinicItem] = []

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the list to an administrator, and a sentence to anybody else who is logged in."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        self.form_open = False
        self.is_forbidden = not self.is_administrator
        if not self.is_forbidden:
            await self._read()
        self.is_loaded = True
        return None

    @rx.event
    @refusals_shown
    async def edit(self, clinic_id: str) -> None:
        """Open the dialog for a clinic."""
        item = self._item(clinic_id)
        self.form = ClinicForm(
            number=self.form.number + 1,
            id=str(item.id),
            title=t("Edit {clinic}", clinic=item.draft.name),
            name=item.draft.name,
            country=item.draft.country,
            region=item.draft.region,
            closed=item.draft.closed_on_holidays,
        )
        self.regions = _regions(item.draft.country)
        self.errors = {}
        self.form_open = True

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
    async def save(self, typed: dict[str, Any]) -> Any:
        """Keep what was typed into the dialog."""
        if not self.form_open:  # the second of two quick clicks
            return None
        item, actor = self._item(self.form.id), await self._actor()
        draft = ClinicDraft(
            name=str(typed.get("name", "")),
            country=str(typed.get("country", "")),
            region=str(typed.get("region", "")),
            closed_on_holidays=bool(typed.get("closed")),
        )
        try:
            async with get_database().session() as session:
                await administration.save_clinic(
                    session, actor, item.id, draft, version=item.version
                )
        except Invalid as invalid:
            self.errors = invalid.errors
            return None
        except StaleVersion as stale:
            await self._read()
            self.errors = {"form": stale.sentence}
            return None
        self.form_open = False
        await self._read()
        return toast(t("Saved."))

    def _item(self, clinic_id: str) -> ClinicItem:
        for item in self._items:
            if str(item.id) == str(clinic_id):
                return item
        raise NotFound

    async def _read(self) -> None:
        actor = await self._actor()
        async with get_database().session() as session:
            self._items = await administration.list_clinics(session, actor)
        self.clinics = [_row(item) for item in self._items]


def _regions(country: str) -> list[list[str]]:
    return [["", t("The whole country")], *map(list, regions_of(country))]


def _row(item: ClinicItem) -> ClinicRow:
    names = dict(regions_of(item.draft.country))
    row = ClinicRow(
        id=str(item.id),
        name=item.draft.name,
        place=f"{item.city}, {country_name(item.draft.country)}",
        region=names.get(item.draft.region, item.draft.region),
        holidays=t("Open on public holidays"),
    )
    if item.draft.closed_on_holidays:
        return replace(row, holidays=t("Closed on public holidays"), is_closed=True)
    return row
