"""Weights from a file: every architecture takes back what it gave, and nothing that does not fit."""

from __future__ import annotations

import io

import numpy as np
import pytest

from aelab.errors import LabError
from aelab.models import models
from aelab.training.config import Plan, plan
from aelab.training.networks import Networks, build, to_weights
from aelab.training.weights import check_room, set_weights

SHAPE = (16, 12, 1)


def planned(model: str, seed: int) -> Plan:
    small = {"latent_dim": 3, "filters": 4, "code_size": 1}
    chosen = {name: value for name, value in small.items() if name in models[model].config.names()}
    return plan(model, {"seed": seed, **chosen})


def arrays_of(networks: Networks) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(to_weights(networks)), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


@pytest.mark.parametrize("model", models.names())
def test_an_architecture_takes_back_the_weights_it_gave(model: str) -> None:
    rng = np.random.default_rng(0)
    images, codes = rng.random((2, *SHAPE), np.float32), rng.random((2, 3), np.float32)
    first, second = build(planned(model, 0), SHAPE), build(planned(model, 1), SHAPE)
    arrays = arrays_of(first)
    check_room(planned(model, 0), SHAPE, arrays)
    set_weights(second, arrays)
    labels = np.array([0, 1])  # which only a conditional one looks at
    if first.decoder is not None:
        np.testing.assert_array_equal(second.decode(codes, labels), first.decode(codes, labels))
    if models[model].reconstructs:
        np.testing.assert_array_equal(second.reconstruct(images, labels), first.reconstruct(images, labels))


def test_a_fault_in_the_last_layer_leaves_all_layers_as_they_were() -> None:
    networks = build(planned("conv_ae", 0), SHAPE)
    before = arrays_of(networks)
    other = arrays_of(build(planned("conv_ae", 1), SHAPE))
    last = list(other)[-1]
    other[last] = other[last] * np.nan
    with pytest.raises(LabError, match=r"The weights of the layer decoder .* are damaged"):
        set_weights(networks, other)
    for name, values in arrays_of(networks).items():
        np.testing.assert_array_equal(values, before[name])


@pytest.mark.parametrize("values", [np.full((3,), 1e300), np.full((3,), 1), np.full((3,), "1"), np.full((3,), 1j)])
def test_what_is_no_float_of_this_size_is_refused(values: np.ndarray) -> None:
    networks = build(planned("pca", 0), SHAPE)
    arrays = arrays_of(networks)
    arrays["encoder_1"] = values
    with pytest.raises(LabError, match=r"The weights of the layer encoder .*(must be floats|NaN or infinite)"):
        set_weights(networks, arrays)


def test_doubles_and_halves_are_taken() -> None:
    networks = build(planned("pca", 0), SHAPE)
    for kind in (np.float16, np.float64):
        set_weights(networks, {name: values.astype(kind) for name, values in arrays_of(networks).items()})


def test_networks_far_larger_than_their_weights_are_not_built() -> None:
    huge = plan("deep_ae", {"latent_dim": 4096})
    with pytest.raises(LabError, match="and there are weights for 3"):
        check_room(huge, (1024, 1024, 3), {"encoder_0": np.zeros(3, np.float32)})


def test_settings_that_do_not_fit_together_build_nothing() -> None:
    with pytest.raises(LabError, match="code_size must divide latent_dim; 4 does not divide 6"):
        build(plan("vq_vae", {"latent_dim": 6}), SHAPE)
