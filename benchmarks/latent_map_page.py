"""How long a map of sixty thousand codes takes to be drawn, coloured anew and decoded, in a real Chromium.

    python benchmarks/latent_map_page.py MNIST.npz [FOLDER]

A default deep autoencoder with 32 numbers codes the 60,000 images; principal components put them on a map. A page of
two buttons, under the lab's settings, draws it once with the lab's own canvas and once with Plotly's `scattergl`, the
figure the lab drew before, each in a tab of its own, without a graphics card.  The clock runs in the browser, from the
button's click until the frame after the one in which the points are there; CPU is that of all the browser's processes.
Decoding: 120 moves of the mouse over the map, from the event to the frame with the decoded image; the alternative is
what the lab did before, the server decoding and sending a picture, to nobody who draws it.  Both again with
twenty-nine other sessions at work.  Last: the memory of a server with three maps of 60,000 open in ten sessions.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
import numpy as np
import psutil
from mnist_lab import lab_with, trained
from playwright.sync_api import Page
from server import Session

from aelab import inference, runs
from aelab.datasets import store
from aelab.pixels import to_unit
from browsing import running_browser
from serving import ROOT, Server

_COUNT = 60_000
_TURNS, _HOVERS, _CLICKS = 5, 120, 12
_OTHERS, _THINKING = 29, 2.0
_SESSIONS, _MAPS = 10, 3
_AGENTS = ("--server.enableAgentApi", "true")

#: A page that draws one map in one way; `?way=`, `?maps=`.
_APP = """
import sys
sys.path.insert(0, {dashboard!r})
import numpy as np
import streamlit as st
from aelab import inference, runs
from aelab.projections.spec import Affine
from ui import charts
from ui.latent.canvas import canvas
from ui.latent.canvas.decoding import Decoder

@st.cache_resource
def kept():
    with np.load({arrays!r}) as stored:
        arrays = dict(stored)
    run = runs.find({run!r})
    return arrays, inference.load(run), run.network("decoder")

arrays, networks, network = kept()
way, maps = st.query_params.get("way", "canvas"), int(st.query_params.get("maps", "1"))
names = tuple("0123456789")
st.button("Draw", key="draw", on_click=lambda: st.session_state.update(drawn=True))
st.button("Colour", key="colour", on_click=lambda: st.session_state.update(turn=1 + st.session_state.get("turn", 0)))
turn = st.session_state.get("turn", 0) + st.number_input("More turns", 0, 1000, key="more")
labels = ((arrays["labels"] + turn) % 10).astype(np.int32)
axes = ("first", "second")
for number in range(maps if st.session_state.get("drawn") or "open" in st.query_params else 0):
    places = arrays["coordinates"] * np.float32(1 + number)
    if way == "canvas":
        points = canvas.Points(places, arrays["indices"], f"map {{number}}", axes)
        inverse = Affine(arrays["origin"], arrays["axes"] / np.float32(1 + number), exact=False)
        codes = arrays["codes"] + np.float32(number)
        decoder = Decoder("run", network, networks.decode, networks.shape, codes, 5.0, inverse)
        canvas.draw(points, canvas.Colours("class", "categories", labels, names),
                    np.zeros(0, np.intp), lambda ids, add: None, key=f"map{{number}}", decoder=decoder)
    else:
        figure = charts.latent_map(places, arrays["indices"], labels, names, "unknown", title="map", axes=axes)
        event = st.plotly_chart(figure, key="chart", on_select="rerun", selection_mode=("points",))
if way == "server":
    spot = st.slider("spot", -10.0, 10.0, 0.0, 0.1, key="spot")
    code = arrays["origin"] + np.float32(spot) * arrays["axes"][0]
    st.image(np.asarray(networks.decode(code[None].astype(np.float32))[0, :, :, 0]), width=280)
