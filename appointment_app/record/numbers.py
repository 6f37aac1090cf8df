"""Sets of numbers as short text: ``1-40,42``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def written(numbers: Iterable[int]) -> str:
    """Return the numbers in their order, neighbours drawn together."""
    ranges: list[list[int]] = []
    for number in sorted(set(numbers)):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)


def read(text: str) -> list[int]:
    """Return the numbers that were written. Raises ``ValueError`` for any other text."""
    return [number for low, high in _ranges(text) for number in range(low, high + 1)]


def gaps(texts: Iterable[str], highest: int) -> list[tuple[int, int]]:
    """Return what none of the texts names of 1 to ``highest``: the first and last of each gap."""
    found = []
    following = 1
    for low, high in sorted(each for text in texts for each in _ranges(text)):
        if low > highest:
            break
        if low > following:
            found.append((following, low - 1))
        following = max(following, high + 1)
    if following <= highest:
        found.append((following, highest))
    return found


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    for part in text.split(","):
        low, _, high = part.partition("-")
        yield int(low), int(high or low)
