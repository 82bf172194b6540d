"""Runs and filters against many noises: the numbers of a plain loop, paired, and nothing measured twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from aelab import inference, runs
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.filters import filters
from aelab.filters.tuning import AS_GOOD_AS_SAME, tune
from aelab.metrics.estimate import mean_with_interval
from aelab.noise import noises
from aelab.runs import Run
from aelab.studies import cells, crossed, matrix
from aelab.studies.crossed import Matrix
from aelab.studies.draws import Draw
from aelab.studies.matrix import Config

CONFIG = Config(noises="salt_pepper,gaussian+jpeg", severities="4,2", filters="nothing,median_3,gaussian", limit=40)
_SSIM = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "channel_axis": -1}


def some_runs(lab: TrainedLab, *models: str) -> list[Run]:
    return [runs.find(lab.runs[model]) for model in models]


def measured(lab: TrainedLab, config: Config = CONFIG, models: Sequence[str] = ("dae", "conv_ae")) -> Matrix:
    chosen = some_runs(lab, *models)
    return matrix.run(chosen, chosen[0].images(), config)


@pytest.fixture(scope="module")
def found(trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    copied = trained_lab.copied_to(tmp_path_factory.mktemp("matrix") / "lab")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AELAB_ARTIFACTS", str(copied.folder))
        return measured(copied)


def by_hand(restored: np.ndarray, clean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return PSNR and SSIM as scikit-image has them, image by image."""
    pairs = list(zip(clean.astype(np.float64), restored.astype(np.float64), strict=True))
    psnr = [peak_signal_noise_ratio(a, b, data_range=1.0) for a, b in pairs]
    ssim = [structural_similarity(a, b, data_range=1.0, **_SSIM) for a, b in pairs]
    return np.minimum(psnr, AS_GOOD_AS_SAME), np.array(ssim)


def test_every_cell_is_what_a_plain_loop_gives(lab: TrainedLab, found: Matrix) -> None:
    dataset = some_runs(lab, "dae")[0].images()
    indices = np.random.default_rng(0).permutation(dataset.indices("test"))[:40]
    clean = (dataset.images[indices] / 255).astype(np.float32)
    cells_by_place = {(each.method, each.noise, each.severity): each for each in found.entries}
    assert len(cells_by_place) == len(found.entries) == 5 * 4
    for number in (2, 4):
        noisy = noises["salt_pepper"].corrupt(
            clean, noises["salt_pepper"].severities[number - 1], np.random.default_rng(0)
        )
        before, _ = by_hand(noisy, clean)
        for run in some_runs(lab, "dae", "conv_ae"):
            psnr, ssim = by_hand(inference.load(run).reconstruct(noisy), clean)
            entry = cells_by_place[run.id, "salt_pepper", number]
            assert entry.means["psnr"].mean == pytest.approx(psnr.mean(), abs=1e-4)
            assert entry.means["ssim"].mean == pytest.approx(ssim.mean(), abs=1e-5)
            gain = mean_with_interval(psnr - before)
            assert entry.means["gain"].mean == pytest.approx(gain.mean, abs=1e-4)
            assert entry.means["gain"].high == pytest.approx(gain.high, abs=1e-4)
            assert (entry.means["gain"].n, found.n, found.split) == (40, 40, "test")


def test_noises_put_together_are_at_the_same_severity(found: Matrix) -> None:
    corruptions = {(each.noise, each.severity): each.corruption for each in found.entries}
    light, heavy = (f"gaussian:{noises['gaussian'].severities[n]:g}" for n in (1, 3))
    assert corruptions["gaussian+jpeg", 2] == f"{light}+jpeg:{noises['jpeg'].severities[1]:g}"
    assert corruptions["gaussian+jpeg", 4] == f"{heavy}+jpeg:{noises['jpeg'].severities[3]:g}"


def test_filters_are_tuned_on_validation_images_for_each_column(lab: TrainedLab, found: Matrix) -> None:
    dataset = some_runs(lab, "dae")[0].images()
    settings = set()
    for entry, column in zip(found.of("gaussian"), CONFIG.columns, strict=True):
        draw = Draw(dataset, column.corruption, 0, 40)
        assert entry.settings == tune(filters["gaussian"], *draw.validation).settings
        settings.add(str(entry.settings))
    assert len(settings) > 1


