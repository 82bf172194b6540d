"""Compare: which runs, what differs between them, and what it changed."""

from __future__ import annotations

import json

import pytest
from labs import TrainedLab
from seen import figures, in_address, title, words
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from aelab import runs
from aelab.runs import Run, about
from aelab.studies import comparison


def change(lab: TrainedLab, model: str, file: str, **changes: object) -> None:
    """Change fields of a JSON file in a run's folder."""
    path = lab.folder / "runs" / lab.runs[model] / file
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")
    runs.touch()


def copied(lab: TrainedLab, model: str, new_id: str, **settings: object) -> Run:
    """Return a copy of a run that was trained with other settings."""
    run = runs.find(lab.runs[model])
    other = Run(new_id, run.dataset, run.dataset_checksum, run.model, {**run.settings, **settings}, run.created)
    runs.create(other)
    for name in ("history.jsonl", "metrics.json", "encoder.onnx", "decoder.onnx", "model.weights.npz"):
        (other.folder / name).write_bytes((run.folder / name).read_bytes())
    return other


def chosen(page: AppTest) -> list[str]:
    """Return the ids of the runs that are compared."""
    return list(page.multiselect(key="compare.runs").value)


def table(page: AppTest, column: str):
    """Return the first table with a column."""
    return next(frame.value for frame in page.dataframe if column in frame.value.columns)


# What differs.


def test_the_answer_comes_first_and_is_the_one_of_the_measures(lab: TrainedLab, visit) -> None:
    page = visit("compare")
    assert set(chosen(page)) == set(lab.runs.values())
    best = comparison.best(comparison.compare(runs.done()))["mse"]
    value = runs.find(best).metrics()["overall"]["mse"]["mean"]
    assert f"**{best}** is best on MSE ↓ (lower is better) with **{value:.5f}**" in words(page)
    page.button_group(key="compare.measure").set_value("ssim").run()
    best = comparison.best(comparison.compare(runs.done()))["ssim"]
    assert f"**{best}** is best on SSIM (Gaussian window) ↑ (higher is better)" in words(page)


@pytest.mark.parametrize(
    ("half", "sentence"), [(1.0, "overlaps with that of"), (1e-9, "overlaps with that of no other")]
)
def test_it_is_said_whether_the_difference_could_be_chance(lab: TrainedLab, visit, half: float, sentence: str) -> None:
    for model in ("pca", "vae"):
        measured = runs.find(lab.runs[model]).metrics()["overall"]
        mean = measured["mse"]["mean"]
        measured["mse"] |= {"low": mean - half, "high": mean + half}
        change(lab, model, "metrics.json", overall=measured)
    said = words(visit("compare", runs=f"{lab.runs['pca']},{lab.runs['vae']}"))
    assert sentence in said
    assert ("no other" in said) == ("no other" in sentence)


def test_only_settings_that_differ_are_in_the_table(lab: TrainedLab, visit) -> None:
    other = copied(lab, "conv_ae", "conv_ae-digits-wider", filters=16)
    page = visit("compare", runs=f"{lab.runs['conv_ae']},{other.id}")
    assert list(table(page, "filters").columns) == ["run", "filters"]
    assert set(table(page, "filters")["filters"]) == {"8", "16"}


def test_the_best_of_each_measure_is_said_in_words_beside_the_numbers(lab: TrainedLab, visit) -> None:
    shown = table(visit("compare"), "best").set_index("run")
    winners = comparison.best(comparison.compare(runs.done()))
    for name, symbol in (("mse", "MSE"), ("psnr", "PSNR"), ("ssim", "SSIM (Gaussian window)")):
        assert [run for run in shown.index if symbol in shown["best"][run].split(", ")] == [winners[name]]
    assert (shown["split"] == "Test").all()
    assert (shown["n"] > 0).all()


def test_each_measure_is_shown_with_its_interval(lab: TrainedLab, visit) -> None:
    measured = runs.find(lab.runs["vae"]).metrics()["overall"]
    measured["mse"] |= {"mean": 0.0512, "low": 0.0500, "high": 0.0524}
    measured["psnr"] |= {"mean": 12.5, "low": None, "high": None}  # of a single image
    change(lab, "vae", "metrics.json", overall=measured)
    for page in (visit("compare"), visit("reports")):
        frame = next(frame for frame in page.dataframe if {"mse", "psnr", "split"} <= set(frame.value.columns))
        texts = convert_arrow_bytes_to_pandas_df(frame.proto.arrow_data.styler.display_values)
        row = list(frame.value["run"]).index(lab.runs["vae"])
        columns = list(frame.value.columns)
        assert texts.iloc[row, columns.index("mse")] == "0.05120 ± 0.00120"
        assert texts.iloc[row, columns.index("psnr")] == "12.50"
        assert frame.value["mse"].iloc[row] == 0.0512  # a number, which sorts as one


