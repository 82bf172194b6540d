"""All noises: a heat map with the numbers of the study, the images behind its cells, and the runs it lacks."""

from __future__ import annotations

import base64
import dataclasses

import numpy as np
import pytest
from labs import Nobody, TrainedLab, taken_lane
from seen import buttons, csv_of, downloads, figures, in_address, picture_of, pictures, press, title, words
from streamlit.testing.v1 import AppTest

from aelab import runs
from aelab.filters import filters
from aelab.jobs import folder, queue
from aelab.noise import noises
from aelab.runs import about, trash
from aelab.studies import crossed, extremes, matrix
from aelab.studies.crossed import Matrix
from aelab.studies.draws import Draw
from aelab.studies.matrix import Config
from aelab.studies.methods import OfRun
from aelab.tasks import matrix as task
from aelab.tasks import missing_runs

ASKED = {"view": "matrix", "noises": "masking,gaussian", "severities": "2,4", "filters": "nothing,median_3"}
CONFIG = Config(noises="masking,gaussian", severities="2,4", filters="nothing,median_3", limit=0)


def opened(lab: TrainedLab, visit, *models: str, **more: str) -> AppTest:
    """Open the view with some runs chosen, the first of them being the current one."""
    chosen = [lab.runs[model] for model in models or ("dae", "conv_ae")]
    return visit("denoise", run=chosen[0], runs=",".join(chosen), **(ASKED | more))


def made(lab: TrainedLab, *models: str) -> Matrix:
    """Return a matrix that a worker has made before somebody looks."""
    chosen = [lab.runs[model] for model in models or ("dae", "conv_ae")]
    job = task.submit(chosen, CONFIG)
    status = queue.wait(job, lambda now: None)
    assert status.state == "done", status.error
    return task.result(job)


def test_nothing_is_measured_until_somebody_asks(lab: TrainedLab, visit, nobody: Nobody) -> None:
    page = opened(lab, visit)
    assert "Which noise should I train on?" in words(page)
    assert "Cells: 16; measured before, and taken as they are: 0" in words(page)
    assert not nobody.asked
    page = press(page, "Measure all cells")
    (job,) = (each for each in folder.all_jobs() if each.kind == "matrix")
    assert nobody.asked == [job.id]
    assert "Measure all cells" not in buttons(page)
    assert "Cancel" in buttons(page)


def test_the_answer_comes_first_and_a_reload_finds_it_again(lab: TrainedLab, visit, workers) -> None:
    found = made(lab)
    page = opened(lab, visit)
    said = words(page)
    best = found.best_run("psnr")
    average = found.average(best)
    value = f"PSNR **{average.means['psnr'].mean:.2f} dB**"
    assert f"**{best}** is the best of 2 runs on average over 4 columns: {value}" in said
    assert f"N = {found.n} test images" in said
    assert f"{abs(average.over_run['psnr'].by.mean):.2f} dB ahead" in said
    lost = [each.over_filter["psnr"].over for each in found.of(best) if each.over_filter["psnr"].by.high < 0]
    for lost_to, count in (("doing nothing", lost.count("nothing")), ("a filter", lost.count("median_3"))):
        sentence = f"**{best} loses to {lost_to}** clearly (95% interval) in {count} of 4 columns"
        assert (sentence in said) == bool(count)
    again = visit("denoise", **{name: in_address(page, name) for name in page.query_params})
    assert words(again) == said


@pytest.mark.parametrize("measure", ["psnr", "ssim", "gain"])
def test_the_colours_are_the_numbers_of_the_study(lab: TrainedLab, visit, workers, measure: str) -> None:
    found = made(lab)
    page = opened(lab, visit, measure=measure)
    (figure,) = figures(page)
    heat, points = figure["data"][:2]
    expected = [[entry.means[measure].mean for entry in found.of(row)] for row in found.rows]
    values = heat["z"]
    if isinstance(values, dict):  # as Plotly packs arrays
        values = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).reshape(len(expected), -1)
    np.testing.assert_allclose(values, expected)
    assert heat.get("zmid") == (0 if measure == "gain" else None)
    assert heat["zmin"] <= np.min(expected) <= np.max(expected) <= heat["zmax"]
    assert heat["zmax"] - heat["zmin"] >= (0.1 if measure == "ssim" else 5) - 1e-9
    assert ("Yellow is best, dark blue is worst." in words(page)) == (measure != "gain")
    assert ("Blue is a gain, white is none, red is harm." in words(page)) == (measure == "gain")
    assert len(points["customdata"]) == 16
    assert title(figure).endswith(f"mean over N = {found.n} test images")
    names = [text.replace("<br>", " ") for text in figure["layout"]["xaxis"]["ticktext"]]
    assert names == [noises["masking"].label, noises["gaussian"].label]
    rows = [text.replace("<br>", " ") for text in figure["layout"]["yaxis"]["ticktext"]]
    assert rows[0] == f"{lab.runs['dae']} Gaussian noise 0.3"
    assert rows[1] == f"{lab.runs['conv_ae']} not trained to denoise"
    assert rows[2:] == [filters[name].label for name in found.filters]