def test_the_mean_over_columns_is_paired(found: Matrix) -> None:
    for row in found.rows:
        of_row = [entry.means["psnr"].mean for entry in found.of(row)]
        assert found.average(row).means["psnr"].mean == pytest.approx(np.mean(of_row))
    first, second = found.runs
    lead = found.average(first).over_run["psnr"]
    assert lead.over == second
    difference = found.average(first).means["psnr"].mean - found.average(second).means["psnr"].mean
    assert lead.by.mean == pytest.approx(difference)
    wide = sum(found.average(run).means["psnr"].high - found.average(run).means["psnr"].low for run in found.runs)
    assert lead.by.high - lead.by.low < wide  # than if they had not restored the same images


def test_a_run_is_held_against_the_best_filter_of_the_column(found: Matrix) -> None:
    for column, entry in enumerate(found.of(found.runs[0])):
        of_filters = {name: found.of(name)[column].means["psnr"].mean for name in found.filters}
        best = max(of_filters, key=of_filters.__getitem__)
        assert entry.over_filter["psnr"].over == best
        assert entry.over_filter["psnr"].by.mean == pytest.approx(entry.means["psnr"].mean - of_filters[best])
        every = {row: found.of(row)[column].means["psnr"].mean for row in found.rows}
        assert found.winners("psnr")[column] == max(every, key=every.__getitem__)


def test_it_can_be_kept_and_read_again_and_written_as_a_table(found: Matrix) -> None:
    assert Matrix.from_json(json.loads(json.dumps(found.to_json()))) == found
    table = crossed.table(found, {found.runs[0]: "gaussian:0.3"})
    assert len(table) == len(found.entries)
    assert list(table["best_psnr"]).count(True) == len(CONFIG.columns)
    assert set(table[table["method"] == found.runs[0]]["trained_on"]) == {"gaussian:0.3"}


def files(folder: Path) -> dict[str, int]:
    """Return the file of each cell, which is another one as soon as it is written again."""
    return {path.name: path.stat().st_ino for path in (folder / "cells").iterdir()}


def test_only_what_is_missing_is_measured(lab: TrainedLab) -> None:
    first = measured(lab, Config(noises="masking", severities="3", filters="median_3", limit=20), ("dae",))
    before = files(lab.folder)
    assert len(before) == 3  # the run, the filter, and the noisy images
    wider = Config(noises="masking,uniform", severities="3", filters="median_3", limit=20)
    found = measured(lab, wider, ("dae", "pca"))
    after = files(lab.folder)
    assert len(after) == 2 * 4
    assert {name: after[name] for name in before} == before
    assert found.of(first.runs[0])[0] == first.entries[0]


@pytest.mark.parametrize("damage", ["truncated", "empty", "another", "too short"])
def test_a_damaged_cell_is_measured_again(lab: TrainedLab, damage: str) -> None:
    config = Config(noises="masking", severities="3", filters="median_3", limit=20)
    expected = measured(lab, config, ("dae",))
    for path in (lab.folder / "cells").iterdir():
        content = path.read_bytes()
        if damage in {"truncated", "empty"}:
            path.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"")
        else:
            np.savez(path, psnr=np.zeros(7 if damage == "too short" else 20), about=np.asarray('{"settings": 3}'))
    found = measured(lab, config, ("dae",))
    assert [each.means for each in found.entries] == [each.means for each in expected.entries]


def test_a_run_made_again_under_its_old_name_has_none_of_the_old_cells(lab: TrainedLab) -> None:
    config = Config(noises="masking", severities="3", filters="none", limit=20)
    measured(lab, config, ("dae",))
    before = files(lab.folder)
    path = lab.folder / "runs" / lab.runs["dae"] / "config.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"created": "20', '"created": "19'), encoding="utf-8")
    measured(lab, config, ("dae",))
    assert len(files(lab.folder)) == len(before) + 1


