"""Time machine: what a network had learned after each epoch, alone or in step with another."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pandas as pd
import pytest
from labs import TrainedLab, end
from PIL import Image
from seen import buttons, errors, figures, in_address, picture_of, pictures, press, title, words
from streamlit.testing.v1 import AppTest

from aelab import runs
from aelab.datasets import store
from aelab.jobs import folder
from aelab.runs import Run, RunWriter
from aelab.studies import time_machine
from aelab.tasks import train
from ui import charts, film_export, lanes


def prolonged(lab: TrainedLab, model: str, *epochs: int) -> Run:
    """Return a run of the lab that went on to more epochs, its codes and losses smaller with each."""
    run = runs.find(lab.runs[model])
    before, line = run.snapshot(2), run.history()[-1]
    for epoch in epochs:
        share = 2 / epoch
        RunWriter(run).snapshot(epoch, {**before, "codes": before["codes"] * np.float16(share)})
        RunWriter(run).epoch(
            {**line, "epoch": epoch, "validation": {name: value * share for name, value in line["validation"].items()}}
        )
    return run


def slide(page: AppTest, epoch: int) -> AppTest:
    return page.select_slider[0].set_value(epoch).run()


def map_of(page: AppTest) -> dict:
    return next(figure for figure in figures(page) if title(figure).startswith("Codes after epoch"))


def places(figure: dict) -> np.ndarray:
    (trace,) = (trace for trace in figure["data"] if trace.get("customdata") is not None)
    return np.stack([decoded(trace[axis]) for axis in "xy"], axis=1)


def decoded(values: object) -> np.ndarray:
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), np.dtype(values["dtype"]))
    return np.array(values, float)


def plain(text: str) -> str:
    return text.replace("**", "")


# One run


@pytest.mark.parametrize("model", ["vae", "conv_ae"])
def test_points_move_and_axes_stay(lab: TrainedLab, visit, model: str) -> None:
    run = prolonged(lab, model, 3, 5)
    found = time_machine.film(run)
    page = visit("time_machine", run=run.id)
    ranges = set()
    for row, epoch in enumerate(found.epochs):
        slide(page, epoch)
        figure = map_of(page)
        np.testing.assert_allclose(places(figure), found.positions[row], rtol=1e-5)
        ranges.add(json.dumps([figure["layout"][axis]["range"] for axis in ("xaxis", "yaxis")]))
    assert len(ranges) == 1
    assert not page.error


def test_the_sentence_is_that_of_the_history(lab: TrainedLab, visit) -> None:
    run = prolonged(lab, "conv_ae", 3, 4)
    losses = {line["epoch"]: line["validation"]["loss"] for line in run.history()}
    page = slide(visit("time_machine", run=run.id), 3)
    share = round(100 * (losses[1] - losses[3]) / (losses[1] - losses[4]))
    count = store.open_dataset("digits").counts["validation"]
    assert (
        f"After epoch 3 of 2: loss {losses[3]:.5g} on N = {count} validation images (squared error per pixel, lower is "
        f"better), {share}% of the way from the first to the last."
    ) in plain(words(page))


@pytest.mark.parametrize(("loss", "said"), [(0.0, "lower than after the last epoch."), (9.0, "higher than after the")])
def test_an_epoch_outside_the_way_from_the_first_to_the_last_says_so(
    lab: TrainedLab, visit, loss: float, said: str
) -> None:
    run = prolonged(lab, "conv_ae", 3, 4)
    lines = run.history()
    lines[2]["validation"]["loss"] = loss
    (run.folder / "history.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert said in words(slide(visit("time_machine", run=run.id), 3))


def test_the_pictures_are_those_that_were_kept(lab: TrainedLab, visit) -> None:
    for model in ("vae", "dae"):
        run = runs.find(lab.runs[model])
        page = slide(visit("time_machine", run=run.id), 1)
        kept = run.snapshot(1)
        rows = [kept["target"], kept["given"], kept["output"]] if model == "dae" else [kept["target"], kept["output"]]
        expected = [picture_of(np.concatenate(rows), 8)]
        if model == "vae":
            expected.append(picture_of(kept["samples"], 8))
        assert pictures(page) == expected


def test_the_address_leads_back_to_the_epoch(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["vae"])
    page = visit("time_machine", run=run.id)
    assert in_address(page, "epoch") == "2"
    slide(page, 1)
    assert in_address(page, "epoch") == "1"
    again = visit("time_machine", run=run.id, epoch="1")
    assert again.select_slider[0].value == 1
    for asked in ("999999999999", "-1", "x", "0"):
        assert not visit("time_machine", run=run.id, epoch=asked).error


def test_a_class_has_the_colour_that_it_has_on_other_pages(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["vae"])
    figure = map_of(visit("time_machine", run=run.id))
    (trace,) = (trace for trace in figure["data"] if trace.get("customdata") is not None)
    labels = store.open_dataset("digits").labels[decoded(trace["customdata"]).astype(int)]
    assert trace["marker"]["color"] == [charts.class_color(int(label)) for label in labels]
    assert len(set(trace["marker"]["color"])) == 10


def test_the_curves_and_norms_have_a_line_at_the_epoch(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["vae"])
    page = slide(visit("time_machine", run=run.id), 1)
    marked = {title(figure): figure for figure in figures(page) if figure["layout"].get("shapes")}
    assert list(marked) == [
        "Loss (sum of the parts)", "Reconstruction", "β · KL divergence", "Weights: L2 norm of each kernel",
        "Change of each kernel an epoch, L2 norm",
    ]  # fmt: skip
    assert {figure["layout"]["shapes"][0]["x0"] for figure in marked.values()} == {1}
    norms = marked["Weights: L2 norm of each kernel"]["data"]
    assert [line["name"] for line in norms][:2] == ["encoder 1 · Conv2D", "encoder 2 · Conv2D"]
    np.testing.assert_allclose(
        [decoded(line["y"]) for line in norms],
        np.transpose([run.snapshot(each)["norms"] for each in (1, 2)]),
        rtol=1e-5,
    )


def test_a_closed_form_has_nothing_to_scrub_and_is_shown(lab: TrainedLab, visit) -> None:
    page = visit("time_machine", run=lab.runs["pca"])
    assert "There is nothing to scrub" in words(page)
    assert len(page.select_slider) == 0
    assert "Play" not in buttons(page)
    assert len(figures(page)) == len(pictures(page)) == 1


# Playing


def test_playing_goes_from_the_first_epoch_to_the_last_and_stops_there(lab: TrainedLab, visit) -> None:
    run = prolonged(lab, "conv_ae", 3, 5)
    page = press(visit("time_machine", run=run.id), "Play")
    seen = [page.select_slider[0].value]
    while "Pause" in buttons(page) and len(seen) < 10:
        page.run()
        seen.append(page.select_slider[0].value)
    assert seen == [1, 2, 3, 5, 5]
    assert "Play" in buttons(page)
    assert page.run().select_slider[0].value == 5


def test_playing_can_be_paused_and_goes_on_from_there(lab: TrainedLab, visit) -> None:
    run = prolonged(lab, "conv_ae", 3, 5)
    page = slide(visit("time_machine", run=run.id), 2)
    press(page, "Play")
    assert page.select_slider[0].value == 2
    assert page.select_slider[0].disabled
    page.run()
    assert page.select_slider[0].value == 3
    press(page, "Pause")
    assert page.run().select_slider[0].value == 3
    assert in_address(page, "epoch") == "3"
    press(page, "Play")
    assert page.run().select_slider[0].value == 5


def test_a_long_training_is_played_in_a_minute_and_to_its_end(lab: TrainedLab, visit) -> None:
    run = prolonged(lab, "vae", *range(3, 131))
    page = press(visit("time_machine", run=run.id), "Play")
    seen = [page.select_slider[0].value]
    while "Pause" in buttons(page):
        seen.append(page.run().select_slider[0].value)
    assert seen[0] == 1
    assert seen[-1] == 130
    assert len(seen) <= 62


def test_a_training_that_goes_on_is_followed_only_by_those_who_look_at_its_newest_epoch(lab: TrainedLab, visit) -> None:
    follower = visit("time_machine", run=lab.runs["vae"])
    other = slide(visit("time_machine", run=lab.runs["vae"]), 1)
    prolonged(lab, "vae", 3)
    assert follower.run().select_slider[0].value == 3
    assert other.run().select_slider[0].value == 1


def test_what_a_lagging_browser_says_of_a_slider_that_is_gone_moves_nothing(lab: TrainedLab, visit) -> None:
    page = visit("time_machine", run=lab.runs["vae"])
    page.session_state["time.slider"] = "the one that has come meanwhile"
    slide(page, 1)
    assert in_address(page, "epoch") == "2"


# Two runs


def test_two_runs_go_in_step_and_an_epoch_that_one_has_not_is_said(lab: TrainedLab, visit) -> None:
    first, second = prolonged(lab, "vae", 3, 4), prolonged(lab, "conv_ae", 4)
    page = slide(visit("time_machine", run=first.id, beside=second.id), 3)
    said = plain(words(page))
    assert all(
        len([each for each in page.caption if each.value.replace("\\", "") == run.id]) == 3 for run in (first, second)
    )
    assert "After epoch 3 of 2: loss" in said
    assert "After epoch 2 of 2 (the nearest before 3 that is kept): loss" in said
    assert "Not every epoch is kept: the pictures of a run are to cost little time, and to stay below 20 MB." in said
    maps = [figure for figure in figures(page) if title(figure).startswith("Codes after")]
    assert [title(figure) for figure in maps] == ["Codes after epoch 3", "Codes after epoch 2"]
    slide(page, 4)
    maps = [figure for figure in figures(page) if title(figure).startswith("Codes after")]
    assert [title(figure) for figure in maps] == ["Codes after epoch 4", "Codes after epoch 4"]


@pytest.mark.parametrize(("state", "said"), [("done", "the last that it has"), ("running", "the newest so far")])
def test_a_run_that_is_shorter_than_the_other_stays_at_its_end(lab: TrainedLab, visit, state: str, said: str) -> None:
    long, short = prolonged(lab, "vae", 3, 4), runs.find(lab.runs["conv_ae"])
    job = folder.find(short.id)
    assert job is not None
    with folder.lock(job):
        end(short.id, state, started=1.0)
        page = visit("time_machine", run=long.id, beside=short.id)
    assert f"After epoch 2 of 2 ({said}): loss" in plain(words(page))
    assert "Not every epoch is kept" not in words(page)


# A training that has just begun


def begin_again(run: Run) -> dict[int, dict]:
    """Take every snapshot of a run away, as if it had just begun, and return them by epoch."""
    kept = {epoch: run.snapshot(epoch) for epoch in run.snapshot_epochs()}
    for path in (run.folder / "snapshots").iterdir():
        path.unlink()
    return kept


def test_a_training_in_its_first_epoch_says_so_and_shows_the_pictures_when_they_come(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["vae"])
    kept, job = begin_again(run), folder.find(run.id)
    assert job is not None
    with folder.lock(job):
        end(run.id, "running", started=1.0)
        page = visit("time_machine", run=run.id)
        assert f"Run {run.id} is training its first epoch: its pictures come here when that ends." in words(page)
        assert not pictures(page)
        RunWriter(run).snapshot(1, kept[1])
        page.run()
        assert "It is training: this is the first epoch to be seen, and the next comes here when it ends." in words(
            page
        )
        assert "nothing to scrub" not in words(page)
        assert pictures(page)
        RunWriter(run).snapshot(2, kept[2])
        page.run()
        assert page.select_slider[0].value == 2
        assert "Play" in buttons(page)


def test_a_training_that_has_just_begun_leaves_the_run_beside_it_to_be_seen(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["vae"])
    begin_again(run)
    job = folder.find(run.id)
    assert job is not None
    with folder.lock(job):
        end(run.id, "running", started=1.0)
        page = visit("time_machine", run=run.id, beside=lab.runs["dae"])
    assert "is training its first epoch" in words(page)
    assert "After epoch 2 of 2: loss" in plain(words(page))


def test_a_run_that_was_stopped_after_its_first_epoch_has_nothing_to_scrub(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["vae"])
    (run.folder / "snapshots" / "epoch-00002.npz").unlink()
    end(run.id, "cancelled")
    said = words(visit("time_machine", run=run.id))
    assert "There is nothing to scrub: this is the only snapshot that is kept." in said
    assert "closed form" not in said


# Runs that are not as they should be


@pytest.mark.parametrize("state", ["failed", "cancelled", "interrupted", "running"])
def test_a_run_that_did_not_end_well_is_shown_as_far_as_it_went(lab: TrainedLab, visit, state: str) -> None:
    run_id = lab.runs["conv_ae"]
    job = folder.find(run_id)
    assert job is not None
    (lab.folder / "runs" / run_id / "encoder.onnx").unlink()
    (lab.folder / "runs" / run_id / "metrics.json").unlink()
    if state == "running":
        with folder.lock(job):
            end(run_id, "running", progress=0.5, started=1.0)
            page = visit("time_machine", run=run_id)
    else:
        end(run_id, "running" if state == "interrupted" else state, started=1.0)  # a worker that says no more
        page = visit("time_machine", run=run_id)
    assert page.selectbox(key="run").value == run_id
    assert "After epoch 2 of 2" in plain(words(page))
    assert not page.error


def test_a_run_that_waits_is_not_offered(lab: TrainedLab, visit) -> None:
    queued = train.submit("digits", "deep_ae", {"epochs": 3})
    assert queued.id not in visit("time_machine").selectbox(key="run").options


def test_a_run_without_a_snapshot_says_when_there_will_be_one(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["dae"])
    for path in (run.folder / "snapshots").iterdir():
        path.unlink()
    page = visit("time_machine", run=run.id)
    assert f"Run {run.id} has kept no snapshot. Choose another one, or train it again." in words(page)
    assert not page.error
    job = folder.find(run.id)
    assert job is not None
    with folder.lock(job):
        end(run.id, "running", started=1.0)
        assert "is training its first epoch" in words(visit("time_machine", run=run.id))


def test_a_damaged_snapshot_is_named_and_the_others_are_shown(lab: TrainedLab, visit) -> None:
    run = prolonged(lab, "vae", 3)
    (run.folder / "snapshots" / "epoch-00002.npz").write_bytes(b"PK\3\4 cut off")
    page = visit("time_machine", run=run.id)
    assert "epoch-00002.npz" in page.warning[0].value.replace("\\", "")
    assert "After epoch 3" in plain(words(page))
    assert page.select_slider[0].options == ["1", "3"]


def test_a_run_of_which_no_snapshot_can_be_read_is_a_sentence(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["vae"])
    for path in (run.folder / "snapshots").iterdir():
        path.write_bytes(b"")
    (sentence,) = errors(visit("time_machine", run=run.id))
    assert sentence.startswith(f"epoch-00002.npz in {run.id} is damaged")


def test_a_run_of_an_older_version_shows_what_it_has(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["vae"])
    for epoch in (1, 2):
        kept = run.snapshot(epoch, ("target", "given", "output", "codes"))
        np.savez_compressed(run.folder / "snapshots" / f"epoch-{epoch:05d}.npz", **kept)
    page = visit("time_machine", run=run.id)
    assert "After epoch 2" in plain(words(page))
    assert len(pictures(page)) == 1
    assert not any(title(figure).startswith("Weights") for figure in figures(page))
    assert not page.error


@pytest.mark.parametrize("damage", ["deleted", "changed"])
def test_points_have_one_colour_where_the_images_are_gone(lab: TrainedLab, visit, damage: str) -> None:
    if damage == "deleted":
        store.delete("digits")
    else:
        path = lab.folder / "runs" / lab.runs["vae"] / "config.json"
        asked = json.loads(path.read_text(encoding="utf-8")) | {"dataset_checksum": "of other images"}
        path.write_text(json.dumps(asked), encoding="utf-8")
    page = visit("time_machine", run=lab.runs["vae"])
    (trace,) = (trace for trace in map_of(page)["data"] if trace.get("customdata") is not None)
    assert set(trace["marker"]["color"]) == {charts.UNKNOWN}
    assert "on the validation images" in words(page)
    assert not page.error


def test_a_run_that_is_deleted_while_it_is_looked_at_makes_room_for_another(lab: TrainedLab, visit) -> None:
    page = visit("time_machine", run=lab.runs["vae"])
    runs.delete(lab.runs["vae"])
    page.run()
    assert lab.runs["vae"] not in page.selectbox(key="run").options
    assert not page.error
    assert not page.exception


# Taking it away


@pytest.mark.parametrize("names", [("target", "output"), ("samples",)])
def test_the_moving_pictures_have_a_frame_for_every_epoch_that_can_be_read(
    lab: TrainedLab, names: tuple[str, ...]
) -> None:
    run = runs.find(lab.runs["vae"])
    for epoch in (3, 4, 5):
        changed = {name: 255 - array for name, array in run.snapshot(epoch - 1).items() if array.dtype == np.uint8}
        RunWriter(run).snapshot(epoch, changed)
    (run.folder / "snapshots" / "epoch-00004.npz").write_bytes(b"")
    picture = Image.open(io.BytesIO(film_export.gif(run, (1, 2, 3, 4, 5), names)))
    assert picture.format == "GIF"
    assert picture.n_frames == 4  # type: ignore[attr-defined]
    assert picture.width <= 480


def test_a_long_film_has_sixty_frames_with_the_last_epoch(lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    run = prolonged(lab, "vae", *range(3, 151))
    asked: list[int] = []
    read = Run.snapshot

    def remembered(self: Run, epoch: int, names: object = None) -> object:
        asked.append(epoch)
        return read(self, epoch, names)  # type: ignore[arg-type]

    monkeypatch.setattr(Run, "snapshot", remembered)
    film_export.gif(run, tuple(range(1, 151)), ("output",))
    assert len(asked) <= 60
    assert asked[-1] == 150


def test_the_positions_can_be_taken_away_as_a_table(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["vae"])
    page = visit("time_machine", run=run.id)
    offered = [element.proto.label for element in page.get("download_button")]
    assert offered == ["Reconstructions as GIF", "Samples as GIF", "Positions as CSV"]
    lane = lanes.open_lane(run)
    table = pd.read_csv(io.BytesIO(film_export.positions(lane)))
    data = store.open_dataset("digits")
    assert table["class"].astype(str).tolist() == [data.class_names[data.labels[image]] for image in table["image"]]
    for row, epoch in enumerate((1, 2)):
        there = table[table["epoch"] == epoch]
        np.testing.assert_allclose(there[["x", "y"]], lane.film.positions[row], rtol=1e-5)
