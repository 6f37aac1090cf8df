"""A visitor's position as the address has it: coarse, so that it tells a district and no door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from appointment_app.i18n import t
from appointment_app.scheduling.near import Near

RADII = (10, 50, 200)
_USUAL = 50
_POSITION = re.compile(r"(-?\d{1,3}(?:\.\d{1,20})?),(-?\d{1,3}(?:\.\d{1,20})?)", re.ASCII)
# About a kilometre.
_DECIMALS = 2

# Asks the browser, which asks the visitor; what it answers is coarse before it leaves the browser.
ASK_POSITION = f"""
new Promise((answer) => {{
  if (!navigator.geolocation) return answer("");
  navigator.geolocation.getCurrentPosition(
    ({{ coords }}) => answer(
      coords.latitude.toFixed({_DECIMALS}) + "," + coords.longitude.toFixed({_DECIMALS})
    ),
    (refusal) => answer(refusal.code === 1 ? "refused" : ""),
    {{ timeout: 10000, maximumAge: 600000 }},
  );
}})
"""


@dataclass(frozen=True, slots=True)
class NearAddress:
    """What the address says of a position: ``near`` (degrees, comma), ``within``, ``sort``."""

    near: str = ""
    within: str = ""
    sort: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The fields for the address; those that are usual are left out."""
        return {"near": self.near, "within": self.within, "sort": self.sort}

    @property
    def position(self) -> Near | None:
        """The position, if there is one."""
        if not self.near:
            return None
        latitude, longitude = map(float, self.near.split(","))
        return Near(latitude, longitude, float(self.within or _USUAL))

    @property
    def is_nearest_first(self) -> bool:
        """Whether the nearest come first, rather than the earliest."""
        return self.sort == "distance"


@dataclass(frozen=True)
class NearChoice:
    """One way to look around the position; ``href`` chooses it."""

    label: str
    href: str
    chosen: bool


def read_near(asked: Mapping[str, str]) -> NearAddress:
    """Return what an address asks for, as far as it makes sense."""
    near = coarse(asked.get("near"))
    if not near:
        return NearAddress()
    radii = {str(radius) for radius in RADII if radius != _USUAL}
    within = str(asked.get("within", ""))
    sort = "distance" if asked.get("sort") == "distance" else ""
    return NearAddress(near, within if within in radii else "", sort)


def coarse(typed: Any) -> str:
    """Return a position as it stands in the address; empty when it is none."""
    match = _POSITION.fullmatch(typed) if isinstance(typed, str) else None
    if match is None:
        return ""
    latitude, longitude = (round(float(degrees), _DECIMALS) for degrees in match.groups())
    if abs(latitude) > 90 or abs(longitude) > 180:
        return ""
    return f"{latitude:.{_DECIMALS}f},{longitude:.{_DECIMALS}f}"


def choices(near: NearAddress, href: Any) -> list[NearChoice]:
    """Return the orders and then the radii to choose from; ``href`` makes addresses of queries."""
    if not near.near:
        return []
    orders = [(t("Earliest first"), ""), (t("Nearest first"), "distance")]
    found = [
        NearChoice(label, href(**near.query | {"sort": sort}), sort == near.sort)
        for label, sort in orders
    ]
    for radius in RADII:
        within = "" if radius == _USUAL else str(radius)
        label = t("within {count} km", count=radius)
        found.append(
            NearChoice(label, href(**near.query | {"within": within}), within == near.within)
        )
    return found


def distance_text(kilometres: float | None) -> str:
    """Return how far it is, as roughly as the position is known; empty without one."""
    if kilometres is None:
        return ""
    return t("about {count} km", count=max(1, round(kilometres)))