"""

#: Milliseconds from a click until what is asked for has been painted.
_DRAWN = {
    "canvas": """
    ([name, before]) => new Promise(done => {
      const button = [...document.querySelectorAll("button")].find(each => each.textContent.trim() === name);
      const find = () => [...document.querySelectorAll("[data-testid^=stBidiComponent]")]
        .map(host => (host.shadowRoot ?? host.querySelector("*")?.shadowRoot ?? host).querySelector(".map"))
        .find(Boolean);
      const begun = performance.now();
      button.click();
      const look = () => Number(find()?.dataset.drawn ?? 0) > before
        ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)))
        : setTimeout(look, 4);
      look();
    })
    """,
    "plotly": """
    ([name]) => new Promise(done => {
      const button = [...document.querySelectorAll("button")].find(each => each.textContent.trim() === name);
      const before = document.querySelector(".js-plotly-plot")?._fullData?.[0]?.marker?.color;
      const begun = performance.now();
      let last = null;
      button.click();
      const look = () => {
        const chart = document.querySelector(".js-plotly-plot"), color = chart?._fullData?.[0]?.marker?.color;
        const drawn = chart?.querySelector(".gl-canvas, canvas") && color && color !== before;
        if (!drawn) return setTimeout(look, 4);
        if (!chart.aelabHeard) {
          chart.aelabHeard = true;
          chart.on("plotly_afterplot", () => { chart.aelabAt = performance.now(); });
          last = performance.now();
        }
        const at = Math.max(chart.aelabAt ?? 0, last ?? 0, begun);
        const quiet = performance.now() - at;  // until the page is still: Plotly draws in several steps
        if (at > begun && quiet > 1500) done(at - begun);
        else requestAnimationFrame(look);
      };
      look();
    })
    """,
}

#: Notes the milliseconds from each move of the mouse to the frame after the image it decodes to.
_WATCH = """
map => {
  window.aelabTimes = [];
  let moved = null;
  map.addEventListener("pointermove", () => { moved ??= performance.now(); }, true);
  new MutationObserver(() => {
    if (moved === null) return;
    const begun = moved;
    moved = null;
    requestAnimationFrame(() => requestAnimationFrame(() => window.aelabTimes.push(performance.now() - begun)));
  }).observe(map, {attributes: true, attributeFilter: ["data-decoded"]});
}
"""


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("mnist", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", help="a lab that is kept, with what it has trained")
    asked = parser.parse_args()
    with lab_with(asked.mnist.resolve(), asked.folder) as artifacts, tempfile.TemporaryDirectory() as passing:
        script = _prepare(Path(passing))
        with Server(artifacts, script=script, options=_AGENTS) as server, running_browser() as browser:
            print(
                f"{_COUNT} points, medians, milliseconds     {'first picture':>14}{'CPU':>8}{'recolour':>10}{'CPU':>8}"
            )
            for way in ("canvas", "plotly"):
                page = browser.new_page(viewport={"width": 1280, "height": 1000})
                print(f"{way:<40}{_drawing(page, server.address, way)}")
                page.close()
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            page.goto(f"{server.address}/?way=canvas")
            _ready(page)
            _drawn(page, "canvas", "Draw", 0)
            print(f"\n{'from the mouse to the decoded image':<40}{'median':>10}{'90 %':>8}{'browser CPU':>13}")
            print(f"{'in the page, alone':<40}{_hovers(page)}")
            with _others(server.address):
                print(f"{'in the page, 29 other sessions':<40}{_hovers(page)}")
            page.close()
            print(f"{'by the server, alone':<40}{_asked(server.address, 0)}")
            print(f"{'by the server, 29 other sessions':<40}{_asked(server.address, _OTHERS)}")
        with Server(artifacts, script=script, options=_AGENTS) as server:
            _memory(server)


def _prepare(folder: Path) -> Path:
    """Train, code the images, and write the page; return its path."""
    done = [each.run for each in runs.listed() if each.run is not None and each.state == "done"]
    known = [each for each in done if (each.model, each.dataset) == ("deep_ae", "mnist")]
    run = known[0] if known else runs.find(trained("deep_ae", {})["run"])
    data = store.open_dataset("mnist")
    networks = inference.load(run)
    indices = np.arange(min(_COUNT, len(data.images)))
    codes = np.concatenate([networks.encode(to_unit(images)) for images, _ in data.chunks(indices, 2000)])
    mean = codes.mean(axis=0)
    _, _, axes = np.linalg.svd(codes[::10] - mean, full_matrices=False)
    arrays = folder / "map.npz"
    np.savez(
        arrays,
        codes=codes,
        coordinates=((codes - mean) @ axes[:2].T).astype(np.float32),
        origin=mean,
        axes=axes[:2],
        labels=data.labels[indices],
        indices=indices,
    )
    (folder / "static").symlink_to(ROOT / "dashboard" / "static")
    script = folder / "app.py"
    text = _APP.format(dashboard=str(ROOT / "dashboard"), arrays=str(arrays), run=run.id)
    script.write_text(text, encoding="utf-8")
    return script


def _ready(page: Page) -> None:
    page.get_by_role("button", name="Draw", exact=True).wait_for()
    page.wait_for_timeout(1000)


def _browser_cpu() -> float:
    """Return the processor seconds of the browser so far."""
    used = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "chrom" in process.name():
                times = process.cpu_times()
                used += times.user + times.system
    return used


def _drawn(page: Page, way: str, button: str, before: int) -> tuple[float, float]:
    used = _browser_cpu()
    took: float = page.evaluate(_DRAWN[way], [button, before])
    return took, 1000 * (_browser_cpu() - used)


def _drawing(page: Page, address: str, way: str) -> str:
    """Return a row: first picture and recolouring, by the clock and by the browser's processors."""
    first: list[tuple[float, float]] = []
    again: list[tuple[float, float]] = []
    for _ in range(_TURNS):
        page.goto(f"{address}/?way={way}")
        _ready(page)
        first.append(_drawn(page, way, "Draw", 0))
        page.wait_for_timeout(2500)
        count = page.locator(".map").get_attribute("data-drawn") if way == "canvas" else 0
        again.append(_drawn(page, way, "Colour", int(count or 0)))
        page.wait_for_timeout(1000)
    cells = [statistics.median(column) for each in (first, again) for column in zip(*each, strict=True)]
    return "".join(f"{cell:>{width}.0f}" for cell, width in zip(cells, (14, 8, 10, 8), strict=True))


