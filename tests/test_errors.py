"""A mistake is one sentence, on every side of every border."""

import json
from pathlib import Path

import numpy as np
import pytest

from aelab import storage
from aelab.errors import LabError


def test_the_sentence_names_what_came_and_what_was_expected() -> None:
    error = LabError("{field} must be at least {low}; it is {value}.", field="epochs", low=1, value=0)
    assert str(error) == "epochs must be at least 1; it is 0."


def test_code_that_expects_a_value_error_still_catches_it() -> None:
    with pytest.raises(ValueError, match=r"epochs\.$"):
        raise LabError("{field}.", field="epochs")


def test_braces_in_what_a_user_typed_are_shown_as_they_are() -> None:
    assert str(LabError("{name} is no name.", name="{0} {name} }{")) == "{0} {name} }{ is no name."


@pytest.mark.parametrize(
    "value",
    [
        3,
        0.25,
        "text",
        True,
        None,
        "{braces}",
        Path("a/b"),
        np.float64(0.5),
        np.int64(7),
        ("a", "tuple"),
        OSError(28, "No space"),
    ],
)
def test_a_failed_worker_says_in_the_server_what_it_said_in_the_worker(tmp_path: Path, value: object) -> None:
    error = LabError("It is {value}.", value=value)
    storage.write_json(tmp_path / "status.json", error.to_json())
    again = LabError.from_json(storage.read_json(tmp_path / "status.json"))
    assert str(again) == str(error)
    assert again.template == error.template


def test_the_sentence_and_its_values_stay_apart_for_the_translator() -> None:
    error = LabError("{name} is no {kind}.", name="x", kind="model")
    assert json.loads(json.dumps(error.to_json())) == {
        "template": "{name} is no {kind}.",
        "values": {"name": "x", "kind": "model"},
    }
