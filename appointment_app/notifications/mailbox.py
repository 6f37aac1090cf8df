"""Reads the mails that this machine keeps as ``.eml`` files, for development and the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MailSummary:
    """One line of the mailbox; ``key`` names the mail inside it."""

    key: str
    recipient: str
    subject: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that came with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: its line in the mailbox, its plain text and its files."""

    summary: MailSummary
    text: str
    files: tuple[AttachedFile, ...]


def list_mails(directory: Path, limit: int = 50) -> list[MailSummary]:
    """Return the ``limit`` youngest mails, newest first."""
    return [_summary(path, _parse(path)) for path in _newest_first(directory)[:limit]]


def read_mail(directory: Path, key: str) -> Mail | None:
    """Return the mail named ``key``, or None when the mailbox has none of that name."""
    for path in _newest_first(directory):
        if path.stem == key:
            mail = _parse(path)
            return Mail(_summary(path, mail), _text(mail), _files(mail))
    return None


def newest_key(directory: Path) -> str:
    """Return the key of the youngest mail, or an empty string when there is none."""
    newest = max(directory.glob("*.eml"), default=None)
    return newest.stem if newest else ""


def _newest_first(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.eml"), reverse=True)


def _parse(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def _summary(path: Path, mail: EmailMessage) -> MailSummary:
    return MailSummary(
        key=path.stem,
        recipient=str(mail["To"]),
        subject=str(mail["Subject"]),
        sent_at=mail["Date"].datetime,
    )


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _files(mail: EmailMessage) -> tuple[AttachedFile, ...]:
    return tuple(
        AttachedFile(
            name=part.get_filename() or "file",
            media_type=part.get_content_type(),
            content=_bytes(part.get_content()),
        )
        for part in mail.iter_attachments()
    )


def _bytes(content: str | bytes) -> bytes:
    # Text is handed out decoded, with the line ends of this machine.
    return content.encode() if isinstance(content, str) else content
