from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import jwt
import pytest

from appointment_app import clock
from appointment_app.accounts import access_tokens, login_sessions
from appointment_app.accounts.actors import ANONYMOUS
from appointment_app.accounts.errors import TokenInvalid
from appointment_app.accounts.keys import key_for
from appointment_app.database import Database
from tests.accounts.people import NOON, add_user

LOGIN = uuid4()


def test_a_token_names_its_login_for_thirty_minutes() -> None:
    with clock.frozen(NOON):
        token = access_tokens.issue(LOGIN)
        assert access_tokens.login_of(token) == LOGIN
    with clock.frozen(NOON + timedelta(minutes=29, seconds=59)):
        assert access_tokens.login_of(token) == LOGIN
    with clock.frozen(NOON + timedelta(minutes=30)), pytest.raises(TokenInvalid):
        access_tokens.login_of(token)


def test_no_two_tokens_are_the_same() -> None:
    with clock.frozen(NOON):
        assert access_tokens.issue(LOGIN) != access_tokens.issue(LOGIN)


def _forged(**changes: object) -> str:
    """A token of ours, but for what ``changes`` says."""
    claims = {
        "aud": "api",
        "jti": str(uuid4()),
        "sid": str(LOGIN),
        "iat": NOON,
        "exp": NOON + timedelta(minutes=30),
    }
    header = {"typ": changes.pop("typ", "at+jwt")}
    key = changes.pop("key", key_for("access token"))
    algorithm = str(changes.pop("algorithm", "HS256"))
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers=header)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"key": b"x" * 32},
        {"key": key_for("login session")},
        {"algorithm": "HS384", "key": key_for("access token") * 2},
        {"typ": "JWT"},
        {"aud": "pages"},
        {"aud": None},
        {"sid": None},
        {"sid": "1"},
        {"jti": None},
        {"exp": None},
        {"exp": 10**20},
    ],
    ids=str,
)
def test_what_is_not_quite_ours_is_refused(changes: dict[str, object]) -> None:
    with clock.frozen(NOON):
        assert access_tokens.login_of(_forged()) == LOGIN
        with pytest.raises(TokenInvalid):
            access_tokens.login_of(_forged(**changes))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "." * 3])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenInvalid):
        access_tokens.login_of(token)


def test_an_unsigned_token_is_refused() -> None:
    unsigned = jwt.encode({"sid": str(LOGIN)}, None, algorithm="none", headers={"typ": "at+jwt"})
    with pytest.raises(TokenInvalid):
        access_tokens.login_of(unsigned)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_cookie_and_token_cannot_be_used_as_each_other(installed_database: Database) -> None:
    user_id = await add_user(installed_database, "mira@mail.example")
    async with installed_database.session() as session, session.begin():
        opened = await login_sessions.open_login(session, user_id, ANONYMOUS)
    token = access_tokens.issue(opened.login_id)
    assert login_sessions.login_of(opened.token) == opened.login_id
    assert login_sessions.login_of(token) is None
    with pytest.raises(TokenInvalid):
        access_tokens.login_of(opened.token)
