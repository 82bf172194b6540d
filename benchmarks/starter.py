"""The starter lab from command to last number, one training at a time and two at a time.

    python benchmarks/starter.py

Each is `aelab starter` in a lab of its own that has nothing yet, one after the other.  Two trainings at once
share the cores: they gain what one training leaves idle, such as the import of TensorFlow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time


def main() -> None:
    """Run both and print a row for each."""
    print(f"{'':<20}{'wall s':>8}{'CPU s':>8}   ({os.cpu_count()} cores)")
    alone = _starter(workers=1)
    print(f"{'one at a time':<20}{alone[0]:>8.1f}{alone[1]:>8.1f}")
    together = _starter(workers=2)
    print(f"{'two at a time':<20}{together[0]:>8.1f}{together[1]:>8.1f}")
    print(f"{'ratio':<20}{alone[0] / together[0]:>8.2f}{alone[1] / together[1]:>8.2f}")


def _starter(workers: int) -> tuple[float, float]:
    """Return the wall seconds of the command, and the CPU seconds of its workers."""
    with tempfile.TemporaryDirectory() as artifacts:
        environment = os.environ | {"AELAB_ARTIFACTS": artifacts, "AELAB_WORKERS": str(workers)}
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "aelab.cli", "starter", "--json"],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        )
        wall = time.perf_counter() - begun
    return wall, sum(run["cpu_seconds"] for run in json.loads(done.stdout)["runs"])


if __name__ == "__main__":
    main()
