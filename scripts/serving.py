"""A real server of the dashboard on an artifacts folder of its own, for the browser tests and the screenshots."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 300.0  # seconds until something that does not come is given up; a busy machine needs them


class Server:
    """The dashboard's server on an artifacts folder of its own; as a context, it runs and leaves nothing behind.

    Parameters
    ----------
    artifacts : Path
        Made if it does not exist.
    keep_workers : bool
        Whether workers go on when the context ends, since they may be somebody else's.
    script : Path
        What Streamlit runs; another app only to be measured beside the dashboard.
    options : sequence of str
        More of Streamlit's command-line options.

    Attributes
    ----------
    address : str
        Where a browser finds it; the same after a restart.
    """

    def __init__(
        self,
        artifacts: Path,
        *,
        keep_workers: bool = False,
        script: Path = Path("dashboard", "app.py"),
        options: Sequence[str] = (),
    ) -> None:
        self.artifacts = artifacts.resolve()
        self._script = script
        self._options = options
        self._keep_workers = keep_workers
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process of the server."""
        assert self._process is not None, "the server was not started"
        return self._process.pid

    @property
    def log(self) -> str:
        """What the server has written to its terminal."""
        return (self.artifacts / "server.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start as a user does and wait until the server answers."""
        self.artifacts.mkdir(parents=True, exist_ok=True)
        options = ["--server.port", str(self._port), "--server.headless", "true", *self._options]
        with open(self.artifacts / "server.log", "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(self._script), *options],
                cwd=ROOT,  # where Streamlit finds its settings
                env=os.environ | {"AELAB_ARTIFACTS": str(self.artifacts)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The server did not start:\n{self.log}")
            time.sleep(0.1)

    def kill(self) -> None:
        """End the server at once, as a crash would; workers go on."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """End the server and, unless they are to be kept, the workers on its artifacts."""
        self.kill()
        while not self._keep_workers and (
            workers := self.workers()
        ):  # one that has ended in time may have started the next
            for worker in workers:
                with contextlib.suppress(psutil.NoSuchProcess):
                    worker.kill()
            psutil.wait_procs(workers, timeout=10)

    def workers(self) -> list[psutil.Process]:
        """Return the living workers on this server's artifacts, whoever started them."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):  # gone, a zombie, or somebody else's
                command = process.cmdline()
                if "aelab.jobs.worker" in command and Path(command[-1]).is_relative_to(self.artifacts):
                    found.append(process)
        return found

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