def test_losses_are_drawn_over_one_another_only_in_one_unit(lab: TrainedLab, visit) -> None:
    page = visit("compare")
    drawn = {tuple(sorted(line["name"] for line in figure["data"])): figure for figure in figures(page)}
    together = tuple(sorted([lab.runs["conv_ae"], lab.runs["dae"]]))
    assert set(drawn) == {together, (lab.runs["vae"],)}  # PCA has no curve
    assert drawn[together]["layout"]["yaxis"]["title"]["text"] == "squared error per pixel"
    assert title(drawn[together]) == "Validation loss on digits (lower is better)"
    assert "these losses are counted in different units, or on different images" in words(page)
    losses = [line["validation"]["loss"] for line in runs.find(lab.runs["vae"]).history()]
    assert drawn[(lab.runs["vae"],)]["data"][0]["y"] == pytest.approx(losses)


def test_a_run_keeps_its_colour_whichever_others_are_chosen(lab: TrainedLab, visit) -> None:
    def color(page: AppTest) -> str:
        lines = [line for figure in figures(page) for line in figure["data"]]
        return next(line["line"]["color"] for line in lines if line["name"] == lab.runs["dae"])

    everything = color(visit("compare"))
    assert color(visit("compare", runs=lab.runs["dae"])) == everything


def test_seeds_share_a_colour_and_no_two_of_them_their_dashes(lab: TrainedLab, visit) -> None:
    others = [copied(lab, "conv_ae", f"conv_ae-digits-seed-{seed}", seed=seed) for seed in (1, 2)]
    page = visit("compare", runs=",".join([lab.runs["conv_ae"], lab.runs["dae"], *(run.id for run in others)]))
    (figure,) = figures(page)
    lines = {line["name"].split(",")[0]: line for line in figure["data"]}
    seeds = [lines[run_id] for run_id in (lab.runs["conv_ae"], *(run.id for run in others))]
    assert len({line["line"]["color"] for line in seeds}) == 1
    assert len({line["line"]["dash"] for line in seeds}) == 3
    assert lines[lab.runs["dae"]]["line"]["color"] != seeds[0]["line"]["color"]
    assert {line["name"] for line in seeds[1:]} == {f"{others[0].id}, seed 1", f"{others[1].id}, seed 2"}


def test_a_long_title_leaves_room_for_its_curve_and_keeps_what_tells_it_apart(lab: TrainedLab, visit) -> None:
    about.change(lab.runs["vae"], title="x" * 80)
    (figure,) = figures(visit("compare", runs=lab.runs["vae"]))
    (line,) = figure["data"]
    assert len(line["name"]) <= 36
    assert line["name"].endswith(f"({lab.runs['vae'][-8:]})")
    assert figure["layout"]["hoverlabel"]["namelength"] == -1  # else Plotly shows fifteen letters of it


def test_a_pool_of_seeds_is_called_by_its_newest_run_as_its_head_says(lab: TrainedLab, visit) -> None:
    newer = copied(lab, "conv_ae", "conv_ae-digits-newer", seed=1)
    change(lab, "conv_ae", "config.json", created="2020-01-01T00:00:00.000+00:00")
    page = visit("compare")
    pool = next(frame for frame in page.dataframe if {"seeds", "mse_half"} <= set(frame.value.columns))
    assert list(pool.value["run"]) == [newer.id]
    assert json.loads(pool.proto.columns)["run"]["label"] == "Run (newest of its seeds)"


def test_seeds_are_pooled_with_their_number(lab: TrainedLab, visit) -> None:
    others = [copied(lab, "conv_ae", f"conv_ae-digits-seed-{seed}", seed=seed) for seed in (1, 2)]
    page = visit("compare", runs=",".join([lab.runs["conv_ae"], lab.runs["vae"], *(run.id for run in others)]))
    pooled = next(frame.value for frame in page.dataframe if {"seeds", "mse_half"} <= set(frame.value.columns))
    assert list(pooled["seeds"]) == [3]
    assert float(pooled["mse_half"].iloc[0]) == 0.0  # the three are copies
    board = table(page, "rank")
    assert sorted(board["seeds"]) == [1, 1, 1, 3]
    assert list(board["rank"]) == sorted(board["rank"])


def test_runs_on_other_images_of_the_same_name_never_share_a_board(lab: TrainedLab, visit) -> None:
    change(lab, "dae", "config.json", dataset_checksum="another")
    page = visit("compare", runs=",".join(lab.runs.values()))
    assert "These runs were measured on different images" in words(page)
    boards = next(box for box in page.selectbox if box.label == "Images")
    assert len(boards.options) == 2
    boards.select_index(boards.options.index(next(each for each in boards.options if "another" in each))).run()
    assert list(table(page, "rank")["run"]) == [lab.runs["dae"]]


def test_a_run_that_was_finished_early_and_one_that_was_imported_say_so(lab: TrainedLab, visit) -> None:
    change(lab, "vae", "metrics.json", stopped={"epoch": 1})
    path = lab.folder / "runs" / lab.runs["dae"] / "about.json"
    path.write_text('{"imported": "2026-02-03T10:00:00+00:00"}', encoding="utf-8")
    said = words(visit("compare"))
    assert f"{lab.runs['vae']}: finished early, after epoch 1" in said
    assert f"{lab.runs['dae']}: imported on 2026-02-03; its numbers are as the file claims" in said
    assert "finished early, after epoch 1" in words(visit("latent", run=lab.runs["vae"]))
    assert "its numbers are as the file claims" in words(visit("reports"))