def _hovers(page: Page) -> str:
    """Move the mouse over the map; return a row of milliseconds until the decoded image."""
    page.locator(".map[data-decoder=ready]").wait_for(timeout=60_000)
    page.locator(".map").evaluate(_WATCH)
    box = page.locator(".over").bounding_box()
    assert box is not None
    used = _browser_cpu()
    for _ in range(_HOVERS):
        page.mouse.move(
            box["x"] + random.uniform(0.1, 0.9) * box["width"], box["y"] + random.uniform(0.1, 0.9) * box["height"]
        )
        page.wait_for_timeout(random.uniform(60, 160))
    page.wait_for_timeout(500)
    cpu = 1000 * (_browser_cpu() - used) / _HOVERS
    return _row(page.evaluate("() => window.aelabTimes"), cpu)


def _row(times: list[float], cpu: float | None = None) -> str:
    high = statistics.quantiles(times, n=10)[-1]
    return f"{statistics.median(times):>10.0f}{high:>8.0f}" + ("" if cpu is None else f"{cpu:>13.0f}")


@contextlib.contextmanager
def _others(address: str) -> Iterator[None]:
    """Let other sessions draw and colour maps as long as the block lasts."""
    stop = threading.Event()

    def use() -> None:
        session = Session(address)
        session.ask(query_params={"way": ["canvas"], "open": ["yes"]})
        while not stop.wait(random.expovariate(1 / _THINKING)):
            session.ask(widget_state={"more": random.randint(1, 1000)})

    threads = [threading.Thread(target=use) for _ in range(_OTHERS)]
    for thread in threads:
        thread.start()
    time.sleep(3)
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _asked(address: str, others: int) -> str:
    """Return a row of milliseconds in which the server decodes a place; no browser draws the answer."""
    times: list[float] = []

    def use(mine: list[float]) -> None:
        session = Session(address)
        session.ask(query_params={"way": ["server"]})
        for _ in range(_CLICKS):
            time.sleep(random.expovariate(1 / _THINKING))
            mine.append(session.ask(widget_state={"spot": random.randint(-100, 100) / 10})[1])

    threads = [threading.Thread(target=use, args=([],)) for _ in range(others)]
    for thread in threads:
        thread.start()
    use(times)
    for thread in threads:
        thread.join()
    return _row(times)


def _memory(server: Server) -> None:
    """Print the memory of a server with several maps open in several sessions."""
    process = psutil.Process(server.pid)
    Session(server.address).ask(query_params={"way": ["none"]})
    before = process.memory_info().rss / 1e6
    sessions: list[Any] = [Session(server.address) for _ in range(_SESSIONS)]
    for session in sessions:
        session.ask(query_params={"way": ["canvas"], "open": ["yes"], "maps": [str(_MAPS)]})
    after = process.memory_info().rss / 1e6
    print(
        f"\nserver, {_MAPS} maps of {_COUNT} in {_SESSIONS} sessions: {after:.0f} MB; with none open: {before:.0f} MB"
    )


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main()
