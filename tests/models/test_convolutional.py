"""The body that three architectures share: every size of image goes down to at most 8 pixels and back."""

from __future__ import annotations

import pytest

from aelab.models import models
from aelab.models._convolutional import ConvolutionalConfig, sizes
from aelab.models.tracing import summarize


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (28, 28, [(28, 28), (14, 14), (7, 7)]),
        (128, 128, [(128, 128), (64, 64), (32, 32), (16, 16), (8, 8)]),
        (33, 47, [(33, 47), (17, 24), (9, 12), (5, 6)]),
        (8, 8, [(8, 8)]),
        (9, 8, [(9, 8), (5, 4)]),
        (1, 1, [(1, 1)]),
        (100, 3, [(100, 3), (50, 2), (25, 1), (13, 1), (7, 1)]),
    ],
)
def test_sides_are_halved_and_rounded_up_until_neither_exceeds_eight(
    height: int, width: int, expected: list[tuple[int, int]]
) -> None:
    assert sizes(height, width) == expected


@pytest.mark.parametrize("height", [1, 7, 8, 9, 15, 16, 17, 31, 100, 129])
@pytest.mark.parametrize("width", [1, 8, 9, 33, 64])
def test_the_decoder_ends_at_the_size_of_the_image(height: int, width: int) -> None:
    spec = models["conv_ae"]
    summary = summarize(spec, ConvolutionalConfig(latent_dim=3, filters=2), (height, width, 3))
    assert summary.decoder[-1].shape == (height, width, 3)
    assert summary.encoder[-1].shape == (3,)


def test_filters_double_but_not_without_end() -> None:
    summary = summarize(models["conv_ae"], ConvolutionalConfig(filters=128), (256, 256, 3))
    assert [row.shape[-1] for row in summary.encoder if row.kind == "Conv2D"] == [128, 256, 256, 256, 256]
