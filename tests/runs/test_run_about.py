"""What people write about a run: text whatever is in it, and never a change to the run."""

from __future__ import annotations

import os
import threading

import pytest
from labs import TrainedLab

from aelab import runs
from aelab.errors import LabError
from aelab.runs import about
from aelab.runs.about import About


def test_a_run_nobody_wrote_about_goes_by_its_id(lab: TrainedLab) -> None:
    assert about.read(lab.runs["vae"]) == About()


def test_what_was_written_is_kept_and_the_rest_stays(lab: TrainedLab) -> None:
    run_id = lab.runs["vae"]
    about.change(run_id, title="First try", tags=["class 3b", "β"])
    about.change(run_id, notes="Blurry.\nTry beta 0.5.")
    about.change(run_id, archived=True)
    expected = About("First try", "Blurry.\nTry beta 0.5.", ("class 3b", "β"), archived=True)
    assert about.read(run_id) == expected
    assert about.change(run_id, title="", archived=False) == About("", expected.notes, expected.tags)


def test_writing_about_a_run_changes_neither_its_id_nor_its_config(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["pca"])
    config = (run.folder / "config.json").read_bytes()
    about.change(run.id, title="Renamed", tags=["x"])
    assert runs.find(run.id) == run
    assert (run.folder / "config.json").read_bytes() == config
    assert run.id in [row.id for row in runs.listed()]


def test_a_list_of_runs_can_notice_that_something_was_written(lab: TrainedLab) -> None:
    os.utime(runs.root(), (1, 1))
    about.change(lab.runs["pca"], title="Renamed")
    assert runs.root().stat().st_mtime > 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"title": "t" * 81}, "title may have up to 80 characters; it has 81"),
        ({"notes": "n" * 4001}, "notes may have up to 4000 characters"),
        ({"tags": ["g" * 31]}, "tag may have up to 30 characters"),
        ({"tags": [str(number) for number in range(13)]}, "up to 12 tags; these are 13"),
    ],
)
def test_too_much_text_is_refused_and_nothing_is_changed(
    lab: TrainedLab, given: dict[str, object], sentence: str
) -> None:
    before = about.change(lab.runs["pca"], title="Before")
    with pytest.raises(LabError, match=sentence):
        about.change(lab.runs["pca"], **given)
    assert about.read(lab.runs["pca"]) == before


def test_what_could_mislead_is_left_out_and_markup_stays_text(lab: TrainedLab) -> None:
    written = about.change(
        lab.runs["pca"], title=" <b>a</b>\n\u202egpj.exe\0 ", notes="one\r\n\x07two\n\n", tags=["a", " a ", "", "b\tc"]
    )
    assert written.title == "<b>a</b> gpj.exe"
    assert written.notes == "one\ntwo"
    assert written.tags == ("a", "b c")


@pytest.mark.parametrize(
    "content",
    [b"", b'{"title": "hal', b"[]", b"null", b'{"title": 5}', b'{"tags": "abc"}', b'{"archived": 1}', b'{"new": 1}'],
)
def test_a_damaged_file_stops_nobody_and_can_be_written_anew(lab: TrainedLab, content: bytes) -> None:
    run_id = lab.runs["pca"]
    (runs.root() / run_id / "about.json").write_bytes(content)
    assert about.read(run_id) == About()
    assert [row.state for row in runs.listed()] == ["done"] * 4
    assert about.change(run_id, title="Anew").title == "Anew"
    assert about.read(run_id).title == "Anew"


def test_two_who_write_at_once_keep_what_the_other_wrote(lab: TrainedLab) -> None:
    run_id = lab.runs["pca"]
    fields = [{"title": "T"}, {"notes": "N"}, {"tags": ["g"]}, {"archived": True}]
    threads = [threading.Thread(target=about.change, args=(run_id,), kwargs=field) for field in fields]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert about.read(run_id) == About("T", "N", ("g",), archived=True)


def test_nobody_writes_about_a_run_that_is_not_there(lab: TrainedLab) -> None:
    with pytest.raises(LabError, match="There is no run called"):
        about.change("pca-digits-0000", title="x")
    with pytest.raises(LabError, match="not a name the lab can use"):
        about.read("../jobs")
