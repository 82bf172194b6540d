"""What a person may set, and the sentence that comes back when it cannot be."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pytest

from aelab.errors import LabError
from aelab.fields import Config, check_keys, field


@dataclass(frozen=True)
class Oven(Config):
    """One field of each kind."""

    loaves: int = field(2, "Loaves", "How many.", low=1, high=8)
    heat: float = field(200.0, "Heat", "How hot.", low=0.5, high=300.0, unit="°C", scale="log")
    fuel: Literal["wood", "gas"] = field("wood", "Fuel", "What burns.")
    shelf: str = field("top", "Shelf", "Where.", choices=lambda: ("top", "bottom"))
    note: str = field("", "Note", "Free text.")


@dataclass(frozen=True)
class SteamOven(Oven):
    """Inherits, changes a default and adds a field."""

    loaves: int = field(4, "Loaves", "How many.", low=1, high=16)
    steam: float = field(0.0, "Steam", "How much.")


@dataclass(frozen=True)
class EitherOven(Oven):
    """Has a field that counts with one of the choices only."""

    only_with: ClassVar = {"heat": ("fuel", "gas")}


def test_a_field_counts_with_its_choice_only_and_has_a_value_always() -> None:
    oven = EitherOven(heat=120.0)
    assert oven.to_json()["heat"] == 120.0
    assert [EitherOven.counts("heat", oven.to_json() | {"fuel": fuel}) for fuel in ("wood", "gas")] == [False, True]
    assert EitherOven.counts("loaves", oven.to_json())


@dataclass(frozen=True)
class LaterOven(Oven):
    """Has fields that ovens of an earlier day had not, and one that counts with several choices."""

    only_with: ClassVar = {"blow": ("fuel", lambda: ("wood", "coal"))}
    later: ClassVar = ("blow", "turn")
    blow: float = field(1.0, "Blow", "How much air.")
    turn: int = field(0, "Turn", "How often.")


def test_a_field_can_count_with_several_choices() -> None:
    values = LaterOven().to_json()
    assert [LaterOven.counts("blow", values | {"fuel": fuel}) for fuel in ("wood", "coal", "gas")] == [
        True,
        True,
        False,
    ]


def test_what_came_later_is_kept_as_soon_as_somebody_chooses_any_of_it() -> None:
    assert LaterOven(loaves=3).to_keep() == Oven(loaves=3).to_json()
    assert LaterOven(turn=2).to_keep() == LaterOven(turn=2).to_json()
    assert LaterOven.parse(LaterOven(turn=2).to_keep()) == LaterOven(turn=2)
    assert LaterOven(blow=3.0).to_keep() == LaterOven(blow=3.0).to_json()
    assert LaterOven(fuel="gas", blow=3.0).to_keep() == Oven(fuel="gas").to_json()  # blows at nothing


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("loaves", 1, 1),
        ("loaves", 8, 8),
        ("loaves", "3", 3),
        ("loaves", 3.0, 3),
        ("loaves", np.int64(5), 5),
        ("loaves", "8e0", 8),
        ("heat", 0.5, 0.5),
        ("heat", 300, 300.0),
        ("heat", "1e2", 100.0),
        ("heat", np.float32(2.5), 2.5),
        ("fuel", "gas", "gas"),
        ("shelf", "bottom", "bottom"),
        ("note", "Übung ✓", "Übung ✓"),
    ],
)
def test_text_and_json_values_become_the_type_of_the_field(key: str, given: Any, value: Any) -> None:
    found = getattr(Oven.parse({key: given}), key)
    assert found == value
    assert type(found) is type(value)


def test_1e3_is_a_whole_number() -> None:
    @dataclass(frozen=True)
    class Counted(Config):
        count: int = field(1, "Count", "", low=1, high=10_000)

    assert Counted.parse({"count": "1e3"}).count == 1000


@pytest.mark.parametrize("value", [0, 9, -1, "0", 10**9, "8.0000001e0", 1e300])
def test_a_number_out_of_bounds_is_answered_with_the_field_and_its_bounds(value: Any) -> None:
    with pytest.raises(LabError, match=r"^loaves must be .*between 1 and 8; it is"):
        Oven.parse({"loaves": value})


@pytest.mark.parametrize(
    "value",
    [
        2.5,
        "2.5",
        "two",
        "",
        None,
        True,
        False,
        float("nan"),
        float("inf"),
        "nan",
        "-inf",
        [],
        {},
        [2],
        "1,5",
        10**400,
        "9" * 400,
    ],
)
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(LabError, match=r"^loaves must be a whole number between 1 and 8; it is"):
        Oven.parse({"loaves": value})


@pytest.mark.parametrize("value", [float("nan"), "NaN", float("inf"), "1e999", True, None, "hot", [200.0]])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(LabError, match=r"^heat must be a number between 0\.5 and 300; it is"):
        Oven.parse({"heat": value})


@pytest.mark.parametrize("key", ["fuel", "shelf"])
@pytest.mark.parametrize("value", ["coal", "", None, 1, True, ["wood"], {"top": 1}])
def test_what_is_no_choice_is_answered_with_the_choices(key: str, value: Any) -> None:
    choices = {"fuel": "wood, gas", "shelf": "top, bottom"}[key]
    with pytest.raises(LabError, match=f"^{key} must be one of {choices}; it is"):
        Oven.parse({key: value})


@pytest.mark.parametrize("value", [None, 5, b"bytes", "nul\0", "x" * 5000])
def test_what_is_no_reasonable_text_is_refused(value: Any) -> None:
    with pytest.raises(LabError, match=r"^note must be text of at most 4096 characters"):
        Oven.parse({"note": value})


@pytest.mark.parametrize("key", ["loaves", "heat", "fuel", "note"])
def test_a_sentence_stays_a_sentence_whatever_was_pasted_into_the_field(key: str) -> None:
    with pytest.raises(LabError) as caught:
        Oven.parse({key: "x" * 100_000})
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("key", ["loafs", "", "Loaves", "__class__", "knob"])
def test_an_unknown_key_is_answered_with_those_there_are(key: str) -> None:
    with pytest.raises(
        LabError, match=r"There is no setting called .*; the settings here are loaves, heat, fuel, shelf"
    ):
        Oven.parse({key: 1})


def test_the_first_unknown_key_is_named() -> None:
    with pytest.raises(LabError, match="called 'wrong'"):
        check_keys({"right": 1, "wrong": 2}, ("right",))


def test_bad_values_are_refused_however_the_config_is_made() -> None:
    with pytest.raises(LabError, match="loaves"):
        Oven(loaves=0)
    with pytest.raises(LabError, match="loaves"):
        dataclasses.replace(Oven(), loaves=99)


def test_a_config_is_read_back_from_its_json_unchanged() -> None:
    config = Oven(loaves=3, heat=0.1 + 0.6, fuel="gas", note="ü")
    assert Oven.parse(config.to_json()) == config


def test_what_is_left_out_keeps_its_default() -> None:
    assert Oven.parse({"heat": 100}) == Oven(heat=100.0)


def test_a_config_that_inherits_has_all_fields_its_own_bounds_and_its_own_default() -> None:
    assert SteamOven.names() == ("loaves", "heat", "fuel", "shelf", "note", "steam")
    assert SteamOven().loaves == 4
    assert SteamOven(loaves=16).loaves == 16
    assert SteamOven.knob("heat").unit == "°C"


def test_the_form_learns_choices_types_and_knobs() -> None:
    assert Oven.choices("fuel") == ("wood", "gas")
    assert Oven.choices("shelf") == ("top", "bottom")
    assert Oven.choices("note") is None
    assert Oven.choices("loaves") is None
    assert Oven.types()["heat"] is float
    knob = Oven.knob("heat")
    assert (knob.label, knob.help, knob.low, knob.high, knob.scale) == ("Heat", "How hot.", 0.5, 300.0, "log")


def test_a_field_without_bounds_takes_any_number() -> None:
    assert SteamOven(steam=-1e30).steam == -1e30
    with pytest.raises(LabError, match="steam must be a number between any and any"):
        SteamOven.parse({"steam": "much"})
