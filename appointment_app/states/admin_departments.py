"""The departments of one clinic, in a dialog over the list of clinics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.clinics import departments
from appointment_app.clinics.departments import DepartmentItem
from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.states.address import public_id
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast


@dataclass(frozen=True)
class DepartmentRow:
    """A department, worded for the list."""

    id: str = ""
    name: str = ""
    doctors: str = ""
    active: bool = True


class AdminDepartments(SessionState):
    """The dialog: the departments of a clinic, and the name that is being typed."""

    title: str = ""
    rows: list[DepartmentRow] = []
    is_open: bool = False
    renamed: str = ""
    name_error: str = ""
    opening: int = 0

    _clinic: UUID | None = None
    _items: list[DepartmentItem] = []
    # What the field is for: a department that gets another name, or None for a new one.
    _edited: DepartmentItem | None = None

    @rx.event
    @refusals_shown
    async def open(self, clinic_id: str, name: str) -> None:
        """Show the departments of a clinic (public id)."""
        self._clinic = public_id(clinic_id)
        await self._read()
        self.title = t("Departments of {clinic}", clinic=str(name)[:120])
        self._begin(None)
        self.is_open = True

    @rx.event
    async def close(self) -> None:
        """Close the dialog."""
        self.is_open = False

    @rx.event
    @refusals_shown
    async def rename(self, department: str) -> None:
        """Put the name of a department into the field."""
        self._begin(self._item(department))

    @rx.event
    async def keep_name(self) -> None:
        """Empty the field for a new department."""
        self._begin(None)

    @rx.event
    @refusals_shown
    async def save(self, typed: dict[str, Any]) -> Any:
        """Add a department of the name in the field, or give that name to the one it is for."""
        if not self.is_open or self._clinic is None:
            return None
        actor, name, item = await self._actor(), str(typed.get("name", "")), self._edited
        try:
            async with get_database().session() as session:
                if item is None:
                    await departments.add_department(session, actor, self._clinic, name)
                else:
                    await departments.rename_department(
                        session, actor, item.id, name, version=item.version
                    )
        except Invalid as invalid:
            self.name_error = invalid.sentence
            return None
        except StaleVersion as stale:
            await self._read()
            self._begin(None)
            return toast(stale.sentence, "error")
        await self._read()
        self._begin(None)
        return toast(t("Saved."))

    @rx.event
    @refusals_shown
    async def toggle(self, department: str) -> Any:
        """Use a department, or no longer."""
        actor, item = await self._actor(), self._item(department)
        refusal = None
        async with get_database().session() as session:
            try:
                await departments.set_department_active(
                    session, actor, item.id, not item.active, version=item.version
                )
            except (StaleVersion, Invalid) as error:
                refusal = toast(error.sentence, "error")
        await self._read()
        return refusal

    def _begin(self, item: DepartmentItem | None) -> None:
        self._edited, self.renamed = item, item.name if item else ""
        self.name_error, self.opening = "", self.opening + 1

    def _item(self, department: str) -> DepartmentItem:
        for item in self._items:
            if str(item.id) == str(department):
                return item
        raise NotFound

    async def _read(self) -> None:
        if self._clinic is None:
            raise NotFound
        actor = await self._actor()
        async with get_database().session() as session:
            self._items = await departments.list_departments(session, actor, self._clinic)
        self.rows = [
            DepartmentRow(str(item.id), item.name, _doctors(item.doctors), item.active)
            for item in self._items
        ]


def _doctors(count: int) -> str:
    return t("1 doctor") if count == 1 else t("{number} doctors", number=count)
