"""Versions as HTTP knows them: an ``ETag`` with what is read, ``If-Match`` with what is saved."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Response

from appointment_app.errors import DomainError, StaleVersion
from appointment_app.i18n import t


class VersionRequired(DomainError):
    """Who saves says which version they saw, so that nobody's change is lost unseen."""

    code = "VERSION_REQUIRED"

    def __init__(self) -> None:
        super().__init__(t("Send the ETag of the version that you saw as If-Match."))


def set_etag(response: Response, *versions: int) -> None:
    """Name the version, or versions, of what is answered."""
    response.headers["ETag"] = f'"{".".join(map(str, versions))}"'


def seen_versions(
    if_match: Annotated[
        str | None,
        Header(max_length=100, description="The `ETag` that you saw.", examples=['"3"']),
    ] = None,
) -> tuple[int, ...]:
    """Return the versions of ``If-Match``.

    Raises ``VersionRequired`` when there is none, ``StaleVersion`` for what was never ours.
    """
    if if_match is None:
        raise VersionRequired
    parts = if_match.strip().removeprefix("W/").strip('"').split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise StaleVersion
    return tuple(map(int, parts))


def seen_version(versions: Annotated[tuple[int, ...], Depends(seen_versions)]) -> int:
    """Return the one version of ``If-Match``."""
    if len(versions) != 1:
        raise StaleVersion
    return versions[0]


def seen_pair(versions: Annotated[tuple[int, ...], Depends(seen_versions)]) -> tuple[int, int]:
    """Return both versions of ``If-Match``, where two records make what is saved."""
    if len(versions) != 2:
        raise StaleVersion
    return versions[0], versions[1]


SeenVersion = Annotated[int, Depends(seen_version)]
SeenPair = Annotated[tuple[int, int], Depends(seen_pair)]
