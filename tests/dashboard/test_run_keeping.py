"""What is done with runs on the Compare page: written about, put away, deleted, brought back, taken away, brought."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import pytest
from bringing import after_the_work
from labs import TrainedLab
from seen import buttons, errors, figures, press, progress, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.runs import about, transfer
from ui import run_keeping


def chosen(page: AppTest) -> list[str]:
    """Return the ids of the runs that are compared."""
    return list(page.multiselect(key="compare.runs").value)


def work_on(page: AppTest, run_id: str) -> AppTest:
    return page.selectbox(key="compare.worked_on").set_value(run_id).run()


def worked_on(page: AppTest) -> str | None:
    return page.selectbox(key="compare.worked_on").value


def table(page: AppTest, column: str):
    """Return the first table with a column."""
    return next(frame.value for frame in page.dataframe if column in frame.value.columns)


def test_what_is_written_about_a_run_is_shown_as_text_wherever_it_is_named(lab: TrainedLab, visit) -> None:
    page = work_on(visit("compare"), lab.runs["vae"])
    next(field for field in page.text_input if field.label == "Title").set_value("<b>Blurry</b> *one*")
    next(field for field in page.text_input if field.label == "Tags").set_value("room 4, vae")
    next(field for field in page.text_area if field.label == "Notes").set_value("Try beta 2")
    press(page, "Save")
    assert not page.error
    written = about.read(lab.runs["vae"])
    assert (written.title, written.tags, written.notes) == ("<b>Blurry</b> *one*", ("room 4", "vae"), "Try beta 2")
    name = f"<b>Blurry</b> *one* ({lab.runs['vae'][-8:]})"
    assert name in set(table(page, "best")["run"])
    assert name.replace("<", "&lt;").replace(">", "&gt;") in {
        line["name"] for figure in figures(page) for line in figure["data"]
    }
    assert "<b>Blurry</b> *one*" in words(visit("latent", run=lab.runs["vae"]))
    assert r"\<b\>" in "".join(caption.value for caption in visit("latent", run=lab.runs["vae"]).caption)
    assert "<b>Blurry</b> *one*" in set(visit("home").dataframe[0].value["Title"])


def test_a_deleted_run_can_be_brought_back_until_the_next_action(lab: TrainedLab, visit) -> None:
    page = work_on(visit("compare"), lab.runs["dae"])
    press(page, "Delete")
    assert f"Deleted: {lab.runs['dae']}" in words(page)
    assert lab.runs["dae"] not in chosen(page)
    page.run()
    press(page, "Undo")
    assert lab.runs["dae"] in {row.id for row in runs.listed()}
    assert "Undo" not in buttons(page)
    work_on(page, lab.runs["dae"])
    press(page, "Delete")
    work_on(page, lab.runs["pca"])
    press(page, "Archive")
    assert "Undo" not in buttons(page)
    assert about.read(lab.runs["pca"]).archived
    assert runs.deleted() == [lab.runs["dae"]]  # from a shell it still comes back


def test_after_a_deletion_no_second_click_deletes_another(lab: TrainedLab, visit) -> None:
    page = work_on(visit("compare"), lab.runs["dae"])
    press(page, "Delete")
    assert worked_on(page) is None
    assert "Delete" not in buttons(page)
    assert len(runs.done()) == len(lab.runs) - 1


def test_a_run_that_is_brought_back_is_where_it_was(lab: TrainedLab, visit) -> None:
    page = work_on(visit("compare", runs=f"{lab.runs['dae']},{lab.runs['pca']}"), lab.runs["dae"])
    press(press(page, "Delete"), "Undo")
    assert set(chosen(page)) == {lab.runs["dae"], lab.runs["pca"]}
    assert worked_on(page) == lab.runs["dae"]


def test_a_run_that_was_not_compared_is_not_after_it_is_brought_back(lab: TrainedLab, visit) -> None:
    page = work_on(visit("compare", runs=lab.runs["pca"]), lab.runs["dae"])
    press(press(page, "Delete"), "Undo")
    assert chosen(page) == [lab.runs["pca"]]


def test_where_no_run_is_done_those_that_failed_can_still_be_deleted(lab: TrainedLab, visit) -> None:
    for model, run_id in lab.runs.items():
        if model == "dae":
            (lab.folder / "runs" / run_id / "config.json").write_bytes(b"{")
        else:
            runs.delete(run_id)
    page = visit("compare")
    assert "No run is done yet." in words(page)
    press(work_on(page, lab.runs["dae"]), "Delete")
    assert runs.listed() == []
    press(page, "Undo")
    assert [row.id for row in runs.listed()] == [lab.runs["dae"]]


def test_each_thing_that_is_done_is_said(lab: TrainedLab, visit) -> None:
    page = work_on(visit("compare"), lab.runs["vae"])
    for label, sentence in (
        ("Save", "Saved."),
        ("Archive", "Archived: other pages no longer offer it."),
        ("Take out of the archive", "Taken out of the archive."),
    ):
        assert [toast.value for toast in press(page, label).toast] == [sentence]
    press(page, "Delete")
    assert [toast.value.replace("\\", "") for toast in press(page, "Undo").toast] == [f"{lab.runs['vae']} is back."]


@pytest.mark.parametrize("typed", ["room 4, vae", "room 4;vae", "room 4\nvae", " room 4 ;; vae , room 4"])
def test_tags_are_taken_apart_however_they_are_separated(lab: TrainedLab, visit, typed: str) -> None:
    page = work_on(visit("compare"), lab.runs["vae"])
    next(field for field in page.text_input if field.label == "Tags").set_value(typed)
    press(page, "Save")
    assert about.read(lab.runs["vae"]).tags == ("room 4", "vae")


def test_a_damaged_run_is_named_and_can_be_deleted(lab: TrainedLab, visit) -> None:
    (lab.folder / "runs" / lab.runs["dae"] / "config.json").write_bytes(b"{")
    page = visit("compare")
    assert any("config.json" in warning.value.replace("\\", "") for warning in page.warning)
    press(work_on(page, lab.runs["dae"]), "Delete")
    assert lab.runs["dae"] not in {row.id for row in runs.listed()}


def test_a_run_that_somebody_else_deletes_meanwhile_is_no_traceback(lab: TrainedLab, visit) -> None:
    page = work_on(visit("compare"), lab.runs["dae"])
    runs.delete(lab.runs["dae"])
    page.run()
    assert words(page)
    assert not page.error
    assert lab.runs["dae"] not in chosen(page)


def test_the_files_of_a_run_are_offered(lab: TrainedLab, visit) -> None:
    page = work_on(visit("compare"), lab.runs["vae"])
    labels = [element.label for element in page.download_button]
    assert {"Whole run (zip)", "Encoder (ONNX)", "Decoder (ONNX)", "Weights (npz)"} <= set(labels)
    run = runs.find(lab.runs["vae"])
    expected = io.BytesIO()
    transfer.export(run, inference.load(run).shape, expected)
    assert run_keeping.zipped(run) == expected.getvalue()


def bring(page: AppTest, name: str, content: bytes) -> AppTest:
    page.file_uploader(key="compare.file").set_value((name, content, "application/octet-stream")).run()
    return page.button(key="compare.bring").click().run()


@pytest.mark.usefixtures("workers")
def test_a_run_is_brought_by_a_real_worker_and_joins_the_choice(lab: TrainedLab, visit) -> None:
    content = run_keeping.zipped(runs.find(lab.runs["vae"]))
    runs.delete(lab.runs["vae"])
    page = bring(visit("compare"), "vae.zip", content)
    assert [bar.text for bar in page.progress]
    after_the_work(page)
    assert not page.error
    assert lab.runs["vae"] in chosen(page)
    assert "imported on" in words(page)


def test_a_pickle_is_refused_at_once(lab: TrainedLab, visit) -> None:
    page = bring(visit("compare"), "model.pt", pickle.dumps([1]))
    (sentence,) = errors(page)
    assert sentence.startswith("model.pt is a PyTorch file, which the lab never loads as a model")


@pytest.mark.parametrize("content", [b"just text", b"PK\x03\x04 and then nothing"])
def test_a_file_that_is_no_zip_is_refused_at_once(lab: TrainedLab, visit, content: bytes) -> None:
    page = bring(visit("compare"), "holiday.zip", content)
    (sentence,) = errors(page)
    assert sentence.startswith("holiday.zip is no exported run: it is not a zip file, or not a whole one.")
    assert not page.progress


def test_what_is_being_brought_is_called_by_the_run_inside(lab: TrainedLab, visit) -> None:
    content = run_keeping.zipped(runs.find(lab.runs["vae"]))
    runs.delete(lab.runs["vae"])
    assert any(lab.runs["vae"] in bar for bar in progress(bring(visit("compare"), "run.zip", content)))
    assert any(lab.runs["vae"] in bar for bar in progress(visit("home")))


def test_a_run_can_be_brought_to_a_lab_that_has_none(untrained: Path, visit) -> None:
    assert visit("compare").file_uploader(key="compare.file") is not None


def test_what_is_deleted_is_called_by_the_title_that_it_had(lab: TrainedLab, visit) -> None:
    run_id = lab.runs["vae"]
    about.change(run_id, title="My first")
    page = press(work_on(visit("compare"), run_id), "Delete")
    assert f"Deleted: My first ({run_id[-8:]})" in words(page)
    assert [toast.value.replace("\\", "") for toast in press(page, "Undo").toast] == [
        f"My first ({run_id[-8:]}) is back."
    ]
