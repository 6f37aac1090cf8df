"""What accounts refuse."""

from __future__ import annotations

from appointment_app.errors import DomainError
from appointment_app.i18n import t


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
