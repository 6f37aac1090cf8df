"""A file that was sent: looked at while its sender waits, and brought in when they say so.

It is brought in by a task of its own: this page only shows how far that is.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from appointment_app.bulk import files, importing
from appointment_app.bulk.importing import Outcome
from appointment_app.database import get_database
from appointment_app.database_errors import busy_of
from appointment_app.errors import DomainError, Forbidden
from appointment_app.i18n import t
from appointment_app.models import BulkKind, ImportState
from appointment_app.states.address import public_id
from appointment_app.states.session_state import SessionState, refusals_shown

ROUTE = "/admin/import"
KIND_NAMES = {
    BulkKind.CLINICS: t("Clinics"),
    BulkKind.DOCTORS: t("Doctors"),
    BulkKind.PATIENTS: t("Patients"),
    BulkKind.APPOINTMENTS: t("Appointments"),
}
_MOST_SHOWN = 200
_SECONDS = 0.5  # between two looks at how far it is
_REFUSED = {
    "size": t("This file is too large: at most 8 MB. Part it."),
    "form": t("Please choose what the file holds, and a CSV file."),
}


@dataclass(frozen=True)
class ProblemRow:
    """What is wrong in a line of the file."""

    line: str
    column: str
    sentence: str


class ImportView(SessionState):
    """The file that the address names, what it would do, and how far that is."""

    is_loaded: bool = False
    is_forbidden: bool = False
    refused: str = ""
    file: str = ""
    kind: str = ""
    is_busy: bool = False
    doing: str = ""
    done: int = 0
    of_all: int = 0
    summary: str = ""
    headline: str = ""
    problems: list[ProblemRow] = []
    more_problems: str = ""
    can_import: bool = False
    waiting: str = ""
    waiting_href: str = ""

    _file_id: str = ""

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the form, and the file that was sent or is being brought in, from whichever tab."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        query = self.router.url.query_parameters
        self._forget()
        self.refused = _REFUSED.get(query.get("refused", ""), "")
        actor = await self._actor()
        try:
            importing.require_may_import(actor)
        except Forbidden:
            self.is_forbidden = self.is_loaded = True
            return None
        self.is_forbidden = False
        named = public_id(query.get("file", ""))
        async with get_database().session() as session:
            standing = await files.standing_of(session, actor, named)
        self.is_loaded = True
        if standing is None:
            if named is not None:
                self.refused = t("This file is not kept any more. Please send it again.")
            return None
        if standing.state is ImportState.WAITING and named is None:
            self.waiting, self.waiting_href = standing.name, f"{ROUTE}?file={standing.file_id}"
            return None
        self._file_id = str(standing.file_id)
        if standing.state is ImportState.DONE:
            self._show_outcome(standing.outcome, is_imported=True)
            return None
        self.is_busy = True
        if standing.state is ImportState.RUNNING:
            return ImportView.follow
        self.refused = self.refused or standing.refusal
        return ImportView.check

    @rx.event(background=True)
    async def check(self) -> Any:
        """Look at the file; nothing is changed."""
        async with self:
            key, actor = public_id(self._file_id), await self._actor()
            if key is None:
                self.is_busy = False
                return
            self.is_busy, self.doing, self.done, self.of_all = True, t("Checking…"), 0, 0
        far = [0, 0]

        def note(done: int, of_all: int) -> None:
            far[:] = [done, of_all]

        async with get_database().session() as session:
            task = asyncio.ensure_future(files.check_file(session, actor, key, note))
            while not (await asyncio.wait({task}, timeout=_SECONDS))[0]:
                async with self:
                    self.done, self.of_all = far
        async with self:
            self.is_busy = False
            try:
                outcome = task.result()
            except Exception as error:
                self._refuse(error)
                return
            self._show_outcome(outcome, is_imported=False)

    @rx.event(background=True)
    async def bring_in(self) -> Any:
        """Bring the file in, after it was looked at; it goes on when the page is left."""
        async with self:
            key, actor = public_id(self._file_id), await self._actor()
            if not self.can_import or key is None:
                return None
            self.can_import, self.is_busy, self.refused = False, True, ""
        try:
            async with get_database().session() as session:
                await files.begin(session, actor, key)
        except Exception as error:
            async with self:
                self._refuse(error)
            return None
        return ImportView.follow

    @rx.event(background=True)
    async def follow(self) -> Any:
        """Show how far a file is that is being brought in, until it is in or refused."""
        while True:
            async with self:
                key, actor = public_id(self._file_id), await self._actor()
                if key is None:
                    self.is_busy = False
                    return None
                try:
                    async with get_database().session() as session:
                        standing = await files.standing_of(session, actor, key)
                except Exception as error:
                    self._refuse(error)
                    return None
                if standing is None:
                    self._forget()
                    self.refused = t(
                        "The file was deleted while it was brought in, because somebody was"
                        " erased. Nothing was brought in. Please send it again."
                    )
                    return None
                if standing.state is ImportState.DONE:
                    self.is_busy = False
                    self._show_outcome(standing.outcome, is_imported=True)
                    return None
                if standing.state is ImportState.WAITING:
                    self.refused = standing.refusal
                    return ImportView.check
                self.is_busy, self.doing = True, t("Bringing in…")
                self.file, self.done, self.of_all = standing.name, standing.done, standing.of_all
            await asyncio.sleep(_SECONDS)

    def _refuse(self, error: Exception) -> None:
        """Show why it cannot be. Raises what is no refusal."""
        refusal = error if isinstance(error, DomainError) else busy_of(error)
        if refusal is None:
            raise error
        self._forget()
        self.refused = refusal.sentence

    def _show_outcome(self, outcome: Outcome, *, is_imported: bool) -> None:
        found = outcome.problems
        self.file, self.kind = outcome.name, KIND_NAMES[outcome.kind]
        self.problems = [
            ProblemRow(f"{each.line:,}", each.column, each.sentence) for each in found[:_MOST_SHOWN]
        ]
        left = len(found) - _MOST_SHOWN
        self.more_problems = t("{n} more", n=f"{left:,}") if left > 0 else ""
        counts = t(
            "{new} new, {changed} changed, {same} the same.",
            new=f"{outcome.new:,}",
            changed=f"{outcome.changed:,}",
            same=f"{outcome.same:,}",
        )
        self.can_import = not found and outcome.new + outcome.changed > 0 and not is_imported
        if found:
            lines = len({each.line for each in found})
            self.headline = (
                t("1 of {all} lines has to be mended", all=f"{outcome.lines:,}")
                if lines == 1
                else t("{n} of {all} lines have to be mended", n=lines, all=f"{outcome.lines:,}")
            )
            self.summary = t("Nothing was brought in. Mend the file and send it again.")
        elif is_imported:
            self.headline, self.summary = t("Brought in"), counts
        elif self.can_import:
            self.headline = t("Nothing is wrong")
            self.summary = counts
        else:
            self.headline = t("Nothing to do")
            self.summary = t("All {all} lines are here as they are.", all=f"{outcome.lines:,}")

    def _forget(self) -> None:
        self.file = self.kind = self.summary = self.headline = self._file_id = ""
        self.waiting = self.waiting_href = ""
        self.problems, self.more_problems = [], ""
        self.is_busy = self.can_import = False
        self.done = self.of_all = 0
