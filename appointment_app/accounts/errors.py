"""What accounts refuse."""

from __future__ import annotations

from appointment_app.accounts.actor import Suspended
from appointment_app.errors import DomainError, Forbidden
from appointment_app.i18n import format_moment, t


class WrongLogin(DomainError):
    """Address and password do not belong together; never says which of the two is wrong."""

    code = "WRONG_LOGIN"

    def __init__(self) -> None:
        super().__init__(t("The e-mail address or the password is wrong."))


class AddressNotVerified(DomainError):
    """The password is right, but the address has not been confirmed; a new link is on its way."""

    code = "ADDRESS_NOT_VERIFIED"

    def __init__(self) -> None:
        super().__init__(
            t("Please confirm your e-mail address first. We have sent you a new link.")
        )


class LinkInvalid(DomainError):
    """A mailed link that was used before, is too old or was never ours."""

    code = "LINK_INVALID"

    def __init__(self) -> None:
        super().__init__(t("This link has been used already or is too old."))


class AddressTaken(DomainError):
    """Another account has the address; told only to who has opened a mail sent there."""

    code = "ADDRESS_TAKEN"

    def __init__(self) -> None:
        super().__init__(t("There is another account with this address already."))


class SuspendedNow(Forbidden):
    """The actor is a doctor, and suspended: they act as a doctor no more until that ends."""

    code = "SUSPENDED"

    def __init__(self, suspension: Suspended) -> None:
        since = format_moment(suspension.since, suspension.zone)
        if suspension.until is None:
            begun = t("You have been suspended as a doctor since {since}.", since=since)
        else:
            begun = t(
                "You are suspended as a doctor from {since} until {until}.",
                since=since,
                until=format_moment(suspension.until, suspension.zone),
            )
        meanwhile = t(
            "Until this ends you see no patients and no appointments, and nobody can book you."
            " Your profile and your figures stay open to you. An administrator of your clinic can"
            " tell you more, and end it."
        )
        super().__init__(f"{begun} {meanwhile}")


class TryAgainLater(DomainError):
    """Too many attempts; the next one is looked at after ``seconds``."""

    code = "TRY_AGAIN_LATER"

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            t("Too many attempts. Please try again in {seconds} seconds.", seconds=seconds)
            if seconds < 60
            else t("Too many attempts. Please try again in {minutes} minutes.", minutes=minutes)
            if minutes > 1
            else t("Too many attempts. Please try again in one minute.")
        )
        self.seconds = seconds


class LicenceKnown(DomainError):
    """Another doctor is registered with this licence number."""

    code = "LICENCE_KNOWN"

    def __init__(self) -> None:
        super().__init__(
            t("A doctor with this licence number is registered already."), field="licence_number"
        )


class TokenInvalid(DomainError):
    """An access or refresh token that is too old, was never ours, or whose login is over."""

    code = "INVALID_TOKEN"

    def __init__(self) -> None:
        super().__init__(t("This token is not valid (any more). Please log in again."))


class TokenReused(DomainError):
    """A refresh token that was used before."""

    code = "TOKEN_REUSED"

    def __init__(self) -> None:
        super().__init__(t("This token has been used already. Please log in again."))


class KeyReused(DomainError):
    """An ``Idempotency-Key`` that came with another request before."""

    code = "KEY_REUSED"

    def __init__(self) -> None:
        super().__init__(t("This key was sent with another request. Please use a new one."))
