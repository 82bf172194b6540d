"""Each rule knows an ill run from a healthy one, says so with its evidence, and proposes what can be trained."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import Trained

from aelab import runs
from aelab.diagnosis import Case, Finding, diagnose, rules
from aelab.diagnosis.blur import edges
from aelab.diagnosis.case import nearest_power_of_two
from aelab.pixels import to_unit
from aelab.tasks import planning

# Keras' exporter asks numpy for a name that is gone; it warns once a process.
pytestmark = pytest.mark.filterwarnings("ignore:In the future `np.object` will be defined:FutureWarning")

FAST: dict[str, Any] = {"epochs": 12, "width": 64}
WELL = ("deep_ae", {"latent_dim": 16, "width": 256, "epochs": 40})

#: For each rule a run that shows the illness, and what a healthy run of the same family is.
ILL: dict[str, tuple[str, dict[str, Any]]] = {
    "learning_rate": ("deep_ae", {"latent_dim": 8, "width": 64, "epochs": 8, "learning_rate": 0.3}),
    "posterior_collapse": ("vae", {"body": "dense", "latent_dim": 8, "beta": 60.0, **FAST}),
    "mode_collapse": ("vae", {"body": "dense", "latent_dim": 8, "beta": 60.0, **FAST}),
    "unequal_sides": ("gan", {"latent_dim": 8, "filters": 4, "epochs": 2, "learning_rate": 1e-5}),
    "underfitting": ("deep_ae", {"latent_dim": 32, "width": 8, "epochs": 3}),
    "dead_units": ("shallow_ae", {"latent_dim": 64, "epochs": 6, "learning_rate": 0.1}),
    "dead_codes": ("vq_vae", {"body": "dense", "latent_dim": 8, "code_size": 8, "codes": 512, **FAST}),
    "overfitting": ("deep_ae", {"loss": "bce", "latent_dim": 64, "width": 256, "epochs": 150, "limit": 40}),
    "slow_learning": ("deep_ae", {"latent_dim": 16, "width": 64, "epochs": 6, "learning_rate": 1e-5}),
    "wide_bottleneck": ("deep_ae", {"latent_dim": 400, "width": 64, "epochs": 2}),
    "blur": ("deep_ae", {"latent_dim": 1, "width": 64, "epochs": 10}),
    "few_images": ("deep_ae", {"latent_dim": 64, "width": 512, "epochs": 60, "limit": 60}),
}
HEALTHY: dict[str, tuple[str, dict[str, Any]]] = {
    "posterior_collapse": ("vae", {"body": "dense", "latent_dim": 8, "width": 128, "epochs": 30}),
    "mode_collapse": ("vae", {"body": "dense", "latent_dim": 8, "width": 128, "epochs": 30}),
    "dead_codes": ("vq_vae", {"body": "dense", "latent_dim": 32, "code_size": 4, "codes": 16, **FAST}),
}
EACH = [pytest.param(rule.name, id=rule.name) for rule in rules]


def found(rule: str, case: Any) -> Finding | None:
    return rules[rule].find(case)


@pytest.mark.parametrize("rule", EACH)
def test_an_ill_run_is_found_with_its_evidence(trained: Trained, rule: str) -> None:
    model, settings = ILL[rule]
    finding = found(rule, trained(model, **settings))
    assert finding is not None
    assert finding.rule == rule
    assert any(character.isdigit() for character in str(finding))
    assert Finding.from_json(finding.to_json()) == finding


def test_a_code_that_a_critic_is_to_understand_gets_more_weight(trained: Trained) -> None:
    finding = found(
        "posterior_collapse", trained("vae_gan", latent_dim=8, filters=4, weight=1e-4, epochs=8, learning_rate=0.01)
    )
    assert finding is not None
    assert finding.change == {"weight": 1e-3}


@pytest.mark.parametrize("rule", EACH)
def test_a_healthy_run_is_left_alone(trained: Trained, rule: str) -> None:
    model, settings = HEALTHY.get(rule, WELL)
    finding = found(rule, trained(model, **settings))
    assert finding is None, str(finding)


@pytest.mark.parametrize("rule", EACH)
def test_what_is_proposed_can_be_trained_and_is_another_run(trained: Trained, rule: str) -> None:
    model, settings = ILL[rule]
    case = trained(model, **settings)
    finding = found(rule, case)
    assert finding is not None
    if finding.change:
        chosen = planning.planned(case.dataset, model, dict(case.settings) | dict(finding.change))
        again = runs.new_run("digits", case.dataset.checksum, chosen)
        assert again.id != case.run.id


def with_critics_loss(case: Case, loss: float, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Return a case whose critic had a loss at the end."""
    parts = {"loss": 1.0, "adversarial": 1.0, "critic_real": loss + 0.01, "critic_drawn": loss - 0.01}
    monkeypatch.setattr(type(case.run), "history", lambda run: [{"train": parts, "validation": parts}])
    return case