def test_the_table_and_the_csv_have_every_number(lab: TrainedLab, visit, workers) -> None:
    found = made(lab)
    page = opened(lab, visit)
    averages, every = (frame.value for frame in page.dataframe[:2])
    assert len(averages) == len(found.rows)
    assert len(every) == len(found.entries)
    first = found.average(found.rows[0]).means["psnr"]
    assert averages.iloc[0]["psnr"] == f"{first.mean:.2f} ± {first.high - first.mean:.2f}"
    assert {"ssim", "ssim_uniform"} <= {*every}
    assert {"ssim", "ssim_uniform"} & {*averages} == {"ssim"}  # so many columns fit beside one another
    others = opened(lab, visit, measure="ssim_uniform").dataframe[0].value
    assert {"ssim", "ssim_uniform"} & {*others} == {"ssim_uniform"}
    assert set(every["n"]) == {found.n}
    assert set(every["split"]) == {"Test"}
    assert averages["best"].sum() == 4
    table = crossed.table(found, {lab.runs["dae"]: "gaussian:0.3", lab.runs["conv_ae"]: ""})
    assert csv_of(table, "matrix.csv") in downloads(page)


def test_the_images_of_a_cell_are_its_best_and_its_worst(lab: TrainedLab, visit, workers) -> None:
    found = made(lab)
    page = opened(lab, visit)
    page.selectbox(key="matrix.row").set_value(1)
    page.selectbox(key="matrix.column").set_value(3).run()
    run = runs.find(found.rows[1])
    shown = extremes.run(OfRun(run), Draw(run.images(), CONFIG.columns[3].corruption, 0, 0), "psnr")
    assert shown.best == 4
    for part in (slice(0, 4), slice(4, None)):
        rows = np.concatenate([shown.clean[part], shown.noisy[part], shown.restored[part]])
        assert picture_of(rows, 4) in pictures(page)
    assert ", ".join(f"{each:.1f}" for each in shown.after[:4]) in words(page)


def test_the_runs_that_are_missing_are_queued_once(lab: TrainedLab, visit) -> None:
    page = opened(lab, visit)
    said = words(page)
    masking, gaussian = (f"{noises[name].label} {noises[name].severities[2]:g}" for name in ("masking", "gaussian"))
    both = f"for each image one of {masking}, {gaussian}"  # by itself the lab's run was trained on Gaussian noise
    assert f"No run on these images was trained on: {masking}; {both}." in said
    page = press(page, "Train the missing runs")
    waiting = [job for job in folder.all_jobs() if folder.status(job).state == "queued"]
    trained = [runs.find(job.id) for job in waiting if job.kind == "train"]
    like = runs.find(lab.runs["dae"])
    assert sorted(str(run.corruption) for run in trained) == ["masking:0.05", "masking:0.05|gaussian:0.12"]
    for run in trained:
        assert {name: run.settings[name] for name in ("epochs", "limit", "latent_dim", "filters")} == {
            name: like.settings[name] for name in ("epochs", "limit", "latent_dim", "filters")
        }
    assert f"Trainings queued: {len(trained)}. The Train page shows how they stand." in words(page)
    assert "Train the missing runs" not in buttons(page)


def test_a_run_that_was_not_trained_to_denoise_has_a_denoising_one_like_it(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["conv_ae"])
    (found, *_) = missing_runs.missing(Config(noises="jpeg", severities="1").columns, run, run.images())
    assert found.model == "dae"
    assert str(found.corruption) == f"jpeg:{noises['jpeg'].severities[2]:g}"
    assert found.settings["latent_dim"] == run.settings["latent_dim"]
    assert found.seconds > 0


def test_a_matrix_of_nothing_says_what_to_choose(lab: TrainedLab, visit) -> None:
    page = opened(lab, visit)
    page.multiselect(key="matrix.severities").set_value([]).run()
    assert "This would be a matrix of nothing: runs 2, noises 2, severities 0." in words(page)
    page.multiselect(key="matrix.severities").set_value(["3"]).run()
    assert "Measure all cells" in buttons(page)


def test_what_a_link_asks_for_and_is_not_there_is_named(lab: TrainedLab, visit) -> None:
    page = opened(lab, visit, noises="rain,masking", filters="magic", severities="9,3")
    said = words(page)
    for sentence in (
        "There is no test noise called rain.",
        "There is no filter called magic.",
        "A severity is a number from 1 to 5; 9 is none.",
    ):
        assert sentence in said
    assert page.multiselect(key="matrix.noises").value == ["masking"]


def test_a_run_that_cannot_stand_beside_the_others_is_not_called_damaged(lab: TrainedLab, visit, unlabelled) -> None:
    said = words(opened(lab, visit, "dae", "vae"))
    assert f"Runs {lab.runs['dae']} and {lab.runs['vae']} were trained on different images (digits and loose)" in said
    assert "damaged" not in said


