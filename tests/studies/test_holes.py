"""Holes: draws where codes are, draws where none is, and what is compared with what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import ndtri

from aelab.errors import LabError
from aelab.studies import holes
from aelab.studies.holes import Config, Holes

COUNT = 3000


@dataclass(frozen=True)
class Encoder:
    """Stands in for a run's networks: the code of an image is written in its first pixels."""

    spread: float = 1.0
    shift: float = 0.0
    latent_dim: int = 2
    deviation: float | None = None
    run_id: str = "made"
    encodes: bool = True
    decodes: bool = True
    classes: int = 0

    def encode(self, images: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
        uniform = np.rint(images.reshape(len(images), -1)[:, : 2 * self.latent_dim] * 255).astype(int)
        shares = (256 * uniform[:, ::2] + uniform[:, 1::2] + 0.5) / 65536
        return (self.shift + self.spread * ndtri(shares)).astype(np.float32)

    def posterior(self, images: np.ndarray, labels: np.ndarray | None = None) -> tuple[np.ndarray, ...] | None:
        if self.deviation is None:
            return None
        mean = self.encode(images) * np.sqrt(1 - self.deviation**2)
        return mean, np.full_like(mean, 2 * np.log(self.deviation))


@pytest.fixture
def noise(imported):
    """Return a dataset of even noise: `Encoder` makes normal codes of it."""
    images = np.random.default_rng(0).integers(0, 256, (COUNT, 12, 12), dtype=np.uint8)
    return imported(images, np.zeros(COUNT, int), "noise")


def test_draws_that_are_spread_as_codes_are_fall_in_holes_as_often_as_test_images(noise) -> None:
    found = holes.run(Encoder(), noise, Config(draws=4000))
    assert found.share.mean == pytest.approx(0.01, abs=0.012)
    assert found.share.low < 0.02
    assert found.farther == pytest.approx(0.5, abs=0.04)
    assert found.n_codes == noise.counts["train"]
    assert (len(found.real), len(found.drawn), found.share.n) == (noise.counts["test"], 4000, 4000)
    assert np.mean(found.real <= found.threshold) == pytest.approx(0.99, abs=0.005)


def test_draws_far_from_every_code_are_all_in_holes(noise) -> None:
    found = holes.run(Encoder(spread=0.1, shift=20.0), noise, Config(draws=500))
    assert (found.share.mean, found.share.high) == (1.0, 1.0)
    assert found.farther == 1.0


def test_draws_of_a_mixture_that_is_fitted_on_codes_are_where_codes_are(noise) -> None:
    found = holes.run(Encoder(spread=0.1, shift=20.0), noise, Config(prior="mixture", draws=1000))
    assert found.share.mean < 0.04
    assert found.components >= 1


def test_of_a_posterior_codes_are_drawn_so_that_unused_dimensions_make_no_hole(noise) -> None:
    """Means alone lie at 0 in a dimension that is not used, where each draw of the prior is away from them."""
    found = holes.run(Encoder(latent_dim=3, deviation=0.999), noise, Config(draws=4000))
    assert found.sampled
    assert found.share.mean == pytest.approx(0.01, abs=0.012)
    assert not holes.run(Encoder(), noise, Config(draws=20)).sampled


def test_the_farthest_and_the_nearest_draws_are_told_with_their_neighbours(noise) -> None:
    encoder = Encoder(spread=0.5)
    found = holes.run(encoder, noise, Config(draws=400))
    assert list(found.farthest.distances) == sorted(found.drawn, reverse=True)[:10]
    assert list(found.nearest.distances) == sorted(found.drawn)[:10]
    assert set(found.farthest.neighbours) <= set(noise.indices("train").tolist())
    codes = encoder.encode(noise.images[list(found.farthest.neighbours)].astype(np.float32) / 255)
    np.testing.assert_allclose(
        np.linalg.norm(codes - found.farthest.codes, axis=1), found.farthest.distances, rtol=1e-4
    )


def test_an_answer_survives_being_written_and_read(opened) -> None:
    found = holes.run(*opened("vae"), Config(draws=50))
    again = Holes.from_json(found.to_json())
    assert again.share == found.share
    np.testing.assert_array_equal(again.drawn, found.drawn)
    np.testing.assert_array_equal(again.farthest.codes, found.farthest.codes)
    assert again.to_json() == found.to_json()


def test_the_same_seed_finds_the_same_holes(opened) -> None:
    one, other = (holes.run(*opened("vae"), Config(draws=50, seed=3)).to_json() for _ in range(2))
    assert one == other


def test_draws_decode_to_images_of_the_run(opened) -> None:
    networks, dataset = opened("vae")
    found = holes.run(networks, dataset, Config(draws=50))
    np.testing.assert_array_equal(holes.images(networks, found.nearest), networks.decode(found.nearest.codes))


def test_distances_are_those_to_the_nearest_of_all() -> None:
    rng = np.random.default_rng(0)
    codes, among = rng.standard_normal((501, 3)), rng.standard_normal((70, 3))
    distances, which = holes.nearest(codes, among)
    every = np.linalg.norm(codes[:, None] - among, axis=2)
    np.testing.assert_allclose(distances, every.min(axis=1))
    np.testing.assert_array_equal(which, every.argmin(axis=1))


def test_pairs_that_are_the_same_count_half() -> None:
    assert holes.farther(np.array([1.0, 3.0]), np.array([1.0, 2.0])) == pytest.approx((0.5 + 2) / 4)


def test_codes_that_are_all_the_same_are_named(noise) -> None:
    with pytest.raises(LabError, match="Run made gives every image the same code: it has learned nothing"):
        holes.run(Encoder(spread=0.0), noise, Config())


def test_codes_that_are_no_numbers_are_named(noise) -> None:
    with pytest.raises(LabError, match="The encoder of run made gives codes that are no numbers"):
        holes.run(Encoder(shift=np.nan), noise, Config())


def test_too_few_images_are_said_to_be_too_few(imported) -> None:
    images = np.random.default_rng(0).integers(0, 256, (30, 12, 12), dtype=np.uint8)
    few = imported(images, np.zeros(30, int), "few")
    with pytest.raises(LabError, match=rf"at least 10 test images; few has {few.counts['test']}\."):
        holes.run(Encoder(), few, Config())
