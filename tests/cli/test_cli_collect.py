"""`aelab datasets collect`: from addresses to a dataset, with what became of each address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from photos import serving_pictures
from shell import Answers, Refusal


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AELAB_ALLOW_LOOPBACK", "1")
    with serving_pictures() as address:
        yield address


def listed(tmp_path: Path, *addresses: str) -> Path:
    path = tmp_path / "addresses.txt"
    path.write_text("\n".join(addresses), encoding="utf-8")
    return path


def test_addresses_become_a_class_and_then_a_dataset(
    answer: Answers, artifacts: Path, tmp_path: Path, address: str
) -> None:
    apples = listed(tmp_path, *(f"{address}/{number}.png" for number in range(5)), f"{address}/none.png")
    found = answer("datasets", "collect", "--name", "fruit", "--class", "apples", "--addresses", apples)
    assert (found["pictures"], found["kept"], found["refused"] + found["failed"]) == (5, 5, 1)
    assert f"{address}/none.png" in found["left_out"][0]
    pears = listed(tmp_path, *(f"{address}/{number}.png" for number in range(5, 10)))
    answer("datasets", "collect", "--name", "fruit", "--class", "pears", "--addresses", pears, "--add")
    made = answer("datasets", "import", found["folder"], "--name", "fruit", "--size", "32")
    assert made["classes"] == {"apples": 5, "pears": 5}
    assert made["skipped"] == []


def test_asked_again_nothing_is_fetched_twice(answer: Answers, artifacts: Path, tmp_path: Path, address: str) -> None:
    asked = ("datasets", "collect", "--name", "fruit", "--class", "apples", "--addresses")
    path = listed(tmp_path, *(f"{address}/{number}.png" for number in range(3)))
    assert answer(*asked, path)["kept"] == 3
    again = answer(*asked, path)
    assert (again["pictures"], again["kept"]) == (3, 0)


def test_a_limit_that_is_no_number_is_said(refusal: Refusal, artifacts: Path, tmp_path: Path) -> None:
    said = refusal(
        *("datasets", "collect", "--name", "fruit", "--class", "apples", "--limit", "many"),
        *("--addresses", listed(tmp_path, "http://example.com/0.png")),
    )
    assert said == "limit must be a whole number of pictures; it is 'many'."


@pytest.mark.parametrize("inside", ["http://127.0.0.1:9/0.png", "http://[::1]/0.png", "file:///etc/passwd"])
def test_an_address_of_this_machine_is_never_reached(
    answer: Answers, artifacts: Path, tmp_path: Path, inside: str
) -> None:
    found = answer(
        *("datasets", "collect", "--name", "fruit", "--class", "apples"), "--addresses", listed(tmp_path, inside)
    )
    assert found["pictures"] == 0
    assert found["refused"] == 1
