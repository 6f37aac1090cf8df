"""A family: the people whom somebody books for, who may have no account of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, login_sessions
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact_details import Unreadable, read_name
from appointment_app.accounts.policy import Action, require
from appointment_app.accounts.profile_data import read_birth_date
from appointment_app.database import transactional
from appointment_app.errors import DomainError, Forbidden, Invalid, NotFound
from appointment_app.i18n import t
from appointment_app.models import Appointment, Guardianship, Kinship, Person, row_id

MOST_DEPENDENTS = 20


class StillNeeded(DomainError):
    """Nobody else could look after the appointments of somebody who is to leave the family."""

    code = "STILL_NEEDED"

    def __init__(self, name: str, upcoming: int) -> None:
        super().__init__(
            t(
                "{name} has an appointment to come, and only you can look after it."
                " Cancel it first, or let somebody else of the family look after {name} too.",
                name=name,
            )
            if upcoming == 1
            else t(
                "{name} has {count} appointments to come, and only you can look after them."
                " Cancel them first, or let somebody else of the family look after {name} too.",
                name=name,
                count=upcoming,
            )
        )


@dataclass(frozen=True, slots=True)
class FamilyPerson:
    """Somebody to book for (public id)."""

    id: UUID
    name: str
    is_self: bool


@dataclass(frozen=True, slots=True)
class Dependent:
    """Somebody whom the actor is guardian of; ``others`` are the names of the other guardians."""

    id: UUID
    name: str
    birth_date: date | None
    kinship: Kinship | None
    others: tuple[str, ...]
    has_account: bool
    upcoming: int


@dataclass(frozen=True, slots=True)
class Guardian:
    """Somebody who may act for the actor."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Family:
    """The actor's dependents by name, and the guardians that the actor has."""

    dependents: tuple[Dependent, ...]
    guardians: tuple[Guardian, ...]


async def list_family(session: AsyncSession, actor: Actor) -> Family:
    """Return the actor's family. Raises ``LoginRequired``, ``Forbidden``."""
    own = _own_person(actor)
    links = (
        select(Guardianship, Person)
        .join(Person, col(Person.id) == Guardianship.dependent_id)
        .where(Guardianship.guardian_id == own, col(Guardianship.ended_at).is_(None))
        .order_by(Person.given_name, Person.family_name, col(Person.id))
    )
    rows = (await session.exec(links)).all()
    ids = [row_id(person) for _, person in rows]
    others = await _other_guardians(session, ids, own)
    upcoming = await _upcoming(session, ids)
    dependents = tuple(
        Dependent(
            id=person.public_id,
            name=person.full_name,
            birth_date=person.birth_date,
            kinship=Kinship(link.kinship) if link.kinship else None,
            others=tuple(others[row_id(person)]),
            has_account=person.user_id is not None,
            upcoming=upcoming.get(row_id(person), 0),
        )
        for link, person in rows
    )
    return Family(dependents, await _guardians_of(session, own))


async def people_to_book_for(session: AsyncSession, actor: Actor) -> list[FamilyPerson]:
    """Return the actor and then their dependents, by name; nobody for who is no patient."""
    if actor.person_id is None:
        return []
    people = {actor.person_id, *actor.dependents}
    statement = select(Person).where(col(Person.id).in_(people), col(Person.active))
    found = [
        FamilyPerson(each.public_id, each.full_name, each.id == actor.person_id)
        for each in await session.exec(statement)
    ]
    return sorted(found, key=lambda each: (not each.is_self, each.name.casefold()))


async def acting_for(session: AsyncSession, actor: Actor, person_id: UUID | None) -> Actor:
    """Return the actor as they look for a time for a person (public id), by default themselves.

    Raises ``NotFound`` for somebody whom they may not act for. Nobody in particular stays that.
    """
    if not actor.is_somebody:
        return actor
    if person_id is None:
        return replace(actor, patient_id=actor.person_id)
    statement = select(Person.id).where(Person.public_id == person_id, col(Person.active))
    found = (await session.exec(statement)).first()
    if found is None or found not in {actor.person_id, *actor.dependents}:
        raise NotFound
    return replace(actor, patient_id=found)


async def add_dependent(session: AsyncSession, actor: Actor, typed: Mapping[str, str]) -> UUID:
    """Add somebody without an account to the actor's family; return their public id.

    ``typed`` holds ``given_name``, ``family_name``, ``birth_date`` and ``kinship``. Raises
    ``LoginRequired``, ``Forbidden``, ``Invalid``.
    """
    added = await _add(session, actor, typed)
    login_sessions.forget_logins(user_id=actor.user_id)
    return added


async def end_guardianship(session: AsyncSession, actor: Actor, person_id: UUID) -> None:
    """End what links the actor and another person (public id), whichever is the guardian.

    What was booked stays. Raises ``LoginRequired``, ``Forbidden``, ``NotFound``, and
    ``StillNeeded`` when nobody else could look after the appointments of a dependent.
    """
    for user_id in await _end(session, actor, person_id):
        login_sessions.forget_logins(user_id=user_id)


async def guardians_of(session: AsyncSession, person_id: int) -> set[int]:
    """Return who acts for a person today besides themselves (internal ids)."""
    statement = select(Guardianship.guardian_id).where(
        Guardianship.dependent_id == person_id, col(Guardianship.ended_at).is_(None)
    )
    return set(await session.exec(statement))