def test_a_run_that_only_draws_is_said_to_have_no_encoder(gan_lab: TrainedLab, visit) -> None:
    said = words(opened(gan_lab, visit, "dae", "gan"))
    assert f"Run {gan_lab.runs['gan']} has no encoder" in said
    assert "damaged" not in said


def test_an_empty_choice_of_filters_survives_a_reload(lab: TrainedLab, visit) -> None:
    page = opened(lab, visit)
    page.multiselect(key="matrix.filters").set_value([]).run()
    assert in_address(page, "filters") == "none"
    again = visit("denoise", **{name: in_address(page, name) for name in page.query_params})
    assert again.multiselect(key="matrix.filters").value == []
    assert "Cells: 8;" in words(again)
    everything = opened(lab, visit, filters="all", noises="all")
    assert everything.multiselect(key="matrix.filters").value == list(filters.names())
    assert everything.multiselect(key="matrix.noises").value == list(noises.names())


def test_a_run_that_is_deleted_meanwhile_lets_nothing_else_be_measured_unasked(
    lab: TrainedLab, visit, nobody: Nobody
) -> None:
    page = opened(lab, visit)
    trash.delete(lab.runs["conv_ae"])
    page = press(page, "Measure all cells")
    assert f"There is no run called {lab.runs['conv_ae']} any more." in words(page)
    assert "so nothing was measured. Press again" in words(page)
    assert not nobody.asked
    page = press(page, "Measure all cells")
    (job,) = (each for each in folder.all_jobs() if each.kind == "matrix")
    assert [run_id for run_id, _ in job.params["runs"]] == [lab.runs["dae"]]
    assert nobody.asked == [job.id]


def test_what_was_measured_before_is_shown_without_asking(lab: TrainedLab, visit, workers) -> None:
    chosen = [runs.find(lab.runs[model]) for model in ("dae", "conv_ae")]
    matrix.run(chosen, chosen[0].images(), CONFIG)
    page = opened(lab, visit)
    assert "Measure all cells" not in buttons(page)
    (job,) = (each for each in folder.all_jobs() if each.kind == "matrix")
    assert queue.wait(job, lambda now: None).state == "done"


def test_the_page_finds_what_the_command_has_asked_for_with_its_usual_limit(lab: TrainedLab, visit) -> None:
    task.submit([lab.runs["dae"], lab.runs["conv_ae"]], dataclasses.replace(CONFIG, limit=1000))
    page = opened(lab, visit)
    assert "Cancel" in buttons(page)
    assert "Measure all cells" not in buttons(page)


def test_who_cancels_reads_what_is_kept(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["dae"])
    matrix.run([run], run.images(), CONFIG)
    with taken_lane("matrix"):
        queue.cancel(task.submit([run.id, lab.runs["conv_ae"]], CONFIG).id)
    page = opened(lab, visit)
    assert "Cells that were measured and are kept: 12 of 16. The next start goes on from there." in words(page)
    assert "Try again" in buttons(page)


def test_a_run_that_was_not_trained_to_denoise_is_allowed_and_said(lab: TrainedLab, visit) -> None:
    page = opened(lab, visit)
    assert f"Not trained to denoise, and measured all the same: {lab.runs['conv_ae']}" in words(page)


def test_only_runs_on_the_same_images_are_offered(lab: TrainedLab, visit, unlabelled) -> None:
    page = opened(lab, visit, "dae")  # the VAE is said to be trained on other images
    offered = page.multiselect(key=next(each.key for each in page.multiselect if each.label == "Runs")).options
    assert set(offered) == {lab.runs[model] for model in ("dae", "conv_ae", "pca")}


def test_a_title_with_markup_is_shown_as_it_is(lab: TrainedLab, visit, workers) -> None:
    about.change(lab.runs["dae"], title="<b>*loud*</b>")
    made(lab, "dae")
    page = opened(lab, visit, "dae")
    assert "<b>*loud*</b>" in words(page)
    (figure,) = figures(page)
    assert "&lt;b&gt;*loud*&lt;/b&gt;" in figure["layout"]["yaxis"]["ticktext"][0].replace("<br>", " ")


def test_runs_that_were_trained_since_are_added_as_rows(lab: TrainedLab, visit) -> None:
    page = opened(lab, visit, "conv_ae")
    page = press(page, "Add the other denoising runs: 1")
    assert in_address(page, "runs") == f"{lab.runs['conv_ae']},{lab.runs['dae']}"
    assert "Add the other denoising runs: 1" not in buttons(page)


def test_the_study_is_not_asked_for_what_it_has_measured(lab: TrainedLab, visit, workers) -> None:
    made(lab, "dae")
    page = opened(lab, visit)
    assert "Cells: 16; measured before, and taken as they are: 12" in words(page)
    assert matrix.Config.parse(CONFIG.to_json()) == CONFIG
