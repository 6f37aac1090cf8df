"""Passwords: which ones are good enough, and their hashes."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from passlib.context import CryptContext

from appointment_app.i18n import t

MINIMUM_LENGTH = 8
MAXIMUM_LENGTH = 128
_MINIMUM_BCRYPT_ROUNDS = 12

# argon2id with the least that OWASP's Password Storage Cheat Sheet asks for: 19 MiB, 2 passes.
_context = CryptContext(
    schemes=["argon2", "bcrypt"],
    deprecated=["bcrypt"],
    argon2__type="ID",
    argon2__memory_cost=19 * 1024,
    argon2__time_cost=2,
    argon2__parallelism=1,
    bcrypt__rounds=_MINIMUM_BCRYPT_ROUNDS,
)


def problem(password: str, *, personal: tuple[str, ...] = ()) -> str | None:
    """Return the sentence that says why ``password`` is refused, or None when it is good.

    ``personal`` is what others know of the owner: the password must be none of it.
    """
    if len(password) < MINIMUM_LENGTH:
        return t("Please use at least {count} characters.", count=MINIMUM_LENGTH)
    if len(password) > MAXIMUM_LENGTH:
        return t("Please use at most {count} characters.", count=MAXIMUM_LENGTH)
    lowered = password.casefold()
    if lowered in _common() or len(set(lowered)) <= 2:
        return t("This is one of the passwords that are tried first. Please choose another one.")
    if lowered in {known.casefold() for known in personal}:
        return t("Please choose a password that is not your name or address.")
    return None


async def hashed(password: str) -> str:
    """Return the argon2id hash of ``password``, made in a thread."""
    return await asyncio.to_thread(_context.hash, password)


async def matches(password: str, password_hash: str) -> tuple[bool, str | None]:
    """Tell whether ``password`` belongs to the hash, and a better hash to store when there is one.

    Hashes of bcrypt with fewer than 12 rounds match nothing: their owners reset the password.
    """
    return await asyncio.to_thread(_matches, password, password_hash)


async def pretend_to_match(password: str) -> None:
    """Take as long as ``matches`` does, for an address that is not known."""
    await asyncio.to_thread(_matches, password, _nobodys_hash())


def _matches(password: str, password_hash: str) -> tuple[bool, str | None]:
    if _is_weak_bcrypt(password_hash):
        _context.verify(password, _nobodys_hash())
        return False, None
    try:
        matched, better_hash = _context.verify_and_update(password, password_hash)
        return bool(matched), better_hash
    except ValueError:
        # bcrypt takes no more than 72 bytes and no NUL; and a stored text may be no hash at all.
        return False, None


def _is_weak_bcrypt(password_hash: str) -> bool:
    scheme, _, rest = password_hash.removeprefix("$").partition("$")
    return scheme.startswith("2") and int(rest[:2]) < _MINIMUM_BCRYPT_ROUNDS


@lru_cache
def _nobodys_hash() -> str:
    return str(_context.hash("the password of nobody"))


@lru_cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(
        password for password in FREQUENCY_LISTS["passwords"] if len(password) >= MINIMUM_LENGTH
    )
