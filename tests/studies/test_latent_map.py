"""The map of a run's codes."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from aelab.errors import LabError
from aelab.projections import projections
from aelab.studies import latent_map
from aelab.studies.latent_map import Config, LatentMap


@dataclass(frozen=True)
class Encoder:
    """Stands in for the networks of a run that went wrong."""

    value: float
    run_id: str = "vae-gone-wrong"

    def encode(self, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        return np.full((len(images), 4), self.value, np.float32)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_pca_agrees_with_scikit_learn(opened, dimensions: int) -> None:
    networks, dataset = opened("conv_ae")
    found = latent_map.run(networks, dataset, Config(dimensions=dimensions))
    expected = PCA(dimensions).fit(found.codes.astype(np.float64))
    projected = expected.transform(found.codes.astype(np.float64))
    signs = np.sign(np.sum(projected * found.coordinates, axis=0))
    np.testing.assert_allclose(found.coordinates, projected * signs, atol=1e-4)
    assert found.explained_variance == pytest.approx(expected.explained_variance_ratio_, abs=1e-6)
    assert found.divergence is None


def test_the_map_is_of_the_test_images_and_says_which(opened) -> None:
    networks, dataset = opened("conv_ae")
    found = latent_map.run(networks, dataset, Config())
    np.testing.assert_array_equal(found.indices, np.flatnonzero(dataset.split == 2))
    np.testing.assert_array_equal(found.labels, dataset.labels[found.indices])
    images = dataset.images[found.indices].astype(np.float32) / 255
    np.testing.assert_allclose(found.codes, networks.encode(images), atol=1e-5)


def test_an_axis_always_points_the_same_way(opened) -> None:
    networks, dataset = opened("conv_ae")
    found = latent_map.run(networks, dataset, Config())
    centred = found.codes - found.codes.mean(axis=0)
    for axis in np.linalg.lstsq(found.coordinates, centred, rcond=None)[0]:
        assert axis[np.abs(axis).argmax()] > 0


def test_two_codes_in_three_dimensions_leave_the_last_axis_flat(opened) -> None:
    networks, dataset = opened("vae")
    found = latent_map.run(networks, dataset, Config(dimensions=3))
    assert found.coordinates.shape == (len(found.indices), 3)
    assert (found.coordinates[:, 2] == 0).all()
    assert found.explained_variance[2] == 0
    assert sum(found.explained_variance) == pytest.approx(1)


def test_fewer_images_are_chosen_by_the_seed_and_kept_in_order(opened) -> None:
    networks, dataset = opened("pca")
    first, again, other = (
        latent_map.run(networks, dataset, Config(limit=50, seed=seed)).indices.tolist() for seed in (1, 1, 2)
    )
    assert first == again == sorted(first)
    assert first != other
    assert len(first) == len(other) == 50
    assert set(first) | set(other) <= set(dataset.indices("test").tolist())


def test_tsne_is_repeated_exactly_by_its_seed(opened) -> None:
    networks, dataset = opened("conv_ae")
    config = Config(method="tsne", perplexity=8, iterations=300, limit=100)
    first = latent_map.run(networks, dataset, config)
    again = latent_map.run(networks, dataset, config)
    np.testing.assert_array_equal(first.coordinates, again.coordinates)
    assert first.divergence == again.divergence


def test_tsne_keeps_neighbours_and_says_how_well(opened) -> None:
    networks, dataset = opened("conv_ae")
    found = latent_map.run(networks, dataset, Config(method="tsne", perplexity=10, iterations=400, limit=150))
    assert found.coordinates.shape == (150, 2)
    assert trustworthiness(found.codes, found.coordinates, n_neighbors=8) > 0.9
    assert found.explained_variance == ()
    assert found.divergence is not None
    assert 0 < found.divergence < 5


def test_the_fewest_iterations_already_end_with_a_divergence(opened) -> None:
    networks, dataset = opened("conv_ae")
    fewest = int(Config.knob("iterations").low or 0)
    found = latent_map.run(networks, dataset, Config(method="tsne", perplexity=5, iterations=fewest, limit=60))
    assert found.divergence is not None
    assert 0 < found.divergence < 10  # scikit-learn says 1.8e308 where its descent has not begun


def test_tsne_draws_two_codes_in_three_dimensions(opened) -> None:
    networks, dataset = opened("vae")
    found = latent_map.run(
        networks, dataset, Config(method="tsne", dimensions=3, perplexity=5, iterations=300, limit=60)
    )
    assert found.coordinates.shape == (60, 3)
    assert np.isfinite(found.coordinates).all()


def test_a_perplexity_that_is_too_high_gets_one_that_works(opened) -> None:
    networks, dataset = opened("pca")
    with pytest.raises(LabError, match=r"Perplexity must be below a third of the 40 images; it is 30\. Try 4\."):
        latent_map.run(networks, dataset, Config(method="tsne", limit=40))
    latent_map.run(networks, dataset, Config(method="tsne", limit=40, perplexity=4, iterations=300))


def test_too_few_images_for_any_perplexity_are_said_to_be_too_few(opened) -> None:
    networks, dataset = opened("pca")
    with pytest.raises(LabError, match="A map by neighbours needs at least 7 images; there are 6"):
        latent_map.run(networks, dataset, Config(method="tsne", limit=6, perplexity=2))
    latent_map.run(networks, dataset, Config(method="tsne", limit=7, perplexity=2, iterations=300))


@pytest.mark.parametrize("method", projections.names())
def test_codes_that_are_all_the_same_are_said_to_be(opened, method: str) -> None:
    _, dataset = opened("pca")
    with pytest.raises(LabError, match=r"Every image has the same code|UMAP is not installed"):
        latent_map.run(Encoder(0.5), dataset, Config(method=method))


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_codes_that_are_no_numbers_are_said_to_be(opened, method: str) -> None:
    _, dataset = opened("pca")
    with pytest.raises(LabError, match="vae-gone-wrong gives codes that are no numbers"):
        latent_map.run(Encoder(np.nan), dataset, Config(method=method))


def test_the_table_names_the_class_of_each_point_and_leaves_the_unknown_empty() -> None:
    found = LatentMap(
        coordinates=np.array([[1, 2, 3], [4, 5, 6]], np.float32),
        codes=np.zeros((2, 8), np.float32),
        indices=np.array([7, 9]),
        labels=np.array([1, -1], np.int32),
        explained_variance=(),
        divergence=1.0,
    )
    table = latent_map.table(found, ("cat", "dog"))
    assert table.to_dict(orient="list") == {
        "index": [7, 9],
        "class": ["dog", ""],
        "x": [1, 4],
        "y": [2, 5],
        "z": [3, 6],
    }


@pytest.mark.parametrize("part", ["train", "validation", "test", "all"])
def test_a_map_is_of_the_part_that_is_asked_for(opened, part: str) -> None:
    networks, dataset = opened("pca")
    found = latent_map.run(networks, dataset, Config(part=part, limit=0))
    np.testing.assert_array_equal(found.indices, dataset.indices(None if part == "all" else part))
    assert found.quality is not None
    assert found.quality.of == len(found.indices)


def test_a_map_says_what_it_is_worth(opened) -> None:
    networks, dataset = opened("conv_ae")
    found = latent_map.run(networks, dataset, Config())
    assert found.quality is not None
    assert found.quality.trustworthiness == pytest.approx(
        trustworthiness(found.codes, found.coordinates, n_neighbors=10), abs=1e-6
    )


def test_a_map_leads_back_to_the_codes_of_a_plane(opened) -> None:
    networks, dataset = opened("vae")
    for method in ("pca", "raw"):
        found = latent_map.run(networks, dataset, Config(method=method))
        assert found.inverse is not None
        assert found.inverse.exact
        np.testing.assert_allclose(found.inverse(found.coordinates), found.codes, atol=1e-4)


@pytest.mark.parametrize("method", ["pca", "raw", "lda", "tsne"])
def test_new_codes_have_a_place_on_a_map(opened, method: str) -> None:
    networks, dataset = opened("conv_ae")
    config = Config(method=method, limit=100, perplexity=8, iterations=300)
    found = latent_map.run(networks, dataset, config)
    placed = latent_map.place(found, config, found.codes[:20])
    size = np.ptp(found.coordinates)
    assert np.median(np.linalg.norm(placed - found.coordinates[:20], axis=1)) < 0.05 * size


def test_maps_that_differ_in_what_does_not_count_are_the_same_question() -> None:
    assert Config(perplexity=5).asked() == Config(neighbours=7, x=3).asked()
    assert Config(method="tsne", perplexity=5).asked() != Config(method="tsne").asked()
    assert Config.parse(Config(method="umap", neighbours=7).asked()) == Config(method="umap", neighbours=7)


def test_settings_of_a_map_that_was_asked_for_before_there_were_more_are_still_read() -> None:
    old = {"method": "tsne", "dimensions": 2, "perplexity": 5.0, "iterations": 300, "seed": 0, "limit": 60}
    assert Config.parse(old) == Config(method="tsne", perplexity=5, iterations=300, limit=60)


def test_a_projection_that_is_not_installed_says_how_to_get_it(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)  # as Python finds nothing of that name
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    networks, dataset = opened("pca")
    with pytest.raises(LabError, match=r"UMAP is not installed: run python -m pip install umap-learn .* choose t-SNE"):
        latent_map.run(networks, dataset, Config(method="umap"))
