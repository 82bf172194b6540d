"""A person's tab in a real browser: what the browser tests and the screenshots share, with serving.py."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ConsoleMessage, FloatRect, Locator, Page, ViewportSize, sync_playwright

from serving import PATIENCE

PAGES = ("home", "datasets", "clean", "prepare", "train", "time_machine", "denoise", "latent", "reports", "compare")

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

_LASSO = ((0.3, 0.3), (0.6, 0.25), (0.65, 0.6), (0.35, 0.65))  # corners, as shares of a map's width and height

# Remembers when the page asks the server for something, until that says anything: a busy one begins to answer late.
_LISTEN = """
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", () => { window.aelabAsks = false; });
    this.addEventListener("close", () => { window.aelabAsks = false; });
  }
  send(message) {
    window.aelabAsks = true;
    super.send(message);
  }
};
"""

# True when the page's script has not run for a moment (right after a click it has not begun to) and all is drawn.
_QUIET = """
milliseconds => {
  const app = document.querySelector("[data-testid='stApp']");
  const idle = app?.dataset.testScriptState === "notRunning" && app?.dataset.testConnectionState === "CONNECTED";
  const charts = [...document.querySelectorAll("[data-testid='stPlotlyChart']")];
  const drawn = charts.every(chart => chart.querySelector(".main-svg"))
    && [...document.images].every(image => image.complete)
    && !document.querySelector("[data-testid='stSkeleton']");
  const now = performance.now();
  if (!idle || !drawn || window.aelabAsks) window.aelabBusyAt = now;
  window.aelabBusyAt ??= now;
  return idle && drawn && now - window.aelabBusyAt > milliseconds;
}
"""

_FIRST_POINT = """
map => {
  const box = map.querySelector(".over").getBoundingClientRect(), [x, y] = map.latent.placeOf(0);
  return [box.x + x, box.y + y];
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
        self._size: ViewportSize = {"width": width, "height": height}
        self._context = browser.new_context(
            viewport=self._size, locale=lang, color_scheme="dark" if dark else "light", reduced_motion="reduce"
        )
        self._context.set_default_timeout(PATIENCE * 1000)
        self._context.add_init_script(_LISTEN)
        self.page: Page = self._context.new_page()
        self.complaints: list[str] = []
        self.requested: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("websocket", lambda socket: self.requested.append(socket.url))

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(f"{said.text} {said.location}")

    def close(self) -> None:
        """Close the tab."""
        self._context.close()

    def open(self, name: str, **query: str) -> None:
        """Open one of `PAGES` by its address and wait until it is drawn."""
        path = "" if name == "home" else name.replace("_", "-")
        parts = "&".join(f"{key}={value}" for key, value in {"lang": self._lang, **query}.items())
        self.page.goto(f"{self._address}/{path}?{parts}")
        self.settle()

    def settle(self, milliseconds: int = 700) -> None:
        """Wait until the page is drawn and has rested for a moment."""
        self.page.evaluate("() => { window.aelabBusyAt = performance.now() }")
        self.page.wait_for_function(_QUIET, arg=milliseconds, polling=50)

    @property
    def main(self) -> Locator:
        """The page without the sidebar."""
        return self.page.get_by_test_id("stMain")

    def choose(self, label: str, option: str | re.Pattern[str]) -> None:
        """Choose an option of a select box."""
        box = self.main.get_by_role("combobox", name=label, exact=True)
        box.scroll_into_view_if_needed()
        self.settle(300)  # a list of options closes when the page scrolls, of which it hears a little later
        box.click()
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
        self.settle()
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

    def map(self) -> Locator:
        """Return the first map of codes on the page, after it is drawn and scrolled to."""
        found = self.main.locator(".map[data-drawn]").first
        found.wait_for()
        found.locator(".over").scroll_into_view_if_needed()
        return found

    def first_point(self) -> tuple[float, float]:
        """Return where in the window the first point of the map is."""
        x, y = self.map().evaluate(_FIRST_POINT)
        return x, y

    def lasso(self) -> None:
        """Draw a lasso around the middle of the map."""
        found = self.map()
        found.get_by_role("button", name="Lasso", exact=True).click()
        area = found.locator(".over").bounding_box()
        assert area is not None, "the map is not drawn"
        corners = [(area["x"] + area["width"] * x, area["y"] + area["height"] * y) for x, y in _LASSO]
        self.page.mouse.move(*corners[0])
        self.page.mouse.down()
        for corner in [*corners[1:], corners[0]]:
            self.page.mouse.move(*corner, steps=5)
        self.page.mouse.up()
        self.settle()

    def shoot(self, path: Path, *, tallest: int = 5000) -> None:
        """Save a picture of the whole page, which Streamlit scrolls inside the window, down to `tallest` pixels."""
        self.page.mouse.move(self._size["width"] / 2, 1, steps=5)  # what is under the mouse shows its buttons
        height = self._size["height"]
        for _ in range(3):  # what is drawn in a longer window can make the page longer
            wanted = min(self.main.evaluate("main => main.scrollHeight"), tallest)
            if wanted <= height:
                break
            height = wanted
            self.page.set_viewport_size({"width": self._size["width"], "height": height})
            self.page.wait_for_timeout(400)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
        self.page.set_viewport_size(self._size)
