"""The index answers as the files do, whatever becomes of it or of the clock."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from labs import until

from aelab import runs, storage
from aelab.index import Index, Kind, touch
from aelab.jobs import folder as jobs
from aelab.jobs.folder import Job
from aelab.runs import Run, RunWriter
from aelab.training.config import plan

LIST = """
import json
from aelab import runs
print(json.dumps([[row.id, row.state] for row in runs.listed()]))
"""

LIST_AS_NOBODY = """
import json, os
from aelab import runs
from aelab.jobs import folder, queue
from aelab.jobs.spec import tasks
tasks.names()
if os.geteuid() == 0:
    os.setgroups([])
    os.setuid(65534)
queue.pump()
print(json.dumps([
    sorted([row.id, row.state] for row in runs.listed()),
    [[row.job.id, row.status.state] for row in folder.rows()],
]))
"""


class Notes:
    """An index of notes, each a folder with a text, that remembers which it has read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.read: list[str] = []
        self.index = self.another()

    def another(self) -> Index[str]:
        """Return an index as another process has it."""
        return Index(Kind("notes", lambda: self.root, ("text",), self._read, lambda text: text != "open", str, _text))

    def _read(self, path: Path) -> str | None:
        self.read.append(path.name)
        try:
            return (path / "text").read_text(encoding="utf-8")
        except FileNotFoundError:  # deleted meanwhile
            return None

    def write(self, name: str, text: str) -> Path:
        """Write a note as it was written an hour ago."""
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        with storage.written(path / "text", "w") as file:
            file.write(text)
        age(path / "text", path, self.root)
        return path

    def rows(self) -> dict[str, str]:
        self.read.clear()
        return self.index.rows()


def _text(name: str, data: object) -> str:
    return str(data)


def age(*paths: Path, seconds: float = 3600) -> None:
    """Let files have been written some time ago: what is older than a clock's steps can be relied on."""
    for path in paths:
        before = path.stat()
        os.utime(path, (before.st_atime, before.st_mtime - seconds))


@pytest.fixture
def notes(artifacts: Path) -> Notes:
    made = Notes(artifacts / "notes")
    for name in ("a", "b", "c"):
        made.write(name, f"text of {name}")
    return made


ALL = {"a": "text of a", "b": "text of b", "c": "text of c"}


def test_what_has_not_changed_is_read_once(notes: Notes) -> None:
    assert notes.rows() == ALL
    assert sorted(notes.read) == ["a", "b", "c"]
    assert notes.rows() == ALL
    assert notes.read == []


def test_another_process_reads_nothing_that_is_known(notes: Notes) -> None:
    notes.rows()
    notes.index = notes.another()
    assert notes.rows() == ALL
    assert notes.read == []


def test_only_what_is_new_or_has_changed_is_read(notes: Notes) -> None:
    notes.rows()
    notes.write("b", "another text")
    notes.write("d", "new")
    shutil.rmtree(notes.root / "a")
    touch(notes.root)
    assert notes.rows() == {"b": "another text", "c": "text of c", "d": "new"}
    assert sorted(notes.read) == ["b", "d"]
    notes.index = notes.another()
    assert notes.rows() == {"b": "another text", "c": "text of c", "d": "new"}


def test_what_is_open_is_read_at_every_look(notes: Notes) -> None:
    path = notes.write("b", "open")
    assert notes.rows()["b"] == "open"
    (path / "text").write_text("closed", encoding="utf-8")
    assert notes.rows()["b"] == "closed"


def test_a_change_that_nobody_announces_is_seen_before_long(notes: Notes) -> None:
    notes.rows()
    (notes.root / "b" / "text").write_text("changed by hand", encoding="utf-8")
    until(lambda: notes.rows()["b"] == "changed by hand")


