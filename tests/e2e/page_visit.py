"""One page in one state that a person can meet: who comes, to which address, what they open."""

from __future__ import annotations

from dataclasses import dataclass

from tests.e2e.page_openings import Open


@dataclass(frozen=True)
class Visit:
    """``who`` opens ``address`` and sees ``shows``.

    Names in braces are addresses that ``demo_addresses`` (``page_visitors.py``) knows.

    ``shows`` is a text that proves that the page came in the state that is meant; then ``opens``
    opens a dialog, a menu or an error, and leaves it open. ``after_mail``: somebody was sent one.
    """

    who: str
    address: str
    shows: str
    opens: Open | None = None
    after_mail: bool = False


def by(people: tuple[str, ...], address: str, shows: str) -> list[Visit]:
    """The same page as each of ``people`` sees it, with nothing opened."""
    return [Visit(who, address, shows) for who in people]
