"""The standard list of specialties, with the words by which a patient would look for them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Specialty


@dataclass(frozen=True, slots=True)
class StandardSpecialty:
    """A specialty; ``code`` never changes."""

    code: str
    name: str
    search_words: str


STANDARD_SPECIALTIES = tuple(
    StandardSpecialty(*each)
    for each in (
        (
            "general-practice",
            "General practice",
            "family doctor gp physician cold flu fever cough check-up vaccination sick note",
        ),
        (
            "dermatology",
            "Dermatology",
            "skin rash mole acne eczema itching hair nails skin doctor dermatologist",
        ),
        (
            "allergology",
            "Allergology",
            "allergy hay fever pollen asthma food intolerance sneezing allergist",
        ),
        (
            "paediatrics",
            "Paediatrics",
            "child children baby kids pediatrics pediatrician children's doctor vaccination growth",
        ),
        (
            "gynaecology",
            "Gynaecology",
            "women gynecology gynecologist pregnancy pregnant period contraception pill smear test",
        ),
        (
            "orthopaedics",
            "Orthopaedics",
            "bones joints back knee hip shoulder foot pain sports injury orthopedics orthopedist",
        ),
        (
            "ophthalmology",
            "Eye care",
            "eye eyes vision sight glasses contact lenses cataract ophthalmologist eye doctor",
        ),
        (
            "cardiology",
            "Cardiology",
            "heart blood pressure chest pain palpitations circulation cardiologist ecg",
        ),
        (
            "ear-nose-throat",
            "Ear, nose and throat",
            "ent hearing tinnitus sinus tonsils hoarse snoring otolaryngologist",
        ),
        (
            "neurology",
            "Neurology",
            "headache migraine nerves dizziness epilepsy stroke numbness neurologist",
        ),
        (
            "psychiatry",
            "Psychiatry and psychotherapy",
            "depression anxiety sleep stress burnout mental health psychiatrist therapist",
        ),
        (
            "gastroenterology",
            "Gastroenterology",
            "stomach bowel belly digestion heartburn colonoscopy liver gastroenterologist",
        ),
        (
            "urology",
            "Urology",
            "bladder kidney prostate urine men urologist",
        ),
        (
            "endocrinology",
            "Endocrinology",
            "thyroid diabetes hormones blood sugar endocrinologist",
        ),
        (
            "pulmonology",
            "Pulmonology",
            "lungs breath breathing asthma cough copd lung doctor pulmonologist",
        ),
        (
            "dentistry",
            "Dentistry",
            "tooth teeth toothache gums dental check-up cleaning dentist",
        ),
        (
            "physiotherapy",
            "Physiotherapy",
            "exercise muscles back neck rehabilitation massage physiotherapist",
        ),
        (
            "radiology",
            "Radiology",
            "x-ray mri ct scan ultrasound imaging radiologist",
        ),
    )
)


async def add_standard_specialties(session: AsyncSession) -> None:
    """Add to the caller's transaction each specialty of the standard list that is missing."""
    known = set(await session.exec(select(Specialty.code)))
    session.add_all(
        Specialty(code=each.code, name=each.name, search_words=each.search_words)
        for each in STANDARD_SPECIALTIES
        if each.code not in known
    )