# Which runs.


def test_the_choice_is_in_the_address_and_a_link_restores_it(lab: TrainedLab, visit) -> None:
    page = visit("compare", runs=f"{lab.runs['pca']},no-such-run,{lab.runs['vae']}")
    assert set(chosen(page)) == {lab.runs["pca"], lab.runs["vae"]}
    page.multiselect(key="compare.runs").set_value([lab.runs["pca"]]).run()
    assert in_address(page, "runs") == lab.runs["pca"]
    assert "Choose another beside it." in words(page)


def test_a_link_to_an_archived_run_shows_it(lab: TrainedLab, visit) -> None:
    about.change(lab.runs["dae"], archived=True)
    page = visit("compare", runs=f"{lab.runs['pca']},{lab.runs['dae']}")
    assert set(chosen(page)) == {lab.runs["pca"], lab.runs["dae"]}
    assert f"{lab.runs['dae']}: archived" in words(page)
    assert lab.runs["dae"] in set(table(page, "rank")["run"])
    page.multiselect(key="compare.runs").set_value([lab.runs["pca"]]).run()
    assert lab.runs["dae"] not in page.multiselect(key="compare.runs").options


def test_a_run_that_is_archived_while_it_is_compared_stays_until_it_is_taken_out(lab: TrainedLab, visit) -> None:
    page = visit("compare")
    about.change(lab.runs["dae"], archived=True)
    page.run()
    assert lab.runs["dae"] in chosen(page)


def test_what_a_link_asks_for_and_is_not_here_is_named_with_the_reason(lab: TrainedLab, visit) -> None:
    runs.delete(lab.runs["dae"])
    (lab.folder / "runs" / lab.runs["vae"] / "metrics.json").unlink()
    page = visit("compare", runs=f"{lab.runs['pca']},{lab.runs['dae']},{lab.runs['vae']},no-such-run")
    (said,) = [warning.value.replace("\\", "") for warning in page.warning if "link" in warning.value]
    assert f"were deleted lately, and `aelab runs restore` brings them back: {lab.runs['dae']}" in said
    assert f"are not done, or are damaged: {lab.runs['vae']}" in said
    assert "this lab does not have: no-such-run" in said
    assert chosen(page) == [lab.runs["pca"]]
    page.multiselect(key="compare.runs").set_value([lab.runs["conv_ae"]]).run()
    assert not any("link" in warning.value for warning in page.warning)


def test_a_link_to_a_run_that_comes_back_misses_it_no_more(lab: TrainedLab, visit) -> None:
    runs.delete(lab.runs["dae"])
    page = visit("compare", runs=lab.runs["dae"])
    assert any("link" in warning.value for warning in page.warning)
    runs.restore(lab.runs["dae"])
    page.run()
    assert not any("link" in warning.value for warning in page.warning)


def test_a_link_that_asks_for_what_is_no_name_is_shown_as_text(lab: TrainedLab, visit) -> None:
    page = visit("compare", runs=f"<script>,{'x' * 500}")
    (said,) = [warning.value for warning in page.warning if "link" in warning.value]
    assert r"\<script\>" in said
    assert "x" * 100 not in said
    assert set(chosen(page)) == set(lab.runs.values())


def test_filters_narrow_what_can_be_chosen_and_drop_nothing_that_is(lab: TrainedLab, visit) -> None:
    about.change(lab.runs["vae"], title="Room four", tags=["biology"])
    page = visit("compare", runs=lab.runs["pca"])
    page.selectbox(key="compare.tag").set_value("biology").run()
    picker = page.multiselect(key="compare.runs")
    assert picker.options == [lab.runs["pca"], f"Room four ({lab.runs['vae'][-8:]})"]
    page.selectbox(key="compare.tag").set_value(None).run()
    page.text_input(key="compare.text").set_value("ROOM").run()
    assert len(page.multiselect(key="compare.runs").options) == 2
    page.selectbox(key="compare.model").set_value("dae").run()
    assert page.multiselect(key="compare.runs").options == [lab.runs["pca"]]


def test_archived_runs_are_offered_only_when_asked_for(lab: TrainedLab, visit) -> None:
    about.change(lab.runs["dae"], archived=True)
    page = visit("compare")
    assert lab.runs["dae"] not in page.multiselect(key="compare.runs").options
    page.toggle(key="compare.archived").set_value(True).run()
    assert lab.runs["dae"] in page.multiselect(key="compare.runs").options
    assert lab.runs["dae"] not in visit("denoise").selectbox(key="run").options
    assert lab.runs["dae"] not in visit("reports").multiselect(key="runs.digits").options
    assert visit("denoise", run=lab.runs["dae"]).selectbox(key="run").value == lab.runs["dae"]  # an old link


def test_without_a_choice_the_page_says_what_to_do(lab: TrainedLab, visit) -> None:
    page = visit("compare")
    page.multiselect(key="compare.runs").set_value([]).run()
    assert "Choose one run or more." in words(page)
    assert not page.error
