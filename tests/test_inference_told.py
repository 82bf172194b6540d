"""A run that is told the class of an image: with it, without it, and with one that cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab

from aelab import inference, runs
from aelab.datasets.store import Dataset, open_dataset
from aelab.inference import Inference
from aelab.pixels import to_unit
from aelab.studies import decoding, denoising, generation, latent_map, reconstruction
from aelab.training.networks import build


@pytest.fixture
def told(trained_cvae_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> Inference:
    """Open the run that is told classes; nothing here writes."""
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_cvae_lab.folder))
    return inference.load(runs.find(trained_cvae_lab.runs["cvae"]))


@pytest.fixture
def digits(told: Inference) -> Dataset:
    return open_dataset("digits")


def of_the_test(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    indices = dataset.indices("test")
    return to_unit(dataset.images[indices]), dataset.labels[indices]


def test_the_server_agrees_with_keras_for_every_class(told: Inference, digits: Dataset) -> None:
    run = runs.find(told.run_id)
    networks = build(run.plan, told.shape)
    for name, network in networks.kept.items():
        network.set_weights([run.weights()[f"{name}_{index}"] for index in range(len(network.weights))])
    images, labels = of_the_test(digits)
    assert told.classes == networks.classes == 10
    codes = networks.encode(images, labels)
    np.testing.assert_allclose(told.encode(images, labels), codes, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(told.decode(codes, labels), networks.decode(codes, labels), atol=1e-5)


def test_what_is_measured_is_measured_with_the_true_classes(told: Inference, digits: Dataset) -> None:
    images, labels = of_the_test(digits)
    error = float(np.mean(np.square(told.reconstruct(images, labels) - images)))
    assert runs.find(told.run_id).metrics()["overall"]["mse"]["mean"] == pytest.approx(error, rel=1e-4)
    found = reconstruction.run(told, digits, reconstruction.Config())
    assert found.overall["mse"].mean == pytest.approx(error, rel=1e-4)
    codes = latent_map.run(told, digits, latent_map.Config(limit=0)).codes
    np.testing.assert_allclose(codes, told.encode(images, labels), atol=1e-5)
    np.testing.assert_allclose(decoding.surroundings(told, digits).codes, codes, atol=1e-5)
    clean = denoising.example(told, digits, denoising.Config(noise="gaussian:0"), shown=6)
    told_right = digits.labels[np.random.default_rng(0).permutation(digits.indices("test"))[:6]]
    np.testing.assert_allclose(clean.restored, told.reconstruct(clean.noisy, told_right), atol=1e-5)


def test_an_image_of_unknown_class_gets_the_one_whose_reconstruction_is_closest(
    told: Inference, digits: Dataset
) -> None:
    images, labels = of_the_test(digits)
    images, labels = images[:40], labels[:40]
    every = np.stack([told.reconstruct(images, np.full(40, label)) for label in range(10)])  # (10, 40, H, W, C)
    closest = np.square(every - images).mean(axis=(2, 3, 4)).argmin(axis=0)
    np.testing.assert_array_equal(told.closest_classes(images), closest)
    assert np.mean(closest == labels) > 0.3  # 0.1 by chance
    for unknown in (None, np.full(40, -1), np.full(40, 10)):
        np.testing.assert_array_equal(told.reconstruct(images, unknown), told.reconstruct(images, closest))
        np.testing.assert_array_equal(told.encode(images, unknown), told.encode(images, closest))
    means = [told.posterior(images, each) for each in (None, closest)]
    np.testing.assert_array_equal(means[0], means[1])


def test_codes_without_a_class_are_of_all_classes_in_turn(told: Inference) -> None:
    codes = np.zeros((23, 2), np.float32)
    turns = told.decode(codes)
    np.testing.assert_array_equal(turns, told.decode(codes, np.arange(23) % 10))
    np.testing.assert_array_equal(turns[3], turns[13])
    assert not np.allclose(turns[3], turns[4], atol=0.05)
    np.testing.assert_array_equal(told.decode(codes, 4), np.repeat(turns[[4]], 23, axis=0))


def test_nothing_to_ask_about_gives_nothing(told: Inference) -> None:
    nothing = np.zeros((0, 28, 28, 1), np.float32)
    assert told.encode(nothing).shape == (0, 2)
    assert told.reconstruct(nothing, np.zeros(0, int)).shape == nothing.shape
    assert told.decode(np.zeros((0, 2), np.float32)).shape == nothing.shape


@pytest.mark.parametrize("prior", ["normal", "mixture"])
def test_samples_are_held_against_the_data_with_classes_as_frequent_as_there(
    told: Inference, digits: Dataset, monkeypatch: pytest.MonkeyPatch, prior: str
) -> None:
    asked: list[np.ndarray] = []
    decode = Inference.decode

    def listening(networks: Inference, codes: np.ndarray, labels: np.ndarray) -> np.ndarray:
        asked.append(labels)
        return decode(networks, codes, labels)

    monkeypatch.setattr(Inference, "decode", listening)
    found = generation.run(told, digits, generation.Config.parse({"prior": prior}))
    (labels,) = asked
    assert len(labels) == found.n_samples
    train = digits.labels[digits.indices("train")]
    shares, expected = (np.bincount(each, minlength=10) / len(each) for each in (labels, train))
    np.testing.assert_allclose(shares, expected, atol=0.05)


def test_a_plane_is_that_of_the_class_that_is_asked_for(told: Inference, digits: Dataset) -> None:
    found = decoding.run(told, digits, decoding.Config(steps=3, label=7))
    np.testing.assert_array_equal(found.images, told.decode(found.codes, np.full(9, 7)))


def test_another_run_takes_no_heed_of_classes(trained_lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(trained_lab.folder))
    vae = inference.load(runs.find(trained_lab.runs["vae"]))
    images, labels = of_the_test(open_dataset("digits"))
    assert vae.classes == 0
    np.testing.assert_array_equal(vae.reconstruct(images, labels), vae.reconstruct(images))
