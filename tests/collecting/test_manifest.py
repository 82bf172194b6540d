"""What became of each address is still known after any interruption."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aelab.collecting.manifest import NAME, Found, Line, Manifest, collected
from aelab.errors import LabError

_APPLE = Found("http://a.example/1.jpg", "http://a.example/", "CC BY 4.0", "http://cc.example/by", "Ann <b>O</b>")


def _kept(found: Found, file: str = "apples/1.jpg") -> Line:
    return Line("apples", found, "kept", file, "ab12", 100)


def test_lines_come_back_as_they_were(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    refused = Line("apples", Found("http://a.example/2.jpg"), "refused", reason=LabError("{file} is gone.", file="2"))
    manifest.ask({"class": "apples", "commons": "apple"})
    manifest.add(_kept(_APPLE))
    manifest.add(refused)
    again = Manifest(tmp_path)
    assert again.asked == [{"class": "apples", "commons": "apple"}]
    assert again.lines()[0] == _kept(_APPLE)
    assert str(again.lines()[1].reason) == "2 is gone."
    assert again.settled("apples", _APPLE.address)
    assert not again.settled("pears", _APPLE.address)


def test_what_failed_is_tried_again_and_what_was_refused_is_not(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    for number, status in enumerate(("kept", "repeat", "refused", "failed")):
        manifest.add(Line("apples", Found(f"http://a.example/{number}"), status))  # type: ignore[arg-type]
    again = Manifest(tmp_path)
    assert [again.settled("apples", f"http://a.example/{number}") for number in range(5)] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("cut", [1, 5, 40, 120])
def test_a_half_line_at_the_end_costs_itself_only(tmp_path: Path, cut: int) -> None:
    manifest = Manifest(tmp_path)
    for number in range(3):
        manifest.add(_kept(Found(f"http://a.example/ä{number}"), f"apples/{number}.jpg"))
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:-cut])
    Manifest(tmp_path).add(_kept(Found("http://a.example/new"), "apples/new.jpg"))
    assert list(collected(tmp_path)) == ["apples/0.jpg", "apples/1.jpg", "apples/new.jpg"]
    assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def test_damaged_lines_cost_themselves_only(tmp_path: Path) -> None:
    good = json.dumps(_kept(_APPLE).to_json())
    bad = [
        "nonsense",
        "[]",
        "{}",
        '{"status": "kept"}',
        '{"status": "odd", "class": "a", "address": "b"}',
        '{"status": "kept", "class": "a", "address": "b", "reason": 3}',
        '{"status": "kept", "class": "a", "address": "b", "reason": {"template": "{x}", "values": {}}}',
    ]
    (tmp_path / NAME).write_text("\n".join([*bad, good, *bad]) + "\n", encoding="utf-8")
    assert collected(tmp_path) == {"apples/1.jpg": _APPLE}
    assert [line.found for line in Manifest(tmp_path).lines()] == [_APPLE]


def test_the_first_address_of_a_picture_stands(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.add(_kept(_APPLE))
    manifest.add(Line("apples", Found("http://copy.example/"), "repeat", "apples/1.jpg", "ab12", 100))
    assert collected(tmp_path) == {"apples/1.jpg": _APPLE}


def test_a_folder_that_was_not_collected_has_no_origins(tmp_path: Path) -> None:
    assert collected(tmp_path) == {}


def test_a_picture_that_somebody_deleted_counts_no_more(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.add(_kept(_APPLE))
    assert manifest.kept("apples") == []
    (tmp_path / "apples").mkdir()
    (tmp_path / "apples" / "1.jpg").write_bytes(b"x")
    assert [line.file for line in manifest.kept("apples")] == ["apples/1.jpg"]
