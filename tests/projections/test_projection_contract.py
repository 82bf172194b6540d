"""What every projection promises, whichever it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from aelab.errors import LabError
from aelab.projections import projections
from aelab.projections.spec import Config, Fitted, Floats, Labels, ProjectionSpec
from aelab.studies import latent_map

SMALL = {"perplexity": 10, "iterations": 300, "neighbours": 10}


def asked(spec: ProjectionSpec, **more: Any) -> Config:
    """Return the defaults of a projection, made small."""
    return spec.config.parse({name: value for name, value in (SMALL | more).items() if name in spec.config.names()})


def fitted(spec: ProjectionSpec, codes: Floats, labels: Labels, **more: Any) -> Fitted:
    if spec.missing():
        pytest.skip(f"needs {spec.label}: {spec.missing()}")
    return spec.fit(codes, labels, asked(spec, **more))


each_projection = pytest.mark.parametrize("spec", list(projections), ids=lambda spec: spec.name)


@each_projection
@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_map_has_a_place_for_every_code(spec: ProjectionSpec, groups, dimensions: int) -> None:
    found = fitted(spec, *groups, dimensions=dimensions)
    assert found.coordinates.shape == (150, dimensions)
    assert found.coordinates.dtype == np.float32
    assert np.isfinite(found.coordinates).all()


@each_projection
def test_the_same_codes_and_seed_give_the_same_map(spec: ProjectionSpec, groups) -> None:
    first, again = fitted(spec, *groups), fitted(spec, *groups)
    np.testing.assert_array_equal(first.coordinates, again.coordinates)
    assert first.divergence == again.divergence


@each_projection
def test_groups_of_codes_are_groups_on_the_map(spec: ProjectionSpec, groups) -> None:
    codes, labels = groups
    found = fitted(spec, codes, labels, dimensions=3)
    right = (
        KNeighborsClassifier(5).fit(found.coordinates[:100], labels[:100]).score(found.coordinates[100:], labels[100:])
    )
    assert right > 0.9


@each_projection
@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_codes_of_a_map_placed_anew_lie_where_they_were(spec: ProjectionSpec, groups, dimensions: int) -> None:
    codes, labels = groups
    found = fitted(spec, codes, labels, dimensions=dimensions)
    placed = spec.place(
        Fitted(found.coordinates, linear=found.linear), codes, asked(spec, dimensions=dimensions), codes
    )
    assert placed.shape == found.coordinates.shape
    assert placed.dtype == np.float32
    away = np.linalg.norm(placed - found.coordinates, axis=1)
    size = np.linalg.norm(found.coordinates - found.coordinates.mean(axis=0), axis=1).max()
    assert np.median(away) < (1e-5 if found.linear is not None else 0.1) * size


@each_projection
def test_a_new_code_is_placed_in_its_group(spec: ProjectionSpec, groups) -> None:
    codes, labels = groups
    found = fitted(spec, codes[:120], labels[:120], dimensions=3)
    placed = spec.place(
        Fitted(found.coordinates, linear=found.linear), codes[:120], asked(spec, dimensions=3), codes[120:]
    )
    right = KNeighborsClassifier(5).fit(found.coordinates, labels[:120]).score(placed, labels[120:])
    assert right > 0.9


@each_projection
@pytest.mark.parametrize("latent_dim", [3, 6])
def test_the_way_back_leads_to_the_same_place_and_says_whether_to_the_same_code(
    spec: ProjectionSpec, groups, latent_dim: int
) -> None:
    codes, labels = groups[0][:, :latent_dim], groups[1]
    found = fitted(spec, codes, labels, dimensions=3)
    if found.inverse is None:
        assert spec.name in {"tsne", "umap"}
        return
    assert found.inverse.origin.shape == (latent_dim,)
    assert found.inverse.axes.shape == (3, latent_dim)
    assert found.linear is not None
    elsewhere = found.coordinates[::-1] * 1.5
    np.testing.assert_allclose(found.linear(found.inverse(elsewhere)), elsewhere, atol=1e-3)
    assert found.inverse.exact == (latent_dim == 3)
    if found.inverse.exact:
        np.testing.assert_allclose(found.inverse(found.coordinates), codes, atol=1e-3)


@each_projection
@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (np.full((50, 4), 0.5, np.float32), "Every image has the same code, so there is no map"),
        (np.full((50, 4), np.nan, np.float32), "Some of the codes are no numbers"),
        (np.zeros((2, 4), np.float32), "needs at least . images; there are 2"),
    ],
    ids=["constant", "NaN", "two"],
)
def test_codes_that_make_no_map_are_refused_in_a_sentence(spec: ProjectionSpec, codes: Floats, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        spec.fit(codes, np.zeros(len(codes), np.int32), asked(spec))


@each_projection
def test_it_says_what_it_does_and_where_that_is_from(spec: ProjectionSpec) -> None:
    assert spec.summary.endswith(".")
    assert spec.source
    assert spec.equation
    for name in spec.config.names():
        assert spec.config.knob(name).help.endswith(".")


@each_projection
def test_a_map_can_be_asked_for_with_every_setting_of_it(spec: ProjectionSpec) -> None:
    config = latent_map.Config(method=spec.name)
    assert config.projection == spec.config()
    assert set(spec.config.names()) <= set(config.asked())
