"""The doctor's list of visit types and the dialog in which one is added or changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.database import get_database
from appointment_app.errors import Forbidden, Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.models import VisitMode
from appointment_app.scheduling import visit_types
from appointment_app.scheduling.visit_types import VisitTypeItem
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast
from appointment_app.states.visit_type_form import (
    FOLDED,
    Choices,
    VisitTypeForm,
    VisitTypeRow,
    draft_of,
    form_of,
    new_form,
    row_of,
)


class VisitTypeEditor(SessionState):
    """What patients can book with the doctor who is logged in."""

    rows: list[VisitTypeRow] = []
    is_loaded: bool = False
    refusal: str = ""

    form: VisitTypeForm = VisitTypeForm()
    is_open: bool = False
    is_video: bool = False
    is_unfolded: bool = False
    is_stale: bool = False
    problem: str = ""
    errors: dict[str, str] = {}

    is_asking: bool = False
    asked_about: str = ""

    _items: dict[str, VisitTypeItem] = {}
    _choices: Choices = Choices()
    # What the dialog is open for, and what the question is about: whoever calls handlers out of
    # order shall not answer the one and mean the other.
    _edited: str = ""
    _version: int = 0
    _asked: str = ""

    @rx.event
    @refusals_shown
    async def load(self) -> None:
        """Show the visit types of the doctor who is logged in."""
        self.refusal = ""
        self.is_open = self.is_asking = False
        try:
            await self._read()
        except Forbidden as error:
            self.refusal = error.sentence
        self.is_loaded = True

    @rx.event
    async def add(self) -> None:
        """Open the dialog for a new visit type."""
        self._edited, self._version = "", 0
        self._open(new_form(self._choices), is_video=False)

    @rx.event
    @refusals_shown
    async def edit(self, visit_type_id: str) -> None:
        """Open the dialog with one of the visit types."""
        item = self._item(visit_type_id)
        self._edited, self._version = str(item.id), item.version
        self._open(form_of(item, self._choices), is_video=item.draft.mode is VisitMode.VIDEO)

    @rx.event
    async def close(self) -> None:
        """Close the dialog."""
        self.is_open = False

    @rx.event
    async def choose_mode(self, mode: str) -> None:
        """Choose between meeting in person and by video."""
        self.is_video = mode == VisitMode.VIDEO

    @rx.event
    @refusals_shown
    async def submit(self, typed: dict[str, Any]) -> Any:
        """Add the visit type of the dialog, or change the one that it was opened with."""
        if not self.is_open:  # the second of two quick clicks
            return None
        actor = await self._actor()
        self.errors, self.problem = {}, ""
        try:
            draft = draft_of(typed, self._choices, is_video=self.is_video)
            async with get_database().session() as session:
                if self._edited:
                    key = UUID(self._edited)
                    await visit_types.edit(session, actor, key, draft, version=self._version)
                else:
                    await visit_types.create(session, actor, draft)
        except Invalid as invalid:
            self.errors = invalid.errors
            self.is_unfolded = self.is_unfolded or not self.errors.keys().isdisjoint(FOLDED)
            return None
        except StaleVersion as stale:
            self.is_stale, self.problem = True, stale.sentence
            return None
        self.is_open = False
        await self._read()
        return toast(t("The visit type was saved."))

    @rx.event
    @refusals_shown
    async def load_new_version(self) -> None:
        """Fill the dialog with what somebody else saved meanwhile."""
        await self._read()
        item = self._item(self._edited)
        self._version = item.version
        self._open(form_of(item, self._choices), is_video=item.draft.mode is VisitMode.VIDEO)

    @rx.event
    @refusals_shown
    async def toggle(self, visit_type_id: str) -> Any:
        """Offer a visit type, or no longer; asks first when patients could book nothing then."""
        item = self._item(visit_type_id)
        if item.last_active:
            self._asked, self.asked_about, self.is_asking = str(item.id), item.draft.name, True
            return None
        return await self._set_active(item)

    @rx.event
    @refusals_shown
    async def deactivate_last(self) -> Any:
        """Take the last visit type away from patients, after the question."""
        if not self.is_asking:
            return None
        self.is_asking = False
        return await self._set_active(self._item(self._asked))

    @rx.event
    async def keep_last(self) -> None:
        """Close the question."""
        self.is_asking = False

    @rx.event
    @refusals_shown
    async def move_up(self, visit_type_id: str) -> None:
        """Let patients see a visit type before the one above it."""
        await self._move(visit_type_id, -1)

    @rx.event
    @refusals_shown
    async def move_down(self, visit_type_id: str) -> None:
        """Let patients see a visit type after the one below it."""
        await self._move(visit_type_id, 1)

    def _open(self, form: VisitTypeForm, *, is_video: bool) -> None:
        self.form = replace(form, number=self.form.number + 1)
        self.is_unfolded = form.unfolded
        self.is_video = is_video
        self.errors, self.problem, self.is_stale = {}, "", False
        self.is_open = True

    def _item(self, visit_type_id: str) -> VisitTypeItem:
        item = self._items.get(str(visit_type_id))
        if item is None:
            raise NotFound
        return item

    async def _set_active(self, item: VisitTypeItem) -> Any:
        actor = await self._actor()
        async with get_database().session() as session:
            try:
                await visit_types.set_active(
                    session, actor, item.id, not item.active, version=item.version
                )
            except StaleVersion as stale:
                await self._read()
                return toast(stale.sentence, "error")
        await self._read()
        return None

    async def _move(self, visit_type_id: str, by: int) -> None:
        item, actor = self._item(visit_type_id), await self._actor()
        async with get_database().session() as session:
            await visit_types.move(session, actor, item.id, by=by)
        await self._read()

    async def _read(self) -> None:
        actor = await self._actor()
        async with get_database().session() as session:
            items = await visit_types.list_visit_types(session, actor)
            self._choices = Choices(
                await visit_types.list_clinics(session, actor),
                await visit_types.list_resources(session, actor),
            )
        self._items = {str(item.id): item for item in items}
        self.rows = [
            row_of(item, self._choices, is_first=index == 0, is_last=index == len(items) - 1)
            for index, item in enumerate(items)
        ]
