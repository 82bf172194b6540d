import colorsys

import numpy as np
import pytest

from aelab.datasets.shapes import ShapesConfig, load
from aelab.errors import LabError


def drawn(**config: object):
    return load(ShapesConfig.parse(config), [].append)


def test_the_picture_lies_where_the_factors_say() -> None:
    content = drawn(size=64, classes=5, count=100)
    ink = content.images.astype(float).max(axis=3)
    middles = (np.arange(64) + 0.5) / 64
    x = (ink * middles).sum(axis=(1, 2)) / ink.sum(axis=(1, 2))
    y = (ink * middles[:, None]).sum(axis=(1, 2)) / ink.sum(axis=(1, 2))
    # The centre of mass of every shape is its centre of symmetry.
    np.testing.assert_allclose(x, content.factors["x"], atol=0.5 / 64)
    np.testing.assert_allclose(y, content.factors["y"], atol=0.5 / 64)


def test_the_area_of_each_shape_is_that_of_its_formula() -> None:
    content = drawn(size=128, classes=5, count=100, color="gray")
    cover = content.images[..., 0].astype(float) / content.images.max(axis=(1, 2, 3))[:, None, None]
    area = cover.mean(axis=(1, 2)) / content.factors["size"] ** 2  # of a shape of radius 1
    tip = np.sqrt(1 - 0.3**2)
    star = 5 * np.sin(np.pi / 5) * np.cos(0.4 * np.pi) / np.cos(0.2 * np.pi)
    cross = 2 * (2 * tip * 0.6) - 0.6**2  # two bars, less the square that both cover
    expected = [2.0, 0.6 * np.pi, 0.75 * np.sqrt(3), star, cross]
    for label, value in enumerate(expected):
        assert area[content.labels == label] == pytest.approx(value, rel=0.03)


def test_the_hue_is_the_one_in_the_factors() -> None:
    content = drawn(size=32, count=60)
    for image, hue in zip(content.images, content.factors["colour"], strict=True):
        brightest = image.reshape(-1, 3)[image.max(axis=2).argmax()]
        assert 360 * colorsys.rgb_to_hsv(*(brightest / 255.0))[0] % 360 == pytest.approx(hue, abs=1)


def test_an_ellipse_is_turned_by_the_angle() -> None:
    content = drawn(size=128, classes=2, count=60, color="gray")
    for image, label, angle in zip(content.images[..., 0], content.labels, content.factors["angle"], strict=True):
        if label == 1:  # the long axis of an ellipse is what its second moments point along
            y, x = np.nonzero(image > image.max() // 2)
            (xx, xy), (_, yy) = np.cov(x, y)
            assert np.rad2deg(np.arctan2(2 * xy, xx - yy) / 2) == pytest.approx(angle, abs=2)


def test_no_shape_is_cut_off_by_the_edge() -> None:
    images = drawn(size=64, classes=5, count=500).images
    assert images[:, [0, -1]].max() < 128
    assert images[:, :, [0, -1]].max() < 128


def test_the_factors_are_independent_of_each_other() -> None:
    factors = drawn(count=5000, size=12, classes=5).factors
    correlation = np.corrcoef(np.stack([values.astype(float) for values in factors.values()]))
    assert np.abs(correlation - np.eye(6)).max() < 0.06


@pytest.mark.parametrize(("classes", "color", "size"), [(2, "gray", 12), (5, "rgb", 33)])
def test_any_size_and_colour_and_number_of_classes(classes: int, color: str, size: int) -> None:
    content = drawn(classes=classes, color=color, size=size, count=50)
    assert content.images.shape == (50, size, size, 3 if color == "rgb" else 1)
    assert len(content.class_names) == classes
    assert np.bincount(content.labels).tolist() == [50 // classes] * classes


@pytest.mark.parametrize("wrong", [{"classes": 1}, {"classes": 6}, {"size": 0}, {"size": 10**9}, {"color": "cmyk"}])
def test_what_cannot_be_drawn_is_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(LabError, match=next(iter(wrong))):
        drawn(**wrong)


def test_more_than_fits_in_memory_is_refused_before_it_is_tried() -> None:
    with pytest.raises(LabError, match="20000 images of 256 × 256 × 3"):
        drawn(count=20_000, size=256)
