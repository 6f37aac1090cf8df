"""Why nothing is free, and who else has time, in a patient's words."""

from __future__ import annotations

from dataclasses import dataclass

from appointment_app.i18n import format_moment, t
from appointment_app.scheduling.alternatives import Alternative
from appointment_app.scheduling.nothing_free import NothingFree, Reason
from appointment_app.states.address import address


@dataclass(frozen=True)
class OtherRow:
    """Somewhere else with a free time; ``href`` is the page of that doctor there."""

    name: str = ""
    place: str = ""
    when: str = ""
    href: str = ""


def reason_sentence(nothing: NothingFree, *, ever: bool) -> str:
    """Return the reason; ``ever`` tells that there is a free time on a later day."""
    sentences = {
        Reason.PATIENT_LIMIT: t(
            "You already have as many appointments with this doctor as can be booked online."
        ),
        Reason.NO_GAP: t("There is some time left, but no gap as long as this visit."),
        Reason.NO_RESOURCE: t(
            "The doctor has time left, but every room or device for this visit is taken then."
        ),
        Reason.FULL: t("All times in this week are taken."),
        Reason.TOO_SOON: t("It is too late to book a time in this week."),
        Reason.BEYOND_HORIZON: t("This week cannot be booked yet."),
        Reason.CLOSED: t("The doctor receives nobody in this week."),
    }
    if ever:
        return sentences[nothing.reason]
    return {
        **sentences,
        Reason.FULL: t("All times are taken, as far ahead as can be booked."),
        Reason.TOO_SOON: t("It is too late to book the times that are left."),
        Reason.CLOSED: t("The doctor receives nobody at this clinic at the moment."),
    }[nothing.reason]


def other_row(alternative: Alternative) -> OtherRow:
    """Return an alternative in words."""
    offer = alternative.offer
    return OtherRow(
        name=alternative.doctor,
        place=f"{alternative.clinic}, {alternative.city} · {alternative.visit_type}",
        when=format_moment(alternative.first_free, alternative.zone),
        href=address(
            "/doctor",
            id=offer.doctor_id,
            clinic=offer.clinic_id,
            type=offer.visit_type_id,
            day=alternative.first_day,
        ),
    )
