"""A run's networks without TensorFlow: the same numbers, clear words when something is wrong."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from labs import LATENT_DIM, TrainedLab

from aelab import inference, runs
from aelab.datasets.store import open_dataset
from aelab.errors import LabError
from aelab.inference import Inference
from aelab.pixels import to_uint8, to_unit
from aelab.training.networks import build
from aelab.training.weights import set_weights

MODELS = sorted(LATENT_DIM)


@pytest.fixture
def finished(trained_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> TrainedLab:
    """Look at the session's lab; nothing here writes."""
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_lab.folder))
    return trained_lab


def opened(lab: TrainedLab, model: str = "conv_ae") -> Inference:
    return inference.load(runs.find(lab.runs[model]))


def images_of_the_test() -> np.ndarray:
    dataset = open_dataset("digits")
    return to_unit(dataset.images[dataset.indices("test")])


@pytest.mark.parametrize("model", MODELS)
def test_the_weights_that_are_kept_give_keras_the_same_networks(finished: TrainedLab, model: str) -> None:
    run, images = runs.find(finished.runs[model]), images_of_the_test()[:100]
    networks = build(run.plan, (28, 28, 1))
    with np.load(run.folder / "model.weights.npz", allow_pickle=False) as stored:
        for name, network in (("encoder", networks.encoder), ("decoder", networks.decoder)):
            network.set_weights([stored[f"{name}_{index}"] for index in range(len(network.weights))])
    server = opened(finished, model)
    codes = networks.encode(images)
    np.testing.assert_allclose(server.encode(images), codes, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(server.decode(codes), networks.decode(codes), atol=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_the_measured_error_is_that_of_the_reconstructions(finished: TrainedLab, model: str) -> None:
    server, images = opened(finished, model), images_of_the_test()
    assert server.shape == (28, 28, 1)
    assert server.latent_dim == LATENT_DIM[model]
    output = server.reconstruct(images)
    assert output.shape == images.shape
    assert output.dtype == np.float32
    metrics = runs.find(finished.runs[model]).metrics()
    assert metrics["n"] == len(images)
    assert metrics["split"] == "test"
    assert metrics["overall"]["mse"]["mean"] == pytest.approx(float(np.mean((images - output) ** 2)), rel=1e-4)


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257])
def test_any_number_of_images_is_as_if_they_came_alone(finished: TrainedLab, count: int) -> None:
    server, images = opened(finished), images_of_the_test()[:count]
    codes = server.encode(images)
    assert codes.shape == (count, 8)
    assert server.decode(codes).shape == (count, 28, 28, 1)
    if count:
        np.testing.assert_allclose(codes[-1:], server.encode(images[-1:]), atol=1e-5)


def test_images_stay_between_black_and_white_whatever_the_code(finished: TrainedLab) -> None:
    for model in MODELS:
        server = opened(finished, model)
        output = server.decode(np.full((2, server.latent_dim), 1e6, np.float32))
        assert output.min() >= 0
        assert output.max() <= 1


@pytest.mark.parametrize("shape", [(2, 28, 28, 3), (2, 27, 28, 1), (28, 28, 1), (2, 784)])
def test_images_of_another_size_are_refused_with_both_sizes(finished: TrainedLab, shape: tuple[int, ...]) -> None:
    with pytest.raises(LabError, match="takes images of 28 × 28 × 1; these are"):
        opened(finished).encode(np.zeros(shape, np.float32))


@pytest.mark.parametrize("shape", [(2, 7), (8,), (2, 8, 1), ()])
def test_codes_of_another_length_are_refused_with_both_lengths(finished: TrainedLab, shape: tuple[int, ...]) -> None:
    with pytest.raises(LabError, match="takes codes of 8 numbers; these have"):
        opened(finished).decode(np.zeros(shape, np.float32))


