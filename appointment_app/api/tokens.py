"""Tokens for programs: by password (OAuth2), and the next ones by the last refresh token."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request

from appointment_app.accounts import program_logins
from appointment_app.api.auth_schemas import RefreshSecret, Text, TokenPair
from appointment_app.api.identity import Visitor, user_agent_of
from appointment_app.api.sessions import DatabaseSession

router = APIRouter(prefix="/auth", tags=["accounts"])


@router.post("/token")
async def token(
    session: DatabaseSession,
    visitor: Visitor,
    request: Request,
    username: Annotated[Text, Form(examples=["patient@demo.example"])],
    password: Annotated[Text, Form(examples=["demo-password-1"])],
    grant_type: Annotated[str | None, Form(pattern="^password$", examples=["password"])] = None,
) -> TokenPair:
    """Log a program in with an OAuth2 password form; the user name is the e-mail address."""
    tokens = await program_logins.log_in(
        session,
        visitor,
        email=username,
        password=password,
        user_agent=user_agent_of(request),
    )
    return TokenPair.model_validate(tokens)


@router.post("/refresh")
async def refresh(session: DatabaseSession, visitor: Visitor, form: RefreshSecret) -> TokenPair:
    """Use up a refresh token for the next tokens.

    A token that comes a second time is refused with `TOKEN_REUSED`, and the login ends with all
    its tokens, unless both came within ten seconds: then the first keeps what it got.
    """
    tokens = await program_logins.refresh(session, visitor, form.refresh_token)
    return TokenPair.model_validate(tokens)
