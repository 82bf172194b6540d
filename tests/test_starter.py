"""The starter lab: what a new lab gets by itself must be possible, cover the pages, and be asked for once."""

from __future__ import annotations

from pathlib import Path

import pytest
from labs import TrainedLab

from aelab import runs, starter
from aelab.datasets import store
from aelab.jobs import folder as jobs
from aelab.tasks.planning import planned
from aelab.training.config import plan


def test_the_recipes_can_be_trained_on_the_built_in_digits(artifacts: Path) -> None:
    dataset = store.open_dataset(starter.DATASET)
    for recipe in starter.RECIPES:
        assert planned(dataset, recipe.model, recipe.settings).model.name == recipe.model


def test_the_recipes_give_every_page_something_to_show() -> None:
    plans = [plan(recipe.model, recipe.settings) for recipe in starter.RECIPES]
    assert [chosen.model.name for chosen in plans] == ["pca", "conv_ae", "vae", "dae"]
    assert any(chosen.model.generative and chosen.model_config.latent_dim == 2 for chosen in plans)
    assert any(chosen.model.denoises for chosen in plans)
    assert len({chosen.model_config.latent_dim for chosen in plans if not chosen.model.generative}) == 1


@pytest.mark.usefixtures("heavy_lane_taken")
def test_the_starter_lab_is_queued_once_and_in_order() -> None:
    queued = starter.queue_starter()
    assert [run.model for run in queued] == [recipe.model for recipe in starter.RECIPES]
    waiting = [job.id for job in jobs.all_jobs() if jobs.status(job).state == "queued"]
    assert waiting == [run.id for run in queued]
    assert starter.queue_starter() == queued
    assert len(runs.listed()) == len(starter.RECIPES)


@pytest.mark.usefixtures("heavy_lane_taken")
def test_a_lab_is_new_until_it_has_a_dataset_or_a_run() -> None:
    assert starter.is_new()
    store.open_dataset("digits")
    assert not starter.is_new()


def test_a_lab_with_runs_is_not_new(lab: TrainedLab) -> None:
    assert not starter.is_new()
    store.delete("digits")
    assert not starter.is_new()
    for run_id in lab.runs.values():
        runs.delete(run_id)
    assert starter.is_new()
