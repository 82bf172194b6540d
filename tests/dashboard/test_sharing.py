"""A queue that several people share: whose turn it is, who may cancel and move what, and who the teacher is."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest
import streamlit as st
from labs import TrainedLab, end, job_of
from seen import buttons, errors, press, progress, words
from streamlit.testing.v1 import AppTest

from aelab import runs
from aelab.jobs import folder, queue
from aelab.jobs.folder import Expected
from aelab.jobs.people import Person
from aelab.runs import RunWriter, about, owners
from aelab.tasks import train

DASHBOARD = Path(__file__).parents[2] / "dashboard"
TOKEN = "a token of some length"


@pytest.fixture
def shared(lab: TrainedLab, monkeypatch: pytest.MonkeyPatch) -> TrainedLab:
    """Return a lab with a teacher, and one training that has begun; whatever is asked for now waits."""
    monkeypatch.setenv("AELAB_WORKERS", "1")
    monkeypatch.setenv("AELAB_TEACHER_TOKEN", TOKEN)
    train.submit("digits", "deep_ae", {"epochs": 99}, by=Person("earlier"))
    return lab


def ask(owner: str, number: int) -> str:
    return train.submit("digits", "deep_ae", {"epochs": number}, by=Person(owner)).id


def ask_on_the_page(page: AppTest, epochs: int) -> str:
    """Ask for a training as a visitor does; return its id."""
    before = {job.id for job in folder.all_jobs()}
    page.switch_page("views/train.py").run()
    page.selectbox(key="train.model").select("deep_ae").run()
    page.number_input(key="train.digits.epochs").set_value(epochs).run()
    press(page, "Train")
    (job,) = {job.id for job in folder.all_jobs()} - before
    return job


def at_home(page: AppTest) -> AppTest:
    return page.switch_page("views/home.py").run()


def enabled(page: AppTest) -> list[str]:
    return [button.key for button in page.button if not button.disabled]


def order() -> list[str]:
    return [row.job.id for row in queue.standings()][1:]


def become_teacher(page: AppTest, token: str = TOKEN) -> AppTest:
    page.text_input(key="visitor.token").set_value(token).run()
    return page


def disabled(page: AppTest) -> set[str]:
    return {button.label for button in page.button if button.disabled}


def asked_by(page: AppTest, run_id: str, *others: str, state: str = "done") -> str:
    """Let a run of the lab be one that a visitor has asked for."""
    end(run_id, state)
    jobs_owner = owner_of(page)
    folder.write_owners(job_of(runs.find(run_id)), [jobs_owner, *others])
    return jobs_owner


def owner_of(page: AppTest) -> str:
    """Return what stands in the jobs that a visitor asks for."""
    job = folder.find(ask_on_the_page(page, 77))
    assert job is not None
    return job.owner


def test_what_one_visitor_asks_for_another_cannot_cancel_and_sees_why(shared: TrainedLab, visit) -> None:
    ann, ben = visit(), visit()
    job = ask_on_the_page(ann, 3)
    at_home(ben)
    assert f"cancel.{job}" not in enabled(ben)
    assert "Somebody else's" in words(ben)
    (note,) = {caption.help for caption in ben.caption if caption.value == "Somebody else's"}
    assert note == "Only whoever asked for it, or the teacher, may cancel or move it."
    at_home(ann).button(key=f"cancel.{job}").click().run()
    found = folder.find(job)
    assert found is not None
    assert folder.status(found).state == "cancelled"


def test_a_visitors_secret_is_not_in_what_others_can_read(shared: TrainedLab, visit) -> None:
    page = visit()
    job = folder.find(ask_on_the_page(page, 3))
    assert job is not None
    assert len(job.owner) == 16
    assert page.session_state["visitor.secret"] not in (job.folder / "job.json").read_text(encoding="utf-8")


def test_everybody_gets_a_turn_and_the_page_says_when(shared: TrainedLab, visit) -> None:
    first, second = ask("ann", 1), ask("ann", 2)
    third = ask("ben", 3)
    page = visit()
    assert "nobody's second job starts before everybody's first" in words(page)
    assert [line.split(" · ")[1:3] for line in progress(page)[1:]] == [
        [first, "waiting, 1 before it"],
        [third, "waiting, 2 before it"],
        [second, "waiting, 3 before it"],
    ]


def test_the_page_says_when_a_job_will_start_as_far_as_that_is_known(shared: TrainedLab, visit) -> None:
    busy = folder.all_jobs()[-1]
    queue.submit("train", {"run": "second"}, owner="ann", expected=Expected(seconds=36_000))
    queue.submit("train", {"run": "third"}, owner="ben")  # of which nobody knows how long it takes
    queue.submit("train", {"run": "fourth"}, owner="cleo")
    with folder.lock(busy):
        moving = [time.time() - 18_000, 0.0]
        folder.write_status(busy, {"state": "running", "progress": 0.5, "started": moving[0], "moving": moving})
        assert progress(visit())[1:] == [
            "Training · second · waiting, 1 before it · starts in about 5.0 h",
            "Training · third · waiting, 2 before it · starts in about 15.0 h",
            "Training · fourth · waiting, 3 before it",
        ]


def test_ones_own_jobs_can_be_moved_past_one_another_and_no_others(shared: TrainedLab, visit) -> None:
    others = [ask("ben", 1), ask("ben", 2)]
    page = visit()
    first, second = ask_on_the_page(page, 3), ask_on_the_page(page, 4)
    assert order() == [others[0], first, others[1], second]
    at_home(page)
    assert [key for key in enabled(page) if key.split(".")[1] in {first, second}] == [
        f"later.{first}", f"cancel.{first}", f"earlier.{second}", f"cancel.{second}",
    ]  # fmt: skip
    assert not [key for key in enabled(page) if key.split(".")[1] in others]
    assert "First" not in buttons(page)
    page.button(key=f"earlier.{second}").click().run()
    assert order() == [others[0], second, others[1], first]
    assert not errors(page)


def test_the_teacher_cancels_and_puts_first_what_anybody_asked_for(shared: TrainedLab, visit) -> None:
    ann, ben = ask("ann", 1), ask("ben", 2)
    page = become_teacher(visit())
    assert "You are here as the teacher." in words(page)
    page.button(key=f"first.{ben}").click().run()
    assert order() == [ben, ann]
    page.button(key=f"cancel.{ann}").click().run()
    assert order() == [ben]


def test_who_does_not_know_the_token_is_no_teacher(shared: TrainedLab, visit) -> None:
    ask("ann", 1)
    page = become_teacher(visit(), "a guess")
    assert errors(page) == ["This is not the token of this server."]
    assert enabled(page) == []


def test_who_is_alone_cancels_what_they_like_and_is_asked_for_no_token(lab: TrainedLab, visit) -> None:
    job = ask("shell", 1)
    page = visit()
    assert f"cancel.{job}" in enabled(page)
    assert not [box for box in page.text_input if box.key == "visitor.token"]


def test_a_class_without_a_teacher_has_everybody_cancel_their_own(
    shared: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AELAB_TEACHER_TOKEN")
    usual = st.get_option
    monkeypatch.setattr(st, "get_option", lambda key: "0.0.0.0" if key == "server.address" else usual(key))
    job = ask("ann", 1)
    page = visit()
    assert f"cancel.{job}" not in enabled(page)
    own = ask_on_the_page(page, 2)
    assert f"cancel.{own}" in enabled(at_home(page))


def test_a_long_queue_shows_its_beginning_and_all_of_ones_own(shared: TrainedLab, visit) -> None:
    page = visit()
    for number in range(20):
        ask(f"visitor-{number}", number + 1)
    own = ask_on_the_page(page, 50)
    at_home(page)
    assert "Jobs at work or waiting: 22" in words(page)
    assert "Jobs of others that are not shown here: 9" in words(page)
    assert len(page.progress) == 13
    assert own in progress(page)[-1]


def test_a_lab_that_cannot_be_written_says_so_and_shows_its_pages(
    tmp_path: Path, visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no-folder").write_text("so that nothing can be below it", encoding="utf-8")
    monkeypatch.setenv("AELAB_ARTIFACTS", str(tmp_path / "no-folder" / "artifacts"))
    page = visit()
    assert "could not be written" in words(page)
    assert "Where to go" in words(page)
    for view in ("datasets", "train", "reports"):
        assert not visit(view).exception


ASKED_BY_SOMEBODY = {
    "train.submit", "train.resume", "train.prolong", "runs.delete", "runs.restore", "about.change", "queue.cancel",
    "queue.move", "queue.requeue",
}  # fmt: skip


def test_every_page_says_who_asks() -> None:
    """Without `by` it is the shell that asks, which may do everything."""
    calls = {}
    for path in [*DASHBOARD.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ASKED_BY_SOMEBODY:
                calls[f"{path.name}:{node.lineno}"] = [keyword.arg for keyword in node.keywords]
    assert len(calls) > 5
    assert {place: given for place, given in calls.items() if "by" not in given} == {}


# What becomes of a run afterwards.

TAKING_UP = {"Resume after epoch 2", "Use what it has learned"}
KEEPING = {"Save", "Archive", "Delete"}


def test_a_cancelled_run_is_taken_up_by_anybody_and_only_begun_anew_by_whoever_asked_for_it(
    shared: TrainedLab, visit
) -> None:
    ann, ben, run_id = visit(), visit(), shared.runs["vae"]
    owner = asked_by(ann, run_id, state="cancelled")
    for page in (ann, ben):
        page.query_params["follow"] = run_id
        page.switch_page("views/train.py").run()
    assert "Start from scratch" in disabled(ben)
    assert not (TAKING_UP | {"Change a setting…"}) & disabled(ben)
    assert "Who takes it up shares it; nothing of theirs is lost." in words(ben)
    assert not (TAKING_UP | {"Start from scratch"}) & disabled(ann)
    assert "Somebody else" not in words(ann)
    press(ben, "Resume after epoch 2")
    assert runs.status(runs.find(run_id)).state == "queued"
    assert owners.of(run_id)[1:] == (owner,)
    assert f"cancel.{run_id}" in enabled(ben)
    assert f"cancel.{run_id}" not in enabled(ann.run())


def test_what_somebody_had_learned_before_another_asked_anew_is_not_the_others_to_bring_back(
    shared: TrainedLab, visit
) -> None:
    ben, run_id = visit(), shared.runs["vae"]
    folder.write_owners(job_of(runs.find(run_id)), ["ann"])
    run = runs.find(run_id)
    runs.delete(run_id)
    owner = owner_of(ben)
    train.submit(run.dataset, run.model, run.settings, by=Person(owner))
    queue.cancel(run_id, by=Person(owner))
    ben.query_params["follow"] = run_id
    ben.switch_page("views/train.py").run()
    assert "Bring it back" in disabled(ben)
    assert "Start it again" in buttons(ben)
    assert "Start it again" not in disabled(ben)


def test_a_click_that_comes_all_the_same_is_refused_in_a_sentence(shared: TrainedLab, visit) -> None:
    page, run_id = visit(), shared.runs["vae"]
    asked_by(page, run_id, state="cancelled")
    page.query_params["follow"] = run_id
    page.switch_page("views/train.py").run()
    folder.write_owners(job_of(runs.find(run_id)), ["ann"])  # after the page was drawn
    press(page, "Train anew")
    assert runs.status(runs.find(run_id)).state == "cancelled"
    assert "Somebody else has asked for this before" in words(page)


def test_what_was_cancelled_before_it_had_learned_anything_anybody_begins(shared: TrainedLab, visit) -> None:
    ann, ben = visit(), visit()
    run_id = ask_on_the_page(ann, 3)
    end(run_id, "cancelled")
    ben.query_params["follow"] = run_id
    ben.switch_page("views/train.py").run()
    assert "is somebody else's" not in words(ben)
    press(ben, "Start it again")
    assert runs.status(runs.find(run_id)).state == "queued"
    assert owners.of(run_id) == (owner_of(ben),)


def test_who_asks_for_what_another_cancelled_gets_it_and_takes_nothing_away(shared: TrainedLab, visit) -> None:
    ann, ben = visit(), visit()
    run_id = ask_on_the_page(ann, 3)
    parts = {"loss": 1.0, "reconstruction": 1.0}
    RunWriter(runs.find(run_id)).epoch({"epoch": 1, "train": parts, "validation": parts})
    end(run_id, "cancelled")
    ben.switch_page("views/train.py").run()
    ben.selectbox(key="train.model").select("deep_ae").run()
    ben.number_input(key="train.digits.epochs").set_value(3).run()
    press(ben, "Train")
    assert not errors(ben)
    assert runs.status(runs.find(run_id)).state == "queued"
    assert len(runs.find(run_id).history()) == 1
    assert len(owners.of(run_id)) == 2


def test_a_finished_run_is_deleted_archived_and_written_about_by_whoever_asked_for_it(
    shared: TrainedLab, visit
) -> None:
    ann, ben, run_id = visit(), visit(), shared.runs["vae"]
    asked_by(ann, run_id)
    for page in (ann, ben):
        page.query_params["run"] = [run_id]
        page.switch_page("views/compare.py").run()
        page.selectbox(key="compare.worked_on").select(run_id).run()
    assert disabled(ben) >= KEEPING
    assert f"Run {run_id} is somebody else's" in words(ben)
    assert not disabled(ann) & KEEPING
    next(box for box in ann.text_input if box.label == "Title").set_value("Mine")
    press(ann, "Save")
    assert about.read(run_id).title == "Mine"
    press(ann, "Delete")
    assert runs.deleted() == [run_id]
    press(ann, "Undo")
    assert runs.deleted() == []


def test_runs_of_the_starter_lab_are_the_teachers(shared: TrainedLab, visit) -> None:
    page = visit("compare")
    assert disabled(page) >= KEEPING
    assert "is the lab's own: only the teacher may change it" in words(page)
    assert not disabled(become_teacher(page)) & KEEPING


def test_what_several_asked_for_goes_on_when_one_of_them_cancels(shared: TrainedLab, visit) -> None:
    ann, ben = visit(), visit()
    job = ask_on_the_page(ann, 3)
    ben.switch_page("views/train.py").run()
    ben.selectbox(key="train.model").select("deep_ae").run()
    ben.number_input(key="train.digits.epochs").set_value(3).run()
    press(ben, "Train")
    at_home(ann).button(key=f"cancel.{job}").click().run()
    assert [toast.value for toast in ann.toast] == ["Others have asked for the same: it goes on for them."]
    assert f"cancel.{job}" not in enabled(ann)
    assert runs.status(runs.find(job)).state == "queued"
    at_home(ben).button(key=f"cancel.{job}").click().run()
    assert runs.status(runs.find(job)).state == "cancelled"


def test_who_asks_again_for_what_is_done_takes_nothing_over(shared: TrainedLab, visit) -> None:
    ann, run_id = visit(), shared.runs["conv_ae"]
    owner = asked_by(ann, run_id)
    run = runs.find(run_id)
    train.submit(run.dataset, run.model, run.settings, by=Person("ben"))
    assert owners.of(run_id) == (owner,)
