"""Reading what people type about themselves: names, addresses, telephone numbers."""

from __future__ import annotations

import re

import phonenumbers
from babel.core import get_global
from email_validator import EmailNotValidError, validate_email

from appointment_app.i18n import t

# Names stand in mails to addresses that nobody has confirmed: no room for a stranger's message.
_NOT_IN_NAMES = re.compile(r"[<>@\\/|{}\[\]\x00-\x1f\x7f]|www\.|\d{4}", re.IGNORECASE)
_MAXIMUM_NAME = 100


class Unreadable(ValueError):
    """What was typed cannot be meant; the text is the sentence for the person."""


def read_email(typed: str) -> str:
    """Return the address in the one form in which it is stored: lower case.

    Raises ``Unreadable``.
    """
    try:
        checked = validate_email(typed.strip(), check_deliverability=False)
    except EmailNotValidError as invalid:
        raise Unreadable(
            t("Please enter an e-mail address, such as mira@mail.example.")
        ) from invalid
    return checked.normalized.lower()


def read_phone(typed: str, region: str | None = None) -> str:
    """Return the number as E.164 has it, such as ``+4930901820``; empty stays empty.

    A number without its country code is one of ``region`` (ISO 3166-1). Raises ``Unreadable``.
    """
    if not typed.strip():
        return ""
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException as invalid:
        raise Unreadable(_phone_sentence()) from invalid
    if not phonenumbers.is_valid_number(number):
        raise Unreadable(_phone_sentence())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(stored: str) -> str:
    """Return a number as people write it, such as ``+49 30 901820``; other text stays as it is."""
    try:
        number = phonenumbers.parse(stored, None)
    except phonenumbers.NumberParseException:
        return stored
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def region_of_language(language: str) -> str:
    """Return the country (ISO 3166-1) in which most of those live who speak ``language``, or ""."""
    likely: dict[str, str] = get_global("likely_subtags")  # type: ignore[assignment]
    region = likely.get(language, "").rpartition("_")[2]
    return region if len(region) == 2 and region.isupper() else ""


def read_name(typed: str) -> str:
    """Return a name without needless spaces. Raises ``Unreadable``."""
    name = " ".join(typed.split())
    if not name:
        raise Unreadable(t("Please fill this in."))
    if len(name) > _MAXIMUM_NAME or _NOT_IN_NAMES.search(name):
        raise Unreadable(t("Please enter a name of at most {count} letters.", count=_MAXIMUM_NAME))
    return name


def _phone_sentence() -> str:
    return t("Please enter the number with its country code, such as +49 30 901820.")
