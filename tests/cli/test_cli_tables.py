"""Tables in a terminal: none is wider than the terminal, and none leaves a value out."""

from __future__ import annotations

import math

from aelab.commands.tables import WIDTH, table, wrapped


def test_what_has_no_room_beside_the_first_column_goes_below_it() -> None:
    heads = ["", *(str(number) for number in range(1, 31))]
    lines = table(heads, [["dataset", *(f"images-{number:02d}" for number in range(1, 31))]])
    assert max(map(len, lines)) <= WIDTH
    assert [line.split()[0] for line in lines[1::2]] == ["dataset"] * (len(lines) // 2)
    assert " ".join(lines[::2]).split() == heads[1:]
    assert sum(line.count("images-") for line in lines) == 30


def test_an_empty_cell_is_a_dash() -> None:
    assert table(["", "1", "2"], [["beta", None, math.nan]])[1].split() == ["beta", "–", "–"]
    assert table(["", "1"], [["augment", False]])[1].split() == ["augment", "False"]


def test_a_name_that_is_longer_than_a_line_is_cut_and_says_so() -> None:
    assert table(["", "1"], [["dataset", "x" * 300]])[1].endswith("x…")
    assert max(map(len, wrapped("best is " + ", ".join(["conv_ae-digits-0123abcd"] * 20)))) <= WIDTH
