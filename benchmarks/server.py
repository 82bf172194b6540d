"""What the dashboard costs its server, against a one-line Streamlit app under the same settings.

    python benchmarks/server.py MNIST.npz

Start-up, memory with ten sessions, a slider that decodes with ten users at once, and the first hundred
images of a class of MNIST, each beside the least that Streamlit itself needs.  Users are sessions of
Streamlit's own HTTP interface for agents: the real server runs the real script and answers when the page
is complete; no browser draws it.  Each user waits a second or so between two requests, as people do.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
from serving import Server

_USERS = 10
_REQUESTS = 15
_THINKING = 1.0  # seconds, at the mean
_AGENTS = ("--server.enableAgentApi", "true")

#: The least a page can do that has a slider and a picture list; what the lab is held against.
_PLAIN = """
import numpy as np
import streamlit as st
value = st.slider("value", 0, 100, key="value")
st.write(value)
page = st.number_input("page", 0, 600, key="page")
if page:
    with np.load({mnist!r}) as stored:
        images = stored["x_train"][100 * page : 100 * page + 100]
    st.image(list(images))
"""


@dataclass
class Session:
    """One user's session over HTTP."""

    address: str
    id: str = ""

    def ask(self, **request: Any) -> tuple[dict[str, Any], float]:
        """Send a request; return the page that answers it and the milliseconds it took."""
        body = json.dumps(request | ({"session_id": self.id} if self.id else {})).encode()
        call = urllib.request.Request(
            f"{self.address}/_stcore/agent/interact", body, {"Content-Type": "application/json"}
        )
        begun = time.perf_counter()
        with urllib.request.urlopen(call, timeout=120) as answer:
            page = json.load(answer)
        took = 1000 * (time.perf_counter() - begun)
        if page["status"] != "ready":
            raise RuntimeError(f"the page did not come: {page['status']}")
        self.id = page["session_id"]
        return page, took


def main() -> None:
    """Measure the lab and the plain app, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", type=Path)
    mnist = parser.parse_args().mnist.resolve()
    with tempfile.TemporaryDirectory() as folder:
        artifacts, plain = Path(folder, "lab"), Path(folder, "plain.py")
        plain.write_text(_PLAIN.format(mnist=str(mnist)), encoding="utf-8")
        run = _prepare(artifacts, mnist)
        rows = [
            ("ready after (s)", *_both(_ready, artifacts, plain)),
            ("first page after (s)", *_both(_first_page, artifacts, plain)),
            ("memory at first (MB)", *_both(_memory, artifacts, plain)),
        ]
        with _server(artifacts) as lab, _server(Path(folder, "none"), plain) as app:
            rows += [
                ("slider, 1 user (ms)", _slider(lab, 1, run), _slider(app, 1, None)),
                ("slider, 10 users (ms)", _slider(lab, _USERS, run), _slider(app, _USERS, None)),
                ("100 images of MNIST (ms)", _mosaic(lab), _pictures(app)),
                ("memory, 10 sessions (MB)", _megabytes(lab), _megabytes(app)),
            ]
    print(f"{'':<28}{'AE Lab':>10}{'one-line app':>14}{'ratio':>8}")
    for name, ours, theirs in rows:
        print(f"{name:<28}{ours:>10.1f}{theirs:>14.1f}{ours / theirs:>8.1f}")


def _prepare(artifacts: Path, mnist: Path) -> str:
    """Fill a lab with MNIST and a small VAE whose plane can be decoded; return the run's id."""
    environment = os.environ | {"AELAB_ARTIFACTS": str(artifacts)}
    aelab = [sys.executable, "-m", "aelab.cli"]
    commands = [
        ["datasets", "import", str(mnist), "--name", "mnist"],
        ["train", "--dataset", "digits", "--model", "vae", "--epochs", "2", "--set", "latent_dim=2"],
    ]
    for command in commands:
        done = subprocess.run([*aelab, *command, "--json"], env=environment, check=True, stdout=subprocess.PIPE)
    return str(json.loads(done.stdout)["run"])


def _server(artifacts: Path, script: Path | None = None) -> Server:
    """Return the lab's server, or that of a script under the lab's settings."""
    return Server(artifacts, options=_AGENTS, **({"script": script} if script else {}))


def _both(measure: Callable[[Server, float], float], artifacts: Path, plain: Path) -> tuple[float, float]:
    """Return the medians over three fresh starts of the lab and of the plain app, in turns."""
    values: dict[Path | None, list[float]] = {None: [], plain: []}
    for _ in range(3):
        for script, found in values.items():
            begun = time.perf_counter()
            with _server(artifacts if script is None else artifacts.with_name("none"), script) as server:
                found.append(measure(server, begun))
    return statistics.median(values[None]), statistics.median(values[plain])


def _ready(server: Server, begun: float) -> float:
    """Return the seconds from the command to the server's first answer."""
    return time.perf_counter() - begun


def _first_page(server: Server, begun: float) -> float:
    """Return the seconds from the command to the first complete page."""
    Session(server.address).ask()
    return time.perf_counter() - begun


def _memory(server: Server, begun: float) -> float:
    """Return the memory after the first page, in MB."""
    Session(server.address).ask()
    return _megabytes(server)


def _megabytes(server: Server) -> float:
    return psutil.Process(server.pid).memory_info().rss / 1e6


def _slider(server: Server, users: int, run: str | None) -> float:
    """Return the median milliseconds of moving a slider, with so many users at once."""
    times: list[float] = []

    def use() -> None:
        session = Session(server.address)
        if run:
            session.ask(page="latent", query_params={"run": [run]})
            session.ask(widget_state={"latent.view": "Decode"})
        else:
            session.ask()
        for _ in range(_REQUESTS):
            time.sleep(random.expovariate(1 / _THINKING))
            state = {"decode.x": random.randint(-60, 60) / 20} if run else {"value": random.randint(0, 100)}
            times.append(session.ask(widget_state=state)[1])

    threads = [threading.Thread(target=use) for _ in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statistics.median(times)


def _mosaic(server: Server) -> float:
    """Return the median milliseconds of MNIST's mosaic of another class, in each of ten sessions that have it open."""
    sessions = [Session(server.address) for _ in range(_USERS)]
    for session in sessions:
        session.ask(page="datasets", query_params={"dataset": ["mnist"]})
    return statistics.median(
        session.ask(widget_state={"browse.class.mnist": str(label)})[1] for label, session in enumerate(sessions)
    )


def _pictures(server: Server) -> float:
    """Return the median milliseconds of as many single pictures."""
    sessions = [Session(server.address) for _ in range(_USERS)]
    for session in sessions:
        session.ask()
    return statistics.median(
        session.ask(widget_state={"page": number + 1})[1] for number, session in enumerate(sessions)
    )


if __name__ == "__main__":
    main()
