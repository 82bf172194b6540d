"""New codes that lie where a run's codes lie: how a mixture is fitted, what it draws, and what there is none of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from aelab import inference, runs
from aelab.errors import LabError
from aelab.studies import generation, prior
from aelab.studies.generation import Config

MEANS = np.array([[6, 0, 0, 1], [-6, 3, 0, 1], [0, -8, 5, 1]], np.float32)
SHARES = np.array([0.5, 0.3, 0.2])


def clusters(count: int, seed: int = 0) -> np.ndarray:
    """Return codes around three places, (count, 4); their last number is always 1."""
    rng = np.random.default_rng(seed)
    spread = np.array([0.5, 1.0, 0.2, 0.0])
    places = MEANS[rng.choice(3, count, p=SHARES)]
    return (places + spread * rng.standard_normal((count, 4))).astype(np.float32)


def nearest(codes: np.ndarray) -> np.ndarray:
    return np.linalg.norm(codes[:, None] - MEANS, axis=2).argmin(axis=1)


def drawn(mixture: prior.Mixture, count: int = 4000) -> np.ndarray:
    return mixture.draw(count, np.random.default_rng(3))


@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (1e-4, 0.0), (1e3, 50.0)])
def test_codes_are_drawn_where_codes_lie_as_often_as_they_do(scale: float, shift: float) -> None:
    mixture = prior.fit_codes((clusters(3000) * scale + shift).astype(np.float32), seed=0)
    codes = (drawn(mixture) - shift) / scale
    assert mixture.components >= 3
    assert mixture.n_codes == 3000
    which = nearest(codes)
    for place, (mean, share) in enumerate(zip(MEANS, SHARES, strict=True)):
        near = codes[which == place]
        assert len(near) / len(codes) == pytest.approx(share, abs=0.03)
        np.testing.assert_allclose(near.mean(axis=0), mean, atol=0.15)
        np.testing.assert_allclose(near.std(axis=0), [0.5, 1.0, 0.2, 0.0], atol=0.1)
    assert np.linalg.norm(codes - MEANS[which], axis=1).max() < 6  # none lies between the places


def test_numbers_that_go_together_are_drawn_together() -> None:
    rng = np.random.default_rng(0)
    codes = (rng.standard_normal((3000, 3)) @ rng.standard_normal((3, 3))).astype(np.float32)
    mixture = prior.fit_codes(codes, seed=0)
    np.testing.assert_allclose(np.cov(drawn(mixture), rowvar=False), np.cov(codes, rowvar=False), atol=0.25)
    assert mixture.components <= 2  # one normal distribution is one component, give or take


def test_fewer_codes_than_numbers_are_drawn_from_among_themselves() -> None:
    rng = np.random.default_rng(0)
    codes = (rng.standard_normal((20, 2)) @ rng.standard_normal((2, 50)) + 3).astype(np.float32)
    found = drawn(prior.fit_codes(codes, seed=0), 100)
    assert found.shape == (100, 50)
    assert found.dtype == np.float32
    plane = np.linalg.svd(codes - codes.mean(axis=0))[2][:2]
    away = (found - codes.mean(axis=0)) - (found - codes.mean(axis=0)) @ plane.T @ plane
    assert np.abs(away).max() < 0.05


def test_codes_of_which_many_are_the_same_are_fitted() -> None:
    few = np.random.default_rng(0).choice(MEANS, 500)
    codes = drawn(prior.fit_codes(few, seed=0), 200)
    assert np.linalg.norm(codes - MEANS[nearest(codes)], axis=1).max() < 0.5


def test_the_same_seed_gives_the_same_mixture() -> None:
    one, other = (prior.fit_codes(clusters(500), seed=4) for _ in range(2))
    np.testing.assert_array_equal(drawn(one), drawn(other))


def test_more_codes_than_are_needed_are_drawn_fairly(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prior, "_MOST_CODES", 200)
    mixture = prior.fit(*opened("conv_ae"))
    assert mixture.n_codes == 200


def test_a_run_that_is_not_generative_draws_better_from_a_mixture(opened) -> None:
    networks, dataset = opened("pca")  # the others have hardly been trained
    mixture = generation.run(networks, dataset, Config(prior="mixture"))
    normal = generation.run(networks, dataset, Config())
    assert mixture.distance < 0.6 * normal.distance
    assert (normal.prior, normal.components, normal.n_codes) == ("normal", 0, 0)
    assert mixture.prior == "mixture"
    assert mixture.components >= 1
    assert mixture.n_codes == dataset.counts["train"]
    assert mixture.floor == normal.floor


@dataclass(frozen=True)
class Encoder:
    """Stands in for a run's networks: of any images it makes a code that is known beforehand."""

    code: float
    run_id: str = "stuck"

    def encode(self, images: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
        return np.full((len(images), 3), self.code, np.float32)


def test_codes_that_are_all_the_same_are_named(digits) -> None:
    with pytest.raises(LabError, match=r"Run stuck gives every image the same code, .* it has learned nothing"):
        prior.fit(Encoder(0.5), digits)


def test_codes_that_are_no_numbers_are_named(digits) -> None:
    with pytest.raises(LabError, match="The encoder of run stuck gives codes that are no numbers"):
        prior.fit(Encoder(np.nan), digits)


def test_too_few_images_are_said_to_be_too_few(imported) -> None:
    images = np.random.default_rng(0).integers(0, 256, (12, 12, 12), dtype=np.uint8)
    dataset = imported(images, np.zeros(12, int))
    assert dataset.counts["train"] < 10
    with pytest.raises(LabError, match=r"at least 10 training images; made-here has \d\."):
        prior.fit(Encoder(0.5), dataset)


def test_a_run_without_an_encoder_is_refused_in_a_sentence(gan_lab) -> None:
    run = runs.find(gan_lab.runs["gan"])
    with pytest.raises(LabError, match=f"Run {run.id} has no encoder"):
        generation.run(inference.load(run), run.images(), Config(prior="mixture"))