def test_thirty_students_can_share_one_run(finished: TrainedLab) -> None:
    server, images = opened(finished), images_of_the_test()
    expected = server.reconstruct(images[:64])
    found: list[np.ndarray] = []

    def work() -> None:
        found.append(server.reconstruct(images[:64]))

    threads = [threading.Thread(target=work) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 30
    assert all(np.array_equal(each, expected) for each in found)


@pytest.mark.parametrize("network", ["encoder", "decoder"])
@pytest.mark.parametrize("damage", [b"", b"not a network", None])
def test_a_damaged_network_is_named(lab: TrainedLab, network: str, damage: bytes | None) -> None:
    run = runs.find(lab.runs["pca"])
    path: Path = run.folder / f"{network}.onnx"
    path.write_bytes(path.read_bytes()[:1000] if damage is None else damage)
    with pytest.raises(LabError, match=f"The {network} of run {run.id} is damaged .* Train it again"):
        inference.load(run)


def test_a_run_that_did_not_get_that_far_says_so(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["pca"])
    (run.folder / "encoder.onnx").unlink()
    with pytest.raises(LabError, match=f"Run {run.id} has no encoder"):
        inference.load(run)


def test_a_run_without_an_encoder_draws_and_says_what_it_cannot_do(
    trained_gan_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_gan_lab.folder))
    run = runs.find(trained_gan_lab.runs["gan"])
    server = inference.load(run)
    assert (server.encodes, server.shape, server.latent_dim) == (False, (28, 28, 1), 2)
    networks = build(run.plan, (28, 28, 1))
    with np.load(run.folder / "model.weights.npz", allow_pickle=False) as stored:
        networks.decoder.set_weights([stored[f"decoder_{index}"] for index in range(len(stored.files))])
    codes = np.random.default_rng(0).standard_normal((5, 2), dtype=np.float32)
    np.testing.assert_allclose(server.decode(codes), networks.decode(codes), atol=1e-5)
    for asked in (server.encode, server.reconstruct):
        with pytest.raises(LabError, match=f"Run {run.id} has no encoder: it draws images"):
            asked(np.zeros((1, 28, 28, 1), np.float32))
    with pytest.raises(LabError, match=f"Run {run.id} has no encoder: it draws images"):
        run.network("encoder")


def test_a_run_without_a_code_restores_and_says_what_it_cannot_do(
    trained_unet_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_unet_lab.folder))
    run = runs.find(trained_unet_lab.runs["unet_dae"])
    server, images = inference.load(run), images_of_the_test()[:20]
    assert (server.encodes, server.decodes, server.reconstructs) == (False, False, True)
    assert (server.shape, server.latent_dim) == ((28, 28, 1), 0)
    networks = build(run.plan, (28, 28, 1))
    set_weights(networks, run.weights())
    restored = server.reconstruct(images)
    np.testing.assert_allclose(restored, networks.reconstruct(images), atol=1e-5)
    assert 0 <= restored.min() <= restored.max() <= 1
    for asked, given in ((server.encode, images), (server.decode, np.zeros((1, 0), np.float32))):
        with pytest.raises(LabError, match=f"Run {run.id} has no code: .* Choose a run of another model"):
            asked(given)
    assert server.posterior(images) is None
    for network in ("encoder", "decoder"):
        with pytest.raises(LabError, match=f"Run {run.id} has no code"):
            run.network(network)
    with pytest.raises(LabError, match="takes images of 28 × 28 × 1; these are 28 × 28 × 3"):
        server.reconstruct(np.zeros((2, 28, 28, 3), np.float32))


@pytest.mark.parametrize("damage", [b"not a network", None])
def test_a_damaged_network_without_codes_is_named(unet_lab: TrainedLab, damage: bytes | None) -> None:
    run = runs.find(unet_lab.runs["unet_dae"])
    stranger = runs.find(unet_lab.runs["conv_ae"]).network("decoder")
    (run.folder / "restorer.onnx").write_bytes(damage or stranger)
    with pytest.raises(LabError, match=f"run {run.id} (is damaged|do not belong together).* Train it again"):
        inference.load(run)


def test_pixels_survive_the_way_to_the_model_and_back() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    assert to_unit(every).dtype == np.float32
    assert to_unit(every).min() == 0
    assert to_unit(every).max() == 1
    np.testing.assert_array_equal(to_uint8(to_unit(every)), every)
    np.testing.assert_array_equal(to_uint8(np.float32([-5, 0.5, 7])), [0, 128, 255])


@pytest.mark.parametrize("other", ["vae", "conv_ae"])
def test_networks_of_two_runs_are_not_taken_for_one(lab: TrainedLab, other: str) -> None:
    run, stranger = runs.find(lab.runs["conv_ae"]), runs.find(lab.runs[other])
    name = "encoder" if other == "conv_ae" else "decoder"  # of its own run the decoder in the place of the encoder
    (run.folder / f"{name}.onnx").write_bytes((stranger.folder / "decoder.onnx").read_bytes())
    with pytest.raises(LabError, match=f"The networks of run {run.id} do not belong together. Train it again"):
        inference.load(run)