def test_what_nobody_has_looked_at_for_longest_goes_first(lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(noises="masking", severities="3", filters="none", limit=20)
    measured(lab, config, ("dae",))
    old = set(files(lab.folder))
    used = sum(path.stat().st_size for path in (lab.folder / "cells").iterdir())
    for path in (lab.folder / "cells").iterdir():
        path.touch()
    monkeypatch.setattr(cells, "_MOST_BYTES", used)
    measured(lab, Config(noises="uniform", severities="3", filters="none", limit=20), ("dae",))
    kept = set(files(lab.folder))
    assert kept
    assert not kept & old


def test_a_matrix_that_is_stopped_goes_on_where_it_was(lab: TrainedLab) -> None:
    chosen = some_runs(lab, "dae")
    config = Config(noises="gaussian,masking,jpeg,uniform", severities="1,2,3,4,5", filters="median_3", limit=20)

    class Stop(Exception):
        pass

    def stop(share: float) -> None:
        if share > 0:
            raise Stop

    with pytest.raises(Stop):
        matrix.run(chosen, chosen[0].images(), config, stop)
    before = files(lab.folder)
    assert 0 < len(before) < 3 * 20
    matrix.run(chosen, chosen[0].images(), config)
    after = files(lab.folder)
    assert len(after) == 3 * 20
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"noises": "rain"}, "There is no noise called 'rain'; choose one of gaussian"),
        ({"noises": "gaussian+rain"}, "There is no noise called 'rain'"),
        ({"noises": "masking,jpeg+gaussian:0.2"}, "'gaussian:0.2' is a noise with a level.*: name 'gaussian', and"),
        ({"noises": "all,gaussian"}, "The word all stands alone: leave out .*; they are gaussian"),
        ({"filters": "all,none"}, "The word all stands alone: leave out .*; they are none"),
        ({"filters": "median_3,none"}, "The word none stands alone: leave out .*; they are median_3"),
        ({"filters": "magic"}, "There is no filter called 'magic'; choose one of nothing"),
        ({"severities": "1.5"}, r"A severity is a whole number from 1 \(light\) to 5 \(heavy\); '1.5' is none"),
        ({"severities": "0"}, r"A severity is a whole number from 1 \(light\) to 5 \(heavy\); '0' is none"),
        ({"severities": "much"}, "A severity is a whole number from 1"),
        ({"limit": -1}, "limit must be between 0 and"),
    ],
)
def test_what_there_is_not_is_refused(asked: dict[str, object], sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        Config.parse(asked)


def test_one_question_has_one_form() -> None:
    assert Config(noises="all") == Config(noises=",".join(noises.names()))
    assert Config(severities="5, 1,1") == Config(severities="1,5")
    assert Config(filters="none") == Config(filters="")
    assert Config(noises=" gaussian ,gaussian, masking").noises == "gaussian,masking"


def test_a_matrix_of_nothing_or_of_too_much_is_refused(lab: TrainedLab) -> None:
    with pytest.raises(LabError, match="a matrix of nothing: runs 1, noises 0, severities 5"):
        measured(lab, Config(noises=""), ("dae",))
    with pytest.raises(LabError, match="a matrix of nothing: runs 0, noises 11, severities 5"):
        matrix.check([], Config())
    pairs = ",".join(f"{one}+{other}" for one in noises.names() for other in noises.names())
    with pytest.raises(LabError, match=r"at most 3000 cells; 12 .* on 605 .* are 7260"):
        measured(lab, Config(noises=pairs, filters="all"), ("dae",))


def test_runs_on_other_images_are_refused_by_name(lab: TrainedLab, imported) -> None:
    other: Dataset = imported(
        np.random.default_rng(0).integers(0, 256, (30, 28, 28), dtype=np.uint8), np.zeros(30, int)
    )
    lab.say_trained_on("pca", other)
    with pytest.raises(LabError, match=rf"{lab.runs['pca']} were trained on different images \(digits and made-here\)"):
        measured(lab, CONFIG, ("dae", "pca"))


def test_a_run_that_only_draws_is_refused(gan_lab: TrainedLab) -> None:
    with pytest.raises(LabError, match="has no encoder"):
        measured(gan_lab, CONFIG, ("dae", "gan"))
