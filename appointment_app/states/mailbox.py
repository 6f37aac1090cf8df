"""The mailbox of a machine that keeps its mails; where there is none, nothing here answers."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import reflex as rx

from appointment_app.i18n import format_moment, t
from appointment_app.notifications.mailbox import (
    Mail,
    MailSummary,
    list_mails,
    newest_key,
    read_mail,
)
from appointment_app.settings import get_settings

_ADDRESS = re.compile(r"(https?://\S+)")
_LOOK_EVERY_SECONDS = 1
# A tab does not tell when it leaves, so looking ends by itself; the button looks again.
_LOOK_FOR_SECONDS = 300


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    key: str = ""
    recipient: str = ""
    subject: str = ""
    time: str = ""


@dataclass(frozen=True)
class Piece:
    """A run of text, or with ``href`` a link; our own pages are linked without their host."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class File:
    """A file to be saved; ``href`` holds all of it."""

    name: str
    href: str


@dataclass(frozen=True)
class Letter:
    """The open mail, ready to be shown."""

    row: Row = field(default_factory=Row)
    paragraphs: list[list[Piece]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


class MailboxState(rx.State):
    """The mails that were kept, and the one that is open."""

    rows: list[Row] = []
    letter: Letter = Letter()
    is_loaded: bool = False

    @rx.var
    def is_reading(self) -> bool:
        """Whether one mail is open."""
        return bool(self.letter.row.key)

    @rx.event
    async def load(self) -> Any:
        """Show the list or the mail that the address names, and keep looking for new ones."""
        directory = get_settings().mailbox_directory
        if directory is None:
            return None
        key = self.router.url.query_parameters.get("mail", "")
        mail = await asyncio.to_thread(read_mail, directory, key) if key else None
        self.letter = _letter(mail) if mail else Letter()
        self.rows = await _rows(directory)
        self.is_loaded = True
        return MailboxState.look_for_mails

    @rx.event
    async def refresh(self) -> Any:
        """Read the list again, and keep looking."""
        directory = get_settings().mailbox_directory
        if directory is None:
            return None
        self.rows = await _rows(directory)
        return MailboxState.look_for_mails

    @rx.event(background=True)
    async def look_for_mails(self) -> None:
        """Update the list whenever a mail arrives, for some minutes."""
        directory = get_settings().mailbox_directory
        if directory is None:
            return
        async with self:
            # What is shown, not what there is: a mail may have come in between.
            seen = self.rows[0].key if self.rows else ""
        for _ in range(int(_LOOK_FOR_SECONDS / _LOOK_EVERY_SECONDS)):
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            newest = await asyncio.to_thread(newest_key, directory)
            if newest != seen:
                seen, rows = newest, await _rows(directory)
                async with self:
                    self.rows = rows


async def _rows(directory: Path) -> list[Row]:
    return [_row(summary) for summary in await asyncio.to_thread(list_mails, directory)]


def _row(summary: MailSummary) -> Row:
    return Row(
        key=summary.key,
        recipient=summary.recipient,
        subject=summary.subject,
        time=t("{moment} UTC", moment=format_moment(summary.sent_at, "UTC")),
    )


def _letter(mail: Mail) -> Letter:
    return Letter(
        row=_row(mail.summary),
        paragraphs=[list(_pieces(part)) for part in mail.text.strip().split("\n\n")],
        files=[
            File(
                file.name,
                f"data:{file.media_type};base64,{base64.b64encode(file.content).decode()}",
            )
            for file in mail.files
        ],
    )


def _pieces(paragraph: str) -> Iterator[Piece]:
    for text in _ADDRESS.split(paragraph):
        if _ADDRESS.fullmatch(text):
            yield Piece(text, _href(text))
        elif text:
            yield Piece(text)


def _href(address: str) -> str:
    ours = get_settings().public_url + "/"
    return "/" + address.removeprefix(ours) if address.startswith(ours) else address
