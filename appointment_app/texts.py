"""Text as people type it, made fit to be stored and shown anywhere."""

from __future__ import annotations

import secrets
import unicodedata

_LAYOUT = {"\n", "\t"}
# Control characters (PostgreSQL refuses NUL) and lone surrogates (no database takes them).
_UNFIT = {"Cc", "Cs"}


def fit(text: str) -> str:
    """Return ``text`` trimmed, with lines ended by a newline alone and nothing unprintable."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in lines if c in _LAYOUT or unicodedata.category(c) not in _UNFIT)
    return "".join(kept).strip()


# Without what is taken for something else when it is read out: 0 and O, 1, I and L.
_READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def random_reference(length: int) -> str:
    """Return a random reference of that many signs that can be read out on the telephone."""
    return "".join(secrets.choice(_READABLE) for _ in range(length))


def number_in_groups(number: str) -> str:
    """Return a patient's number as it is read out: ABC-234-XYZ."""
    return "-".join(number[start : start + 3] for start in range(0, len(number), 3))


def in_groups(reference: str) -> str:
    """Return an appointment's reference as it is read out on the telephone: ABCD-2345."""
    return f"{reference[:4]}-{reference[4:]}"


SEARCH_LIMIT = 1000

# Letters that are not another one with a sign, as somebody types them who has not got them.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe"}
)
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def search_form(*texts: str) -> str:
    """Return texts as they are kept to be searched for a ``search_word``.

    Where an umlaut can be spelled in two ways, as in Müller, the form has both: muller mueller.
    """
    text = unicodedata.normalize("NFC", " ".join(texts)).casefold()
    plain, spelled = _without_signs(text), _without_signs(text.translate(_SPELLED_OUT))
    return (plain if plain == spelled else f"{plain} {spelled}")[:SEARCH_LIMIT]


def search_word(word: str) -> str:
    """Return a word as ``search_form`` has it: in one case, without accents."""
    return _without_signs(word.casefold())


def _without_signs(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(c for c in apart if unicodedata.category(c) != "Mn")
