"""A visit type in words, as a form that is filled in, and back again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.models import BookableBy, ResourceKind, VisitMode
from appointment_app.scheduling.visit_type_draft import STEPS, VisitTypeDraft
from appointment_app.scheduling.visit_type_resources import ResourceChoice
from appointment_app.scheduling.visit_types import ClinicChoice, VisitTypeItem
from appointment_app.states.wording import MODE_NAMES

T = TypeVar("T")

BOOKABLE_BY_NAMES = {
    BookableBy.EVERYBODY: t("Everybody"),
    BookableBy.KNOWN_PATIENTS: t("Only patients I have seen"),
    BookableBy.STAFF: t("Only I and the clinic"),
}
STEP_NAMES = {
    str(step or ""): t("Every {minutes} minutes", minutes=step)
    if step
    else t("One after the other")
    for step in STEPS
}
# The fields that most visit types leave as they are, and that the form folds away.
FOLDED = (
    "bookable_by",
    "step",
    "capacity",
    "clinics",
    "pause_before",
    "pause_after",
    "resources",
)

_WHO_MAY_BOOK = {
    BookableBy.KNOWN_PATIENTS: t("for your patients"),
    BookableBy.STAFF: t("only you book it"),
}


@dataclass(frozen=True)
class VisitTypeRow:
    """One line of the list, in words."""

    id: str = ""
    name: str = ""
    facts: str = ""
    is_video: bool = False
    active: bool = True
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True)
class CheckBox:
    """A clinic, a room or a device that can be chosen for the visit type, and whether it is."""

    name: str
    label: str
    checked: bool


@dataclass(frozen=True)
class ResourceGroup:
    """The rooms, or the devices, of a clinic, and which of them suit the visit type."""

    clinic: str
    boxes: list[CheckBox]


@dataclass(frozen=True)
class Choices:
    """What a doctor can choose from for their visit types."""

    clinics: Sequence[ClinicChoice] = ()
    resources: Sequence[ResourceChoice] = ()


@dataclass(frozen=True)
class VisitTypeForm:
    """What the dialog is opened with; ``number`` makes each opening a fresh form.

    ``unfolded`` shows the rare things from the start: one of them is set. ``clinics`` is empty
    where there is nothing to choose, as are ``rooms`` and ``devices``.
    """

    number: int = 0
    title: str = ""
    name: str = ""
    duration: str = "30"
    join_link: str = ""
    price: str = ""
    needs_confirmation: bool = False
    pause_before: str = "0"
    pause_after: str = "0"
    bookable_by: str = BookableBy.EVERYBODY.value
    step: str = ""
    capacity: str = "1"
    clinics: list[CheckBox] = field(default_factory=list)
    rooms: list[ResourceGroup] = field(default_factory=list)
    devices: list[ResourceGroup] = field(default_factory=list)
    unfolded: bool = False


def row_of(item: VisitTypeItem, choices: Choices, *, is_first: bool, is_last: bool) -> VisitTypeRow:
    """Return a line of the list: what the visit is, and what differs from the ordinary."""
    draft = item.draft
    facts = [
        t("{minutes} min", minutes=draft.duration),
        MODE_NAMES[draft.mode],
        draft.price,
        t("group of {seats}", seats=draft.capacity) if draft.capacity > 1 else "",
        _WHO_MAY_BOOK.get(draft.bookable_by, ""),
        _where(draft, choices.clinics),
        _with(draft, choices.resources),
        t("you confirm each booking") if draft.needs_confirmation else "",
        t("starts every {minutes} min", minutes=draft.step) if draft.step else "",
        t("{minutes} min pause before", minutes=draft.pause_before) if draft.pause_before else "",
        t("{minutes} min pause after", minutes=draft.pause_after) if draft.pause_after else "",
    ]
    return VisitTypeRow(
        id=str(item.id),
        name=draft.name,
        facts=" · ".join(filter(None, facts)),
        is_video=draft.mode is VisitMode.VIDEO,
        active=item.active,
        is_first=is_first,
        is_last=is_last,
    )


def _where(draft: VisitTypeDraft, clinics: Sequence[ClinicChoice]) -> str:
    if not draft.clinics:
        return ""
    names = [clinic.name for clinic in clinics if clinic.id in draft.clinics]
    # A clinic that the doctor has left is none of the choices.
    return t("only at {clinics}", clinics=", ".join(names)) if names else t("at no clinic")


def _with(draft: VisitTypeDraft, resources: Sequence[ResourceChoice]) -> str:
    kinds = {each.kind for each in resources if each.id in draft.resources}
    return {
        frozenset({ResourceKind.ROOM}): t("needs a room"),
        frozenset({ResourceKind.DEVICE}): t("needs a device"),
        frozenset(ResourceKind): t("needs a room and a device"),
    }.get(frozenset(kinds), "")


def new_form(choices: Choices) -> VisitTypeForm:
    """Return the form of a visit type that is added."""
    return VisitTypeForm(
        title=t("New visit type"),
        clinics=_boxes(choices.clinics, frozenset()),
        rooms=_groups(choices.resources, ResourceKind.ROOM, frozenset()),
        devices=_groups(choices.resources, ResourceKind.DEVICE, frozenset()),
    )


def form_of(item: VisitTypeItem, choices: Choices) -> VisitTypeForm:
    """Return the form of a visit type that is changed."""
    draft = item.draft
    ordinary = VisitTypeDraft(draft.name, draft.duration)
    return VisitTypeForm(
        title=t("Edit {name}", name=draft.name),
        name=draft.name,
        duration=str(draft.duration),
        join_link=draft.join_link,
        price=draft.price,
        needs_confirmation=draft.needs_confirmation,
        pause_before=str(draft.pause_before),
        pause_after=str(draft.pause_after),
        bookable_by=draft.bookable_by.value,
        step=str(draft.step or ""),
        capacity=str(draft.capacity),
        clinics=_boxes(choices.clinics, draft.clinics),
        rooms=_groups(choices.resources, ResourceKind.ROOM, draft.resources),
        devices=_groups(choices.resources, ResourceKind.DEVICE, draft.resources),
        unfolded=any(getattr(draft, name) != getattr(ordinary, name) for name in FOLDED),
    )


def draft_of(typed: dict[str, Any], choices: Choices, *, is_video: bool) -> VisitTypeDraft:
    """Return what was typed; raises ``Invalid`` where a number or a choice is none."""
    errors: dict[str, str] = {}

    def read(name: str, kind: Callable[[str], T], empty: T, sentence: str) -> T:
        text = str(typed.get(name, "")).strip()
        try:
            return kind(text) if text else empty
        except ValueError:
            errors[name] = sentence
            return empty

    def minutes(name: str) -> int:
        return read(name, int, 0, t("Please give a whole number of minutes."))

    chosen = [clinic for clinic in choices.clinics if typed.get(_box_name(clinic))]
    if len(choices.clinics) > 1 and not chosen:
        errors["clinics"] = t("Please choose at least one clinic.")
    draft = VisitTypeDraft(
        name=str(typed.get("name", "")),
        duration=minutes("duration"),
        mode=VisitMode.VIDEO if is_video else VisitMode.IN_PERSON,
        join_link=str(typed.get("join_link", "")),
        needs_confirmation=bool(typed.get("needs_confirmation")),
        pause_before=minutes("pause_before"),
        pause_after=minutes("pause_after"),
        step=minutes("step") or None,
        capacity=read("capacity", int, 1, t("Please give a whole number.")),
        price=str(typed.get("price", "")),
        bookable_by=read(
            "bookable_by", BookableBy, BookableBy.EVERYBODY, t("Please choose who may book.")
        ),
        clinics=frozenset(clinic.id for clinic in chosen),
        resources=frozenset(each.id for each in choices.resources if typed.get(_name(each))),
    )
    if errors:
        raise Invalid(errors)
    return draft


def _boxes(clinics: Iterable[ClinicChoice], chosen: frozenset[Any]) -> list[CheckBox]:
    boxes = [
        CheckBox(_box_name(clinic), clinic.name, checked=not chosen or clinic.id in chosen)
        for clinic in clinics
    ]
    return boxes if len(boxes) > 1 else []


def _groups(
    resources: Iterable[ResourceChoice], kind: ResourceKind, chosen: frozenset[Any]
) -> list[ResourceGroup]:
    boxes: dict[str, list[CheckBox]] = {}
    for each in resources:
        if each.kind is kind and (each.active or each.id in chosen):
            label = each.name if each.active else t("{name} (not in use)", name=each.name)
            box = CheckBox(_name(each), label, checked=each.id in chosen)
            boxes.setdefault(each.clinic, []).append(box)
    return [ResourceGroup(clinic, found) for clinic, found in boxes.items()]


def _name(resource: ResourceChoice) -> str:
    return f"resource-{resource.id}"


def _box_name(clinic: ClinicChoice) -> str:
    return f"clinic-{clinic.id}"
