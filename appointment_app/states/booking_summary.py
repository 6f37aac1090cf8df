"""What the booking form says will be booked."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from appointment_app.errors import NotFound
from appointment_app.i18n import format_date, format_moment, format_time
from appointment_app.models import VisitMode
from appointment_app.scheduling.doctors import ClinicView, DoctorView, VisitTypeView
from appointment_app.scheduling.slots import Offer
from appointment_app.states.address import address
from appointment_app.states.booking_address import Wish
from appointment_app.states.doctor_words import places_left
from appointment_app.states.wording import initials, own_time, zone_note


@dataclass(frozen=True)
class Summary:
    """What will be booked, in words; ``own_time`` where the visitor's clock differs."""

    doctor_name: str = ""
    doctor_initials: str = ""
    specialties: str = ""
    clinic_name: str = ""
    address: str = ""
    is_video: bool = False
    when: str = ""
    short_when: str = ""
    own_time: str = ""
    zone: str = ""
    needs_confirmation: bool = False
    price: str = ""
    places: str = ""
    other_times: str = "/"


def chosen_offer(doctor: DoctorView, offer: Offer) -> tuple[ClinicView, VisitTypeView]:
    """Return where and what of the doctor's is offered; raises ``NotFound``."""
    clinics = [clinic for clinic in doctor.clinics if clinic.id == offer.clinic_id]
    offered = doctor.visit_types_at(offer.clinic_id)
    visit_types = [each for each in offered if each.id == offer.visit_type_id]
    if not clinics or not visit_types:
        raise NotFound
    return clinics[0], visit_types[0]


def summary_of(
    doctor: DoctorView,
    clinic: ClinicView,
    visit_type: VisitTypeView,
    wish: Wish,
    own_zone: str,
    seats_left: int | None,
) -> Summary:
    """Return in words what ``wish`` asks for."""
    offer, starts_at, zone = wish.offer, wish.starts_at, clinic.zone
    day = starts_at.astimezone(ZoneInfo(zone)).date()
    return Summary(
        doctor_name=doctor.name,
        doctor_initials=initials(doctor.name),
        specialties=", ".join(doctor.specialties),
        clinic_name=clinic.name,
        address=clinic.address,
        is_video=visit_type.mode is VisitMode.VIDEO,
        when=format_moment(starts_at, zone),
        short_when=f"{format_date(day)}, {format_time(starts_at, zone)}",
        own_time=own_time(starts_at, zone, own_zone),
        zone=zone_note(zone),
        needs_confirmation=visit_type.needs_confirmation,
        price=visit_type.price,
        places=places_left(seats_left),
        other_times=address(
            "/doctor", id=offer.doctor_id, clinic=clinic.id, type=visit_type.id, day=day
        ),
    )
