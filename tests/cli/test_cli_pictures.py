"""`aelab denoise RUN --picture`: one's own noisy picture, restored as the page restores it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab
from PIL import Image
from shell import Answers, Refusal

from aelab import inference, runs
from aelab.datasets import store
from aelab.studies import own_picture


@pytest.fixture
def noisy(tmp_path: Path) -> Path:
    path = tmp_path / "noisy.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 70, 3), dtype=np.uint8)).save(path)
    return path


@pytest.mark.parametrize(("how", "size", "tiles"), [("tiles", (70, 50), 12), ("whole", (28, 28), 0)])
def test_the_file_holds_what_the_run_makes_of_the_picture(
    answer: Answers, lab: TrainedLab, noisy: Path, how: str, size: tuple[int, int], tiles: int
) -> None:
    out = noisy.with_name("restored.png")
    found = answer("denoise", lab.runs["dae"], "--picture", noisy, "--out", out, "--how", how)
    assert (found["width"], found["height"], found["channels"], found["tiles"]) == (*size, 1, tiles)
    networks = inference.load(runs.find(lab.runs["dae"]))
    picture = own_picture.read("noisy.png", noisy.read_bytes())
    expected = own_picture.run(networks, store.open_dataset("digits"), picture, how)
    np.testing.assert_array_equal(np.asarray(Image.open(out)), expected.restored[:, :, 0])


def test_what_is_missing_or_no_picture_is_said_in_one_sentence(refusal: Refusal, lab: TrainedLab, noisy: Path) -> None:
    dae, text = lab.runs["dae"], noisy.with_name("text.png")
    text.write_text("no picture")
    assert refusal("denoise", dae).startswith("Say which noise is to be taken away")
    assert refusal("denoise", dae, "--picture", noisy).startswith("Say where the restored picture is to be written")
    assert refusal("denoise", dae, "--picture", text, "--out", noisy).startswith("text.png is left out")
    assert "cannot be used: No such file" in refusal("denoise", dae, "--picture", noisy.with_name("no"), "--out", noisy)


def test_nothing_is_written_where_nothing_can_be_restored(refusal: Refusal, lab: TrainedLab, noisy: Path) -> None:
    out = noisy.with_name("restored.png")
    assert "run" in refusal("denoise", "no-such-run", "--picture", noisy, "--out", out)
    assert not out.exists()
