"""The latent plane at equal steps of probability."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from labs import TrainedLab
from scipy.stats import norm

from aelab.errors import LabError
from aelab.studies import decoding, manifold_grid
from aelab.studies.manifold_grid import Config, positions


@pytest.mark.parametrize("steps", [2, 15, 40])
def test_quantiles_of_the_prior_are_those_of_the_standard_normal(opened, steps: int) -> None:
    networks, dataset = opened("vae")
    found = manifold_grid.run(networks, dataset, Config(steps=steps))
    expected = norm.ppf((np.arange(steps) + 0.5) / steps)
    np.testing.assert_allclose(found.x, expected, atol=1e-12)
    np.testing.assert_allclose(found.y, expected, atol=1e-12)


def test_each_tile_is_decoded_at_its_own_place_x_to_the_right_and_y_upwards(opened) -> None:
    networks, dataset = opened("vae")
    found = manifold_grid.run(networks, dataset, Config(steps=4))
    for row in range(4):
        codes = np.array([[x, found.y[3 - row]] for x in found.x], np.float32)
        np.testing.assert_allclose(found.images[row], networks.decode(codes), atol=1e-5)


def test_quantiles_of_the_codes_have_as_many_codes_between_them(opened) -> None:
    networks, dataset = opened("conv_ae")
    around = decoding.surroundings(networks, dataset)
    x = positions(around, 3, "codes", 10)
    counts, _ = np.histogram(around.codes[:, 3], bins=x)
    assert counts.max() - counts.min() <= 2
    even = positions(around, 3, "codes", 10, "even")
    np.testing.assert_allclose(np.diff(even), np.diff(even)[0])
    np.testing.assert_allclose(even[[0, -1]], np.quantile(around.codes[:, 3], [0.005, 0.995]), rtol=1e-5)


def test_the_numbers_that_are_not_on_the_plane_stay_at_their_mean(opened) -> None:
    networks, dataset = opened("conv_ae")
    around = decoding.surroundings(networks, dataset)
    found = manifold_grid.grid(networks, around, Config(spacing="codes", first=7, second=3, steps=3))
    code = around.mean.copy()
    code[6], code[2] = found.x[2], found.y[0]
    np.testing.assert_allclose(found.images[2, 2], networks.decode(code[None])[0], atol=1e-5)


def test_a_run_without_an_encoder_has_the_quantiles_of_its_prior(gan_lab: TrainedLab, opened_in) -> None:
    networks, dataset = opened_in(gan_lab, "gan")
    found = manifold_grid.run(networks, dataset, Config(spacing="codes", steps=5))
    np.testing.assert_allclose(found.x, norm.ppf([0.1, 0.3, 0.5, 0.7, 0.9]), atol=1e-12)
    even = manifold_grid.run(networks, dataset, Config(spacing="codes", at="even", steps=5))
    np.testing.assert_allclose(even.x, np.linspace(*norm.ppf([0.005, 0.995]), 5))


@pytest.mark.parametrize("pair", [(1, 1), (1, 3), (8, 2)])
def test_what_is_no_plane_is_refused(opened, lab: TrainedLab, pair: tuple[int, int]) -> None:
    networks, dataset = opened("vae")
    with pytest.raises(LabError, match=f"from 1 to 2 in run {lab.runs['vae']}; they are {pair[0]} and {pair[1]}"):
        manifold_grid.run(networks, dataset, Config(first=pair[0], second=pair[1]))


def test_codes_that_do_not_vary_make_no_plane(opened) -> None:
    networks, dataset = opened("vae")
    around = decoding.surroundings(networks, dataset)
    constant = dataclasses.replace(around, codes=np.full_like(around.codes, 2))
    with pytest.raises(LabError, match="Number 1 of the code is 2 for every test image"):
        manifold_grid.grid(networks, constant, Config(spacing="codes"))
