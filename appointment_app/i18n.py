"""Sentences and their translations, dates and times as a reader of a language writes them.

The English sentence is the message id of the gettext catalogues in ``locales/``.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates
from babel.support import NullTranslations, Translations

from appointment_app.texts import search_form

DEFAULT_LOCALE = "en"
_CATALOGUES = Path(__file__).parent / "locales"
_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)

# Unions, and codes that are kept for tests and for what is unknown.
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def use_locale(locale: str) -> None:
    """Make ``locale`` (such as ``en`` or ``de``) the language of the current task.

    A language without a catalogue becomes English, so that dates and sentences agree.
    """
    _locale.set(locale if locale in _languages() else DEFAULT_LOCALE)


def current_locale() -> str:
    """Return the language of the current task."""
    return _locale.get()


def t(sentence: str, **values: object) -> str:
    """Return ``sentence`` in the current language, its ``{names}`` filled with ``values``."""
    translated = _catalogue(_locale.get()).ugettext(sentence)
    return translated.format(**values) if values else translated


def format_date(day: date, pattern: str = "EEE d MMM") -> str:
    """Return ``day`` in the current language; ``pattern`` is a CLDR skeleton or pattern."""
    return dates.format_date(day, pattern, locale=_clock_locale())


def days_text(first: date, last: date) -> str:
    """Return one day or a stretch of days, such as ``24–25 Dec``."""
    if first == last:
        return format_date(first, "d MMM")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{format_date(last, 'd MMM')}"
    return f"{format_date(first, 'd MMM')} – {format_date(last, 'd MMM')}"


def format_time(moment: datetime, zone: str) -> str:
    """Return the wall-clock time of ``moment`` in the IANA ``zone``, such as ``15:30``."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def format_moment(moment: datetime, zone: str) -> str:
    """Return day and time of ``moment`` in ``zone``, such as ``Monday 23 November 2026, 15:30``."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{format_date(local.date(), 'EEEE d MMMM y')}, {local:%H:%M}"


def language_name(code: str) -> str:
    """Return what a language (ISO 639-1) is called in the current language, such as ``German``."""
    return str(_clock_locale().languages.get(code, code))


def country_name(code: str) -> str:
    """Return what a country (ISO 3166-1) is called in the current language, such as ``Germany``."""
    return str(_clock_locale().territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Return all countries, code (ISO 3166-1) and name, sorted by name."""
    named = _clock_locale().territories.items()
    found = [(code, name) for code, name in named if len(code) == 2 and code not in _NO_COUNTRIES]
    return sorted(found, key=lambda country: search_form(country[1]))


def zone_city(zone: str) -> str:
    """Return the readable name of an IANA zone, such as ``New York``."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _clock_locale() -> Locale:
    return _parsed(_locale.get())


@lru_cache
def _parsed(locale: str) -> Locale:
    return Locale.parse(locale)


@lru_cache
def _languages() -> frozenset[str]:
    """Return the languages that have a catalogue."""
    return frozenset(folder.name for folder in _CATALOGUES.glob("*/"))


@lru_cache
def _catalogue(locale: str) -> NullTranslations:
    return Translations.load(str(_CATALOGUES), [locale])
