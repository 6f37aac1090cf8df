"""The figures of the clinics that somebody administers, and a doctor's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import Forbidden, NotFound
from appointment_app.figures.period import DEFAULT, Preset, Wish
from appointment_app.figures.report import Report, load_clinic_report, load_own_report
from appointment_app.figures.tables import Figure
from appointment_app.i18n import format_date, t
from appointment_app.states import figures_words as words
from appointment_app.states.address import address, iso_day, public_id
from appointment_app.states.figures_words import (
    BarRow,
    DayPlot,
    FigureCard,
    NamedRow,
    NoticeRow,
)
from appointment_app.states.session_state import SessionState, refusals_shown

ADMIN_ROUTE, OWN_ROUTE = "/admin/figures", "/figures"
PRESETS = {
    Preset.LAST_7: t("Last 7 days"),
    Preset.LAST_30: t("Last 30 days"),
    Preset.LAST_90: t("Last 90 days"),
    Preset.LAST_365: t("Last 365 days"),
    Preset.NEXT_30: t("Next 30 days"),
}


@dataclass(frozen=True)
class PeriodChoice:
    """Days that can be chosen with one click."""

    label: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class FigureForm:
    """What the form is filled with; ``number`` makes each address a fresh form."""

    number: int = 0
    clinic: str = ""
    first: str = ""
    last: str = ""


class FiguresView(SessionState):
    """What the address asks for: whose figures, at which clinic, of which days."""

    is_loaded: bool = False
    is_missing: bool = False
    is_own: bool = False
    refusal: str = ""
    period: str = ""
    presets: list[PeriodChoice] = []
    clinics: list[list[str]] = []
    form: FigureForm = FigureForm()
    problem: str = ""
    has_any: bool = False
    cards: list[FigureCard] = []
    plot: DayPlot = DayPlot()
    leads: list[BarRow] = []
    notices: list[NoticeRow] = []
    doctors: list[NamedRow] = []
    specialties: list[NamedRow] = []
    places: list[NamedRow] = []
    more_doctors: str = ""
    more_specialties: str = ""
    more_places: str = ""
    downloads: dict[str, str] = {}

    @rx.event
    @refusals_shown
    async def load_clinics(self) -> Any:
        """Show the figures of clinics to who administers them, others a sentence."""
        return await self._load(is_own=False)

    @rx.event
    @refusals_shown
    async def load_own(self) -> Any:
        """Show a doctor their own figures, others a sentence."""
        return await self._load(is_own=True)

    @rx.event
    async def choose(self, typed: dict[str, Any]) -> Any:
        """Go to the clinic and the days that were typed."""
        first, last = iso_day(typed.get("first")), iso_day(typed.get("last"))
        if first is None or last is None:
            self.problem = t("Please give the first and the last day.")
            return None
        self.problem = ""
        clinic = public_id(typed.get("clinic"))
        route = OWN_ROUTE if self.is_own else ADMIN_ROUTE
        return rx.redirect(address(route, clinic=clinic, first=first, last=last))

    async def _load(self, *, is_own: bool) -> Any:
        if (to_login := await self._require_login()) is not None:
            return to_login
        self.is_own, self.refusal, self.problem, self.is_missing = is_own, "", "", False
        self.has_any, self.cards = False, []
        try:
            await self._read(await self._actor())
        except Forbidden as error:
            self.refusal = error.sentence
        except NotFound:
            self.is_missing = True
        self.is_loaded = True
        return None

    async def _read(self, actor: Actor) -> None:
        query = self.router.url.query_parameters
        asked = query.get("clinic", "")
        clinic = public_id(asked)
        if asked and clinic is None:
            raise NotFound
        first, last = iso_day(query.get("first")), iso_day(query.get("last"))
        named = query.get("days", "")
        preset = Preset(named) if named in set(Preset) else None
        wish = Wish(preset, first, last)
        load = load_own_report if self.is_own else load_clinic_report
        async with get_database().session() as session:
            report = await load(session, actor, clinic, wish)
        self._show_report(report, None if first and last else preset or DEFAULT)

    def _show_report(self, report: Report, preset: Preset | None) -> None:
        route = OWN_ROUTE if self.is_own else ADMIN_ROUTE
        first, last = report.period.first, report.period.last
        self.period = f"{_day(first)} – {_day(last)}" if first != last else _day(first)
        self.presets = [
            PeriodChoice(label, address(route, clinic=report.clinic, days=each), each is preset)
            for each, label in PRESETS.items()
        ]
        self.clinics = [
            ["", t("All clinics")],
            *([str(each.id), each.name] for each in report.choices),
        ]
        self.form = FigureForm(
            self.form.number + 1, str(report.clinic or ""), first.isoformat(), last.isoformat()
        )
        self.has_any = report.total.all > 0
        self.cards, self.plot = words.cards(report), words.day_plot(report)
        self.leads, self.notices = words.lead_rows(report), words.notice_rows(report)
        self.doctors = words.named_rows(report.doctors)
        self.specialties = words.named_rows(report.specialties)
        self.places = words.named_rows(report.clinics)
        self.more_doctors = words.rest_of(report.doctors)
        self.more_specialties = words.rest_of(report.specialties)
        self.more_places = words.rest_of(report.clinics)
        self.downloads = {
            each.name.lower(): _download(each, report.clinic, first, last, is_own=self.is_own)
            for each in Figure
        }


def _day(day: date) -> str:
    return format_date(day, "d MMM y")


def _download(figure: Figure, clinic: UUID | None, first: date, last: date, *, is_own: bool) -> str:
    whose = "own" if is_own else "clinics"
    return address(f"/api/v1/figures/{whose}/{figure}.csv", clinic=clinic, first=first, last=last)
