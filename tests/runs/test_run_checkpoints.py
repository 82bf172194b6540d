"""Checkpoints on a disk that can do everything wrong: what can be read again is what was written."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from aelab.errors import LabError
from aelab.runs import checkpoints
from aelab.runs.checkpoints import newest, save
from aelab.training.recorder import Checkpoint

LINES = [{"epoch": 1}, {"epoch": 2}]

SAVE_FOR_EVER = """
import sys
from pathlib import Path
import numpy as np
from aelab.runs.checkpoints import save
from aelab.training.recorder import Checkpoint
folder = Path(sys.argv[1])
for number in range(int(sys.argv[2]), 1000000):
    arrays = {"network/0/kernel": np.full((400, 500), number, np.float32)}
    save(folder, Checkpoint(number, 0, float(number), arrays), [{"epoch": number}])
    print(number, flush=True)
"""

SAVE_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from aelab.errors import LabError
from aelab.runs.checkpoints import save
from aelab.training.recorder import Checkpoint
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    save(Path(sys.argv[1]), Checkpoint(2, 0, 1.0, {"network/0/kernel": np.zeros((400, 500), np.float32)}), [])
except LabError as error:
    print(error)
"""


def checkpoint(epoch: int, step: int = 0) -> Checkpoint:
    arrays = {"network/0/kernel": np.full((3, 2), epoch, np.float32), "optimizer/0": np.array(7, np.int64)}
    return Checkpoint(epoch, step, 1.5, arrays)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints"


def test_what_was_kept_comes_back_whole(folder: Path) -> None:
    kept = checkpoint(2, step=5)
    save(folder, kept, LINES)
    found = newest(folder)
    assert found.checkpoint is not None
    assert (found.checkpoint.epoch, found.checkpoint.step, found.checkpoint.seconds) == (2, 5, 1.5)
    assert list(found.history) == LINES
    assert found.damaged == ()
    assert found.checkpoint.arrays.keys() == kept.arrays.keys()
    for name, array in kept.arrays.items():
        np.testing.assert_array_equal(found.checkpoint.arrays[name], array)
        assert found.checkpoint.arrays[name].dtype == array.dtype


def test_a_run_without_checkpoints_begins_at_the_beginning(folder: Path) -> None:
    assert newest(folder).checkpoint is None
    assert checkpoints.epochs(folder) is None


def test_the_newest_and_the_one_before_are_kept(folder: Path) -> None:
    for epoch, step in [(0, 90), (1, 0), (1, 50), (2, 0)]:
        save(folder, checkpoint(epoch, step), LINES)
    assert [path.name[:26] for path in sorted(folder.iterdir())] == [
        "epoch-000001-step-00000050",
        "epoch-000002-step-00000000",
    ]
    assert checkpoints.epochs(folder) == 2


@pytest.mark.parametrize("damage", ["truncated", "emptied", "one bit"])
def test_a_damaged_checkpoint_falls_back_to_the_one_before_and_is_named(folder: Path, damage: str) -> None:
    save(folder, checkpoint(1), LINES[:1])
    save(folder, checkpoint(2), LINES)
    path = max(folder.iterdir())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes({"truncated": bytes(content[:-9]), "emptied": b"", "one bit": bytes(content)}[damage])
    found = newest(folder)
    assert found.checkpoint is not None
    assert found.checkpoint.epoch == 1
    assert list(found.history) == LINES[:1]
    assert found.damaged == (path.name,)


def test_where_every_checkpoint_is_damaged_there_is_none_and_all_are_named(folder: Path) -> None:
    for epoch in (1, 2):
        save(folder, checkpoint(epoch), LINES)
    for path in folder.iterdir():
        path.write_bytes(b"PK\x03\x04 once a zip")
    found = newest(folder)
    assert found.checkpoint is None
    assert len(found.damaged) == 2


def test_other_files_in_the_folder_are_left_alone(folder: Path) -> None:
    folder.mkdir()
    for name in ("notes.txt", "epoch-000009.npz", "epoch-000009-step-00000000-0123.npz"):
        (folder / name).write_bytes(b"")
    save(folder, checkpoint(1), LINES)
    assert newest(folder).damaged == ()
    assert len(list(folder.iterdir())) == 4


def test_a_full_disk_leaves_the_checkpoint_before_and_says_why(folder: Path) -> None:
    save(folder, checkpoint(1), LINES)
    before = {path.name for path in folder.iterdir()}
    answer = subprocess.run(
        [sys.executable, "-c", SAVE_ON_A_FULL_DISK, str(folder)], capture_output=True, text=True, check=True
    )
    assert "could not be written: File too large. Free some space" in answer.stdout
    assert {path.name for path in folder.iterdir()} == before
    found = newest(folder)
    assert found.checkpoint is not None
    assert found.checkpoint.epoch == 1


def test_a_run_that_was_deleted_does_not_come_back(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="could not be written"):
        save(tmp_path / "gone" / "checkpoints", checkpoint(1), LINES)
    assert not (tmp_path / "gone").exists()


def test_twenty_kills_while_saving_leave_a_good_checkpoint_twenty_times(folder: Path, tmp_path: Path) -> None:
    moments = random.Random(0)
    folder.mkdir()
    written = 0
    for _ in range(20):
        command = [sys.executable, "-c", SAVE_FOR_EVER, str(folder), str(written + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as saver:
            assert saver.stdout is not None
            written = int(saver.stdout.readline())
            time.sleep(moments.uniform(0, 0.03))
            saver.kill()
            written = max([written, *map(int, saver.stdout.read().split())])
        found = newest(folder)
        assert found.checkpoint is not None
        assert found.damaged == ()
        assert found.checkpoint.epoch in (written, written + 1)  # it may have been killed before it could say so
        written = found.checkpoint.epoch
        assert (found.checkpoint.arrays["network/0/kernel"] == written).all()
        assert list(found.history) == [{"epoch": written}]
