"""A code beside a class: what is asked for is drawn, and the code is left with what the class does not say."""

from __future__ import annotations

import numpy as np
import pytest
from families import Trained, trained
from keras import ops
from labs import Kept
from scipy import special, stats
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from aelab.datasets import sources
from aelab.errors import LabError
from aelab.models import models
from aelab.models._variational import error_of_images
from aelab.models.cvae import Config
from aelab.models.tracing import GIVEN, TOLD, summarize
from aelab.pixels import one_hot, to_unit
from aelab.training.config import plan
from aelab.training.loop import TrainingImages, train
from aelab.training.networks import Networks, build
from aelab.training.trainee import Told, Trainee

SMALL = {"body": "dense", "width": 64, "latent_dim": 4, "epochs": 30, "batch_size": 50, "learning_rate": 0.005}
CLASSES = 10
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's digits, uint8 (1797, 28, 28, 1), and what they are (1797,)."""
    content = sources["digits"].load(sources["digits"].config(), lambda share: None)
    return content.images, content.labels


@pytest.fixture(scope="module")
def learned(digits: tuple[np.ndarray, np.ndarray]) -> Trained:
    images, labels = digits
    return trained("cvae", images[:600], labels[:600], **SMALL)


@pytest.fixture(scope="module")
def reader(digits: tuple[np.ndarray, np.ndarray]) -> KNeighborsClassifier:
    """Return a classifier that has read other digits than the networks, and reads nearly all."""
    images, labels = flat(to_unit(digits[0][600:])), digits[1][600:]
    fitted = KNeighborsClassifier(5).fit(images[200:], labels[200:])
    assert fitted.score(images[:200], labels[:200]) > 0.9
    return fitted


def flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)


def test_the_class_that_is_asked_for_is_drawn(learned: Trained, reader: KNeighborsClassifier) -> None:
    asked = np.arange(500) % CLASSES
    samples = learned.networks.decode(RNG.standard_normal((500, 4), dtype=np.float32), asked)
    assert np.mean(reader.predict(flat(samples)) == asked) > 0.7  # 0.1 by chance


def test_the_same_code_with_another_class_is_another_digit(learned: Trained, reader: KNeighborsClassifier) -> None:
    code = np.zeros((CLASSES, 4), np.float32)
    assert len(set(reader.predict(flat(learned.networks.decode(code, np.arange(CLASSES)))))) >= 8


