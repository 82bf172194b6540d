"""Text in a spreadsheet is text, whoever wrote it."""

from __future__ import annotations

import pytest

from aelab.spreadsheet import neutral


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "\r=1", "\r\n=1", "＝1", "＠x"])
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert str(neutral(text)).startswith("'")
    assert "\r" not in str(neutral(text))


@pytest.mark.parametrize("cell", [-1, -1.5, 0, None, True, "apples", "a-b", "1 = 1", "ñandú 鳥", ""])
def test_numbers_and_other_texts_stay_as_they_are(cell: object) -> None:
    assert neutral(cell) is cell or neutral(cell) == cell
