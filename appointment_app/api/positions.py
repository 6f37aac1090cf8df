"""A position in a query: of whoever looks for what is near."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.scheduling.near import Near


def get_near(
    latitude: Annotated[float | None, Query(ge=-90, le=90, examples=[52.52])] = None,
    longitude: Annotated[float | None, Query(ge=-180, le=180, examples=[13.4])] = None,
    kilometres: Annotated[
        float, Query(gt=0, le=500, description="How far around a position.")
    ] = 25,
) -> Near | None:
    """Return the position of a query, None when it has none. Raises ``Invalid`` for half of one."""
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        missing = "latitude" if latitude is None else "longitude"
        raise Invalid({missing: t("A position has a latitude and a longitude.")})
    return Near(latitude, longitude, kilometres)


Position = Annotated[Near | None, Depends(get_near)]
