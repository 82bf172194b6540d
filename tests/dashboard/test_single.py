"""One image at a time: the pictures and numbers are those of the study, for test images and one's own."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from labs import TrainedLab
from PIL import Image
from seen import errors, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets import store
from aelab.noise.corruption import Corruption
from aelab.pixels import to_unit
from aelab.studies import one_image, tuned_filters
from aelab.studies.one_image import OneImage
from ui import drawing, mosaic

USUAL = ("median_3", "gaussian", "linear_ridge")


def pictures(page: AppTest) -> str:
    """Return the HTML of the pictures."""
    (found,) = (each.proto.body for each in page.get("html") if '<div class="aelab-figures">' in each.proto.body)
    return str(found)


def figures(page: AppTest) -> list[str]:
    return re.findall(r"<strong>(.*?)</strong>", pictures(page))


def test_image(number: int, level: float, *, model: str, lab: TrainedLab) -> OneImage:
    data = store.open_dataset("digits")
    corruption = Corruption.of("gaussian", level)
    index = data.indices("test")[[number - 1]]
    tuned = [tuned_filters.tuned(data, name, tuned_filters.nearest(corruption)) for name in USUAL]
    networks = inference.load(runs.find(lab.runs[model]))
    return one_image.run(networks, to_unit(data.take(index)), corruption, tuned, data.labels[index])


test_image.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture
def page(lab: TrainedLab, visit) -> AppTest:
    return visit("denoise", run=lab.runs["dae"], view="image")


def test_every_picture_and_number_is_that_of_the_study(lab: TrainedLab, page: AppTest) -> None:
    found = test_image(1, 0.2, model="dae", lab=lab)
    drawn = pictures(page)
    assert figures(page) == ["Clean image", "Noisy", "This run", "Median 3 × 3", "Gaussian smoothing", "Linear ridge"]
    assert mosaic.exact_uri(found.clean[0]) in drawn
    for result in found.results:
        assert mosaic.exact_uri(result.image[0]) in drawn
        assert f"PSNR ↑ {result.psnr:.2f} dB" in drawn
        assert f"SSIM (Gaussian window) ↑ {result.ssim:.3f}" in drawn
    assert f"from 0 to {found.largest_difference:.2f}" in words(page)
    assert f"{found.best.psnr:.2f} dB, where the noisy one has {found.noisy.psnr:.2f} dB" in words(page)


def test_every_picture_can_be_heard(page: AppTest) -> None:
    alts = re.findall(r'<img[^>]* alt="([^"]*)"', pictures(page))
    assert len(alts) == 18 == len(set(alts))
    assert all(alts)


def test_another_number_is_another_image_and_another_severity_the_same_one(lab: TrainedLab, page: AppTest) -> None:
    page.number_input(key="single.number.digits").set_value(7).run()
    assert mosaic.exact_uri(test_image(7, 0.2, model="dae", lab=lab).of_run.image[0]) in pictures(page)
    page.slider(key="severity.gaussian").set_value(0.6).run()
    found = test_image(7, 0.6, model="dae", lab=lab)
    assert mosaic.exact_uri(found.clean[0]) in pictures(page)
    assert mosaic.exact_uri(found.of_run.image[0]) in pictures(page)
    assert "Test image 7 of 359" in words(page)


def test_fewer_filters_and_parts_are_drawn_where_fewer_are_wanted(page: AppTest) -> None:
    page.button_group(key="single.filters").set_value([]).run()
    page.toggle(key="single.differences").set_value(False).run()
    assert figures(page) == ["Clean image", "Noisy", "This run"]
    assert pictures(page).count("<img") == 6
    assert "one scale" not in words(page)


def test_the_part_that_is_enlarged_can_be_chosen_by_hand(page: AppTest) -> None:
    page.toggle(key="single.worst").set_value(False).run()
    page.slider(key="single.left.28").set_value(14).run()
    page.slider(key="single.top.28").set_value(7).run()
    assert "left: 50.00%; top: 25.00%;" in pictures(page)


def test_an_identical_image_is_called_so_instead_of_infinite(page: AppTest) -> None:
    page.slider(key="severity.gaussian").set_value(0.0).run()
    assert "PSNR ↑ identical to the clean image" in pictures(page)
    assert "inf" not in words(page).replace("information", "").replace("infinity", "")
    assert "The noise changes nothing in this image" in words(page)


def png(pixels: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


def bring(page: AppTest, content: bytes) -> AppTest:
    page.button_group(key="single.way").set_value("file").run()
    page.file_uploader(key="single.file").upload("mine.png", content, "image/png")
    return page.run()


def test_a_picture_of_another_size_and_colour_is_converted_and_that_is_said(page: AppTest) -> None:
    page = bring(page, png(np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)))
    said = words(page)
    assert "It came with 60 × 40 pixels, colour; the run takes 28 × 28, grey" in said
    assert figures(page)[:3] == ["Clean image", "Noisy", "This run"]


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_picture_of_one_colour_is_restored_like_any_other(page: AppTest, value: int) -> None:
    page = bring(page, png(np.full((28, 28), value, np.uint8)))
    assert words(page)
    assert "nan" not in pictures(page).lower().replace("base64", "")[:200]
    assert len(figures(page)) == 6


def test_what_is_no_picture_is_refused_in_a_sentence(page: AppTest) -> None:
    page = bring(page, b"<html>not a picture</html>")
    (said,) = errors(page)
    assert said.startswith("mine.png")
    assert "Upload, take or draw a picture" in words(page)


def test_nothing_is_made_of_an_empty_canvas(page: AppTest) -> None:
    page.button_group(key="single.way").set_value("draw").run()
    assert "Upload, take or draw a picture" in words(page)


@pytest.mark.parametrize(
    "sent", [None, 7, "", "data:text/html,x", "data:image/png;base64,*", "data:image/png;base64,é"]
)
def test_what_a_canvas_cannot_have_sent_is_no_drawing(sent: object) -> None:
    assert drawing.decoded(sent) is None


def test_a_run_that_is_no_denoiser_can_be_looked_at_and_that_is_said(lab: TrainedLab, visit) -> None:
    page = visit("denoise", run=lab.runs["pca"], view="image")
    assert "This run was not trained to denoise" in words(page)
    assert mosaic.exact_uri(test_image(1, 0.2, model="pca", lab=lab).of_run.image[0]) in pictures(page)
