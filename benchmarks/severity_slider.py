"""How long after the slider of a severity is let go one sees the restored image, alone and with thirty users.

    python benchmarks/severity_slider.py MNIST.npz [FOLDER]

One person drags the slider of "One image" in a real Chromium; the clock runs in the browser, from the mouse button's
release until the frame after the one in which the restored image has changed.  The twenty-nine others are sessions of
the same server, over WebSockets as browsers have them, each with a test image of its own: they move their slider, wait
for the answer and think for some seconds, as people do; no browser draws theirs.  The alternative is the "Test images"
view of the same page, which draws the whole page anew and measures 1,000 images at another severity.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
import psutil
from mnist_lab import lab_with, trained
from playwright.sync_api import Browser
from playwright.sync_api import TimeoutError as NothingHappened
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from browsing import Visitor, running_browser
from serving import Server

_MOVES = 12
_OTHERS = 29
_THINKING = 4.0  # seconds between two moves of a person, at the mean
_GIVEN_UP = 8_000  # milliseconds
_MOST = {1: 150, 30: 300}  # milliseconds at the median
_RESTORED = ".aelab-figures figure:nth-child(3) img"
_MEASURED = "[data-testid='stImage'] img"

#: Notes the milliseconds from each release of the mouse to the frame after a picture has become another one.
_WATCH = """
selector => {
  window.aelabTimes = [];
  let released = null, before = null;
  const source = () => document.querySelector(selector)?.src;
  const look = async () => {
    if (released === null || !source() || source() === before) return;
    const start = released, image = document.querySelector(selector);
    released = null;
    await image.decode().catch(() => {});
    requestAnimationFrame(() => requestAnimationFrame(() => window.aelabTimes.push(performance.now() - start)));
  };
  document.addEventListener("pointerup", () => { released = performance.now(); before = source(); }, true);
  new MutationObserver(look).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["src"],
  });
}
"""


class Other:
    """One of the other users: a session that has the view open, and moves its slider now and then."""

    def __init__(self, socket: Connection, run: str, image: int) -> None:
        self._socket = socket
        self._query = f"run={run}&view=image"
        self._ids: dict[str, str] = {}
        self._fragment = ""
        self.times: list[float] = []
        self._ask()
        self._ask(**{"single.number.mnist": image})

    def live(self, stop: threading.Event) -> None:
        """Move the slider until it is time to stop."""
        while not stop.wait(random.expovariate(1 / _THINKING)):
            begun = time.perf_counter()
            self._ask(self._fragment, **{"severity.gaussian": random.randint(1, 200) / 200})
            self.times.append(1000 * (time.perf_counter() - begun))

    def _ask(self, fragment: str = "", **values: float) -> None:
        """Ask for the page, or a fragment of it, with controls at some values; return when it is complete."""
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = "denoise"
        message.rerun_script.fragment_id = fragment
        for key, value in values.items():
            state = message.rerun_script.widget_states.widgets.add(id=self._ids[key])
            if isinstance(value, int):
                state.int_value = value
            else:
                state.double_array_value.data.append(value)
        self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(timeout=60))
            if answer.WhichOneof("type") == "delta":
                self._note(answer.delta)
            elif answer.WhichOneof("type") == "script_finished":
                return

    def _note(self, delta: Any) -> None:
        """Remember what the slider and the number are called, and the fragment that the slider belongs to."""
        kind = delta.new_element.WhichOneof("type") if delta.HasField("new_element") else None
        if kind == "slider" and "severity.gaussian" in delta.new_element.slider.id:
            self._ids["severity.gaussian"], self._fragment = delta.new_element.slider.id, delta.fragment_id
        elif kind == "number_input" and "single.number" in delta.new_element.number_input.id:
            self._ids["single.number.mnist"] = delta.new_element.number_input.id


@dataclass(frozen=True)
class Moves:
    """The milliseconds of each move, those of the server's processor for one, and how many changed nothing."""

    times: list[float]
    cpu: float
    lost: int


