"""Reading what people type about themselves: names, addresses, telephone numbers."""

from __future__ import annotations

import re

import phonenumbers
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


def read_phone(typed: str) -> str:
    """Return the number as E.164 has it, such as ``+4930901820``; empty stays empty.

    Raises ``Unreadable``.
    """
    if not typed.strip():
        return ""
    try:
        number = phonenumbers.parse(typed, None)
    except phonenumbers.NumberParseException as invalid:
        raise Unreadable(_phone_sentence()) from invalid
    if not phonenumbers.is_valid_number(number):
        raise Unreadable(_phone_sentence())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


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