@transactional
async def change_kinship(
    session: AsyncSession, actor: Actor, person_id: UUID, kinship: str
) -> None:
    """Say anew what a dependent (public id) is to the actor; the same again changes nothing.

    Raises ``LoginRequired``, ``Forbidden``, ``NotFound``, ``Invalid`` for the field ``kinship``.
    """
    own = _own_person(actor)
    by_id = select(Person.id).where(Person.public_id == person_id)
    other = (await session.exec(by_id)).first()
    link = await session.get(Guardianship, (own, other or 0), with_for_update=True)
    if link is None or link.ended_at is not None:
        raise NotFound
    try:
        wanted = Kinship(kinship)
    except ValueError as unknown:
        raise Invalid({"kinship": t("Please choose who that is to you.")}) from unknown
    if link.kinship != wanted:
        link.kinship = wanted
        session.add(link)
        _record(session, actor, "kinship.changed", link.dependent_id)


@transactional
async def _add(session: AsyncSession, actor: Actor, typed: Mapping[str, str]) -> UUID:
    own = _own_person(actor)
    guardian = await session.get_one(Person, own)
    if len(actor.dependents) >= MOST_DEPENDENTS:
        sentence = t("A family can have {limit} people here.", limit=MOST_DEPENDENTS)
        raise Invalid({"given_name": sentence})
    given_name, family_name, birth_date, kinship = _read(typed)
    person = Person(
        given_name=given_name,
        family_name=family_name,
        birth_date=birth_date,
        language=guardian.language,
    )
    session.add(person)
    await session.flush()
    session.add(Guardianship(guardian_id=own, dependent_id=row_id(person), kinship=kinship))
    _record(session, actor, "dependent.added", row_id(person))
    return person.public_id


@transactional
async def _end(session: AsyncSession, actor: Actor, person_id: UUID) -> list[int]:
    """Return the users for whom something changed."""
    own = _own_person(actor)
    other = (await session.exec(select(Person).where(Person.public_id == person_id))).first()
    if other is None:
        raise NotFound
    pairs = ((own, row_id(other)), (row_id(other), own))
    links = [await session.get(Guardianship, pair, with_for_update=True) for pair in pairs]
    open_links = [link for link in links if link is not None and link.ended_at is None]
    if not open_links:
        raise NotFound
    for link in open_links:
        if link.guardian_id == own and other.user_id is None:
            await _require_somebody_else(session, other, own)
        link.ended_at = clock.now()
        session.add(link)
        _record(session, actor, "guardianship.ended", link.dependent_id)
    return [user for user in (actor.user_id, other.user_id) if user is not None]


async def _require_somebody_else(session: AsyncSession, person: Person, own: int) -> None:
    upcoming = (await _upcoming(session, [row_id(person)])).get(row_id(person), 0)
    if upcoming and not (await _other_guardians(session, [row_id(person)], own))[row_id(person)]:
        raise StillNeeded(person.full_name, upcoming)


def _own_person(actor: Actor) -> int:
    require(actor, Action.MANAGE_FAMILY)
    if actor.person_id is None:
        raise Forbidden
    return actor.person_id


def _read(typed: Mapping[str, str]) -> tuple[str, str, date | None, Kinship]:
    errors: dict[str, str] = {}
    names = dict.fromkeys(("given_name", "family_name"), "")
    for field in names:
        try:
            names[field] = read_name(typed.get(field, ""))
        except Unreadable as unreadable:
            errors[field] = str(unreadable)
    birth_date, kinship = None, Kinship.OTHER
    try:
        birth_date = read_birth_date(typed.get("birth_date", ""))
        if birth_date is None:
            errors["birth_date"] = t("Please enter the day of birth, such as 1984-05-23.")
    except Unreadable as unreadable:
        errors["birth_date"] = str(unreadable)
    try:
        kinship = Kinship(typed.get("kinship", ""))
    except ValueError:
        errors["kinship"] = t("Please choose who that is to you.")
    if errors:
        raise Invalid(errors)
    return names["given_name"], names["family_name"], birth_date, kinship


async def _other_guardians(
    session: AsyncSession, dependents: list[int], own: int
) -> defaultdict[int, list[str]]:
    statement = (
        select(Guardianship.dependent_id, Person)
        .join(Person, col(Person.id) == Guardianship.guardian_id)
        .where(
            col(Guardianship.dependent_id).in_(dependents),
            Guardianship.guardian_id != own,
            col(Guardianship.ended_at).is_(None),
        )
        .order_by(col(Person.id))
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for dependent_id, guardian in await session.exec(statement):
        found[dependent_id].append(guardian.full_name)
    return found


async def _guardians_of(session: AsyncSession, own: int) -> tuple[Guardian, ...]:
    statement = (
        select(Person)
        .join(Guardianship, col(Guardianship.guardian_id) == Person.id)
        .where(Guardianship.dependent_id == own, col(Guardianship.ended_at).is_(None))
        .order_by(Person.given_name, col(Person.id))
    )
    return tuple(Guardian(each.public_id, each.full_name) for each in await session.exec(statement))


async def _upcoming(session: AsyncSession, people: list[int]) -> dict[int, int]:
    """Return how many appointments to come each of the people has who has any."""
    statement = (
        select(Appointment.person_id, func.count())
        .where(
            col(Appointment.person_id).in_(people),
            col(Appointment.active),
            Appointment.ends_at > clock.now(),
        )
        .group_by(col(Appointment.person_id))
    )
    return dict((await session.exec(statement)).all())


def _record(session: AsyncSession, actor: Actor, deed: str, person_id: int) -> None:
    audit.record(
        session, actor, deed, record_type="person", record_id=person_id, person_id=person_id
    )
