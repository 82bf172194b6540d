"""The list of a thousand runs: from the index, against a scan that reads every run's files.

    python benchmarks/run_list.py [RUNS]

Cold is a new process, with what the one before has left in `artifacts/index.sqlite`; warm is the next look
of the same process.  Home is the whole page, as a browser's first request has it from the real server.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
from server import Session

from aelab import runs, storage
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs.folder import Job
from aelab.runs import Listed, Run, RunWriter
from aelab.training.config import plan
from serving import Server

_RUNS = 1000
_REPEATS = 7
_AGENTS = ("--server.enableAgentApi", "true")
_COLD = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from run_list import scan
from aelab import runs
begun, cpu = time.perf_counter(), time.process_time()
rows = runs.listed() if sys.argv[2] == "index" else scan()
print(json.dumps([len(rows), time.perf_counter() - begun, time.process_time() - cpu]))
"""


def scan() -> list[Listed]:
    """List every run as was done before there was an index: each file of each run, at every look."""
    rows = []
    for path in storage.folders(runs.root()):
        try:
            run = runs.find(path.name)
            state = runs.status(run).state
            if state == "done":
                run.metrics()
            rows.append(Listed(run.id, state, run))
        except LabError as error:
            rows.append(Listed(path.name, "damaged", None, error))
    return sorted(rows, key=lambda row: (row.run.created if row.run else "", row.id), reverse=True)


def main() -> None:
    """Measure and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _RUNS
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AELAB_ARTIFACTS"] = folder
        _fill(count)
        assert scan() == runs.listed()
        time.sleep(2.5)  # until the time stamps can be relied on
        runs.listed()
        lines = [("cold", *_cold(count)), ("warm", *_warm())]
        print(f"{count} runs{'':<14}{'index ms':>10}{'scan ms':>10}{'ratio':>8}{'index CPU ms':>14}{'scan CPU ms':>13}")
        for name, ours, theirs in lines:
            print(
                f"{name:<20}{1000 * ours[0]:>12.1f}{1000 * theirs[0]:>10.1f}{ours[0] / theirs[0]:>8.2f}"
                f"{1000 * ours[1]:>14.1f}{1000 * theirs[1]:>13.1f}"
            )
        with Server(Path(folder), options=_AGENTS) as server:
            first = Session(server.address).ask()[1]
            later = statistics.median(Session(server.address).ask()[1] for _ in range(_REPEATS))
        print(f"Home, first visitor of a server: {first:.0f} ms; later ones: {later:.0f} ms")


def _fill(count: int) -> None:
    """Make runs that are done, each with settings of its own and the measures of a real one."""
    measure = {"mean": 0.0123, "low": 0.0119, "high": 0.0127}
    metrics = {"n": 360, "split": "test", "overall": dict.fromkeys(("mse", "psnr", "ssim"), measure)}
    for seed in range(count):
        run = runs.new_run("digits", "abc", plan("conv_ae", {"seed": seed}))
        _kept(run)
        RunWriter(run).metrics(metrics)


def _kept(run: Run) -> None:
    runs.create(run)
    job = Job(run.id, "train", {"run": run.id}, created=0.0)
    jobs.create(job)
    jobs.write_status(job, {"state": "done", "progress": 1.0, "started": 1.0, "ended": 60.0, "cpu_seconds": 55.0})


def _cold(count: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the medians (seconds, CPU seconds) of index and scan in new processes, in turns."""
    times: dict[str, list[tuple[float, float]]] = {"index": [], "scan": []}
    for _ in range(_REPEATS):
        for way, found in times.items():
            command = [sys.executable, "-c", _COLD, str(Path(__file__).parent), way]
            rows, seconds, cpu = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            assert rows == count
            found.append((seconds, cpu))
    return _medians(times["index"]), _medians(times["scan"])


def _warm() -> tuple[tuple[float, float], tuple[float, float]]:
    return _medians([_timed(runs.listed) for _ in range(_REPEATS)]), _medians([_timed(scan) for _ in range(_REPEATS)])


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - cpu


def _medians(times: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(seconds for seconds, _ in times), statistics.median(cpu for _, cpu in times)


if __name__ == "__main__":
    main()
