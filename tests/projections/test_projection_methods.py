"""What each projection is known for, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from openTSNE import tsne as descent
from openTSNE.affinity import PerplexityBasedNN
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.manifold import trustworthiness

from aelab.errors import LabError
from aelab.jobs.context import Stopped
from aelab.projections import lda, pca, raw, tsne, umap


def test_raw_draws_the_numbers_that_are_chosen_and_keeps_the_others_at_their_mean(groups) -> None:
    codes, labels = groups
    found = raw.fit(codes, labels, raw.Config(x=4, y=1))
    np.testing.assert_array_equal(found.coordinates, codes[:, [3, 0]])
    assert found.inverse is not None
    back = found.inverse(np.array([[7.0, -3.0]], np.float32))[0]
    np.testing.assert_allclose(back[[3, 0]], [7, -3])
    np.testing.assert_allclose(back[[1, 2, 4, 5]], codes.mean(axis=0)[[1, 2, 4, 5]], rtol=1e-5)
    assert found.explained_variance == pytest.approx(codes.var(axis=0)[[3, 0]] / codes.var(axis=0).sum(), rel=1e-4)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (raw.Config(x=7), "The codes of this run have 6 numbers; number 7 is not among them"),
        (raw.Config(x=2, y=2), r"Each axis draws another number of the codes; these are 2, 2\."),
        (raw.Config(dimensions=3, z=1), "these are 1, 2, 1"),
    ],
)
def test_raw_refuses_numbers_that_a_code_has_not_or_twice(groups, config: raw.Config, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        raw.fit(*groups, config)


def test_pca_agrees_with_scikit_learn_on_codes_far_from_zero(groups) -> None:
    codes = groups[0] + np.float32(1000)
    found = pca.fit(codes, groups[1], pca.Config(dimensions=3))
    expected = PCA(3).fit(codes.astype(np.float64))
    projected = expected.transform(codes.astype(np.float64))
    signs = np.sign((projected * found.coordinates).sum(axis=0))
    np.testing.assert_allclose(found.coordinates, projected * signs, atol=1e-2)
    assert found.explained_variance == pytest.approx(expected.explained_variance_ratio_, rel=1e-5)


def test_lda_agrees_with_scikit_learn_and_draws_the_unlabelled_too(groups) -> None:
    codes, labels = groups[0], groups[1].copy()
    labels[::5] = -1
    found = lda.fit(codes, labels, lda.Config())
    known = labels >= 0
    expected = LinearDiscriminantAnalysis().fit(codes[known], labels[known]).transform(codes)[:, :2]
    signs = np.sign((expected * found.coordinates).sum(axis=0))
    np.testing.assert_allclose(found.coordinates, expected * signs, atol=1e-3)


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (np.zeros(150, np.int32), "LDA needs images of at least two classes; .* number 1. Use PCA"),
        (np.full(150, -1, np.int32), "number 0"),
        (np.arange(150, dtype=np.int32), "more images than classes; there are 150 of 150 classes"),
        (np.arange(150, dtype=np.int32) % 2, r"1 here \(2 classes, codes of 6\). A map of 2 is asked for"),
    ],
    ids=["one class", "unlabelled", "a class for each", "two classes"],
)
def test_lda_refuses_too_few_classes(groups, labels: np.ndarray, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        lda.fit(groups[0], labels, lda.Config())


def test_tsne_keeps_neighbours_and_says_how_well_it_went(groups) -> None:
    codes, labels = groups
    found = tsne.fit(codes, labels, tsne.Config(perplexity=10, iterations=400))
    assert trustworthiness(codes, found.coordinates, n_neighbors=8) > 0.9
    assert found.divergence is not None
    assert 0 < found.divergence < 5


def test_tsne_begins_on_a_grid_and_goes_on_by_a_tree_when_the_map_has_grown(monkeypatch) -> None:
    def told(way: str) -> Callable[..., tuple[float, np.ndarray]]:
        measure = getattr(descent, way)

        def tell(*given: Any, **asked: Any) -> tuple[float, np.ndarray]:
            ways.append(way)
            return measure(*given, **asked)

        return tell

    ways: list[str] = []
    for way in ("kl_divergence_fft", "kl_divergence_bh"):
        monkeypatch.setattr(descent, way, told(way))
    codes = np.random.default_rng(0).standard_normal((3000, 4)).astype(np.float32)
    found = tsne.fit(codes, np.zeros(3000, np.int32), tsne.Config(perplexity=5, iterations=500))
    assert list(dict.fromkeys(ways)) == ["kl_divergence_fft", "kl_divergence_bh"]
    assert trustworthiness(codes, found.coordinates, n_neighbors=8) > 0.9
    assert found.divergence == pytest.approx(divergence(codes, found.coordinates, perplexity=5), rel=0.02)


def divergence(codes: np.ndarray, points: np.ndarray, perplexity: float) -> float:
    """Return what t-SNE minimises, in nats, with all pairs of points taken one by one."""
    drawn = PerplexityBasedNN(codes.astype(np.float64), perplexity=perplexity, method="exact").P.tocoo()
    near = 1 / (1 + squareform(pdist(points.astype(np.float64), "sqeuclidean")))
    np.fill_diagonal(near, 0)
    return float((drawn.data * np.log(drawn.data / (near / near.sum())[drawn.row, drawn.col])).sum())


@pytest.mark.parametrize("setting", [{"seed": 1}, {"perplexity": 20}, {"learning_rate": 50}, {"iterations": 500}])
def test_every_setting_of_tsne_changes_the_map(groups, setting: dict[str, float]) -> None:
    codes, labels = groups
    usual = {"perplexity": 10, "iterations": 300}
    two = codes[:, :1]  # a code of one number begins at places by chance, which hang on the seed
    maps = [tsne.fit(two, labels, tsne.Config.parse(usual | more)).coordinates for more in ({}, setting)]
    assert not np.array_equal(*maps)


def test_tsne_can_be_stopped_at_work(groups) -> None:
    def stop(share: float) -> None:
        seen.append(share)
        if len(seen) == 3:
            raise Stopped

    seen: list[float] = []
    with pytest.raises(Stopped):
        tsne.fit(*groups, tsne.Config(perplexity=10, iterations=5000), stop)
    assert seen == [10 / 5000, 20 / 5000, 30 / 5000]


def test_tsne_reports_until_it_is_done(groups) -> None:
    seen: list[float] = []
    tsne.fit(*groups, tsne.Config(perplexity=10, iterations=300), seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1


@pytest.mark.parametrize(
    ("count", "perplexity", "sentence"),
    [
        (40, 30, r"Perplexity must be below a third of the 40 images; it is 30\. Try 4\."),
        (6, 2, "A map by neighbours needs at least 7 images; there are 6. Use PCA."),
    ],
)
def test_tsne_refuses_more_neighbours_than_there_are(groups, count: int, perplexity: float, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        tsne.fit(groups[0][:count], groups[1][:count], tsne.Config(perplexity=perplexity))


def test_tsne_places_codes_on_the_smallest_map(groups) -> None:
    codes, labels = groups
    config = tsne.Config(perplexity=2, iterations=300)
    found = tsne.fit(codes[:7], labels[:7], config)
    assert np.isfinite(tsne.place(found, codes[:7], config, codes[7:9])).all()


def test_codes_that_are_equal_have_a_map_all_the_same(groups) -> None:
    codes = np.repeat(groups[0][:15], 10, axis=0)
    found = tsne.fit(codes, groups[1], tsne.Config(perplexity=5, iterations=300))
    assert np.isfinite(found.coordinates).all()


def test_umap_refuses_more_neighbours_than_there_are(groups) -> None:
    with pytest.raises(LabError, match=r"Neighbours must be below a third of the 30 images; it is 15\. Try 3\."):
        umap.fit(groups[0][:30], groups[1][:30], umap.Config())