def test_a_file_that_has_just_been_written_is_not_taken_for_the_same_because_the_clock_is_coarse(notes: Notes) -> None:
    path = notes.root / "b" / "text"
    path.write_text("one", encoding="utf-8")
    before = path.stat()
    assert notes.rows()["b"] == "one"
    path.write_text("two", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # as if within one step of the clock
    assert notes.rows()["b"] == "two"


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_jumps_hides_nothing(notes: Notes, hours: int) -> None:
    notes.rows()
    path = notes.write("b", "after the jump")
    age(path / "text", notes.root, seconds=-3600 * hours)
    assert notes.rows()["b"] == "after the jump"
    notes.index = notes.another()
    assert notes.rows()["b"] == "after the jump"


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_index_is_made_anew(notes: Notes, artifacts: Path, damage: bytes) -> None:
    notes.rows()
    path = artifacts / "index.sqlite"
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.write_bytes(damage)
    for _ in range(2):  # found out, and made
        notes.index = notes.another()
        assert notes.rows() == ALL
    notes.write("d", "new")
    notes.index = notes.another()
    notes.rows()
    notes.index = notes.another()
    assert notes.rows() == {**ALL, "d": "new"}
    assert notes.read == []


def test_rows_that_make_no_sense_are_read_from_the_files(notes: Notes, artifacts: Path) -> None:
    notes.rows()
    subprocess.run(
        [sys.executable, "-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
         "c.execute(\"UPDATE rows SET signature = 'x' WHERE id = 'a'\"); "
         "c.execute(\"UPDATE rows SET row = '{' WHERE id = 'b'\"); c.commit(); c.close()", artifacts / "index.sqlite"],
        check=True,
    )  # fmt: skip
    notes.index = notes.another()
    assert notes.rows() == ALL
    assert sorted(notes.read) == ["a", "b"]


def test_an_index_that_is_deleted_while_it_is_used_is_not_missed(notes: Notes, artifacts: Path) -> None:
    notes.rows()
    for path in artifacts.glob("index.sqlite*"):
        path.unlink()
    notes.write("d", "new")
    assert notes.rows() == {**ALL, "d": "new"}
    assert notes.read == ["d"]


def test_where_no_index_can_be_written_the_list_is_as_right(notes: Notes, artifacts: Path) -> None:
    (artifacts / "index.sqlite").mkdir()
    assert notes.rows() == ALL
    assert notes.rows() == ALL
    assert notes.read == []


def test_a_lab_without_a_folder_has_nothing_and_gets_no_index(artifacts: Path) -> None:
    assert runs.listed() == []
    assert jobs.all_jobs() == []
    assert not artifacts.exists()


def test_threads_that_look_while_entries_come_and_go_never_see_a_wrong_one(notes: Notes) -> None:
    seen: list[dict[str, str]] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            seen.append(notes.index.rows())

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(50):
        notes.write(f"n{number}", f"text of n{number}")
        storage.removed_folder(notes.root / f"n{number}")
    ended.set()
    for thread in threads:
        thread.join()
    assert notes.rows() == ALL
    assert all(text == f"text of {name}" for rows in seen for name, text in rows.items())


def make_runs(count: int) -> list[str]:
    made = []
    for seed in range(count):
        run = runs.new_run("digits", "abc", plan("pca", {"seed": seed}))
        runs.create(run)
        jobs.create(Job(run.id, "train", {"run": run.id}, created=float(seed)))
        RunWriter(run).metrics({"n": 1, "split": "test", "overall": {}})
        jobs.write_status(Job(run.id, "train", {}, 0.0), {"state": "done", "progress": 1.0})
        made.append(run.id)
    return made


def answer_of(code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_processes_that_make_the_index_at_once_all_list_everything(artifacts: Path) -> None:
    made = make_runs(20)
    for path in artifacts.rglob("*"):
        age(path)
    processes = [subprocess.Popen([sys.executable, "-c", LIST], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [json.loads(process.communicate()[0]) for process in processes]
    assert all(sorted(answer) == [[run_id, "done"] for run_id in sorted(made)] for answer in answers)
    assert sorted(answer_of(LIST)) == sorted(answers[0])


@pytest.mark.skipif(os.name == "nt", reason="has no users to be")
def test_a_lab_that_cannot_be_written_is_listed_as_it_is(artifacts: Path) -> None:
    made = make_runs(2)
    open_job = Job("train-open", "train", {}, created=1.0)
    jobs.create(open_job)
    jobs.write_status(open_job, {"state": "running", "progress": 0.5})
    (open_job.folder / "lock").touch()
    jobs.create(Job("train-waiting", "train", {}, created=2.0))
    everything = [artifacts, *artifacts.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in artifacts.parents:  # nobody must be able to come this far
        mode = path.stat().st_mode
        if mode & 0o055 != 0o055:
            path.chmod(mode | 0o055)
    try:
        runs_seen, jobs_seen = answer_of(LIST_AS_NOBODY)
    finally:
        for path in everything:
            path.chmod(0o755)
    assert runs_seen == [[run_id, "done"] for run_id in sorted(made)]
    assert ["train-open", "interrupted"] in jobs_seen
    assert ["train-waiting", "queued"] in jobs_seen
    assert not (artifacts / "index.sqlite").exists()


def test_a_run_whose_results_come_after_it_was_listed_is_done(artifacts: Path) -> None:
    run = Run("pca-digits-1", "digits", "abc", "pca", {}, "2026-01-01T00:00:00+00:00")
    runs.create(run)
    job = Job(run.id, "train", {"run": run.id}, created=1.0)
    jobs.create(job)
    for path in artifacts.rglob("*"):
        age(path)
    assert [row.state for row in runs.listed()] == ["queued"]
    RunWriter(run).metrics({"n": 1, "split": "test", "overall": {}})
    jobs.write_status(job, {"state": "done"})
    assert [row.state for row in runs.listed()] == ["done"]
