import pytest

from appointment_app.texts import fit


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Rash on both arms \n", "Rash on both arms"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("Zoë ✓ 🙂 שלום", "Zoë ✓ 🙂 שלום"),
        ("a\tb", "a\tb"),
    ],
)
def test_fit(typed: str, kept: str) -> None:
    assert fit(typed) == kept
