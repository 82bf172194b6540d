"""What every architecture must keep, so that a new file is tested without another line here.

TensorFlow is loaded once in this process: the rule that the server never does is about the server.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest
from labs import Kept

from aelab.datasets import sources
from aelab.errors import LabError
from aelab.models import models
from aelab.models.spec import CodeConfig, ModelSpec, Shape
from aelab.models.tracing import LayerSummary, Summary, summarize
from aelab.pixels import one_hot, to_unit
from aelab.training.config import Plan, plan
from aelab.training.data import corrupted
from aelab.training.loop import TrainingImages, train
from aelab.training.networks import Networks, build, to_onnx
from aelab.training.quantizer import VectorQuantizer
from aelab.training.recorder import Epoch

# Keras' exporter asks numpy for a name that is gone; it warns once a process.
pytestmark = pytest.mark.filterwarnings("ignore:In the future `np.object` will be defined:FutureWarning")

ALL = [pytest.param(spec, id=spec.name) for spec in models]
SHAPES = [(28, 28, 1), (128, 128, 3), (33, 47, 3)]
SMALL = {"latent_dim": 5, "filters": 4, "depth": 2, "width": 8, "code_size": 1, "codes": 16}
TEN_IMAGES = {"epochs": 12, "batch_size": 5, "learning_rate": 0.01}


def planned(spec: ModelSpec, **settings: Any) -> Plan:
    """Return a plan of a small network."""
    return plan(spec.name, {key: value for key, value in SMALL.items() if key in spec.config.names()} | settings)


@dataclass(frozen=True)
class Built:
    """An architecture in Keras, and as the server sees it."""

    plan: Plan
    shape: Shape
    networks: Networks
    traced: Summary


@pytest.fixture(scope="module", params=[pytest.param(shape, id="x".join(map(str, shape))) for shape in SHAPES])
def shape(request: pytest.FixtureRequest) -> Shape:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module", params=ALL)
def built(request: pytest.FixtureRequest, shape: Shape) -> Built:
    chosen = planned(request.param)
    return Built(chosen, shape, build(chosen, shape), summarize(chosen.model, chosen.model_config, shape))


def kernels(network: keras.Model) -> list[keras.layers.Layer]:
    return [layer for layer in network.layers if hasattr(layer, "kernel")]


def drawn(built: Built) -> np.ndarray:
    return np.random.default_rng(0).random((3, *built.shape), dtype=np.float32)


def needs_codes(built: Built) -> None:
    if built.networks.decoder is None:
        pytest.skip("images pass through it whole")


def labels_of(networks: Networks, count: int) -> np.ndarray:
    """Return classes for so many images, which only conditional networks look at."""
    return np.arange(count) % max(networks.classes, 1)


def codes_of(built: Built) -> np.ndarray:
    """Return codes of three images, or draws of the prior where no image has a code."""
    if built.networks.encoder is not None:
        return built.networks.encode(drawn(built), labels_of(built.networks, 3))
    return np.random.default_rng(0).standard_normal((3, built.plan.model_config.latent_dim), dtype=np.float32)


def sides(built: Built) -> list[tuple[keras.Model, tuple[LayerSummary, ...]]]:
    """Return every network of an architecture with what the server sees of it; where there is none, it sees none."""
    networks, traced = built.networks, built.traced
    found = [
        (networks.encoder, traced.encoder),
        (networks.decoder, traced.decoder),
        (networks.critic, traced.opponent),
        (networks.restorer, traced.restorer),
    ]
    assert all((network is None) == (rows == ()) for network, rows in found)
    return [(network, rows) for network, rows in found if network is not None]


def test_the_server_counts_the_parameters_that_keras_has(built: Built) -> None:
    for network, rows in sides(built):
        assert sum(row.parameters for row in rows) == network.count_params()
    assert built.traced.parameters == sum(network.count_params() for network in built.networks.kept.values())


def test_the_server_sees_every_layer_that_keras_has(built: Built) -> None:
    for network, rows in sides(built):
        layers = [layer for layer in network.layers if not isinstance(layer, keras.layers.InputLayer)]
        assert [(row.kind, row.shape, row.parameters) for row in rows] == [
            (type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params()) for layer in layers
        ]


def test_the_multiplications_are_those_of_the_kernels(built: Built) -> None:
    expected = 0
    for layer in [layer for network in built.networks.kept.values() for layer in kernels(network)]:
        grid = layer.input if isinstance(layer, keras.layers.Conv2DTranspose) else layer.output
        expected += math.prod(layer.kernel.shape) * math.prod(grid.shape[1:-1])
    for layer in [layer for network in built.networks.kept.values() for layer in network.layers]:
        if isinstance(layer, VectorQuantizer):  # each number is held against each letter
            expected += layer.codes * layer.output.shape[-1]
    assert built.traced.multiply_adds == expected


def test_codes_and_images_have_their_shapes(built: Built) -> None:
    needs_codes(built)
    codes = codes_of(built)
    assert codes.shape == (3, built.plan.model_config.latent_dim)
    images = built.networks.decode(codes, labels_of(built.networks, 3))
    assert images.shape == (3, *built.shape)
    assert images.dtype == np.float32


@pytest.mark.parametrize("latent_dim", [1, 512])
@pytest.mark.parametrize("spec", [spec for spec in ALL if spec.values[0].decoder is not None])  # type: ignore[attr-defined]
def test_a_code_may_be_a_single_number_or_hundreds(spec: ModelSpec, latent_dim: int) -> None:
    upright: Shape = (64, 48, 3)
    chosen = planned(spec, latent_dim=latent_dim)
    built = Built(chosen, upright, build(chosen, upright), summarize(spec, chosen.model_config, upright))
    assert codes_of(built).shape == (3, latent_dim)
    images = built.networks.decode(codes_of(built), labels_of(built.networks, 3))
    assert images.shape == (3, *upright)
    assert np.isfinite(images).all()
    assert built.traced.parameters == sum(network.count_params() for network in built.networks.kept.values())


def test_reconstructions_are_images_like_those_that_are_given(built: Built) -> None:
    if not built.plan.model.reconstructs:
        pytest.skip("it draws only")
    images = built.networks.reconstruct(drawn(built), labels_of(built.networks, 3))
    assert images.shape == (3, *built.shape) == (3, *built.networks.shape)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 1


def test_images_stay_between_black_and_white_whatever_the_code(built: Built) -> None:
    needs_codes(built)
    codes = 100 * np.random.default_rng(0).standard_normal((8, built.plan.model_config.latent_dim), dtype=np.float32)
    images = built.networks.decode(codes, labels_of(built.networks, 8))
    assert images.min() >= 0
    assert images.max() <= 1


def test_what_the_server_runs_agrees_with_keras(built: Built) -> None:
    labels = labels_of(built.networks, 3)
    for name, network in built.networks.kept.items():
        given = codes_of(built) if name == "decoder" else drawn(built)
        expected = network(built.networks.told(given, labels), training=False)
        expected = expected[0] if isinstance(expected, list | tuple) else expected  # the mean of a posterior
        session = onnxruntime.InferenceSession(to_onnx(network), providers=["CPUExecutionProvider"])
        told = [one_hot(labels, built.networks.classes)] * built.plan.model.conditional
        inputs = zip([each.name for each in session.get_inputs()], [given, *told], strict=True)
        np.testing.assert_allclose(session.run(None, dict(inputs))[0], expected, rtol=1e-5, atol=1e-5)


@pytest.fixture(scope="module")
def ten_digits() -> TrainingImages:
    content = sources["digits"].load(sources["digits"].config(), lambda share: None)
    images, labels = content.images, content.labels
    return TrainingImages(images[:10], images[10:20], labels[:10], labels[10:20])


@dataclass(frozen=True)
class Trained:
    """What a training on ten images gave and said."""

    plan: Plan
    networks: Networks
    epochs: list[Epoch]


@pytest.fixture(scope="module", params=ALL)
def trained(request: pytest.FixtureRequest, ten_digits: TrainingImages) -> Trained:
    return fitted(planned(request.param, **TEN_IMAGES), ten_digits)


def fitted(chosen: Plan, images: TrainingImages) -> Trained:
    kept = Kept()
    return Trained(chosen, train(chosen, images, kept), kept.epochs)


def test_a_few_epochs_lower_the_loss_on_ten_images(trained: Trained, ten_digits: TrainingImages) -> None:
    if not trained.plan.model.reconstructs:
        pytest.skip("what it draws is judged by a critic, which gets better meanwhile: see its own tests")
    target = to_unit(ten_digits.train)
    given = corrupted(target, trained.plan, seed=1) if trained.plan.model.denoises else target
    fresh = build(trained.plan, (28, 28, 1))
    labels = ten_digits.train_labels
    before, after = (
        np.mean((networks.reconstruct(given, labels) - target) ** 2) for networks in (fresh, trained.networks)
    )
    assert after < before
    if trained.plan.model.fit is None and trained.plan.model.opponent is None:  # a critic's features grow meanwhile
        assert trained.epochs[-1].train["loss"] < trained.epochs[0].train["loss"]


def test_the_parts_of_the_loss_are_those_declared_and_add_up_to_it(trained: Trained) -> None:
    parts = trained.plan.model.parts
    assert len(trained.epochs) == trained.plan.training.epochs
    for epoch in trained.epochs:
        for values in (epoch.train, epoch.validation):
            assert list(values) == ["loss", *trained.plan.model.logged]
            assert sum(values[part] for part in parts) == pytest.approx(values["loss"], rel=1e-5)
            assert all(math.isfinite(value) for value in values.values())


def test_the_same_seed_gives_the_same_run(trained: Trained, ten_digits: TrainingImages) -> None:
    again = fitted(trained.plan, ten_digits)
    assert [epoch.train for epoch in again.epochs] == [epoch.train for epoch in trained.epochs]
    assert [epoch.validation for epoch in again.epochs] == [epoch.validation for epoch in trained.epochs]
    for name, network in trained.networks.kept.items():
        first, second = network.get_weights(), again.networks.kept[name].get_weights()
        for expected, found in zip(first, second, strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("spec", [pytest.param(spec, id=spec.name) for spec in models if spec.fit is None])
def test_another_seed_gives_another_run(spec: ModelSpec) -> None:
    first, other = (build(planned(spec, seed=seed), (28, 28, 1)).kept for seed in (0, 1))
    for name, network in first.items():
        pairs = zip(network.get_weights(), other[name].get_weights(), strict=True)
        assert any(not np.array_equal(one, two) for one, two in pairs)


@pytest.mark.parametrize("spec", ALL)
def test_a_config_is_read_back_from_a_run_folder_unchanged(spec: ModelSpec) -> None:
    assert spec.config.parse(spec.config().to_json()) == spec.config()
    name = "latent_dim" if issubclass(spec.config, CodeConfig) else "filters"
    assert getattr(planned(spec).model_config, name) == SMALL[name]
    for value in (0, -1, 10**9, 2.5, "many"):
        with pytest.raises(LabError, match=rf"^{name} must be"):
            spec.config.parse({name: value})


@pytest.mark.parametrize("spec", ALL)
def test_what_people_read_is_there(spec: ModelSpec) -> None:
    assert spec.label
    assert spec.summary
    assert spec.paper
    assert all(spec.logged.values())
    for loss in spec.config.choices("loss") or () if "loss" in spec.config.names() else ():
        assert ("squared error" in spec.units(spec.config.parse({"loss": loss}))) == (loss == "mse")
    assert spec.units(spec.config())
    assert spec.denoises == ("noise" in spec.config.names()) == ("noise_level" in spec.config.names())


def test_a_layer_row_is_what_the_form_shows() -> None:
    rows = summarize(models["deep_ae"], models["deep_ae"].config(), (28, 28, 1)).encoder
    assert rows[1] == LayerSummary("Dense", (512,), 784 * 512 + 512, 784 * 512, source=0)


def test_layers_that_stand_side_by_side_take_the_output_of_the_same_one() -> None:
    rows = summarize(models["vae"], models["vae"].config(), (28, 28, 1)).encoder
    assert [row.source for row in rows[:3]] == [-1, 0, 1]
    assert [row.source for row in rows[-2:]] == [len(rows) - 3] * 2  # mean and log-variance


def test_what_has_no_encoder_can_at_least_draw_or_restore() -> None:
    for spec in models:
        assert (spec.decoder is None) == (spec.restorer is not None) == (not issubclass(spec.config, CodeConfig))
        assert spec.encoder is not None or spec.generative or spec.restorer is not None
        assert spec.decoder is not None or not spec.generative
