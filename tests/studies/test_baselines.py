"""A run beside filters: the same draw, tuned on validation images alone, compared image by image."""

from __future__ import annotations

from dataclasses import replace

import pytest
from labs import TrainedLab

from aelab import inference, runs
from aelab.errors import LabError
from aelab.filters import filters
from aelab.metrics import psnr
from aelab.studies import baselines, denoising
from aelab.studies.baselines import RUN, Baselines, Config
from aelab.tasks.baselines import JOB

CONFIG = Config(noise="salt_pepper:0.05", limit=60)


@pytest.fixture(scope="module")
def found(trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory) -> Baselines:
    lab = trained_lab.copied_to(tmp_path_factory.mktemp("baselines") / "lab")  # cells are kept in it
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AELAB_ARTIFACTS", str(lab.folder))
        run = runs.find(lab.runs["dae"])
        return baselines.run(inference.load(run), run.images(), CONFIG)


def test_every_filter_stands_beside_the_run_the_best_first(found: Baselines) -> None:
    assert {method.name for method in found.methods} == {RUN, *filters.names()}
    means = [method.psnr.mean for method in found.methods]
    assert means == sorted(means, reverse=True)
    assert found.best_filter.psnr.mean == max(each.psnr.mean for each in found.methods if each.name != RUN)


def test_numbers_are_those_of_the_images_and_differences_are_paired(lab: TrainedLab, found: Baselines) -> None:
    run = runs.find(lab.runs["dae"])
    clean, noisy, labels = denoising.corrupted(run.images(), CONFIG)
    assert found.n == len(clean) == 60
    of_run = psnr.psnr(clean, inference.load(run).reconstruct(noisy, labels), data_range=1.0)
    before = psnr.psnr(clean, noisy, data_range=1.0)
    nothing = next(method for method in found.methods if method.name == "nothing")
    assert found.of_run.psnr.mean == pytest.approx(of_run.mean())
    assert nothing.psnr.mean == pytest.approx(before.mean())
    assert nothing.lead.mean == pytest.approx((of_run - before).mean())
    assert nothing.lead.high - nothing.lead.low < found.of_run.psnr.high - found.of_run.psnr.low + 4
    assert found.of_run.lead.mean == 0


def test_a_median_beats_smoothing_where_pixels_are_lost(found: Baselines) -> None:
    of = {method.name: method.psnr.mean for method in found.methods}
    assert max(of["median_3"], of["adaptive_median"]) > of["gaussian"]


def test_test_images_have_no_say_in_the_settings(lab: TrainedLab, found: Baselines) -> None:
    run = runs.find(lab.runs["dae"])
    fewer = baselines.run(inference.load(run), run.images(), replace(CONFIG, limit=3))
    assert {each.name: each.settings for each in fewer.methods} == {each.name: each.settings for each in found.methods}


def test_it_can_be_kept_and_read_again(found: Baselines) -> None:
    assert Baselines.from_json(found.to_json()) == found


def test_a_run_that_only_draws_is_refused_before_a_worker_starts(gan_lab: TrainedLab) -> None:
    with pytest.raises(LabError, match="has no encoder"):
        JOB.submit(gan_lab.runs["gan"], CONFIG)


def test_a_level_that_the_noise_does_not_have_is_refused_before_a_worker_starts() -> None:
    with pytest.raises(LabError, match=r"The level of Salt and pepper noise must be between 0 and 1; it is 3\."):
        replace(CONFIG, noise="salt_pepper:3")


def test_noises_put_together_are_one_draw_for_all_methods(lab: TrainedLab) -> None:
    run, config = runs.find(lab.runs["dae"]), Config(noise="gaussian:0.2+salt_pepper:0.05", limit=40)
    found = baselines.run(inference.load(run), run.images(), config)
    clean, noisy, _ = denoising.corrupted(run.images(), config)
    nothing = next(method for method in found.methods if method.name == "nothing")
    assert nothing.psnr.mean == pytest.approx(psnr.psnr(clean, noisy, data_range=1.0).mean())
    assert set(baselines.table(found)["noise"]) == {"gaussian:0.2+salt_pepper:0.05"}
