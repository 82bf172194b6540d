"""`aelab walk`: the pictures and the numbers of the page's walks, as files."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab
from PIL import Image
from shell import Answers, Refusal

from aelab import inference, runs
from aelab.datasets import store
from aelab.inference import Inference
from aelab.pixels import to_uint8
from aelab.reports import walks
from aelab.studies import decoding, interpolation, traversals

KINDS = {"traversal": "conv_ae", "interpolation": "vae", "arithmetic": "conv_ae", "grid": "vae"}


def networks(lab: TrainedLab, model: str) -> Inference:
    return inference.load(runs.find(lab.runs[model]))


def read(path: Path) -> Image.Image:
    """Return a picture whose file is closed."""
    return Image.open(io.BytesIO(path.read_bytes()))


@pytest.mark.parametrize("kind", KINDS)
def test_every_walk_is_a_picture_and_a_film_that_is_the_same_again(
    answer: Answers, lab: TrainedLab, tmp_path: Path, kind: str
) -> None:
    run = lab.runs[KINDS[kind]]
    for name in ("walk.png", "walk.gif", "again.gif"):
        found = answer("walk", run, "--kind", kind, "--steps", 5, "--out", tmp_path / name)
        assert (found["run"], found["kind"]) == (run, kind)
    assert (tmp_path / "walk.gif").read_bytes() == (tmp_path / "again.gif").read_bytes()
    film = read(tmp_path / "walk.gif")
    assert (film.format, film.n_frames, film.info["duration"]) == ("GIF", 8, 120)  # type: ignore[attr-defined]
    assert read(tmp_path / "walk.png").format == "PNG"


def test_the_film_goes_there_and_back_and_each_pixel_is_a_square(
    answer: Answers, lab: TrainedLab, tmp_path: Path
) -> None:
    out = tmp_path / "walk.gif"
    answer("walk", lab.runs["conv_ae"], "--kind", "interpolation", "--steps", 4, "--out", out)
    dataset = store.open_dataset("digits")
    found = interpolation.run(networks(lab, "conv_ae"), dataset, interpolation.Config(steps=4))
    film, seen = read(out), []
    for number in range(6):
        film.seek(number)
        frame = np.asarray(film.convert("L"))
        factor = (frame.shape[0] - 16) // 28
        seen.append(frame[: 28 * factor : factor, : 28 * factor : factor].astype(int))
        assert np.array_equal(frame[1 : 28 * factor : factor, 1 : 28 * factor : factor], seen[-1])
    np.testing.assert_array_equal(seen[0], to_uint8(found.linear.images[0, :, :, 0]))
    np.testing.assert_array_equal(seen[3], to_uint8(found.linear.images[3, :, :, 0]))
    assert [np.array_equal(seen[4], seen[2]), np.array_equal(seen[5], seen[1])] == [True, True]


def test_the_numbers_and_the_file_are_those_of_the_study(answer: Answers, lab: TrainedLab, tmp_path: Path) -> None:
    out = tmp_path / "walk.png"
    asked = ("--image", 12, "--reach", 2, "--rows", 4, "--skip", 1)
    said = answer("walk", lab.runs["vae"], "--kind", "traversal", *asked, "--out", out)
    config = traversals.Config(image=12, reach=2, rows=4, skip=1)
    found = traversals.run(networks(lab, "vae"), store.open_dataset("digits"), config)
    assert out.read_bytes() == walks.of_traversals(found).png()
    assert said["unit"] == "nats"
    assert said["n"] == 359
    (row,) = said["rows"]
    dimension = int(found.dimensions[0])
    assert row == {
        "dimension": dimension + 1,
        "figure": pytest.approx(found.ranked.figures[dimension]),
        "used": bool(found.ranked.used[dimension]),
        "change": pytest.approx(found.change[0]),
    }


@pytest.mark.parametrize("text", ["-1,3", "(-1, 3)", "-1;3"])
def test_a_typed_position_is_decoded(answer: Answers, lab: TrainedLab, tmp_path: Path, text: str) -> None:
    out = tmp_path / "place.png"
    said = answer("walk", lab.runs["vae"], "--kind", "position", "--position", text, "--out", out)
    around = decoding.surroundings(networks(lab, "vae"), store.open_dataset("digits"))
    code = np.array([[-1, 3]], np.float32)
    assert said["position"] == [-1, 3]
    assert said["distance"] == pytest.approx(np.linalg.norm(around.codes - code, axis=1).min(), rel=1e-5)
    picture = np.asarray(read(out).convert("L"))[16:]
    factor = picture.shape[0] // 28
    np.testing.assert_array_equal(picture[::factor, ::factor], to_uint8(networks(lab, "vae").decode(code)[0, :, :, 0]))


def test_what_cannot_be_walked_is_said_in_one_sentence(refusal: Refusal, lab: TrainedLab, tmp_path: Path) -> None:
    vae, out = lab.runs["vae"], tmp_path / "walk.png"
    assert "2 numbers with commas" in refusal("walk", vae, "--kind", "position", "--out", out)
    assert "2 numbers with commas" in refusal("walk", vae, "--kind", "position", "--position", "1e39,0", "--out", out)
    assert "no setting called 'reach'" in refusal("walk", vae, "--kind", "grid", "--reach", 2, "--out", out)
    assert "images 0 to 1796" in refusal("walk", vae, "--kind", "traversal", "--image", 5000, "--out", out)
    assert "no group of dataset digits" in refusal("walk", vae, "--kind", "arithmetic", "--plus", "cat", "--out", out)
    assert "written as .png or .gif" in refusal("walk", vae, "--kind", "grid", "--out", tmp_path / "walk.jpg")
    assert "There is no run" in refusal("walk", "nobody", "--kind", "grid", "--out", out)
    assert not out.exists()


def test_a_run_without_a_code_cannot_be_walked(refusal: Refusal, unet_lab: TrainedLab, tmp_path: Path) -> None:
    said = refusal("walk", unet_lab.runs["unet_dae"], "--kind", "grid", "--out", tmp_path / "walk.gif")
    assert "has no code" in said


def test_a_run_without_an_encoder_walks_between_draws(answer: Answers, gan_lab: TrainedLab, tmp_path: Path) -> None:
    asked = ("--kind", "interpolation", "--first", 3, "--second", 4, "--out", tmp_path / "walk.gif")
    said = answer("walk", gan_lab.runs["gan"], *asked)
    assert said["distances"] == {"linear": None, "spherical": None}
