"""Snapshots on disk: small enough, evenly spread, the first and the last always there, a damaged one named."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab

from aelab import runs
from aelab.runs import RunWriter, snapshots
from aelab.training.config import plan

NOISE = np.random.default_rng(0)


def arrays(kilobytes: int) -> dict[str, np.ndarray]:
    """Return a snapshot of about so many kilobytes, which no compression makes smaller."""
    pixels = NOISE.integers(0, 256, (2, 500 * kilobytes, 1, 1), dtype=np.uint8)
    return {"target": pixels[:1, :250], "given": pixels[:1, :250], "output": pixels, "codes": pixels[:, :4, 0, 0]}


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


@pytest.mark.parametrize("resumed", [False, True])
@pytest.mark.parametrize("kilobytes", [30, 70, 200])
def test_a_long_training_stays_below_the_limit_with_its_first_and_last_epoch(
    artifacts: Path, monkeypatch: pytest.MonkeyPatch, kilobytes: int, resumed: bool
) -> None:
    monkeypatch.setenv("AELAB_SNAPSHOT_MB", "1")
    run = runs.new_run("digits", "abc", plan("shallow_ae", {}))
    runs.create(run)
    writer = RunWriter(run)
    for epoch in range(1, 151):
        writer = RunWriter(run) if resumed else writer
        writer.snapshot(epoch, arrays(kilobytes))
        kept = run.snapshot_epochs()
        assert size(run.folder / "snapshots") < 1_000_000
        assert kept[0] == 1
        assert kept[-1] == epoch
        gaps = [later - earlier for earlier, later in itertools.pairwise(kept)]
        inner = set(gaps[1:-1])  # the first epoch is no multiple, nor need the last be one
        assert len(inner) <= 1
        assert not inner or max(gaps) <= min(inner)
    assert len(kept) * 1000 * kilobytes > 300_000  # nor is more thrown away than must be


def test_epochs_are_all_kept_while_there_is_room(artifacts: Path) -> None:
    run = runs.new_run("digits", "abc", plan("shallow_ae", {}))
    runs.create(run)
    for epoch in range(1, 31):
        RunWriter(run).snapshot(epoch, arrays(2))
    assert run.snapshot_epochs() == list(range(1, 31))


def test_of_more_epochs_than_anybody_looks_through_every_second_stays(artifacts: Path) -> None:
    run = runs.new_run("digits", "abc", plan("shallow_ae", {}))
    runs.create(run)
    for epoch in range(1, 252):
        RunWriter(run).snapshot(epoch, {"codes": np.zeros((1, 1), np.float16)})
    assert run.snapshot_epochs() == [1, *range(2, 251, 2), 251]


def test_of_images_of_which_not_even_two_fit_the_last_stays(artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_SNAPSHOT_MB", "1")
    run = runs.new_run("digits", "abc", plan("shallow_ae", {}))
    runs.create(run)
    for epoch in (1, 2, 3):
        RunWriter(run).snapshot(epoch, arrays(1500))
        assert run.snapshot_epochs() == [epoch]


def test_a_snapshot_is_read_back_as_it_was_kept(artifacts: Path) -> None:
    run = runs.new_run("digits", "abc", plan("shallow_ae", {}))
    runs.create(run)
    kept = arrays(2)
    for epoch in (1, 2):
        RunWriter(run).snapshot(epoch, kept)
    found = run.snapshot(2)
    assert found.keys() == kept.keys()
    for name, array in kept.items():
        np.testing.assert_array_equal(found[name], array)
    assert run.snapshot(1, ["codes"]).keys() == {"codes"}


def test_files_of_other_names_among_the_snapshots_are_passed_over(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["vae"])
    before = run.snapshot_epochs()
    for name in ("epoch-last.npz", ".epoch-00009.npz.1234", "notes.txt"):
        (run.folder / "snapshots" / name).write_bytes(b"")
    assert run.snapshot_epochs() == before


def test_a_real_training_of_a_generative_model_has_samples_and_norms_after_every_epoch(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["vae"])
    for epoch in run.snapshot_epochs():
        kept = run.snapshot(epoch)
        assert kept["samples"].shape == (16, 28, 28, 1)
        assert kept["samples"].dtype == np.uint8
        assert len(kept["layers"]) == len(kept["norms"]) == len(kept["updates"])
    assert "samples" not in runs.find(lab.runs["dae"]).snapshot(1)


@pytest.mark.parametrize(
    ("kept", "step"),
    [
        ([], 1),
        ([1, 2, 3], 1),
        ([1, 2, 3, 4], 1),
        ([1, 2, 4, 5], 2),
        ([1, 8, 16, 24, 31], 8),
        ([1, 4, 7, 8], 4),
        ([1, 8, 13], 8),
    ],
)
def test_the_distance_of_a_thinned_run_is_read_from_what_is_there(kept: list[int], step: int) -> None:
    assert snapshots.distance(kept) == step
