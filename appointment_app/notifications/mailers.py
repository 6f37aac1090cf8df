"""Where a finished mail goes: to an SMTP server, or into a folder of this machine."""

from __future__ import annotations

import asyncio
import os
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import aiosmtplib

from appointment_app.clock import now
from appointment_app.settings import Settings

# Each step of the talk with the server may take this long; the sender limits the whole.
_STEP_SECONDS = 15
_IMPLICIT_TLS_PORT = 465


class Mailer(Protocol):
    """Delivers one mail; returns when it is accepted and raises any exception when it is not."""

    async def send(self, mail: EmailMessage) -> None:
        """Deliver ``mail`` to the address in its ``To``."""
        ...


class SmtpMailer:
    """Hands mails to the SMTP server that the settings name, over a connection for each."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, mail: EmailMessage) -> None:
        """Deliver ``mail``. Raises ``aiosmtplib.SMTPException`` or ``OSError``."""
        settings = self._settings
        implicit_tls = settings.smtp_port == _IMPLICIT_TLS_PORT
        await aiosmtplib.send(
            mail,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username or None,
            password=settings.smtp_password.get_secret_value() or None,
            use_tls=implicit_tls,
            start_tls=settings.smtp_starttls and not implicit_tls,
            timeout=_STEP_SECONDS,
        )


class MailboxMailer:
    """Keeps mails as ``.eml`` files whose names sort by time; ``mailbox.py`` reads them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def send(self, mail: EmailMessage) -> None:
        """Write ``mail`` as a file that appears complete or not at all. Raises ``OSError``."""
        await asyncio.to_thread(self._write, mail)

    def _write(self, mail: EmailMessage) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        identity = mail["Message-ID"].strip("<>").partition("@")[0]
        path = self._directory / f"{now():%Y%m%dT%H%M%S%fZ}-{identity}.eml"
        draft = path.with_suffix(".draft")
        draft.write_bytes(mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")))
        os.replace(draft, path)


def create_mailer(settings: Settings) -> Mailer:
    """Return the mailbox where the settings ask for one, and otherwise the SMTP server."""
    if settings.mailbox_directory is not None:
        return MailboxMailer(settings.mailbox_directory)
    return SmtpMailer(settings)
