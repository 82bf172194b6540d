"""Every dimension of a code, moved alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from labs import TrainedLab

from aelab.errors import LabError
from aelab.pixels import to_unit
from aelab.studies import decoding, places, traversals
from aelab.studies.traversals import Config


def test_rows_of_a_vae_are_sorted_by_their_divergence_from_the_prior(opened) -> None:
    networks, dataset = opened("vae")
    ranked = traversals.ranking(networks, dataset, decoding.surroundings(networks, dataset))
    mean, log_variance = networks.posterior(to_unit(dataset.images[dataset.split == 2]))
    expected = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).mean(axis=0)
    np.testing.assert_allclose(ranked.figures, expected, rtol=1e-3)
    assert (ranked.unit, ranked.n) == ("nats", 359)
    assert (np.diff(ranked.figures[ranked.order]) <= 0).all()


def test_rows_of_an_autoencoder_are_sorted_by_the_variance_of_its_codes(opened) -> None:
    networks, dataset = opened("conv_ae")
    around = decoding.surroundings(networks, dataset)
    found = traversals.run(networks, dataset, Config())
    variances = around.codes.var(axis=0)
    assert found.dimensions.tolist() == np.argsort(-variances, kind="stable").tolist()
    np.testing.assert_allclose(found.units, around.spread[found.dimensions], rtol=1e-5)


def test_each_row_moves_its_own_dimension_and_holds_the_others(opened) -> None:
    networks, dataset = opened("conv_ae")
    index = int(dataset.indices("test")[7])
    base = places.of_image(networks, dataset, index)
    found = traversals.run(networks, dataset, Config(image=index, reach=2, steps=5, rows=3, skip=1))
    assert found.images.shape == (3, 5, *dataset.shape)
    for row, dimension in enumerate(found.dimensions):
        moved = found.codes[row] - base.code
        np.testing.assert_allclose(moved[:, dimension], found.units[row] * np.array([-2, -1, 0, 1, 2]), atol=1e-4)
        assert not np.delete(moved, dimension, axis=1).any()
        np.testing.assert_allclose(found.images[row], networks.decode(found.codes[row]), atol=1e-5)
        np.testing.assert_allclose(found.images[row, 2], networks.reconstruct(base.image)[0], atol=1e-5)


def test_the_change_is_the_mean_squared_difference_from_the_base(opened) -> None:
    networks, dataset = opened("vae")
    found = traversals.run(networks, dataset, Config())
    expected = [np.square(row - found.base[0]).mean() for row in found.images]
    np.testing.assert_allclose(found.change, expected, rtol=1e-4)
    assert found.change.min() > 0


def test_a_number_that_is_the_prior_for_every_image_is_called_unused(opened, monkeypatch) -> None:
    networks, dataset = opened("vae")
    around = decoding.surroundings(networks, dataset)
    posterior = type(networks).posterior

    def collapsed(self, images, labels=None):
        mean, log_variance = posterior(self, images, labels)
        return mean * [0, 1], log_variance * [0, 1]

    monkeypatch.setattr(type(networks), "posterior", collapsed)
    ranked = traversals.ranking(networks, dataset, around)
    assert ranked.used.tolist() == [False, True]
    assert ranked.order.tolist() == [1, 0]
    assert ranked.figures[0] == 0


def test_codes_that_do_not_vary_are_refused_with_what_to_do(opened, lab: TrainedLab) -> None:
    networks, dataset = opened("conv_ae")
    around = decoding.surroundings(networks, dataset)
    constant = dataclasses.replace(around, codes=np.ones_like(around.codes), spread=np.zeros_like(around.spread))
    ranked = traversals.ranking(networks, dataset, constant)
    assert not ranked.used.any()
    with pytest.raises(LabError, match=f"same code in run {lab.runs['conv_ae']}: no dimension can be walked along"):
        traversals.walk(networks, constant, ranked, places.mean_code(constant))


def test_a_run_without_an_encoder_is_walked_from_the_middle_of_its_prior(gan_lab: TrainedLab, opened_in) -> None:
    networks, dataset = opened_in(gan_lab, "gan")
    around = decoding.surroundings(networks, dataset)
    ranked = traversals.ranking(networks, dataset, around)
    assert (ranked.unit, ranked.n) == ("change", 0)
    found = traversals.walk(networks, around, ranked, places.mean_code(around))
    assert not found.codes[:, 5].any()
    np.testing.assert_allclose(found.codes[0, :, found.dimensions[0]], np.linspace(-3, 3, 11), atol=1e-6)
    again = places.of_draw(networks, 4), places.of_draw(networks, 4)
    assert again[0].code.tobytes() == again[1].code.tobytes() != places.of_draw(networks, 5).code.tobytes()


def test_an_image_that_is_not_there_and_a_table_without_end_are_refused(opened) -> None:
    networks, dataset = opened("vae")
    with pytest.raises(LabError, match="Dataset digits has images 0 to 1796; 1797 is none of them"):
        traversals.run(networks, dataset, Config(image=1797))
    around = decoding.surroundings(networks, dataset)
    huge = dataclasses.replace(networks, shape=(2000, 2000, 3))
    with pytest.raises(LabError, match="2 rows of 41 images of this size are too many"):
        ranked = traversals.ranking(networks, dataset, around)
        traversals.walk(huge, around, ranked, places.mean_code(around), Config(steps=41))


def test_one_test_image_does_not_tell_what_varies(opened) -> None:
    networks, dataset = opened("conv_ae")
    around = decoding.surroundings(networks, dataset)
    alone = dataclasses.replace(around, indices=around.indices[:1], codes=around.codes[:1])
    ranked = traversals.ranking(networks, dataset, alone)
    with pytest.raises(LabError, match="one test image does not tell"):
        traversals.walk(networks, alone, ranked, places.of_image(networks, dataset, int(around.indices[0])))
