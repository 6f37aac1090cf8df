"""The standard list of specialties, with the words by which a patient would look for them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import transactional
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
            "family doctor gp physician house cold flu fever cough sore throat tired"
            " check-up checkup vaccination blood test sick note prescription",
        ),
        (
            "dermatology",
            "Dermatology",
            "skin rash mole acne eczema psoriasis itching itchy wart spots hair loss nails"
            " skin doctor dermatologist",
        ),
        (
            "allergology",
            "Allergology",
            "allergy hay fever pollen asthma food intolerance sneezing allergist",
        ),
        (
            "paediatrics",
            "Paediatrics",
            "child children baby babies kid kids toddler infant pediatrics pediatrician"
            " children's doctor vaccination growth",
        ),
        (
            "gynaecology",
            "Gynaecology",
            "woman women women's gynecology gynecologist obstetrics pregnancy pregnant period"
            " menopause contraception pill smear test breast",
        ),
        (
            "orthopaedics",
            "Orthopaedics",
            "bone bones joint joints back pain spine neck knee hip shoulder elbow hand foot ankle"
            " fracture broken sports injury arthrosis orthopedics orthopedist",
        ),
        (
            "ophthalmology",
            "Eye care",
            "eye eyes vision sight seeing glasses contact lenses cataract glaucoma"
            " ophthalmologist optician eye doctor",
        ),
        (
            "cardiology",
            "Cardiology",
            "heart blood pressure hypertension chest pain palpitations circulation ecg"
            " cardiologist",
        ),
        (
            "ear-nose-throat",
            "Ear, nose and throat",
            "ent ear ears earache hearing deaf tinnitus nose sinus throat tonsils hoarse snoring"
            " voice otolaryngologist",
        ),
        (
            "neurology",
            "Neurology",
            "head headache migraine brain nerve nerves dizzy dizziness epilepsy stroke numbness"
            " memory tremor neurologist",
        ),
        (
            "psychiatry",
            "Psychiatry and psychotherapy",
            "depression depressed anxiety panic sleep stress burnout mental health psychiatrist"
            " psychologist psychotherapist therapist therapy addiction",
        ),
        (
            "gastroenterology",
            "Gastroenterology",
            "stomach bowel belly tummy abdominal pain digestion diarrhoea constipation"
            " heartburn reflux colonoscopy gastroscopy liver gastroenterologist",
        ),
        (
            "urology",
            "Urology",
            "bladder kidney stones prostate urine peeing incontinence testicles man men vasectomy"
            " urologist",
        ),
        (
            "endocrinology",
            "Endocrinology",
            "thyroid diabetes diabetic hormone hormones blood sugar metabolism endocrinologist",
        ),
        (
            "pulmonology",
            "Pulmonology",
            "lung lungs breath breathing breathless asthma cough copd lung doctor pneumology"
            " pulmonologist",
        ),
        (
            "dentistry",
            "Dentistry",
            "tooth teeth toothache mouth gums filling crown implant dental cleaning"
            " check-up checkup dentist",
        ),
        (
            "physiotherapy",
            "Physiotherapy",
            "exercise muscle muscles back pain neck shoulder rehabilitation rehab massage physio"
            " physical therapy physiotherapist",
        ),
        (
            "radiology",
            "Radiology",
            "x-ray xray mri ct scan ultrasound mammography imaging radiologist",
        ),
        (
            "internal-medicine",
            "Internal medicine",
            "inner organs internist fatigue weight loss blood pressure check-up checkup",
        ),
        (
            "nephrology",
            "Nephrology",
            "kidney kidneys dialysis nephrologist",
        ),
        (
            "rheumatology",
            "Rheumatology",
            "rheumatism arthritis swollen joints gout lupus autoimmune rheumatologist",
        ),
        (
            "haematology",
            "Haematology",
            "blood anaemia anemia clotting lymph hematology haematologist",
        ),
        (
            "oncology",
            "Oncology",
            "cancer tumour tumor lump chemotherapy oncologist",
        ),
        (
            "infectious-diseases",
            "Infectious diseases",
            "infection hiv hepatitis fever std sti sexually transmitted",
        ),
        (
            "travel-medicine",
            "Travel medicine",
            "travel vaccination malaria tropical yellow fever tropics",
        ),
        (
            "surgery",
            "Surgery",
            "surgeon operation hernia gallbladder appendix wound cut abscess",
        ),
        (
            "vascular-medicine",
            "Vascular medicine",
            "veins varicose legs swollen thrombosis arteries angiology phlebology",
        ),
        (
            "neurosurgery",
            "Neurosurgery",
            "slipped disc herniated spine brain operation neurosurgeon",
        ),
        (
            "plastic-surgery",
            "Plastic surgery",
            "scars burns reconstruction cosmetic breast plastic surgeon",
        ),
        (
            "oral-surgery",
            "Oral and maxillofacial surgery",
            "wisdom tooth teeth jaw implant oral surgeon",
        ),
        (
            "orthodontics",
            "Orthodontics",
            "braces crooked teeth retainer aligner orthodontist",
        ),
        (
            "proctology",
            "Proctology",
            "haemorrhoids hemorrhoids piles anus bleeding fissure proctologist",
        ),
        (
            "pain-medicine",
            "Pain medicine",
            "pain chronic back pain fibromyalgia nerve pain specialist",
        ),
        (
            "anaesthesiology",
            "Anaesthesiology",
            "anaesthetic anesthesia before operation anaesthetist",
        ),
        (
            "sports-medicine",
            "Sports medicine",
            "sport sports injury fitness training runner athlete performance test",
        ),
        (
            "geriatrics",
            "Geriatrics",
            "old age elderly falls dementia memory geriatrician",
        ),
        (
            "sleep-medicine",
            "Sleep medicine",
            "sleep insomnia snoring apnoea apnea tired",
        ),
        (
            "child-psychiatry",
            "Child and adolescent psychiatry",
            "child teenager school adhd autism behaviour anxiety",
        ),
        (
            "psychology",
            "Psychology",
            "psychologist counselling counseling talking therapy grief trauma couples stress",
        ),
        (
            "fertility",
            "Fertility medicine",
            "fertility baby wish for a child ivf pregnant infertility",
        ),
        (
            "midwifery",
            "Midwifery",
            "midwife birth pregnancy pregnant breastfeeding newborn",
        ),
        (
            "human-genetics",
            "Human genetics",
            "genes hereditary inherited family risk genetic test",
        ),
        (
            "nuclear-medicine",
            "Nuclear medicine",
            "thyroid scan scintigraphy pet radioiodine",
        ),
        (
            "occupational-medicine",
            "Occupational medicine",
            "work job fitness company doctor driving licence medical",
        ),
        (
            "urgent-care",
            "Urgent care",
            "urgent emergency today accident acute walk-in",
        ),
        (
            "palliative-care",
            "Palliative care",
            "end of life hospice relief severe illness",
        ),
        (
            "addiction-medicine",
            "Addiction medicine",
            "alcohol drugs smoking quit gambling withdrawal",
        ),
        (
            "nutrition",
            "Nutrition and dietetics",
            "diet weight overweight obesity food dietitian nutritionist eating",
        ),
        (
            "podiatry",
            "Podiatry",
            "foot feet toe toenail ingrown callus diabetic podiatrist chiropodist",
        ),
        (
            "speech-therapy",
            "Speech and language therapy",
            "speech stutter voice swallowing language logopaedics",
        ),
        (
            "occupational-therapy",
            "Occupational therapy",
            "hand everyday movement coordination stroke ergotherapy",
        ),
        (
            "audiology",
            "Audiology",
            "hearing aid deaf hearing test ear audiologist",
        ),
        (
            "optometry",
            "Optometry",
            "glasses eye test contact lenses optometrist optician",
        ),
        (
            "osteopathy",
            "Osteopathy and chiropractic",
            "back pain blocked spine manual osteopath chiropractor",
        ),
    )
)


async def add_standard_specialties(session: AsyncSession) -> None:
    """Bring the standard list up to date in the caller's transaction.

    What is missing is added, and what is there gets the words by which it is found today.
    """
    known = {row.code: row for row in await session.exec(select(Specialty))}
    for each in STANDARD_SPECIALTIES:
        row = known.get(each.code) or Specialty(code=each.code, name=each.name)
        row.search_words = each.search_words
        session.add(row)


async def renew_standard_specialties(session: AsyncSession) -> bool:
    """Bring the list up to date where a program of an earlier version wrote it; tells whether.

    One without any specialty gets them with its first clinic. Several processes may do this at
    once, and nothing is written where nothing is missing.
    """
    async with session.begin():
        stored = dict((await session.exec(select(Specialty.code, Specialty.search_words))).all())
    wanted = {each.code: each.search_words for each in STANDARD_SPECIALTIES}
    if not stored or wanted.items() <= stored.items():
        return False
    try:
        await _renew(session)
    except IntegrityError:  # another process was faster
        return False
    return True


@transactional
async def _renew(session: AsyncSession) -> None:
    await add_standard_specialties(session)
