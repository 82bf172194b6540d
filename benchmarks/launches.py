"""Thirty students press Train at once, each from a browser of their own, against one after the other.

    python benchmarks/launches.py [STUDENTS]

Every student asks for a training of their own at the real server, and clicks twice, as people do; a worker
trains meanwhile on the same cores.  Counted are the seconds until the page has answered the first click, and
the jobs that came of it: one for each student, whoever they are, none lost and none doubled.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
import psutil
from server import Session

from aelab.datasets import store
from aelab.jobs import folder as jobs
from serving import Server

_STUDENTS = 30
_MOST_SECONDS = 2.0
_AGENTS = ("--server.enableAgentApi", "true")


class Student:
    """One browser that has the Train page open with a setting of its own."""

    def __init__(self, address: str, seed: int) -> None:
        self._session = Session(address)
        page, _ = self._session.ask(page="train", query_params={"model": ["conv_ae"], "seed": [str(seed)]})
        self._button = next(each["key"] for each in page["actions"] if each["label"] == "Train")
        self.seconds = 0.0
        self.run = ""

    def press(self) -> None:
        """Press Train, twice; keep the seconds of the first time."""
        page, milliseconds = self._click()
        self.seconds, self.run = milliseconds / 1000, page["query_params"]["follow"][0]
        again, _ = self._click()
        assert again["query_params"]["follow"][0] == self.run, "the second click asked for another run"

    def _click(self) -> tuple[dict[str, Any], float]:
        return self._session.ask(trigger={"key": self._button})


def main() -> None:
    """Measure and print a table; fail if an answer is late, or a job is lost or doubled."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _STUDENTS
    os.environ["AELAB_WORKERS"] = "1"
    print(f"{count} launches{'':<10}{'median s':>10}{'slowest s':>11}{'jobs':>6}{'owners':>8}{'server CPU s':>14}")
    slowest = {}
    for name, at_once in (("at once", True), ("one by one", False)):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["AELAB_ARTIFACTS"] = folder
            store.open_dataset("digits")
            with Server(Path(folder), options=_AGENTS) as server:
                students = [Student(server.address, seed) for seed in range(1, count + 1)]
                cpu = _cpu_seconds(server)
                _let_press(students, at_once=at_once)
                cpu = _cpu_seconds(server) - cpu
                asked = [job for job in jobs.all_jobs() if job.kind == "train"]
        times = [student.seconds for student in students]
        slowest[name] = max(times)
        print(
            f"{name:<19}{statistics.median(times):>10.2f}{max(times):>11.2f}{len(asked):>6}"
            f"{len({job.owner for job in asked}):>8}{cpu:>14.1f}"
        )
        assert sorted(student.run for student in students) == sorted(job.id for job in asked), "lost or doubled"
    assert slowest["at once"] < _MOST_SECONDS, f"an answer took more than {_MOST_SECONDS:.0f} s"


def _let_press(students: list[Student], *, at_once: bool) -> None:
    threads = [threading.Thread(target=student.press) for student in students]
    for thread in threads:
        thread.start()
        if not at_once:
            thread.join()
    for thread in threads:
        thread.join()


def _cpu_seconds(server: Server) -> float:
    times = psutil.Process(server.pid).cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
