"""Home: what is ready, what is being worked on, where to begin."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from labs import TrainedLab
from seen import buttons, press, progress, words

from aelab import runs, starter
from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.runs import about
from aelab.tasks import train


@pytest.fixture
def one_in_each_state(lab: TrainedLab) -> dict[str, str]:
    """Return the run of each state: one that fails, one that is cancelled, one that is damaged, and so on."""
    by_state = {"failed": lab.runs["pca"], "cancelled": lab.runs["dae"], "interrupted": lab.runs["conv_ae"]}
    for state, run_id in by_state.items():
        job = folder.find(run_id)
        assert job is not None
        error = LabError("The loss stopped being a number.").to_json() if state == "failed" else None
        written = "running" if state == "interrupted" else state  # a worker that says no more
        folder.write_status(job, {"state": written, "error": error, "started": 1.0, "progress": 0.5})
    damaged = lab.folder / "runs" / "damaged-run"
    damaged.mkdir()
    (damaged / "config.json").write_bytes(b'{"dataset": "dig')
    queued = train.submit("digits", "deep_ae", {"epochs": 3}).id
    return {**by_state, "done": lab.runs["vae"], "damaged": damaged.name, "queued": queued}


def test_the_first_visitor_of_a_new_lab_starts_it_and_nobody_does_so_again(artifacts: Path, visit, nobody) -> None:
    page = visit()
    assert "Jobs at work or waiting: 4" in words(page)
    assert [row.run.model for row in reversed(runs.listed()) if row.run] == [each.model for each in starter.RECIPES]
    assert nobody.asked[0] == runs.listed()[-1].id  # the baseline first
    st.cache_resource.clear()  # as a restart does
    visit()
    assert len(runs.listed()) == 4


def test_a_lab_that_has_something_is_left_alone(untrained: Path, visit, nobody) -> None:
    page = visit()
    assert "Nothing has been trained yet. Open the Train page to begin." in words(page)
    assert runs.listed() == []
    assert nobody.asked == []


def test_a_restart_takes_up_what_was_left_waiting(lab: TrainedLab, visit, nobody, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(queue, "pump", lambda: None)  # the server ends between asking and starting
        run = train.submit("digits", "deep_ae", {"epochs": 3})
    visit()
    assert nobody.asked == [run.id]


def test_ready_runs_are_counted_and_listed(lab: TrainedLab, visit) -> None:
    page = visit()
    assert "Trained runs ready to be explored: 4" in words(page)
    table = page.dataframe[0].value.set_index("Run")
    assert set(table.index) == set(lab.runs.values())
    assert set(table["State"]) == {"done"}
    assert set(table["Model"]) == set(lab.runs)
    assert set(table["Dataset"]) == {"digits"}


def test_every_state_of_a_run_is_called_by_its_name(one_in_each_state: dict[str, str], visit) -> None:
    page = visit()
    words(page)
    states = dict(zip(page.dataframe[0].value["Run"], page.dataframe[0].value["State"], strict=True))
    for state, run_id in one_in_each_state.items():
        assert states[run_id] == state


def test_states_are_in_the_language_of_the_page(one_in_each_state: dict[str, str], visit) -> None:
    page = visit(lang="es")
    words(page)
    states = set(page.dataframe[0].value["Estado"])
    assert len(states) == 6
    assert not states & set(one_in_each_state)


def test_a_job_that_waits_can_be_cancelled(lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AELAB_WORKERS", "1")
    first, second = (train.submit("digits", "deep_ae", {"epochs": epochs}) for epochs in (2, 3))
    page = visit()
    begins, waits = progress(page)
    assert begins == f"Training · {first.id} · starting a worker…"
    assert waits.startswith(f"Training · {second.id} · waiting, 1 before it · starts in about ")
    assert buttons(page) == ["Cancel", "Cancel"]
    page.button[1].click().run()
    assert runs.status(second).state == "cancelled"
    assert runs.status(first).state == "queued"
    assert buttons(page) == ["Cancel"]


def test_a_job_at_work_shows_how_far_it_is_and_can_be_asked_to_stop(lab: TrainedLab, visit) -> None:
    run = train.submit("digits", "deep_ae", {"epochs": 3})
    job = folder.find(run.id)
    assert job is not None
    with folder.lock(job):  # as its worker does
        folder.write_status(job, {"state": "running", "progress": 0.25, "started": 1.0, "moving": [1.0, 0.01]})
        page = visit()
        assert "Jobs at work or waiting: 1" in words(page)
        (bar,) = page.progress
        assert bar.value == 25
        assert progress(page)[0].startswith(f"Training · {run.id} · 25% · about ")
        press(page, "Cancel")
        assert folder.should_stop(job)


def test_every_other_page_is_a_click_away(lab: TrainedLab, visit) -> None:
    page = visit()
    names = ("Datasets", "Clean", "Prepare", "Train", "Time machine", "Denoise", "Latent", "Reports", "Compare")
    assert [link.label for link in page.page_link] == [f"**{name}**" for name in names]


def test_after_a_crash_the_first_page_leads_to_what_can_be_resumed(one_in_each_state: dict[str, str], visit) -> None:
    page = visit()
    assert "Interrupted trainings that can be resumed, with nothing lost: 1" in words(page)
    assert one_in_each_state["interrupted"] in {link.label.replace("\\", "") for link in page.page_link}


def test_the_queue_says_what_each_training_is(lab: TrainedLab, visit) -> None:
    run = train.submit("digits", "deep_ae", {"epochs": 3, "latent_dim": 5})
    page = visit()
    assert len(page.progress) == 1
    (said,) = (caption.value for caption in page.caption if "digits" in caption.value)
    assert "5" in said
    assert "3" in said
    about.change(run.id, title="My first")
    assert "My first" in words(visit())
