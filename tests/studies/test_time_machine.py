"""The time machine's axes stay while the points move, and it says what those axes are worth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab

from aelab import runs
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.runs import Run, RunWriter
from aelab.studies import time_machine
from aelab.studies.time_machine import basis, film
from aelab.training.config import plan

EPOCHS = (1, 2, 4, 8)
RNG = np.random.default_rng(0)


def written(codes: np.ndarray, epochs: tuple[int, ...] = EPOCHS, **more: np.ndarray) -> Run:
    """Return a run with the codes (E, N, K) in its snapshots."""
    run = runs.new_run("digits", "abc", plan("shallow_ae", {"latent_dim": codes.shape[2]}))
    runs.create(run)
    for epoch, each in zip(epochs, codes, strict=True):
        arrays = {name: array[epochs.index(epoch)] for name, array in more.items()}
        RunWriter(run).snapshot(epoch, {"output": np.zeros((1, 1, 1, 1), np.uint8), "codes": each, **arrays})
    return run


def test_codes_of_two_numbers_are_their_own_places(artifacts: Path) -> None:
    codes = RNG.normal(size=(4, 20, 2)).astype(np.float16)
    found = film(written(codes))
    np.testing.assert_array_equal(found.positions, codes.astype(np.float32))
    assert found.basis.raw
    np.testing.assert_allclose(found.explained, 1.0)


def test_codes_of_one_number_lie_on_a_line(artifacts: Path) -> None:
    codes = RNG.normal(size=(4, 20, 1)).astype(np.float16)
    found = film(written(codes))
    np.testing.assert_array_equal(found.positions[..., 0], codes[..., 0])
    assert not found.positions[..., 1].any()


def test_larger_codes_are_laid_out_on_the_components_of_the_last_epoch(artifacts: Path) -> None:
    codes = (RNG.normal(size=(4, 50, 5)) * [1, 5, 1, 3, 1]).astype(np.float16)
    found = film(written(codes))
    last = codes[-1].astype(float)
    values, vectors = np.linalg.eigh(np.cov(last.T))
    assert found.explained[-1] == pytest.approx(values[-2:].sum() / values.sum())
    axes = vectors[:, [-1, -2]].T
    for codes_then, positions in zip(codes.astype(float), found.positions, strict=True):
        expected = (codes_then - last.mean(axis=0)) @ axes.T
        np.testing.assert_allclose(np.abs(positions), np.abs(expected), atol=1e-3)


def test_an_early_epoch_that_the_axes_do_not_fit_says_so(artifacts: Path) -> None:
    codes = np.zeros((4, 40, 4))
    codes[:, :, :2] = RNG.normal(size=(4, 40, 2))
    codes[0] = codes[0][:, [2, 3, 0, 1]]  # varies along the other two
    found = film(written(codes.astype(np.float16)))
    assert found.explained[0] == pytest.approx(0, abs=1e-6)
    assert found.explained[1:] == pytest.approx(1, abs=1e-6)


def test_codes_that_are_all_the_same_are_a_map_of_one_point(artifacts: Path) -> None:
    found = film(written(np.ones((4, 10, 6), np.float16)))
    assert not found.positions.any()
    assert np.isnan(found.explained).all()
    (low, high), _ = found.limits
    assert low < 0 < high


def test_every_point_of_every_epoch_is_within_the_limits(artifacts: Path) -> None:
    codes = (RNG.normal(size=(4, 30, 3)) * np.array([1, 10, 3, 2])[:, None, None]).astype(np.float16)
    found = film(written(codes))
    for axis, (low, high) in enumerate(found.limits):
        assert low < found.positions[..., axis].min()
        assert found.positions[..., axis].max() < high


def test_how_far_points_moved_is_the_median_of_their_ways(artifacts: Path) -> None:
    codes = np.zeros((4, 3, 2), np.float16)
    codes[1] = [[3, 4], [0, 1], [6, 8]]
    codes[2:] = codes[1]
    found = film(written(codes))
    assert np.isnan(found.moved[0])
    assert found.moved[1:].tolist() == [5, 0, 0]


def test_a_damaged_snapshot_is_named_and_the_others_are_shown(artifacts: Path) -> None:
    codes = RNG.normal(size=(4, 20, 3)).astype(np.float16)
    run = written(codes)
    (run.folder / "snapshots" / "epoch-00002.npz").write_bytes(b"PK\3\4 cut off")
    found = film(run)
    assert found.epochs == (1, 4, 8)
    (error,) = found.damaged
    assert str(error).startswith(f"epoch-00002.npz in {run.id} is damaged")
    assert [found.at(epoch) for epoch in (1, 2, 3, 4, 7, 8, 99, 0)] == [0, 0, 0, 1, 1, 2, 2, 0]


@pytest.mark.parametrize("codes", [None, np.zeros((20, 9)), np.zeros(20)])
def test_codes_of_another_shape_are_named_as_damage(artifacts: Path, codes: np.ndarray | None) -> None:
    run = written(RNG.normal(size=(4, 20, 3)).astype(np.float16))
    arrays = {} if codes is None else {"codes": codes}
    RunWriter(run).snapshot(4, arrays)
    found = film(run)
    assert found.epochs == (1, 2, 8)
    assert "epoch-00004.npz" in str(found.damaged[0])


def test_a_run_without_snapshots_is_a_sentence(artifacts: Path) -> None:
    run = written(np.zeros((0, 1, 2)), epochs=())
    with pytest.raises(LabError, match=f"Run {run.id} has kept no snapshot yet"):
        film(run)


def test_a_run_that_is_deleted_while_it_is_looked_at_is_a_sentence(artifacts: Path) -> None:
    run = written(np.zeros((4, 2, 2)))
    runs.delete(run.id)
    with pytest.raises(LabError, match="has kept no snapshot"):
        film(run)


def test_norms_and_updates_are_there_where_they_were_kept(artifacts: Path) -> None:
    codes = RNG.normal(size=(4, 5, 2)).astype(np.float16)
    layers = np.array([["encoder/1/Dense", "decoder/1/Dense"]] * 4)
    norms = RNG.uniform(size=(4, 2)).astype(np.float32)
    updates = np.full((4, 2), 8, np.float32)
    found = film(written(codes, layers=layers, norms=norms, updates=updates, updates_since=np.array([0, 1, 2, 4])))
    assert found.layers == ("encoder/1/Dense", "decoder/1/Dense")
    np.testing.assert_allclose(found.norms, norms)
    assert found.updates[:, 0].tolist() == [8, 8, 4, 2]  # for each epoch between two snapshots


def test_a_run_of_an_older_version_has_no_norms(artifacts: Path) -> None:
    found = film(written(np.zeros((4, 5, 2), np.float16)))
    assert found.layers == ()
    assert found.norms.shape == (4, 0)


def history(*losses: float | None) -> list[dict[str, object]]:
    return [{"epoch": number, "validation": {"loss": loss}} for number, loss in enumerate(losses, 1)]


@pytest.mark.parametrize(
    ("losses", "epoch", "share"),
    [
        ((1.0, 0.6, 0.5), 1, 0.0),
        ((1.0, 0.6, 0.5), 2, 0.8),
        ((1.0, 0.6, 0.5), 3, 1.0),
        ((1.0, 0.25, 0.5), 2, 1.5),
        ((1.0, 1.0), 1, None),
        ((1.0, 0.5), 7, None),
        ((1.0, None), 1, None),
        ((), 1, None),
    ],
)
def test_the_way_behind_is_that_of_the_validation_loss(
    losses: tuple[float, ...], epoch: int, share: float | None
) -> None:
    assert time_machine.way(history(*losses), epoch) == pytest.approx(share)


def test_the_points_are_known_by_their_images(lab: TrainedLab, digits: Dataset) -> None:
    for run_id in lab.runs.values():
        run = runs.find(run_id)
        count = film(run).positions.shape[1]
        target = run.snapshot(1)["target"]
        indices = time_machine.shown_images(digits, target, count)
        assert indices is not None
        assert len(indices) == count
        assert (digits.split[indices] == digits.split[digits.indices("validation")[0]]).all()
        np.testing.assert_array_equal(digits.take(indices[:8]), target)


def test_images_that_are_not_those_of_the_run_are_not_taken_for_them(lab: TrainedLab, digits: Dataset) -> None:
    target = runs.find(lab.runs["vae"]).snapshot(1)["target"]
    assert time_machine.shown_images(digits, 255 - target, 20) is None
    assert time_machine.shown_images(digits, target, 10_000) is None


def test_the_table_has_every_position_of_every_epoch(artifacts: Path) -> None:
    codes = RNG.normal(size=(4, 3, 2)).astype(np.float16)
    table = time_machine.table(film(written(codes)), np.array([7, 8, 9]), ["a", "b", ""])
    assert len(table) == 12
    row = table[(table["epoch"] == 4) & (table["image"] == 8)].iloc[0]
    assert (row["class"], row["x"], row["y"]) == ("b", codes[2, 1, 0], codes[2, 1, 1])


def test_the_sign_of_an_axis_is_not_left_to_chance() -> None:
    codes = RNG.normal(size=(30, 6)) * [9, 5, 1, 1, 1, 1]
    for found in (basis(codes), basis(codes[::-1])):
        assert (found.axes[[0, 1], np.abs(found.axes).argmax(axis=1)] > 0).all()
