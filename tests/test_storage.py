"""Whole files or none, whatever interrupts; and no way out of the artifacts folder."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from aelab import storage
from aelab.errors import LabError

BAD_IDS = [
    "", ".", "..", "../escape", "a/b", "a\\b", "/etc/passwd", "C:\\x", "nul\0", "UPPER", "Ünï", "a b", ".hidden",
    "-dash-first", "_low-first", "x" * 81, "line\n", "a.b", "%2e%2e", "~",
]  # fmt: skip


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", BAD_IDS)
def test_what_could_be_a_path_is_no_id(name: str) -> None:
    with pytest.raises(LabError, match="is not a name the lab can use"):
        storage.checked_id(name)


@pytest.mark.parametrize("name", ["a", "0", "mnist", "vae-digits-12ab34cd", "fashion_mnist", "x" * 80])
def test_an_id_is_returned_unchanged(name: str) -> None:
    assert storage.checked_id(name) == name


def test_only_folders_with_an_id_for_a_name_are_listed(tmp_path: Path) -> None:
    for name in ("b", "a", ".a.12345678", "UPPER"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").touch()
    assert [path.name for path in storage.folders(tmp_path)] == ["a", "b"]
    assert storage.folders(tmp_path / "missing") == []


def test_the_artifacts_folder_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(tmp_path / "elsewhere"))
    assert storage.artifacts() == (tmp_path / "elsewhere").resolve()
    assert not storage.artifacts().exists()
    monkeypatch.delenv("AELAB_ARTIFACTS")
    assert storage.artifacts() == Path(storage.__file__).resolve().parents[2] / "artifacts"


def test_an_error_while_writing_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    storage.write_json(path, {"state": "old"})
    with pytest.raises(RuntimeError, match="half way"), storage.written(path) as file:
        file.write(b"half")
        raise RuntimeError("half way")
    assert storage.read_json(path) == {"state": "old"}
    assert names(tmp_path) == ["status.json"]


def test_what_json_cannot_hold_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    storage.write_json(path, {"state": "old"})
    with pytest.raises(TypeError):
        storage.write_json(path, {"state": object()})
    assert storage.read_json(path) == {"state": "old"}
    assert names(tmp_path) == ["status.json"]


def test_a_full_disk_is_said_and_leaves_the_old_files(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="only Unix can limit how much a process writes")
    storage.write_json(tmp_path / "status.json", {"state": "old"})
    storage.append_line(tmp_path / "history.jsonl", {"epoch": 1})
    code = textwrap.dedent("""
        import pathlib, resource, sys
        from aelab import storage
        from aelab.errors import LabError
        folder = pathlib.Path(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        for write, name in ((storage.write_json, "status.json"), (storage.append_line, "history.jsonl")):
            try:
                write(folder / name, {"text": "x" * 5000})
            except LabError as error:
                print(error)
    """)
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first.startswith("status.json could not be written: File too large. Free some space")
    assert second.startswith("history.jsonl could not be written: File too large. Free some space")
    assert storage.read_json(tmp_path / "status.json") == {"state": "old"}
    assert storage.read_lines(tmp_path / "history.jsonl") == [{"epoch": 1}]
    assert names(tmp_path) == ["history.jsonl", "status.json"]


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    contents = [{"text": letter * 200_000} for letter in "ab"]
    storage.write_json(path, contents[0])
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for content in contents:
                storage.write_json(path, content)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert all(storage.read_json(path) in contents for _ in range(200))
    finally:
        stop.set()
        writer.join()


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "run"
    with pytest.raises(RuntimeError, match="half way"), storage.written_folder(path) as folder:
        (folder / "first").write_text("half", encoding="utf-8")
        assert not path.exists()
        raise RuntimeError("half way")
    assert names(path.parent) == []
    with storage.written_folder(path) as folder:
        (folder / "first").write_text("whole", encoding="utf-8")
    assert names(path.parent) == ["run"]
    assert (path / "first").read_text(encoding="utf-8") == "whole"


def test_a_process_that_is_killed_leaves_no_folder_that_anybody_lists(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, signal, sys\n"
        "from aelab import storage\n"
        "with storage.written_folder(pathlib.Path(sys.argv[1]) / 'run') as folder:\n"
        "    (folder / 'first').write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert storage.folders(tmp_path) == []
    with storage.written_folder(tmp_path / "run") as folder:
        (folder / "first").write_text("whole", encoding="utf-8")
    assert storage.folders(tmp_path) == [tmp_path / "run"]


def test_a_folder_that_somebody_else_made_meanwhile_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with pytest.raises(FileExistsError), storage.written_folder(path) as folder:
        (folder / "mine").touch()
        path.mkdir()
        (path / "theirs").touch()
    assert names(tmp_path) == ["run"]
    assert names(path) == ["theirs"]


def test_of_many_who_make_the_same_folder_one_succeeds(tmp_path: Path) -> None:
    results: list[str] = []
    start = threading.Barrier(8)

    def make(number: int) -> None:
        start.wait()
        try:
            with storage.written_folder(tmp_path / "run") as folder:
                (folder / "who").write_text(str(number), encoding="utf-8")
            results.append(str(number))
        except FileExistsError:
            pass

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [(tmp_path / "run" / "who").read_text(encoding="utf-8")]
    assert names(tmp_path) == ["run"]


def test_a_removed_folder_is_gone_with_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "run" / "snapshots").mkdir(parents=True)
    (tmp_path / "run" / "snapshots" / "epoch-1.npz").touch()
    storage.removed_folder(tmp_path / "run")
    assert names(tmp_path) == []


def test_numbers_that_strict_json_does_not_know_become_null(tmp_path: Path) -> None:
    data = {
        "nan": float("nan"),
        "list": [1.0, float("inf")],
        "tuple": (float("-inf"), "text"),
        "deep": {"x": {"y": float("nan")}},
    }
    storage.write_json(tmp_path / "a.json", data)
    storage.append_line(tmp_path / "a.jsonl", data)
    strict = {"nan": None, "list": [1.0, None], "tuple": [None, "text"], "deep": {"x": {"y": None}}}
    assert storage.read_json(tmp_path / "a.json") == strict
    assert storage.read_lines(tmp_path / "a.jsonl") == [strict]


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1', b"\xff\xfe", b"\0" * 20])
def test_a_damaged_file_is_named_with_its_folder(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(LabError, match=rf"^config\.json in {tmp_path.name} is damaged \("):
        storage.read_json(tmp_path / "config.json")


def test_a_missing_file_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=rf"^config\.json is missing from {tmp_path.name}\.$"):
        storage.read_json(tmp_path / "config.json")


LINES = [{"epoch": 1, "note": "ä"}, {"epoch": 2, "note": "line\u2028separator\x85"}, {"epoch": 3, "note": "ö"}]


@pytest.mark.parametrize("cut", range(1, 25))
def test_a_half_written_last_line_is_left_out_wherever_it_ends(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "history.jsonl"
    for line in LINES:
        storage.append_line(path, line)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    assert storage.read_lines(path) in (LINES[:2], LINES)  # only the line break may be missing
    assert len(storage.read_lines(path)) == (3 if cut == 1 else 2)
    path.write_bytes(whole)
    assert storage.read_lines(path) == LINES


def test_a_history_that_does_not_exist_yet_is_empty(tmp_path: Path) -> None:
    assert storage.read_lines(tmp_path / "history.jsonl") == []
    (tmp_path / "history.jsonl").touch()
    assert storage.read_lines(tmp_path / "history.jsonl") == []


def test_a_file_is_plain_json_that_other_tools_can_read(tmp_path: Path) -> None:
    storage.write_json(tmp_path / "a.json", {"class": "Äpfel"})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"class": "Äpfel"}
    assert "Äpfel" in (tmp_path / "a.json").read_text(encoding="utf-8")


def test_what_cannot_be_read_is_said_without_its_place_on_the_computer(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "config.json").mkdir()  # a folder where a file should be
    with pytest.raises(LabError) as caught:
        storage.read_json(tmp_path / "lab" / "config.json")
    assert str(caught.value).startswith("config.json in lab is damaged (")
    assert str(tmp_path) not in str(caught.value)
