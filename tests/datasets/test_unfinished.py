"""Imports that are killed, that meet each other, or that run out of room: all or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.shapes import ShapesConfig
from aelab.errors import LabError
from aelab.intake import limits

_IMPORT = "import sys; from aelab.datasets.importing import import_path; import_path(sys.argv[1], 'mine', size=16)"
_STALLED = """
import sys, time
from dataclasses import replace
from pathlib import Path
from aelab.datasets import folder, store
from aelab.datasets.spec import PictureFile
def read():
    print("reading", flush=True)
    time.sleep(600)
with folder.opened_pictures([Path(sys.argv[1])]) as content:
    stuck = (*content.pictures[:-1], PictureFile("stuck.png", read))
    store.import_pictures("mine", replace(content, pictures=stuck))
"""


def hidden() -> list[str]:
    return [path.name for path in store.root().iterdir() if path.name.startswith(".")]


@pytest.fixture
def stalled(class_folder: Path) -> subprocess.Popen[str]:
    """Start an import in a process of its own that never comes to its end."""
    process = subprocess.Popen(
        [sys.executable, "-c", _STALLED, class_folder], env=os.environ, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "reading\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_an_import_that_is_killed_leaves_no_dataset_and_the_next_one_cleans_up(stalled, class_folder: Path) -> None:
    stalled.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    stalled.wait()
    assert store.stored_names() == []
    assert len([name for name in hidden() if not name.endswith(".lock")]) == 1
    import_path(class_folder, "other", size=16)
    assert [path.name for path in store.root().iterdir() if path.is_dir()] == ["other"]
    assert import_path(class_folder, "mine", size=16).counts["all"] == 8
    assert hidden() == []


def test_the_start_of_a_server_cleans_up_but_leaves_alone_what_is_at_work(stalled) -> None:
    store.sweep_unfinished()
    assert len([name for name in hidden() if not name.endswith(".lock")]) == 1
    stalled.kill()
    stalled.wait()
    store.sweep_unfinished()
    assert list(store.root().iterdir()) == []


def test_of_two_imports_of_one_name_the_second_hears_of_the_first(stalled, class_folder: Path) -> None:
    with pytest.raises(LabError, match="A dataset called 'mine' is being made at this moment; choose another name"):
        import_path(class_folder, "mine", size=16)
    assert import_path(class_folder, "other", size=16).counts["all"] == 8


def test_of_many_imports_of_one_name_at_once_one_wins(class_folder: Path) -> None:
    ends: list[str] = []
    start = threading.Barrier(6)

    def bring() -> None:
        start.wait()
        try:
            ends.append(import_path(class_folder, "mine", size=16).name)
        except LabError as error:
            ends.append(str(error).split(";")[0])

    threads = [threading.Thread(target=bring) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends.count("mine") == 1
    assert set(ends) <= {
        "mine",
        "There is already a dataset called 'mine'",
        "A dataset called 'mine' is being made at this moment",
    }
    assert store.open_dataset("mine").counts["all"] == 8
    assert hidden() == []


@pytest.mark.parametrize("limit", [100, 1000, 5000])
def test_a_disk_that_fills_up_is_said_in_one_sentence_and_nothing_is_left(class_folder: Path, limit: int) -> None:
    pytest.importorskip("resource", reason="only Unix can limit how much a process writes")
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        f"from aelab.errors import LabError\ntry:\n    exec({_IMPORT!r})\nexcept LabError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, class_folder], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert "could not be written: File too large. Free some space" in done.stdout
    assert done.stdout.count("\n") == 1
    assert list(store.root().iterdir()) == []
    assert import_path(class_folder, "mine", size=16).counts["all"] == 8


def test_a_deletion_that_was_interrupted_is_finished(artifacts: Path) -> None:
    (store.root() / ".gone.0123abcd").mkdir(parents=True)
    (store.root() / ".gone.0123abcd" / "images.npy").write_bytes(b"x")
    store.sweep_unfinished()
    assert list(store.root().iterdir()) == []


def test_what_the_lab_did_not_make_is_not_swept_away(artifacts: Path) -> None:
    for name in (".git", ".mine", ".mine.backup-of-mine", ".Mine.0123abcd"):
        (store.root() / name).mkdir(parents=True)
    store.sweep_unfinished()
    assert len(list(store.root().iterdir())) == 4


class TestQuota:
    def test_a_dataset_that_would_be_too_large_is_refused(self, class_folder: Path, monkeypatch) -> None:
        monkeypatch.setattr(limits, "MOST_DATASET_BYTES", 7000)
        with pytest.raises(LabError, match="on disk that one may"):
            import_path(class_folder, "mine", size=16)
        with pytest.raises(LabError, match="on disk that one may"):
            store.import_dataset("drawn", "shapes", ShapesConfig(count=60, size=12))
        assert list(store.root().iterdir()) == []

    def test_all_datasets_together_have_a_limit_and_shared_files_count_once(self, class_folder: Path, monkeypatch):
        first = import_path(class_folder, "first", size=16)
        used = sum(path.stat().st_size for path in first.folder.iterdir())
        monkeypatch.setattr(limits, "MOST_BYTES_IN_ALL", used + 8 * 16 * 16 * 3)
        second = store.derive(first, "second", first.recipe)
        with pytest.raises(LabError, match="All datasets together would take more than"):
            store.derive(first, "third", first.recipe)
        store.delete(second.name)
        store.derive(first, "third", first.recipe)


def test_an_import_that_is_cancelled_leaves_nothing(class_folder: Path) -> None:
    class Cancelled(Exception):
        pass

    def cancel(share: float) -> None:
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_path(class_folder, "mine", progress=cancel)
    assert list(store.root().iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pictures")]
