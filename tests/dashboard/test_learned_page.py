"""Latent, what it learned: which numbers of the code are used, and how many draws of the prior fall in holes."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab, until
from seen import csv_of, downloads, errors, figures, picture_of, pictures, progress, title, words
from streamlit.testing.v1 import AppTest
from test_latent import numbers

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.jobs import folder
from aelab.jobs.folder import OPEN
from aelab.pixels import to_unit
from aelab.runs import Run
from aelab.studies import holes, posterior
from aelab.studies.holes import Config, Holes
from aelab.studies.posterior import Learned
from aelab.tasks.holes import JOB
from ui.latent.learned import answer, charts


@pytest.fixture
def vae(lab: TrainedLab) -> Run:
    return runs.find(lab.runs["vae"])


def learned(run: Run) -> Learned:
    return posterior.run(inference.load(run), run.images(), posterior.Config())


def found_holes(run: Run, prior: str = "normal") -> Holes:
    return holes.run(inference.load(run), run.images(), Config.parse({"prior": prior}))


def figure(page: AppTest, begin: str) -> dict:
    """Return the one chart whose title begins so."""
    (found,) = (each for each in figures(page) if title(each).startswith(begin))
    return found


def finished(page: AppTest) -> AppTest:
    """Wait until no job is open, and return the page as it is then."""
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    return page.run()


def test_the_answer_comes_first_with_the_numbers_of_the_study(vae: Run, visit) -> None:
    page = visit("latent", run=vae.id, view="learned")
    found = learned(vae)
    said = words(page)
    assert errors(page) == []
    total = f"{found.total.mean:.2f} nats** (95% interval {found.total.low:.2f} to {found.total.high:.2f})"
    assert f"**{total}" in said
    assert f"N = {found.n} test images" in said
    assert f"{found.information.code.mean:.2f}" in said
    assert posterior.SPEC.question in said


def test_the_bars_are_the_divergences_and_say_which_dimensions_are_used(vae: Run, visit) -> None:
    page = visit("latent", run=vae.id, view="learned")
    found = learned(vae)
    bars = figure(page, "KL divergence by dimension")["data"]
    heights = {name: height for bar in bars for name, height in zip(bar["x"], bar["y"], strict=True)}
    expected = {str(number + 1): each.mean for number, each in enumerate(found.divergences)}
    assert heights == pytest.approx(expected, rel=1e-6)
    for bar in bars:
        hatched = bar["marker"]["pattern"]["shape"] == "/"
        assert hatched == (bar["name"] == "not used")
        assert all(found.active[int(number) - 1] != hatched for number in bar["x"])


def test_a_dimension_that_is_not_used_is_hatched_and_said_not_to_be(vae: Run, visit) -> None:
    found = learned(vae)
    collapsed = Learned(**{**vars(found), "varies": np.array([1.0, 0.001])})
    assert "**1 of 2 dimensions are used**" in answer.used(collapsed)
    assert "The others, 1 of them, carry at most" in answer.used(collapsed)
    none = Learned(**{**vars(found), "varies": np.zeros(2)})
    assert "Not one of the 2 dimensions is used" in answer.used(none)
    chart = charts.divergence_bars(
        found.divergences, [1, 2], [True, False], ("used", "not used"), title="t", x="x", y="y"
    )
    assert [(bar.name, bar.marker.pattern.shape) for bar in chart.data] == [("used", ""), ("not used", "/")]


def test_the_ellipses_are_the_posteriors_under_the_circles_of_the_prior(vae: Run, visit) -> None:
    page = visit("latent", run=vae.id, view="learned")
    found = learned(vae)
    chart = figure(page, "Posteriors of 200 of N = 359 test images")
    points = [each for each in chart["data"] if each.get("mode") == "markers"]
    ids = sorted(int(each) for trace in points for each in numbers(trace["customdata"]))
    assert len(ids) == 200
    assert set(ids) <= set(found.indices.tolist())
    places = {int(image): place for place, image in enumerate(found.indices)}
    across = found.mean[[places[int(each)] for each in numbers(points[0]["customdata"])], found.order[0]]
    np.testing.assert_allclose(numbers(points[0]["x"]), across, rtol=1e-6)
    assert [each["name"] for each in points] == list("0123456789")
    assert [each["name"] for each in chart["data"] if each.get("name", "").startswith("prior")] == [
        "prior, 1σ",
        "prior, 2σ",
    ]
    first = found.order[:2] + 1
    assert chart["layout"]["xaxis"]["title"]["text"] == f"Latent dimension {first[0]}"
    assert chart["layout"]["yaxis"]["title"]["text"] == f"Latent dimension {first[1]}"


def test_another_pair_of_dimensions_can_be_chosen(vae: Run, visit) -> None:
    page = visit("latent", run=vae.id, view="learned")
    last = int(learned(vae).order[-1])
    page.selectbox(key=f"learned.x.{vae.id}").set_value(last).run()
    assert errors(page) == []
    chart = figure(page, "Posteriors of")
    assert chart["layout"]["xaxis"]["title"]["text"] == f"Latent dimension {last + 1}"


def test_the_table_can_be_taken_away(vae: Run, visit) -> None:
    page = visit("latent", run=vae.id, view="learned")
    assert csv_of(posterior.table(learned(vae)), f"posterior-{vae.id}.csv") in downloads(page)


def test_holes_are_a_job_until_they_are_shown_with_what_the_draws_decode_to(vae: Run, visit, workers) -> None:
    page = visit("latent", run=vae.id, view="learned")
    assert progress(page)[0].startswith("Distances of draws of the standard normal to codes")
    assert len(figures(page)) == 3  # the rest of the page does not wait
    page = finished(page)
    found = found_holes(vae)
    said = words(page)
    share = f"**{100 * found.share.mean:.1f}%** of 2000 draws of the standard normal fall in holes"
    assert share in said
    assert f"N = {len(found.real)} test images" in said
    assert title(figures(page)[-1]) == f"How far from a code: 2000 draws, N = {len(found.real)} test images"
    neighbours = to_unit(store.open_dataset("digits").take(np.array(found.farthest.neighbours)))
    made = holes.images(inference.load(vae), found.farthest)
    assert picture_of(np.concatenate([made, neighbours]), 10) in pictures(page)
    page.toggle(key="learned.mixture").set_value(True).run()
    assert "draws of a mixture that is fitted on the codes fall in holes" in words(finished(page))


def test_an_autoencoder_is_told_why_it_cannot_be_drawn_from(lab: TrainedLab, visit, workers) -> None:
    run = runs.find(lab.runs["pca"])
    page = visit("latent", run=run.id, view="learned")
    assert "This run gives an image one code, and no distribution of codes" in words(page)
    said = words(finished(page))
    assert errors(page) == []
    normal, mixture = (found_holes(run, prior) for prior in ("normal", "mixture"))
    assert f"**{100 * normal.share.mean:.1f}%** of 2000 draws of the standard normal fall in holes" in said
    assert f"**{100 * mixture.share.mean:.1f}%** of 2000 draws of a mixture" in said
    assert mixture.share.mean < normal.share.mean


def test_holes_whose_file_is_damaged_are_named_and_the_rest_stays(vae: Run, visit) -> None:
    job = JOB.submit(vae.id, Config())
    (job.folder / "holes.npz").write_bytes(b"PK\3\4 cut off")
    folder.write_status(job, {"state": "done"})
    page = visit("latent", run=vae.id, view="learned")
    assert errors(page)[0].startswith(f"holes.npz in jobs/{job.id} was damaged")
    assert len(figures(page)) == 3
    page.run()
    assert folder.status(job).state == "queued"


def test_too_few_test_images_are_named(lab: TrainedLab, visit, workers, tmp_path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (8, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "few.npz", images=images, labels=np.zeros(8, int))
    few = import_path(tmp_path / "few.npz", "few")
    lab.say_trained_on("vae", few)
    page = finished(visit("latent", run=lab.runs["vae"], view="learned"))
    assert errors(page) == [
        f"Holes are told by how far apart real codes are: that takes at least 10 test images; few has "
        f"{few.counts['test']}."
    ]
    assert len(figures(page)) == 3


def test_images_without_classes_are_grey(lab: TrainedLab, unlabelled, visit) -> None:
    page = visit("latent", run=lab.runs["vae"], view="learned")
    points = [each for each in figure(page, "Posteriors of")["data"] if each.get("mode") == "markers"]
    assert [each["name"] for each in points] == ["unlabelled"]


def test_a_run_that_is_deleted_meanwhile_is_said_to_be_gone(lab: TrainedLab, vae: Run, visit) -> None:
    page = visit("latent", run=vae.id, view="learned")
    runs.delete(vae.id)
    assert f"There is no run called {vae.id} any more." in words(page.run())
    assert errors(page) == []


def test_a_run_that_only_draws_is_not_asked(gan_lab: TrainedLab, visit) -> None:
    page = visit("latent", run=gan_lab.runs["gan"], view="learned")
    assert "learned" not in page.button_group(key="latent.view").options
    assert errors(page) == []
