"""From bytes to lines: what is wrong is named with its line and column."""

from __future__ import annotations

import pytest

from appointment_app.bulk.columns import COLUMNS, as_markdown
from appointment_app.bulk.reading import MOST_LINES, read_lines
from appointment_app.models import BulkKind
from appointment_app.settings import PROJECT_ROOT

HEAD = "external_number,clinic,given_name,family_name,birth_date"
LINE = "P1,C1,Ada,Ahlers,1961-04-05"


def read(text: str | bytes) -> tuple[list[int], list[tuple[int, str]]]:
    """The numbers of the lines that are fine, and where problems are."""
    content = text if isinstance(text, bytes) else text.encode()
    lines, problems = read_lines(content, BulkKind.PATIENTS)
    return [line.number for line in lines], [(each.line, each.column) for each in problems]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(mark: str, delimiter: str, end: str) -> None:
    text = mark + end.join([HEAD, "", LINE, f"{LINE} ".replace("P1", "P2")])
    assert read(text.replace(",", delimiter)) == ([3, 4], [])


def test_a_cell_may_have_several_lines_and_a_guard() -> None:
    text = f"{HEAD}\nP1,C1,\"Ada\nB\",Ahlers,\nP2,C1,'=Ada,O'Hara,\n"
    lines, problems = read_lines(text.encode(), BulkKind.PATIENTS)
    assert problems == []
    assert [line.number for line in lines] == [2, 4]
    assert lines[1].cells["given_name"] == "=Ada"
    assert lines[1].cells["family_name"] == "O'Hara"
    assert lines[1].cells["phone"] == ""


def test_what_is_wrong_with_the_file() -> None:
    assert read("") == ([], [(1, "")])
    assert read(f"{HEAD}\n".encode() + b"P1,C1,Ad\xe4,X,\n") == ([], [(2, "")])
    assert read(f"{HEAD},colour\n") == ([], [(1, "colour")])
    assert read("external_number,clinic,given_name\n") == ([], [(1, "family_name")])
    assert read(f"{HEAD},clinic\n") == ([], [(1, "clinic")])
    assert read(f'{HEAD}\nP1,"C1') == ([], [(1, "")])


def test_a_file_that_is_made_to_cost_much_is_refused_at_once() -> None:
    assert read("," * 20_000) == ([], [(1, "")])
    assert read(f"{HEAD}\n" + "x\n" * (MOST_LINES + 1)) == ([], [(MOST_LINES + 2, "")])


def test_what_is_wrong_with_a_line() -> None:
    text = f"{HEAD}\n{LINE}\nP2,C1,Ada\nP3,,Ada,,\n{LINE}\n{'9' * 65},C1,Ada,A,\n"
    assert read(text) == (
        [2],
        [
            (3, ""),
            (4, "clinic"),
            (4, "family_name"),
            (5, "external_number"),
            (6, "external_number"),
        ],
    )


def test_the_documentation_names_every_column() -> None:
    """Make it anew with ``python -m appointment_app.manage import-columns > docs/import.md``."""
    text = (PROJECT_ROOT / "docs" / "import.md").read_text()
    assert text == as_markdown()
    assert all(f"`{each.name}`" in text for columns in COLUMNS.values() for each in columns)
