"""MIG, DCI and the FactorVAE score: near 1 where codes are the factors, near chance where they know nothing, less where
every number of a code mixes several factors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from aelab.disentanglement import dci, mig
from aelab.disentanglement.factor_vae import factor_vae
from aelab.disentanglement.factors import binned, kinds_of
from aelab.errors import LabError

N = 3000
Score = Callable[[np.ndarray, dict[str, np.ndarray]], float]

SCORES: dict[str, Score] = {
    "mig": lambda codes, factors: mig.mig(codes, kinds_of(factors)),
    "disentanglement": lambda codes, factors: dci.dci(codes, factors).disentanglement,
    "completeness": lambda codes, factors: dci.dci(codes, factors).completeness,
    "informativeness": lambda codes, factors: dci.dci(codes, factors).informativeness,
    "factor_vae": lambda codes, factors: factor_vae(codes, kinds_of(factors)),
}
each_score = pytest.mark.parametrize("name", SCORES)
of_axes = pytest.mark.parametrize("name", [name for name in SCORES if name != "informativeness"])


@pytest.fixture(scope="module")
def factors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "shape": rng.integers(0, 3, N).astype(np.int32),
        "size": rng.uniform(0.15, 0.3, N).astype(np.float32),
        "x": rng.uniform(0, 1, N).astype(np.float32),
        "y": rng.uniform(0, 1, N).astype(np.float32),
    }


def perfect(factors: dict[str, np.ndarray]) -> np.ndarray:
    """Return codes that are the factors, each with a scale of its own."""
    codes = np.stack([np.asarray(values, np.float64) for values in factors.values()], axis=1)
    return (codes - codes.mean(axis=0)) / codes.std(axis=0) * [1, 5, 0.2, 2]


def rotated(codes: np.ndarray, share: float) -> np.ndarray:
    """Return codes of unit scale, of which each number takes a share of every other's place."""
    normed = codes / codes.std(axis=0)
    mixed, _ = np.linalg.qr(np.eye(4) + share * np.triu(np.ones((4, 4)), 1) - share * np.tril(np.ones((4, 4)), -1))
    return normed @ mixed


def noise(dimensions: int = 4) -> np.ndarray:
    return np.random.default_rng(7).standard_normal((N, dimensions))


@each_score
def test_codes_that_are_the_factors_score_nearly_one(name: str, factors: dict[str, np.ndarray]) -> None:
    assert SCORES[name](perfect(factors), factors) > 0.95


@each_score
def test_codes_that_know_nothing_score_no_more_than_chance(name: str, factors: dict[str, np.ndarray]) -> None:
    chance = {"factor_vae": 1 / len(factors)}.get(name, 0.0)
    assert SCORES[name](noise(), factors) == pytest.approx(chance, abs=0.07)


@of_axes
def test_numbers_that_mix_factors_score_less_the_more_they_mix(name: str, factors: dict[str, np.ndarray]) -> None:
    codes = perfect(factors)
    clean, some, all_over = (SCORES[name](rotated(codes, share), factors) for share in (0.0, 0.25, 1.0))
    assert clean > some - 1e-9  # the FactorVAE score looks only for the number that moves least, which stays the same
    assert some > all_over + 0.1
    assert clean > all_over + 0.2


def test_mixing_loses_hardly_any_information(factors: dict[str, np.ndarray]) -> None:
    of = SCORES["informativeness"]
    assert of(rotated(perfect(factors), 1.0), factors) > 0.7 > of(noise(), factors)


@each_score
def test_signs_scales_and_order_of_the_numbers_do_not_matter(name: str, factors: dict[str, np.ndarray]) -> None:
    codes = rotated(perfect(factors), 0.25)
    other = (codes * [-3, 0.1, 100, -1])[:, [2, 0, 3, 1]]
    assert SCORES[name](other, factors) == pytest.approx(SCORES[name](codes, factors), abs=0.02)


@of_axes
def test_a_number_that_is_asleep_changes_next_to_nothing(name: str, factors: dict[str, np.ndarray]) -> None:
    codes = rotated(perfect(factors), 0.25)
    with_one_more = np.concatenate([codes, np.zeros((N, 1))], axis=1)
    assert SCORES[name](with_one_more, factors) == pytest.approx(SCORES[name](codes, factors), abs=0.05)


def test_a_factor_that_stands_in_two_numbers_has_no_gap_and_is_less_complete(factors: dict[str, np.ndarray]) -> None:
    codes = perfect(factors)
    twice = np.concatenate([codes, codes[:, 2:3]], axis=1)
    known, entropy = mig.mutual_information(twice, kinds_of(factors)), mig.entropies(kinds_of(factors))
    gaps = dict(zip(factors, mig.gaps(known, entropy), strict=True))
    assert gaps["x"] == 0
    assert min(gaps[name] for name in ("shape", "size", "y")) > 0.9
    assert SCORES["completeness"](twice, factors) < SCORES["completeness"](codes, factors) - 0.05
    assert SCORES["disentanglement"](twice, factors) > 0.95  # each number still stands for one factor


def test_two_factors_in_one_number_are_not_disentangled() -> None:
    rng = np.random.default_rng(1)
    factors = {"a": rng.uniform(0, 1, N), "b": rng.uniform(0, 1, N)}
    merged = np.stack([factors["a"] + factors["b"], rng.standard_normal(N)], axis=1)
    found = dci.dci(merged, factors)
    assert found.completeness > 0.3
    assert found.disentanglement < 0.01


def test_mutual_information_is_that_of_scikit_learn(factors: dict[str, np.ndarray]) -> None:
    codes, kinds = rotated(perfect(factors), 0.25), kinds_of(factors)
    found = mig.mutual_information(codes, kinds)
    for number, column in enumerate(codes.T):
        cut = np.digitize(column, np.histogram(column, 20)[1][:-1])  # as disentanglement_lib cuts
        for place, values in enumerate(kinds.values()):
            assert found[number, place] == pytest.approx(mutual_info_score(cut, values), abs=1e-9)


def test_one_number_is_scored_without_a_second_one(factors: dict[str, np.ndarray]) -> None:
    codes = perfect(factors)[:, 2:3]
    assert SCORES["mig"](codes, factors) == pytest.approx(1 / 4, abs=0.03)
    assert 0 <= SCORES["disentanglement"](codes, factors) <= 1
    assert SCORES["factor_vae"](codes, factors) < 0.5


def test_codes_that_are_all_the_same_follow_nothing(factors: dict[str, np.ndarray]) -> None:
    codes = np.ones((N, 3))
    assert factor_vae(codes, kinds_of(factors)) == 1 / 4
    assert mig.mig(codes, kinds_of(factors)) == 0
    assert dci.dci(codes, factors).informativeness == pytest.approx(0, abs=0.01)


def test_classes_stay_as_they_are_and_quantities_are_cut_into_ten() -> None:
    factors = {"shape": np.array([0, 4, 4, 2], np.int32), "x": np.array([0.0, 0.05, 0.55, 1.0]), "same": np.ones(4)}
    found = kinds_of(factors)
    assert {name: list(values) for name, values in found.items()} == {"shape": [0, 2, 2, 1], "x": [0, 0, 1, 2]}
    assert list(binned(np.array([0.0, 0.05, 0.5, 1.0]), 20)) == [0, 1, 10, 19]


def test_a_single_factor_that_varies_is_refused() -> None:
    with pytest.raises(LabError, match="at least two causes are known and vary; here there are 1"):
        kinds_of({"x": np.arange(5.0), "y": np.ones(5)})
