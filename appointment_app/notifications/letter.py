"""A mail before it is written out: what it says, and that as plain text, HTML and MIME."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, formataddr
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from appointment_app.clock import now
from appointment_app.i18n import current_locale, t
from appointment_app.models import OutboxMessage
from appointment_app.settings import Settings

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class _KnownHeaders(HeaderRegistry):
    """Makes the class of a header once, not for each header of each mail.

    What stands at the head of a part is the same in most mails: it is parsed once, too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, type] = {}
        self._parsed = lru_cache(64)(super().__call__)

    def __getitem__(self, name: str) -> type:
        key = name.lower()
        if key not in self._classes:
            self._classes[key] = super().__getitem__(name)
        return self._classes[key]

    def __call__(self, name: str, value: Any) -> Any:
        if name.lower().startswith("content-"):
            return self._parsed(name, value)
        return super().__call__(name, value)


class _AsWritten(EmailPolicy):
    """Keeps a plain header as it was written until somebody reads it.

    To parse them all takes longer than everything else about a mail.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if isinstance(value, str) and value.isascii() and value.isprintable():
            return name, value
        return super().header_store_parse(name, value)


_POLICY = _AsWritten(header_factory=_KnownHeaders())


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; ``media_type`` such as ``text/calendar``."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, in order: the opening, the facts, the one link, the closing.

    Every text is already in the reader's language. ``facts`` are pairs of name and value.
    """

    subject: str
    opening: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    link: tuple[str, str] | None = None
    closing: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def as_text(self) -> str:
        """Return the letter as plain text; its link stands on a line of its own."""
        parts = [*self.opening]
        if self.facts:
            parts.append("\n".join(f"{name}: {value}" for name, value in self.facts))
        if self.link:
            parts.append("{}:\n{}".format(*self.link))
        parts += [*self.closing, _signature()]
        return "\n\n".join(parts) + "\n"

    def as_html(self) -> str:
        """Return the letter as an HTML document in the current language."""
        template = _templates.get_template("letter.html")
        return template.render(letter=self, language=current_locale(), signature=_signature())


def write_out(letter: Letter, outgoing: OutboxMessage, settings: Settings) -> EmailMessage:
    """Return the mail that ``outgoing`` asks for, ready to be sent.

    Its Message-ID follows from the idempotency key, so a second delivery can be recognised.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = letter.subject
    mail["From"] = formataddr((t("Appointments"), settings.mail_from))
    mail["To"] = outgoing.recipient
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = _message_id(outgoing.idempotency_key, settings.public_url)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = current_locale()
    mail.set_content(letter.as_text())
    mail.add_alternative(letter.as_html(), subtype="html")
    for attachment in letter.attachments:
        main_type, _, subtype = attachment.media_type.partition("/")
        mail.add_attachment(
            attachment.content, maintype=main_type, subtype=subtype, filename=attachment.name
        )
    return mail


def _signature() -> str:
    return t("This mail was sent automatically.")


def _message_id(idempotency_key: str, public_url: str) -> str:
    digest = hashlib.sha256(idempotency_key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(public_url).hostname}>"