def main() -> None:
    """Measure, print a table, and fail where the slider is slower than it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", help="of a lab that is kept; what it has trained serves again")
    arguments = parser.parse_args()
    with lab_with(arguments.mnist.resolve(), arguments.folder) as artifacts:
        run = str(trained("dae", {"limit": 5000, "epochs": 2})["run"])
        with Server(artifacts) as server, running_browser() as browser:
            _slider(server, browser, run, "image", _RESTORED, moves=3)  # so that filters are tuned
            rows = {
                ("one image", 1): _slider(server, browser, run, "image", _RESTORED),
                ("test images", 1): _slider(server, browser, run, "measured", _MEASURED),
            }
            with _others(server, run) as others:
                rows["one image", 30] = _slider(server, browser, run, "image", _RESTORED)
                rows["test images", 30] = _slider(server, browser, run, "measured", _MEASURED)
            answers = [each for other in others for each in other.times]
    print(f"{_MOVES} moves each, milliseconds from the release to the painted picture")
    print(f"{'':<14}{'users':>6}{'median':>8}{'90 %':>8}{'lost':>6}{'server CPU a move':>20}")
    for (view, users), row in rows.items():
        median = statistics.median(row.times)
        print(f"{view:<14}{users:>6}{median:>8.0f}{_ninety(row.times):>8.0f}{row.lost:>6}{row.cpu:>20.0f}")
    print(f"answers to the {_OTHERS} others: median {statistics.median(answers):.0f}, 90 % {_ninety(answers):.0f}")
    for users, most in _MOST.items():
        median = statistics.median(rows["one image", users].times)
        assert median < most, f"with {users} users it took {median:.0f} ms, more than {most}"


def _slider(server: Server, browser: Browser, run: str, view: str, picture: str, *, moves: int = _MOVES) -> Moves:
    """Drag the slider so often, and return what came of it."""
    visitor = Visitor(browser, server.address)
    try:
        visitor.open("denoise", run=run, view=view)
        page = visitor.page
        page.wait_for_selector(picture)
        page.evaluate(_WATCH, picture)
        track = visitor.main.get_by_test_id("stSlider").first.locator("> div").last.bounding_box()
        assert track is not None, "the slider is not drawn"
        middle = track["y"] + track["height"] / 2
        used = _cpu_seconds(server)
        lost = 0
        while (done := page.evaluate("window.aelabTimes.length")) < moves:
            place = track["x"] + track["width"] * random.uniform(0.2, 0.95)
            page.mouse.move(place - 0.1 * track["width"], middle)  # from within the track
            page.mouse.down()
            page.mouse.move(place, middle, steps=5)
            page.wait_for_timeout(60)  # nobody is faster; a page that has drawn no frame since takes the old value
            page.mouse.up()
            try:
                page.wait_for_function("count => window.aelabTimes.length > count", arg=done, timeout=_GIVEN_UP)
            except NothingHappened:
                lost += 1
                assert lost <= moves, "the slider moves nothing"
            visitor.settle(300)
        times: list[float] = page.evaluate("window.aelabTimes")
        return Moves(times[:moves], 1000 * (_cpu_seconds(server) - used) / (moves + lost), lost)
    finally:
        visitor.close()


@contextmanager
def _others(server: Server, run: str) -> Iterator[list[Other]]:
    """Let the other users live for as long as the block lasts."""
    address = server.address.replace("http", "ws") + "/_stcore/stream"
    stop = threading.Event()
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None))
            for _ in range(_OTHERS)
        ]
        others = [Other(socket, run, number) for number, socket in enumerate(sockets, 1)]
        threads = [threading.Thread(target=other.live, args=(stop,)) for other in others]
        for thread in threads:
            thread.start()
        try:
            yield others
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def _ninety(times: list[float]) -> float:
    return statistics.quantiles(times, n=10)[-1]


def _cpu_seconds(server: Server) -> float:
    times = psutil.Process(server.pid).cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
