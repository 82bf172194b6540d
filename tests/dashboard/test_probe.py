"""A picture of one's own can be given to a run, and one that is none is refused in a sentence."""

from __future__ import annotations

import io

import numpy as np
import pytest
from labs import TrainedLab
from PIL import Image
from seen import errors, picture_of, pictures, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets import store
from aelab.pixels import to_unit


def png(pixels: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


def bring(page: AppTest, content: bytes, name: str = "mine.png") -> AppTest:
    page.file_uploader(key="probe.file").upload(name, content, "image/png")
    return page.run()


@pytest.fixture
def digit() -> np.ndarray:
    return np.asarray(store.open_dataset("digits").images[store.open_dataset("digits").indices("test")[3]])


def test_a_picture_is_reconstructed_and_finds_its_like(lab: TrainedLab, visit, digit: np.ndarray) -> None:
    page = bring(visit("latent", run=lab.runs["conv_ae"]), png(digit[:, :, 0]))
    given = to_unit(digit)[None]
    made = inference.load(runs.find(lab.runs["conv_ae"])).reconstruct(given)
    assert picture_of(np.concatenate([given, made]), 2) in pictures(page)
    said = words(page)
    assert "what conv_ae-digits-" in said
    assert "Of N = 359 test images those with the most similar codes, 0 to" in said


def test_ink_on_paper_can_be_turned_to_bright_on_dark(lab: TrainedLab, visit, digit: np.ndarray) -> None:
    page = bring(visit("latent", run=lab.runs["conv_ae"]), png(255 - digit[:, :, 0]))
    page.toggle(key="probe.inverted").set_value(True).run()
    assert "those with the most similar codes, 0 to" in words(page)


def test_what_is_no_picture_is_refused_in_a_sentence(lab: TrainedLab, visit) -> None:
    page = bring(visit("latent", run=lab.runs["conv_ae"]), b"<html>not a picture</html>")
    (said,) = errors(page)
    assert said.startswith("mine.png")


def test_every_run_shows_what_it_makes_of_the_same_picture(lab: TrainedLab, visit, digit: np.ndarray) -> None:
    page = bring(visit("reports"), png(digit[:, :, 0]))
    (said,) = [line for line in words(page).split("\n") if line.startswith("From the left: your picture;")]
    given = to_unit(digit)[None]
    for run in lab.runs.values():
        error = np.square(given - inference.load(runs.find(run)).reconstruct(given)).mean()
        assert f"{run} {error:.5f}" in said
