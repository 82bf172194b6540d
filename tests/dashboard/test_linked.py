"""The address names what is shown: a link that is passed on shows the same tomorrow, or says why it cannot."""

from __future__ import annotations

import json
import shutil

import pytest
from labs import TrainedLab, end
from seen import in_address, words

from aelab import runs
from aelab.datasets import store
from aelab.datasets.shapes import ShapesConfig
from aelab.runs import Run, about
from aelab.tasks import train
from ui.i18n import plain

of_a_run = pytest.mark.parametrize("view", ["time_machine", "denoise", "latent"])
of_a_dataset = pytest.mark.parametrize("view", ["datasets", "clean", "prepare", "train", "reports"])


def newer(run: Run) -> Run:
    """Add a copy of a run that was made later."""
    copied = run.folder.with_name(f"{run.id}-again")
    shutil.copytree(run.folder, copied)
    config = json.loads((copied / "config.json").read_text(encoding="utf-8"))
    (copied / "config.json").write_text(json.dumps(config | {"created": "2999-01-01T00:00:00+00:00"}), "utf-8")
    return runs.find(copied.name)


@of_a_run
def test_a_link_shows_the_same_run_after_newer_ones_have_come(lab: TrainedLab, visit, view: str) -> None:
    link = in_address(visit(view), "run")
    since = newer(runs.find(link))
    assert visit(view).selectbox(key="run").value == since.id
    assert visit(view, run=link).selectbox(key="run").value == link


@of_a_dataset
def test_a_link_shows_the_same_dataset_after_others_have_come(lab: TrainedLab, visit, view: str) -> None:
    link = in_address(visit(view), "dataset")
    store.import_dataset("a-newer-one", "shapes", ShapesConfig(count=60, size=12))
    assert visit(view, dataset=link).selectbox(key="dataset").value == link == "digits"


@of_a_run
def test_a_choice_is_in_the_address_and_holds_on_the_next_page(lab: TrainedLab, visit, view: str) -> None:
    page = visit("latent")
    page.selectbox(key="run").select(lab.runs["pca"]).run()
    assert in_address(page, "run") == lab.runs["pca"]
    page.query_params.clear()  # as the browser does between pages
    page.switch_page(f"views/{view}.py").run()
    assert page.selectbox(key="run").value == in_address(page, "run") == lab.runs["pca"]


def test_a_page_that_cannot_show_the_choice_of_another_says_nothing_of_it(lab: TrainedLab, visit) -> None:
    page = visit("datasets", dataset="shapes")
    page.query_params.clear()
    page.switch_page("views/reports.py").run()
    assert page.selectbox(key="dataset").value == "digits"
    assert not page.warning


@of_a_run
def test_a_link_to_a_deleted_run_says_so(lab: TrainedLab, visit, view: str) -> None:
    runs.delete(lab.runs["vae"])
    page = visit(view, run=lab.runs["vae"])
    shown = page.selectbox(key="run").value
    assert f"There is no run called {lab.runs['vae']} any more. You see {shown}." in words(page)
    assert in_address(page, "run") == shown
    assert "any more" in words(page.run())  # until something is chosen
    page.selectbox(key="run").select(lab.runs["pca"]).run()
    assert "any more" not in words(page)


@of_a_run
def test_a_run_that_is_deleted_while_it_is_shown_is_missed(lab: TrainedLab, visit, view: str) -> None:
    page = visit(view, run=lab.runs["vae"])
    runs.delete(lab.runs["vae"])
    assert f"There is no run called {lab.runs['vae']} any more." in words(page.run())


def test_a_link_to_a_run_that_is_not_finished_says_so(lab: TrainedLab, visit) -> None:
    end(lab.runs["vae"], "cancelled")
    assert f"Run {lab.runs['vae']} is not finished" in words(visit("latent", run=lab.runs["vae"]))
    queued = train.submit("digits", "deep_ae", {"epochs": 3})
    assert f"Run {queued.id} is not finished" in words(visit("time_machine", run=queued.id))


@of_a_run
def test_a_link_to_a_damaged_run_says_so(lab: TrainedLab, visit, view: str) -> None:
    (lab.folder / "runs" / lab.runs["vae"] / "config.json").write_text("{", encoding="utf-8")
    assert f"Run {lab.runs['vae']} cannot be shown: its files are damaged." in words(visit(view, run=lab.runs["vae"]))


@of_a_run
def test_an_archived_run_is_shown_by_its_link_alone_and_as_archived(lab: TrainedLab, visit, view: str) -> None:
    about.change(lab.runs["vae"], archived=True)
    assert lab.runs["vae"] not in visit(view).selectbox(key="run").options
    page = visit(view, run=lab.runs["vae"])
    assert page.selectbox(key="run").value == lab.runs["vae"]
    assert "archived" in words(page)


def test_a_link_to_two_runs_of_which_one_is_deleted_shows_the_other_and_says_so(lab: TrainedLab, visit) -> None:
    runs.delete(lab.runs["vae"])
    page = visit("time_machine", run=lab.runs["dae"], beside=lab.runs["vae"])
    assert page.selectbox(key="beside").value is None
    assert f"There is no run called {lab.runs['vae']} any more." in words(page)
    assert "You see" not in words(page)
    assert "beside" not in page.query_params


def test_the_run_beside_is_in_the_address_and_is_never_the_run_itself(lab: TrainedLab, visit) -> None:
    page = visit("time_machine", run=lab.runs["dae"])
    page.selectbox(key="beside").select(lab.runs["vae"]).run()
    assert in_address(page, "beside") == lab.runs["vae"]
    page.selectbox(key="run").select(lab.runs["vae"]).run()
    assert page.selectbox(key="beside").value is None
    assert "beside" not in page.query_params
    assert not page.warning


@pytest.mark.parametrize(
    ("name", "asked"), [("method", "nonsense"), ("dimensions", "7"), ("dimensions", "many"), ("colour", "**rouge**")]
)
def test_a_choice_that_nobody_can_have_is_said_once(lab: TrainedLab, visit, name: str, asked: str) -> None:
    page = visit("latent", run=lab.runs["conv_ae"], **{name: asked})
    [said] = [each.value for each in page.caption if "The address asks for" in each.value]
    assert plain(asked) in said
    assert name not in page.query_params
    assert "The address asks for" not in words(page.run())


def test_nothing_is_said_of_a_choice_that_can_be_had(lab: TrainedLab, visit) -> None:
    page = visit("latent", run=lab.runs["conv_ae"], method="raw", dimensions="3", colour="error")
    assert in_address(page, "method") == "raw"
    assert "The address asks for" not in words(page)
