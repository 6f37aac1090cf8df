"""The public holidays of a country and region, from the library ``holidays``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays

_LANGUAGE = "en_US"
_LONGEST_CODE = 8


@lru_cache(maxsize=1024)
def holidays_around(country: str, region: str, year: int) -> Mapping[date, str]:
    """Return the public holidays, each with its name, from the year before ``year`` on.

    They reach three years further: farther than any horizon. ``country`` is ISO 3166-1,
    ``region`` the second part of ISO 3166-2 or empty for what the whole country has. An unknown
    region counts as none, an unknown country has no holidays.
    """
    days: dict[date, str] = {}
    for each in range(year - 1, year + 4):
        days |= _holidays_of(country, region, each)
    # By its type nobody writes into it; a dictionary, because what open pages hold is pickled.
    return days


@lru_cache(maxsize=4096)
def _holidays_of(country: str, region: str, year: int) -> dict[date, str]:
    if country not in _countries():
        return {}
    subdivision = region if region in _countries()[country] else None
    found = holidays.country_holidays(
        country, subdiv=subdivision, years=year, expand=False, language=_LANGUAGE
    )
    return dict(found)


def regions_of(country: str) -> list[tuple[str, str]]:
    """Return the regions that have holidays of their own, code and name, sorted by name."""
    if not (codes := _countries().get(country)):
        return []
    names = holidays.country_holidays(country, expand=False).get_subdivision_aliases()
    regions = [(code, (names.get(code) or [code])[0]) for code in codes]
    # The few longer codes are no regions: a single city, half a district.
    return sorted(
        (region for region in regions if len(region[0]) <= _LONGEST_CODE),
        key=lambda region: region[1],
    )


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, list[str]]:
    return holidays.list_supported_countries(include_aliases=False)
