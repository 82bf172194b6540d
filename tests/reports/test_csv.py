"""Tables that a spreadsheet opens as what they are."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from aelab.reports.csv import to_csv


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\n"])
def test_a_class_name_is_never_run_as_a_formula(start: str) -> None:
    name = f'{start}HYPERLINK("http://example.org";"win")'
    assert cells(to_csv(pd.DataFrame({"class": [name, "cat"]})))[1:] == [[f"'{name}"], ["cat"]]


def test_numbers_stay_numbers_the_negative_ones_too() -> None:
    table = pd.DataFrame({"gain": [-1.5, 2.25], "n": [-3, 4], "mixed": ["-1", -1]})
    assert cells(to_csv(table)) == [["gain", "n", "mixed"], ["-1.5", "-3", "'-1"], ["2.25", "4", "-1"]]


def test_the_name_of_a_column_is_no_formula_either() -> None:
    table = pd.DataFrame({"=1+1": [-1], "plain": ["x"]})
    assert cells(to_csv(table)) == [["'=1+1", "plain"], ["-1", "x"]]


@pytest.mark.parametrize("name", ["a,b", 'say "cheese"', "two\nlines", "ñandú 鳥"])
def test_a_name_comes_back_as_it_was(name: str) -> None:
    assert cells(to_csv(pd.DataFrame({"class": [name], "mse": [0.5]}))) == [["class", "mse"], [name, "0.5"]]


@pytest.mark.parametrize("name", ["cat\r=1+1", "cat\r\n=1+1", "cat\n=1+1"])
def test_a_line_break_in_a_name_begins_no_row_of_its_own(name: str) -> None:
    assert cells(to_csv(pd.DataFrame({"class": [name], "n": [1]})))[1:] == [["cat\n=1+1", "1"]]


@pytest.mark.parametrize("start", ["\r", "\r\n"])
def test_a_name_that_begins_with_a_line_break_is_no_formula_either(start: str) -> None:
    assert cells(to_csv(pd.DataFrame({"class": [f"{start}=1+1"]})))[1:] == [["'\n=1+1"]]


def test_a_value_that_is_not_known_is_an_empty_cell() -> None:
    assert to_csv(pd.DataFrame({"run": ["a", None], "mse": [np.nan, 0.5]})) == "run,mse\na,\n,0.5\n"


def test_numbers_keep_every_digit() -> None:
    value = 0.1 + 0.2
    assert float(cells(to_csv(pd.DataFrame({"mse": [value]})))[1][0]) == value


def test_the_table_itself_is_not_changed() -> None:
    table = pd.DataFrame({"class": ["=1"]})
    to_csv(table)
    assert table["class"].tolist() == ["=1"]
