"""What every refusal of a service has: a stable code for programs, a sentence for people."""

from __future__ import annotations

from appointment_app.i18n import t


class DomainError(Exception):
    """A refusal that a person caused and can mend.

    ``code`` is stable and part of the API; ``sentence`` is what the person reads;
    ``field`` names the input to mend where there is one.
    """

    code = "REFUSED"

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Invalid(DomainError):
    """Input that breaks a rule which the form names; ``errors`` maps a field to its sentence."""

    code = "INVALID"

    def __init__(self, errors: dict[str, str]) -> None:
        field, sentence = next(iter(errors.items()))
        super().__init__(sentence, field=field)
        self.errors = errors


class NotFound(DomainError):
    """The record does not exist, or the actor may not know that it does."""

    code = "NOT_FOUND"

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or t("We could not find that. It may have been removed."))


class Forbidden(DomainError):
    """The actor is known and may not do this."""

    code = "FORBIDDEN"

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or t("You do not have the right to do this."))


class LoginRequired(DomainError):
    """Nobody is logged in and the action needs somebody."""

    code = "LOGIN_REQUIRED"

    def __init__(self) -> None:
        super().__init__(t("Please log in to go on."))


class StaleVersion(DomainError):
    """Somebody else changed the record since it was read."""

    code = "STALE_VERSION"

    def __init__(self) -> None:
        super().__init__(
            t("Somebody else changed this in the meantime. Look at the new version and try again.")
        )


class Busy(DomainError):
    """The database could not get to the request in time; trying again is right."""

    code = "BUSY"

    def __init__(self) -> None:
        super().__init__(t("The system is very busy. Please try again in a moment."))
