"""What differs between runs, who is best, and what is the seed's doing: nothing is compared that does not compare."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from made_runs import made
from scipy import stats

from aelab import runs
from aelab.models import models
from aelab.runs.run import Parent
from aelab.studies import comparison
from aelab.studies.curves import curve_groups
from aelab.studies.differences import differences
from aelab.studies.leaderboard import leaderboards
from aelab.studies.pooling import Place, places, pooled, pools
from aelab.studies.verdict import Verdict, verdict

pytestmark = pytest.mark.usefixtures("artifacts")


def test_only_the_settings_that_differ_are_shown() -> None:
    first, second = made(latent_dim=8, seed=1), made(latent_dim=16, seed=1)
    table = differences([first, second])
    assert list(table.columns) == ["run", "latent_dim"]
    assert table.to_dict("list") == {"run": [first.id, second.id], "latent_dim": [8, 16]}


def test_what_one_model_has_and_another_has_not_is_a_difference() -> None:
    table = differences([made("vae", beta=4.0), made("conv_ae", dataset="other", checksum="c2")])
    assert list(table.columns)[:4] == ["run", "model", "dataset", "dataset_checksum"]
    assert list(table["beta"]) == [4.0, None]


def test_a_run_from_before_there_were_second_noises_differs_from_one_that_has_one() -> None:
    earlier, later = made("dae"), made("dae", second_noise="masking")
    settings = {name: value for name, value in earlier.settings.items() if name not in models["dae"].config.later}
    table = differences([replace(earlier, settings=settings), later])
    assert table.to_dict("list") == {"run": [earlier.id, later.id], "second_noise": ["none", "masking"]}


def test_the_same_name_for_other_images_is_a_difference() -> None:
    table = differences([made(checksum="c1"), made(checksum="c2")])
    assert list(table.columns) == ["run", "dataset_checksum"]


def test_a_single_run_differs_in_nothing() -> None:
    assert list(differences([made()]).columns) == ["run"]


def test_runs_that_differ_in_the_seed_only_are_one_experiment() -> None:
    first, second, third = (made(mse=mse, seed=seed) for seed, mse in enumerate((0.10, 0.12, 0.17)))
    other = made(mse=0.2, latent_dim=4)
    assert pools([first, other, second, third]) == [(first, second, third), (other,)]
    table = pooled([first, other, second, third])
    row = table.iloc[0]
    low, high = stats.t.interval(0.95, 2, np.mean([0.10, 0.12, 0.17]), stats.sem([0.10, 0.12, 0.17]))
    assert (row["seeds"], row["n"], row["runs"]) == (3, 100, (first.id, second.id, third.id))
    assert row["mse"] == pytest.approx(0.13)
    assert (row["mse_low"], row["mse_high"]) == pytest.approx((low, high))
    alone = table.iloc[1]
    assert (alone["seeds"], alone["mse"]) == (1, 0.2)
    assert math.isnan(alone["mse_low"])


def test_what_differs_in_more_than_the_seed_is_never_pooled() -> None:
    made_runs = [
        made(seed=0),
        made(seed=1, checksum="c2"),
        made(seed=2, epochs=3),
        made("dae", seed=3),
        made(seed=4, stopped=3),
        made(seed=5, parent=Parent("run-1", 5)),
        made(seed=6, parent=Parent("run-1", 7)),
    ]
    assert [len(pool) for pool in pools(made_runs)] == [1] * 7


def test_what_a_run_continues_is_a_difference() -> None:
    first, second = made(), made(parent=Parent("run-1", 5))
    assert differences([first, second]).to_dict("list") == {"run": [first.id, second.id], "parent": [None, "run-1"]}


def test_one_training_under_two_names_of_its_images_counts_once() -> None:
    first = made(seed=0, mse=0.1)
    assert pools([first, made(seed=0, mse=0.1, dataset="copy")]) == [(first,)]


def test_the_best_is_told_from_those_that_come_near() -> None:
    best, near, far = made(mse=0.100), made(mse=0.115), made(mse=0.2)
    table = comparison.compare([far, near, best])
    assert verdict(table, "mse") == Verdict(best.id, 0.1, (near.id,))
    assert verdict(comparison.compare([far, best]), "mse") == Verdict(best.id, 0.1, ())


def test_of_a_measure_that_should_be_high_the_highest_is_best() -> None:
    low, high = made(psnr=20.0), made(psnr=30.0)
    assert verdict(comparison.compare([low, high]), "psnr") == Verdict(high.id, 30.0, ())


def test_what_has_no_bottleneck_is_out_of_competition_beside_what_has_one() -> None:
    near, far, unet = made(mse=0.10), made(mse=0.30, latent_dim=4), made("unet_dae", mse=0.09)
    found = verdict(comparison.compare([near, far, unet]), "mse")
    assert found == Verdict(near.id, 0.10, ())
    (board,) = leaderboards([near, far, unet], "mse")
    assert board.table["run"].tolist() == [near.id, far.id]
    other = made("unet_dae", mse=0.05, filters=8)
    assert verdict(comparison.compare([unet, other]), "mse") == Verdict(other.id, 0.05, ())
    (board,) = leaderboards([unet, other], "mse")
    assert board.table["run"].tolist() == [other.id, unet.id]


def test_runs_on_different_images_have_no_best() -> None:
    assert verdict(comparison.compare([made(checksum="c1"), made(checksum="c2")]), "mse") is None


def test_a_measure_that_no_run_has_has_no_best() -> None:
    assert verdict(comparison.compare([made(psnr=None)]), "psnr") is None


def test_a_board_never_mixes_images_that_share_a_name() -> None:
    first, second = made(checksum="c1", mse=0.1), made(checksum="c2", mse=0.01)
    boards = leaderboards([first, second], "mse")
    assert [(board.dataset, board.checksum, list(board.table["run"])) for board in boards] == [
        ("digits", "c1", [first.id]),
        ("digits", "c2", [second.id]),
    ]
    assert (boards[0].split, boards[0].n) == ("test", 100)


def test_a_board_ranks_experiments_by_the_direction_of_the_measure_with_seeds_pooled() -> None:
    lucky = made(seed=0, mse=0.01, psnr=25.0)
    unlucky = made(seed=1, mse=0.31, psnr=25.0)
    steady = made(latent_dim=4, mse=0.15, psnr=22.0)
    unmeasured = made(latent_dim=5, mse=0.5, psnr=None)
    everything = [lucky, steady, unlucky, unmeasured]
    (board,) = leaderboards(everything, "mse")
    assert list(board.table["run"]) == [steady.id, lucky.id, unmeasured.id]
    assert list(board.table["rank"]) == [1, 2, 3]
    (board,) = leaderboards(everything, "psnr")
    assert list(board.table["run"]) == [lucky.id, steady.id, unmeasured.id]
    assert list(board.table["seeds"]) == [2, 1, 1]


def test_equals_share_a_rank() -> None:
    (board,) = leaderboards([made(latent_dim=n, mse=0.1) for n in (1, 2)] + [made(latent_dim=3, mse=0.3)], "mse")
    assert list(board.table["rank"]) == [1, 1, 3]


def test_no_runs_have_no_board() -> None:
    assert leaderboards([], "mse") == []


def test_curves_are_drawn_together_only_where_they_count_the_same() -> None:
    first, second = made("vae", loss="bce", losses=(5.0, 4.0)), made("vae", loss="bce", losses=(6.0, 3.0, 2.0))
    squared = made("vae", loss="mse")
    elsewhere = made("vae", loss="bce", checksum="c2")
    closed = made("pca", losses=(1.0,))
    groups = curve_groups([first, squared, second, elsewhere, closed])
    assert [[curve.run for curve in group.curves] for group in groups] == [
        [first.id, second.id],
        [squared.id],
        [elsewhere.id],
    ]
    assert groups[0].unit == "nats per image"
    assert groups[0].curves[1].epochs == (1, 2, 3)
    assert groups[0].curves[1].losses == (6.0, 3.0, 2.0)


def test_a_run_with_settings_of_another_version_has_no_curve_and_stops_nobody() -> None:
    strange, usual = made(momentum=0.9), made()
    assert [curve.run for group in curve_groups([strange, usual]) for curve in group.curves] == [usual.id]
    assert runs.find(strange.id).settings["momentum"] == 0.9


def test_a_run_keeps_its_place_when_another_is_trained() -> None:
    first, second, other = made(seed=1), made(seed=2), made(latent_dim=4)
    before = places([first, second, other])
    assert before == {first.id: Place(0, 0), second.id: Place(0, 1), other.id: Place(1, 0)}
    third, continued = made(seed=3), made(seed=1, parent=Parent(first.id, 2))
    after = places([first, second, other, third, continued])
    assert before.items() <= after.items()
    assert (after[third.id], after[continued.id]) == (Place(0, 2), Place(2, 0))


def test_what_was_finished_early_is_said_beside_the_epochs_that_were_asked_for() -> None:
    table = differences([made(epochs=300, stopped=100), made(epochs=200)])
    assert list(table.columns) == ["run", "epochs", "stopped_after"]
    assert list(table["stopped_after"]) == [100, None]
