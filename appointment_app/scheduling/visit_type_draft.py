"""A visit type as somebody fills it in, and what makes it sound."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit
from uuid import UUID

from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.models import BookableBy, VisitMode
from appointment_app.texts import fit

NAME_LIMIT = 80
LINK_LIMIT = 500
PRICE_LIMIT = 80
SHORTEST, LONGEST = 5, 480
LONGEST_PAUSE = 240
MOST_SEATS = 200
# Minutes from one start to the next; None is one visit after the other.
STEPS = (None, 5, 10, 15, 20, 30)


@dataclass(frozen=True, slots=True)
class VisitTypeDraft:
    """A visit type as somebody fills it in; durations, pauses and the step in minutes.

    ``capacity`` patients share one time; ``clinics`` (public ids) limit where it is offered,
    none of them do not. Of the ``resources`` (public ids) a visit in person takes one of each
    kind, where there are any.
    """

    name: str
    duration: int
    mode: VisitMode = VisitMode.IN_PERSON
    join_link: str = ""
    needs_confirmation: bool = False
    pause_before: int = 0
    pause_after: int = 0
    step: int | None = None
    capacity: int = 1
    price: str = ""
    bookable_by: BookableBy = BookableBy.EVERYBODY
    clinics: frozenset[UUID] = frozenset()
    resources: frozenset[UUID] = frozenset()


# What stands in the row of the visit type itself.
STORED_FIELDS = tuple(
    each.name for each in fields(VisitTypeDraft) if each.name not in {"clinics", "resources"}
)


def sound_draft(
    draft: VisitTypeDraft, other_names: Collection[str], clinics: AbstractSet[UUID]
) -> VisitTypeDraft:
    """Return ``draft`` trimmed; raises ``Invalid`` with a sentence for each wrong field.

    ``other_names`` are of the doctor's other visit types, ``clinics`` those of the doctor.
    """
    name, link = " ".join(fit(draft.name).split()), draft.join_link.strip()
    price = " ".join(fit(draft.price).split())
    video = draft.mode is VisitMode.VIDEO
    errors = {
        "name": _name_error(name, other_names),
        "duration": _minutes_error(draft.duration, SHORTEST, LONGEST),
        "join_link": _link_error(link) if video else "",
        "pause_before": _minutes_error(draft.pause_before, 0, LONGEST_PAUSE),
        "pause_after": _minutes_error(draft.pause_after, 0, LONGEST_PAUSE),
        "step": "" if draft.step in STEPS else t("Please choose one of the steps."),
        "capacity": _seats_error(draft.capacity),
        "price": _length_error(price, PRICE_LIMIT),
        "clinics": "" if draft.clinics <= clinics else t("Please choose among your clinics."),
    }
    if wrong := {field: sentence for field, sentence in errors.items() if sentence}:
        raise Invalid(wrong)
    return replace(
        draft,
        name=name,
        join_link=link if video else "",
        price=price,
        # Offered at all of them means: also at those that are still to come.
        clinics=frozenset() if draft.clinics == clinics else draft.clinics,
        resources=frozenset() if video else draft.resources,
    )


def _name_error(name: str, other_names: Collection[str]) -> str:
    if not name:
        return t("Please give the visit a name.")
    if any(other.casefold() == name.casefold() for other in other_names):
        return t("You already have a visit type of this name.")
    return _length_error(name, NAME_LIMIT)


def _length_error(text: str, limit: int) -> str:
    return "" if len(text) <= limit else t("Please use at most {limit} characters.", limit=limit)


def _minutes_error(minutes: int, least: int, most: int) -> str:
    if least <= minutes <= most:
        return ""
    return t("Please give {least} to {most} minutes.", least=least, most=most)


def _seats_error(seats: int) -> str:
    if 1 <= seats <= MOST_SEATS:
        return ""
    return t("Please give 1 to {most} places.", most=MOST_SEATS)


def _link_error(link: str) -> str:
    """Return what is wrong with an address that patients and doctor will open."""
    if not link:
        return t("Please give the link at which you meet the patient.")
    if len(link) > LINK_LIMIT:
        return t("Please use at most {limit} characters.", limit=LINK_LIMIT)
    try:
        parts = urlsplit(link)
        sound = parts.scheme == "https" and bool(parts.hostname) and not parts.username
    except ValueError:
        sound = False
    if not sound or not link.isprintable() or " " in link:
        return t("Please give a link that begins with https://")
    return ""
