"""What the routes of accounts read and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from appointment_app.accounts.own_logins import LoginKind
from appointment_app.accounts.registration import NewAccount

# Far above what the services accept, so that their sentences are the ones a person reads.
# Not so for ``next``: nobody typed it, so a wrong one is passed over.
Text = Annotated[str, Field(max_length=1000)]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Registration(BaseModel):
    """What everybody fills in; ``next`` is where they wanted to go, a path on this site."""

    email: Text = Field(examples=["mira@mail.example"])
    password: Text = Field(examples=["seven green kettles"])
    given_name: Text = Field(examples=["Mira"])
    family_name: Text = Field(examples=["Sol"])
    phone: Text = Field(default="", examples=["+49 30 901820"])
    agrees: bool = Field(default=False, description="To the privacy notice.", examples=[True])
    next: str = ""

    def account(self) -> NewAccount:
        """Return it as the service takes it."""
        return NewAccount(
            email=self.email,
            password=self.password,
            given_name=self.given_name,
            family_name=self.family_name,
            phone=self.phone,
            agrees=self.agrees,
        )


class DoctorRegistration(Registration):
    """What doctors fill in besides: codes of specialties, the id of a clinic."""

    licence_number: Text
    # A form with one box checked sends a string.
    specialties: Annotated[list[Text], BeforeValidator(_as_list), Field(max_length=50)] = []
    clinic: Text = ""


class Credentials(BaseModel):
    """Who logs in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"email": "patient@demo.example", "password": "demo-password-1"}]
        }
    )

    email: Text
    password: Text
    next: str = ""


class Secret(BaseModel):
    """The secret of a mailed link."""

    token: Text


class OwnAccount(BaseModel):
    """The secret of a mailed link, and what is chosen with it."""

    token: Text
    password: Text
    agrees: bool = Field(default=False, description="To the privacy notice.")
    keeps_guardians: bool = Field(default=False, description="They may still book for the person.")


class Agreement(BaseModel):
    """That somebody agrees; ``next`` is where they wanted to go."""

    next: str = ""


class MailAddress(BaseModel):
    """An address of an account."""

    email: Text


class NewPassword(BaseModel):
    """The secret of a mailed link, and the password that is chosen with it."""

    token: Text
    password: Text


class Next(BaseModel):
    """Where to go on: a path on this site."""

    next: str


class Accepted(Next):
    """The request is accepted and what follows comes by mail; ``next`` is for afterwards."""

    status: str = "accepted"


class RefreshSecret(BaseModel):
    """The refresh token that came with the last answer."""

    refresh_token: Text


class TokenPair(BaseModel):
    """What a program goes on with; the access token is good for ``expires_in`` seconds.

    A refresh token is good for one use, and each use gives the next one.
    """

    model_config = ConfigDict(from_attributes=True)

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = Field(examples=[1800])
    refresh_token: str


class LoginOut(BaseModel):
    """A browser or a program in which one is logged in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: LoginKind
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str = Field(examples=["Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"])
    address: str = Field(examples=["192.0.2.7"])
    is_current: bool = Field(description="Whether this is the login that asks.")


class Me(BaseModel):
    """Who is logged in; the ids are those of their own records, where they have any."""

    model_config = ConfigDict(from_attributes=True)

    display_name: str = Field(examples=["Mara Keller"])
    email: str = Field(examples=["mara@mail.example"])
    patient_id: UUID | None
    doctor_id: UUID | None
    is_patient: bool
    is_doctor: bool
    is_administrator: bool
