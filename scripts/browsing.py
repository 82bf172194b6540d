"""A real server and a person's tab in a real browser: what the browser tests and the screenshots share."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import psutil
from playwright.sync_api import Browser, FloatRect, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("home", "datasets", "train", "denoise", "latent", "reports")
PATIENCE = 300.0  # seconds until something that does not come is given up; a busy machine needs them

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_ARGUMENTS = (
    "--no-sandbox",  # a container's user is root, who gets none
    "--use-gl=angle",  # WebGL without a graphics card, for the maps of points
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
)

_LASSO = ((0.3, 0.3), (0.6, 0.25), (0.65, 0.6), (0.35, 0.65))  # corners, as shares of a chart's width and height

# True when the page's script has not run for a moment: right after a click it has not begun to.
_QUIET = """
milliseconds => {
  const app = document.querySelector("[data-testid='stApp']");
  const idle = app?.dataset.testScriptState === "notRunning" && app?.dataset.testConnectionState === "CONNECTED";
  const now = performance.now();
  if (!idle) window.aelabBusyAt = now;
  window.aelabBusyAt ??= now;
  return idle && now - window.aelabBusyAt > milliseconds;
}
"""

_FIRST_POINT = """
chart => {
  const {xaxis, yaxis} = chart._fullLayout, points = chart._fullData[0], box = chart.getBoundingClientRect();
  return [
    box.x + xaxis._offset + xaxis.d2p(points.x[0]),
    box.y + yaxis._offset + yaxis.d2p(points.y[0]),
  ];
}
"""


def find_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """Start the installed Chromium without a window; end it when the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


class Server:
    """The dashboard's server on an artifacts folder of its own; as a context, it runs and leaves nothing behind.

    Parameters
    ----------
    artifacts : Path
        Made if it does not exist.

    Attributes
    ----------
    address : str
        Where a browser finds it; the same after a restart.
    """

    def __init__(self, artifacts: Path) -> None:
        self.artifacts = artifacts.resolve()
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
        options = ["--server.port", str(self._port), "--server.headless", "true"]
        with open(self.artifacts / "server.log", "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(Path("dashboard", "app.py")), *options],
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
        """End the server and every worker on its artifacts."""
        self.kill()
        while workers := self.workers():  # one that has ended in time may have started the next
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


class Visitor:
    """One person's tab on the dashboard.

    Parameters
    ----------
    browser : Browser
    address : str
        The server's.
    width, height : int
        Of the window, in pixels.
    lang : str
        Language of the browser and, by `?lang=`, of every page that is opened.
    dark : bool
        Whether the browser asks for dark pages.

    Attributes
    ----------
    page : Page
        Playwright's view of the tab.
    complaints : list of str
        What the pages have written to the browser's console as errors, and scripts that failed.
    requested : list of str
        Every address the pages have asked for.
    """

    def __init__(
        self,
        browser: Browser,
        address: str,
        *,
        width: int = 1280,
        height: int = 1000,
        lang: str = "en",
        dark: bool = False,
    ) -> None:
        self._address, self._lang = address, lang
        self._size = {"width": width, "height": height}
        self._context = browser.new_context(
            viewport=self._size, locale=lang, color_scheme="dark" if dark else "light", reduced_motion="reduce"
        )
        self._context.set_default_timeout(PATIENCE * 1000)
        self.page: Page = self._context.new_page()
        self.complaints: list[str] = []
        self.requested: list[str] = []
        self.page.on(
            "console", lambda said: said.type == "error" and self.complaints.append(f"{said.text} {said.location}")
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("websocket", lambda socket: self.requested.append(socket.url))

    def close(self) -> None:
        """Close the tab."""
        self._context.close()

    def open(self, name: str, **query: str) -> None:
        """Open one of `PAGES` by its address and wait until it is drawn."""
        path = "" if name == "home" else name
        parts = "&".join(f"{key}={value}" for key, value in {"lang": self._lang, **query}.items())
        self.page.goto(f"{self._address}/{path}?{parts}")
        self.settle()

    def settle(self, milliseconds: int = 700) -> None:
        """Wait until the page has rested for a moment."""
        self.page.evaluate("() => { window.aelabBusyAt = performance.now() }")
        self.page.wait_for_function(_QUIET, arg=milliseconds, polling=50)

    @property
    def main(self) -> Locator:
        """The page without the sidebar."""
        return self.page.get_by_test_id("stMain")

    def choose(self, label: str, option: str | re.Pattern[str]) -> None:
        """Choose an option of a select box."""
        self.main.get_by_role("combobox", name=label, exact=True).click()
        self.page.get_by_role("option", name=option, exact=True).click()
        self.settle()

    def press(self, name: str, role: Literal["button", "radio"] = "button") -> None:
        """Press a button, or one of a row of choices."""
        self.main.get_by_role(role, name=name, exact=True).click()
        self.settle()

    def enter(self, label: str, value: str, role: Literal["spinbutton", "textbox"] = "spinbutton") -> None:
        """Type into a field."""
        field = self.main.get_by_role(role, name=label, exact=True)
        field.fill(value)
        field.press("Enter")
        self.settle()

    def cells(self, table: str) -> list[dict[str, str]]:
        """Return the rows of a table, by its name, as screen readers get them: the picture of it is a canvas."""
        grid = self.main.get_by_role("region", name=table, exact=True)
        cells = grid.get_by_role("gridcell", include_hidden=True)
        cells.first.wait_for(state="attached")
        heads = grid.get_by_role("columnheader", include_hidden=True).all_text_contents()
        texts = cells.all_text_contents()
        rows = [texts[start : start + len(heads)] for start in range(0, len(texts), len(heads))]
        return [dict(zip(heads, row, strict=True)) for row in rows]

    def plane(self) -> FloatRect:
        """Return where in the window the plane of the first chart with points is, after scrolling there."""
        area = self.main.locator(".js-plotly-plot .nsewdrag").first
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        assert box is not None, "the chart is not drawn"
        return box

    def first_point(self) -> tuple[float, float]:
        """Return where in the window the first point of the first chart is."""
        self.plane()
        x, y = self.main.locator(".js-plotly-plot").first.evaluate(_FIRST_POINT)
        return x, y

    def lasso(self) -> None:
        """Draw a lasso around the middle of the first chart."""
        area = self.plane()
        corners = [(area["x"] + area["width"] * x, area["y"] + area["height"] * y) for x, y in _LASSO]
        self.page.mouse.move(*corners[0])
        self.page.mouse.down()
        for corner in [*corners[1:], corners[0]]:
            self.page.mouse.move(*corner, steps=5)
        self.page.mouse.up()
        self.settle()

    def shoot(self, path: Path, *, tallest: int = 5000) -> None:
        """Save a picture of the whole page, which Streamlit scrolls inside the window, down to `tallest` pixels."""
        wanted = self.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
        self.page.set_viewport_size(self._size | {"height": int(min(max(wanted, self._size["height"]), tallest))})
        self.page.wait_for_timeout(700)  # charts are drawn anew in their new size
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
        self.page.set_viewport_size(self._size)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
