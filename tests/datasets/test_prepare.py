"""Pictures of any size at the one size that is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from aelab.datasets.prepare import Prepare, enlarged_share, prepared
from aelab.errors import LabError


@pytest.fixture
def photo() -> np.ndarray:
    """Return a smooth picture of 60 x 90, red growing to the right and green downwards."""
    across, down = np.meshgrid(np.linspace(0, 255, 90), np.linspace(0, 255, 60))
    return np.stack([across, down, np.full_like(across, 40)], axis=2).astype(np.uint8)


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("color", ["rgb", "gray"])
@pytest.mark.parametrize("shape", [(60, 90, 3), (90, 60, 1), (1, 1, 3), (1, 700, 3), (700, 1, 4), (12, 12, 4)])
def test_every_picture_gets_the_form_that_is_asked_for(fit: str, color: str, shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    image = prepared(picture, Prepare(height=20, width=32, fit=fit, color=color))
    assert image.shape == (20, 32, 3 if color == "rgb" else 1)
    assert image.dtype == np.uint8


def test_cropping_keeps_the_middle_and_its_proportions(photo: np.ndarray) -> None:
    image = prepared(photo, Prepare(height=30, width=30))
    expected = ImageOps.fit(Image.fromarray(photo), (30, 30), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(image, np.asarray(expected))


def test_padding_shows_the_whole_picture_on_the_background(photo: np.ndarray) -> None:
    image = prepared(photo, Prepare(height=30, width=30, fit="pad", background="black"))
    assert not image[:5].any()
    assert not image[25:].any()
    inner = Image.fromarray(photo).resize((30, 20), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(image[5:25], np.asarray(inner))


def test_stretching_shows_the_whole_picture_without_any_background(photo: np.ndarray) -> None:
    image = prepared(photo, Prepare(height=30, width=30, fit="stretch", background="white"))
    np.testing.assert_array_equal(image, np.asarray(Image.fromarray(photo).resize((30, 30), Image.Resampling.LANCZOS)))


@pytest.mark.parametrize(("background", "grey"), [("white", 255), ("black", 0), ("gray", 128)])
@pytest.mark.parametrize("color", ["rgb", "gray"])
def test_transparency_and_margins_have_the_background(background: str, grey: int, color: str) -> None:
    picture = np.zeros((20, 40, 4), np.uint8)
    prepare = Prepare(height=40, width=40, fit="pad", background=background, color=color)
    assert set(np.unique(prepared(picture, prepare))) == {grey}


def test_half_transparent_pixels_are_mixed_with_the_background() -> None:
    picture = np.full((12, 12, 4), (200, 100, 0, 128), np.uint8)
    image = prepared(picture, Prepare(height=12, width=12, background="white"))
    np.testing.assert_allclose(image[0, 0], [227, 177, 127], atol=1)


def test_a_picture_in_the_right_form_is_not_touched() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (28, 28, 1), dtype=np.uint8)
    assert prepared(picture, Prepare(height=28, width=28, color="gray")) is picture


def test_grey_is_what_the_eye_sees(photo: np.ndarray) -> None:
    image = prepared(photo, Prepare(height=60, width=90, color="gray"))
    np.testing.assert_allclose(image[..., 0], photo @ [0.299, 0.587, 0.114], atol=1)


@pytest.mark.parametrize(("fit", "share"), [("crop", 0.5), ("stretch", 0.5), ("pad", 0.25)])
def test_the_share_of_pictures_that_must_be_enlarged(fit: str, share: float) -> None:
    sizes = np.array([[200, 200], [128, 128], [100, 300], [50, 60]])
    assert enlarged_share(sizes, Prepare(height=128, width=128, fit=fit)) == share
    assert enlarged_share(np.empty((0, 2), int), Prepare()) == 0


@pytest.mark.parametrize("wrong", [{"height": 11}, {"width": 513}, {"fit": "squeeze"}, {"color": "cmyk"}])
def test_what_cannot_be_prepared_is_named(wrong: dict[str, object]) -> None:
    with pytest.raises(LabError, match=next(iter(wrong))):
        Prepare.parse(wrong)