def test_a_critic_that_is_always_right_is_found(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    model, settings = ILL["unequal_sides"]
    case = with_critics_loss(trained(model, **settings), 0.025, monkeypatch)
    finding = found("unequal_sides", case)
    assert finding is not None
    assert "nearly always right: its loss is 0.025 nats" in str(finding)
    assert finding.change == {"learning_rate": case.settings["learning_rate"] / 2}


def test_a_critic_that_is_right_now_and_then_is_left_alone(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    model, settings = ILL["unequal_sides"]
    assert found("unequal_sides", with_critics_loss(trained(model, **settings), 0.5, monkeypatch)) is None


def test_a_critic_that_cannot_tell_what_is_alike_has_played_well(trained: Trained) -> None:
    model, settings = ILL["unequal_sides"]
    case = trained(model, **settings)
    others = to_unit(case.dataset.take(case.dataset.indices("train")[1::2]))
    perfect = SimpleNamespace(latent_dim=8, shape=case.networks.shape, decode=lambda codes: others[: len(codes)])
    assert found("unequal_sides", replace(case, networks=perfect)) is None  # type: ignore[arg-type]


def test_a_network_that_is_judged_by_a_critic_is_not_held_against_pca(trained: Trained) -> None:
    case = trained("vae_gan", latent_dim=8, filters=4, epochs=2)
    assert case.mse > case.pca_mse
    assert found("underfitting", case) is None


def test_a_training_ends_with_a_diagnosis(trained: Trained) -> None:
    model, settings = ILL["underfitting"]
    case = trained(model, **settings)
    kept = case.run.findings()
    assert kept == [finding.to_json() for finding in diagnose(case)]
    assert "underfitting" in [finding["rule"] for finding in kept or []]


def test_a_closed_form_has_no_illness_of_training(trained: Trained) -> None:
    found_in = {finding.rule for finding in diagnose(trained("pca", latent_dim=8))}
    assert not found_in & {"learning_rate", "slow_learning", "overfitting", "underfitting", "few_images"}


def test_each_rule_says_what_the_illness_is() -> None:
    assert all(rule.label and rule.summary for rule in rules)
    assert set(ILL) == set(rules.names())


def test_edges_are_those_of_neighbouring_pixels() -> None:
    images = np.zeros((1, 2, 2, 1), np.float32)
    images[0, :, 1] = 1.0  # a vertical edge: differences of 1 across, none down
    assert edges(images) == pytest.approx(np.sqrt(0.5))
    assert edges(np.ones((3, 1, 1, 1), np.float32)) == 0


@pytest.mark.parametrize(("number", "power"), [(0, 1), (1, 1), (3, 4), (5, 4), (6, 8), (100, 128)])
def test_a_proposal_is_a_round_number(number: float, power: int) -> None:
    assert nearest_power_of_two(number) == power