def test_the_code_tells_less_of_the_class_than_that_of_a_vae(
    learned: Trained, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    images, labels = digits[0][:600], digits[1][:600]
    told, untold = (
        cross_val_score(KNeighborsClassifier(5), codes, labels, cv=5).mean()
        for codes in (learned.codes, trained("vae", images, **SMALL).codes)
    )
    assert told < untold - 0.1


def test_a_told_class_that_is_wrong_costs_reconstruction(
    learned: Trained, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    images, labels = to_unit(digits[0][600:800]), digits[1][600:800]

    def error(told: np.ndarray) -> float:
        networks = learned.networks
        return float(np.mean(np.square(networks.decode(networks.encode(images, told), told) - images)))

    assert error((labels + 1) % CLASSES) > 1.2 * error(labels)


def test_the_evidence_bound_given_the_class_is_a_bound(learned: Trained, digits: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels, networks = to_unit(digits[0][:20]), digits[1][:20], learned.networks
    given = networks.told(images, labels)
    mean, log_variance = (np.asarray(each, np.float64) for each in networks.encoder(given, training=False))
    sigma = np.exp(0.5 * log_variance)
    weights = []
    for _ in range(300):  # log p(x, z | y) - log q(z | x, y) of one draw each
        code = mean + sigma * RNG.standard_normal(mean.shape)
        output = networks.decode(code.astype(np.float32), labels)
        likelihood = -np.asarray(error_of_images(images, output, "bce"), np.float64)
        prior, posterior = stats.norm.logpdf(code).sum(axis=1), stats.norm.logpdf(code, mean, sigma).sum(axis=1)
        weights.append(likelihood + prior - posterior)
    bound = np.mean(weights, axis=0)
    tighter = special.logsumexp(weights, axis=0) - np.log(len(weights))
    assert np.all(tighter >= bound)
    assert np.mean(tighter - bound) < 15  # nats: a bound that is far off would say nothing


def fresh(**settings: object) -> Networks:
    return build(plan("cvae", {"latent_dim": 3, "filters": 2, "width": 8, "classes": 4, **settings}), (12, 10, 1))


@pytest.mark.parametrize("body", ["dense", "convolutional"])
def test_both_networks_hear_the_class_from_the_first_step_on(body: str) -> None:
    networks = fresh(body=body)
    images, codes = RNG.random((2, 12, 10, 1), np.float32), np.zeros((2, 3), np.float32)
    one, other = np.array([0, 0]), np.array([1, 1])
    assert not np.allclose(networks.encode(images, one), networks.encode(images, other))
    assert not np.allclose(networks.decode(codes, one), networks.decode(codes, other), atol=1e-6)


def test_the_divergence_in_the_loss_is_the_closed_form_of_what_the_encoder_says_of_image_and_class() -> None:
    networks, chosen = fresh(beta=2.0), plan("cvae", {"latent_dim": 3, "filters": 2, "classes": 4, "beta": 2.0})
    images, labels = RNG.random((5, 12, 10, 1), np.float32), np.array([0, 1, 2, 3, 0])
    trainee = Trainee(chosen, networks, images=5)
    told = Told(trainee, ops.convert_to_tensor(one_hot(labels, 4)))
    parts = chosen.model.losses(told, ops.convert_to_tensor(images), images, chosen.model_config, False)
    given = networks.told(images, labels)
    mean, log_variance = (np.asarray(each, np.float64) for each in networks.encoder(given, training=False))
    closed = 0.5 * np.sum(mean**2 + np.exp(log_variance) - 1 - log_variance, axis=1)
    assert float(parts["beta_kl"]) == pytest.approx(2 * closed.mean(), rel=1e-4)


def test_every_snapshot_reconstructs_with_the_true_classes_and_draws_all_in_turn(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    images, labels = digits
    kept = Kept()
    settings = {**SMALL, "epochs": 2, "seed": 4}
    given = TrainingImages(images[:200], images[200:240], labels[:200], labels[200:240])
    networks = train(plan("cvae", settings), given, kept)
    snapshot = kept.snapshots[2]
    shown = to_unit(images[200:208])
    made = networks.decode(networks.encode(shown, labels[200:208]), labels[200:208])
    np.testing.assert_allclose(snapshot["output"] / 255, made, atol=0.01)
    prior = np.random.default_rng(4).standard_normal((16, 4), dtype=np.float32)
    drawn = networks.decode(prior, np.array([*range(CLASSES), *range(16 - CLASSES)]))
    np.testing.assert_allclose(snapshot["samples"] / 255, drawn, atol=0.01)


def test_the_server_knows_which_layers_see_the_class_alone() -> None:
    config = Config(classes=7)
    summary = summarize(models["cvae"], config, (12, 10, 3))
    plane, reshaped, joined = summary.encoder[:3]
    assert (plane.source, plane.shape, reshaped.shape, joined.shape) == (TOLD, (120,), (12, 10, 1), (12, 10, 4))
    assert (joined.source, joined.skips) == (1, (GIVEN,))
    assert (summary.decoder[0].source, summary.decoder[0].skips) == (GIVEN, (TOLD,))
    assert summary.decoder[0].shape == (config.latent_dim + 7,)


@pytest.mark.parametrize("classes", [1, 0, 1001])
def test_a_number_of_classes_that_cannot_be_is_refused(classes: int) -> None:
    with pytest.raises(LabError, match="classes must be between 2 and 1000"):
        plan("cvae", {"classes": classes})


def test_what_is_conditional_follows_from_its_config() -> None:
    assert models["cvae"].conditional
    assert not models["vae"].conditional
