"""From the bytes of a file to its lines, or to what is wrong with them. Pure: plain values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from appointment_app import csv_files
from appointment_app.bulk.columns import COLUMNS, NUMBER, NUMBER_LIMIT
from appointment_app.i18n import t
from appointment_app.models import BulkKind
from appointment_app.texts import fit

MOST_BYTES = 8_000_000
MOST_LINES = 50_000
_MOST_LETTERS = 5_000  # of a cell
_MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, by its number there; ``cells`` has every column of the kind."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong, at which line and column (empty: the whole line)."""

    line: int
    column: str
    sentence: str


def read_lines(content: bytes, kind: BulkKind) -> tuple[list[Line], list[Problem]]:
    """Return the lines that can be read, and what is wrong with the others."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [], [Problem(line, "", t("This is not UTF-8. Save the file as CSV UTF-8."))]
    head, _, _ = text.partition("\n")
    delimiter = ";" if head.count(";") > head.count(",") else ","
    rows = _rows(text, delimiter)
    try:
        first = next(rows, None)
        if first is None:
            return [], [Problem(1, "", t("The file is empty."))]
        if len(first[1]) > _MOST_COLUMNS:
            return [], [Problem(first[0], "", t("This line has too many cells."))]
        names = [cell.strip().casefold() for cell in first[1]]
        if problems := _problems_of_head(names, kind, first[0]):
            return [], problems
        return _read(rows, names, kind)
    except csv.Error as error:
        return [], [Problem(1, "", t("This is no CSV file: {error}.", error=error))]


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with the number of the line where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _problems_of_head(names: list[str], kind: BulkKind, line: int) -> list[Problem]:
    known = {column.name: column for column in COLUMNS[kind]}
    problems = [
        Problem(line, name, t("There is no such column."))
        for name in names
        if name and name not in known
    ]
    problems += [
        Problem(line, name, t("This column is missing."))
        for name, column in known.items()
        if column.required and name not in names
    ]
    twice = {name for name in names if names.count(name) > 1}
    return problems + [Problem(line, name, t("This column is there twice.")) for name in twice]


def _read(
    rows: Iterator[tuple[int, list[str]]], names: list[str], kind: BulkKind
) -> tuple[list[Line], list[Problem]]:
    columns = COLUMNS[kind]
    lines: list[Line] = []
    problems: list[Problem] = []
    first_with: dict[str, int] = {}
    for before, (number, row) in enumerate(rows):
        # Those that cannot be read count, too: what is said of each is kept.
        if before >= MOST_LINES:
            sentence = t("A file has at most {most} lines. Part it.", most=f"{MOST_LINES:,}")
            return [], [Problem(number, "", sentence)]
        if len(row) != len(names):
            sentence = t("This line has {n} cells, not {all}.", n=len(row), all=len(names))
            problems.append(Problem(number, "", sentence))
            continue
        typed = {
            name: fit(csv_files.unguarded(cell)[:_MOST_LETTERS])
            for name, cell in zip(names, row, strict=True)
        }
        cells = {column.name: typed.get(column.name, "") for column in columns}
        found = [
            Problem(number, column.name, t("Please fill this in."))
            for column in columns
            if column.required and not cells[column.name]
        ]
        key = cells[NUMBER]
        if len(key) > NUMBER_LIMIT:
            sentence = t("Please use at most {limit} characters.", limit=NUMBER_LIMIT)
            found.append(Problem(number, NUMBER, sentence))
        elif key and (first := first_with.setdefault(key, number)) != number:
            found.append(Problem(number, NUMBER, t("Line {line} has this number too.", line=first)))
        problems += found
        # What lacks a cell is looked at no further: the rest would only follow from it.
        if not found:
            lines.append(Line(number, cells))
    return lines, problems
