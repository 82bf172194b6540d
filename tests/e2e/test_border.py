"""What must hold on every page: no TensorFlow in the server, nothing fetched from elsewhere, nothing cut or unnamed."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import psutil
import pytest
from labs import TrainedLab
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from aelab.datasets.importing import import_path
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.tasks import train
from browsing import PAGES, Visitor
from serving import Server

pytestmark = pytest.mark.browser

#: Packages of which nothing may be in the server: TensorFlow, and the compiled packages that Keras cannot do without.
NEVER_MAPPED = {"tensorflow", "keras", "tf2onnx", "h5py", "ml_dtypes", "optree"}

#: Every page, and what its address says; the Latent page with each of its views.
VIEWS: dict[str, tuple[str, dict[str, str]]] = {
    **{name: (name, {}) for name in PAGES},
    **{f"latent-{view}": ("latent", {"view": view}) for view in ("decode", "walks", "learned", "two", "clusters")},
}

#: Names that a folder in a zip can have, and that HTML, Markdown or Streamlit's own directives would take for markup.
MARKED = ("<b>bold<b>", "[x](http:example.com) **y**", ":red[z] $a$ ~~s~~", "www.example.com &lt; me@example.com")

# Titles and legends of charts that do not fit in their chart.
_CUT_TEXTS = """
charts => charts.flatMap(chart => {
  const frame = chart.getBoundingClientRect();
  return [...chart.querySelectorAll(".gtitle, .legendtext, .xtitle")]
    .filter(text => text.getBoundingClientRect().right > frame.right + 1)
    .map(text => text.textContent);
})
"""

# The colour of each text that Streamlit would write in the primary colour, and that of the ink of its page.
_INKS = """
texts => texts.map(text => [
  getComputedStyle(text).color, getComputedStyle(document.querySelector("[data-testid=stApp]")).color
])
"""

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def server(
    serve: Callable[[Path], Server], trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    return serve(trained_lab.copied_to(tmp_path_factory.mktemp("border") / "artifacts").folder)


def open_view(visitor: Visitor, view: str, runs: TrainedLab) -> None:
    """Open one of `VIEWS`."""
    page, address = VIEWS[view]
    visitor.open(page, **(address | {"run": runs.runs["vae"]} if address else {}))
    expect(visitor.main.get_by_role("progressbar")).to_have_count(0)  # some have a job do what they show
    visitor.settle()


def mapped_packages(pid: int) -> set[str]:
    """Return the packages of which a process has a compiled library in memory or a file open (Linux)."""
    process = psutil.Process(pid)
    paths = [*(each.path for each in process.memory_maps()), *(each.path for each in process.open_files())]
    inside = (re.search(r"/(?:site|dist)-packages/([^/]+)", path) for path in paths)
    named = (re.search(r"/lib(tensorflow|keras)[^/]*$", path) for path in paths)
    return {found[1].partition(".")[0] for found in [*inside, *named] if found}


on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc, which only Linux has")


@on_linux
def test_the_server_is_free_of_tensorflow_after_every_page_was_opened(
    server: Server, visit: Visit, trained_lab: TrainedLab
) -> None:
    visitor = visit(server)
    for view in VIEWS:
        open_view(visitor, view, trained_lab)
    packages = mapped_packages(server.pid)
    assert {"numpy", "onnxruntime"} <= packages, "the pages did nothing, or the look into the process found nothing"
    assert packages & NEVER_MAPPED == set()


@on_linux
def test_the_look_above_sees_keras() -> None:
    code = "import keras; print('ready', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert {"tensorflow", "h5py"} <= mapped_packages(process.pid)
        process.kill()


def faults_of(visitor: Visitor) -> list[str]:
    """Return what is wrong with the page as it stands."""
    main = visitor.main
    faults = [f"exception: {box.inner_text()}" for box in main.get_by_test_id("stException").all()]
    faults += [f"error: {box.inner_text()}" for box in main.get_by_test_id("stAlertContentError").all()]
    if main.get_by_role("heading", level=1).count() != 1:
        faults.append("not one heading of the first level")
    for selector in ("html", "[data-testid=stMain]"):  # Streamlit scrolls the page inside stMain
        have, need = visitor.page.locator(selector).first.evaluate("e => [e.clientWidth, e.scrollWidth]")
        if need > have:
            faults.append(f"{selector} is {need} px wide in {have} px")
    faults += [
        f"img without alt: {image.get_attribute('src')}" for image in main.locator("img").all() if not _named(image)
    ]
    cut = main.locator(".js-plotly-plot").evaluate_all(_CUT_TEXTS)
    faults += [f"cut off in a chart: {text}" for text in cut]
    for kind in ("stPlotlyChart", "stDataFrameResizable"):
        faults += [f"{kind} without a name" for chart in main.get_by_test_id(kind).all() if not _named(chart)]
    return faults


def _named(element: Locator) -> bool:
    return bool((element.get_attribute("alt") or element.get_attribute("aria-label") or "").strip())


def is_known_probe(complaint: str, address: str) -> bool:
    """Return whether a complaint is Streamlit looking for its server below the address of a page, then above."""
    return (
        "404" in complaint
        and re.search(rf"'{re.escape(address)}/[\w-]+/_stcore/(health|host-config)'", complaint) is not None
    )


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_is_named_and_asks_nobody_else(
    server: Server, visit: Visit, trained_lab: TrainedLab, shots: Callable[[str], Path], width: int, lang: str
) -> None:
    visitor = visit(server, width=width, lang=lang)
    faults = []
    for view in VIEWS:
        open_view(visitor, view, trained_lab)
        visitor.shoot(shots(f"{view}-{width}-{lang}"))
        faults += [f"{view}: {fault}" for fault in faults_of(visitor)]
    assert faults == []
    hosts = (server.address, server.address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in visitor.requested if not url.startswith(hosts)] == []
    assert [each for each in visitor.complaints if not is_known_probe(each, server.address)] == []


def test_what_is_selected_is_written_in_the_ink_of_the_page(server: Server, visit: Visit) -> None:
    visitor = visit(server, dark=True)  # where the primary colour is too dark for text: see dashboard/style.css
    for page, selector in (
        ("latent", "[role=radio][aria-checked=true]"),
        ("denoise", "[data-testid=stSliderThumbValue]"),
    ):
        visitor.open(page)
        inks = visitor.main.locator(selector).evaluate_all(_INKS)
        assert inks, page
        assert all(text == page_ink for text, page_ink in inks), (page, inks)


@pytest.fixture(scope="module")
def marked(server: Server, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> str:
    """Add a dataset whose classes have markup for names, and a run on it; return the run's id."""
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("marked") / "marked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for brightness, name in zip((40, 90, 140, 200), MARKED, strict=True):
            for number in range(20):
                picture = BytesIO()
                pixels = rng.integers(brightness - 40, brightness + 40, (16, 16), dtype=np.uint8)
                Image.fromarray(pixels).save(picture, "PNG")
                archive.writestr(f"{name}/{number}.png", picture.getvalue())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AELAB_ARTIFACTS", str(server.artifacts))
        import_path(path, "marked", 16, "gray")
        run = train.submit("marked", "pca", {"latent_dim": 2})
        job = jobs.find(run.id)
        assert job is not None
        assert queue.wait(job, lambda now: None).state == "done"
    return run.id


def markup_of(visitor: Visitor) -> list[str]:
    """Return the elements that only a class name taken for markup can have made."""
    made = visitor.main.locator("b, a[href*='example'], del, s, .katex, .stMarkdownColoredText, strong:text-is('y')")
    return [str(element.evaluate("e => e.outerHTML")) for element in made.all()]


def test_markup_in_the_names_of_classes_is_text_on_datasets(server: Server, visit: Visit, marked: str) -> None:
    visitor = visit(server)
    visitor.open("datasets", dataset="marked")
    order = re.sub("(www|@)", "\\1\N{WORD JOINER}", ", ".join(sorted(MARKED)))  # the joiner keeps it from being a link
    expect(visitor.main.get_by_text(f"in this order: {order}")).to_be_visible()
    axis = visitor.main.locator(".js-plotly-plot").first.locator(".xtick")
    assert sorted(axis.all_text_contents()) == sorted(MARKED)
    assert markup_of(visitor) == []
    for name in MARKED:
        visitor.choose("Class", name)
        expect(visitor.main.get_by_role("img", name="Images 1 to 20 of 20")).to_be_visible()
    assert markup_of(visitor) == []


def test_markup_in_the_names_of_classes_is_text_on_the_map(server: Server, visit: Visit, marked: str) -> None:
    visitor = visit(server)
    visitor.open("latent", run=marked)
    legend = visitor.map().locator(".legend .name")
    assert sorted(legend.all_text_contents()) == sorted(MARKED)
    visitor.page.mouse.move(*visitor.first_point())
    hover = visitor.map().locator(".tip")
    expect(hover).to_contain_text("#")
    assert any(name in (hover.text_content() or "") for name in MARKED)
    visitor.lasso()
    expect(visitor.main.get_by_role("heading", name=re.compile("Images selected"))).to_be_visible()
    assert markup_of(visitor) == []


def test_markup_in_the_names_of_classes_is_text_in_reports(server: Server, visit: Visit, marked: str) -> None:
    visitor = visit(server)
    visitor.open("reports")
    visitor.choose("Dataset", "marked")
    head = visitor.main.get_by_role("columnheader", name=MARKED[0], exact=True, include_hidden=True)
    expect(head.first).to_be_attached()  # till then the table is still that of the digits
    [row] = visitor.cells("The chosen measure by run and class")
    assert set(row) == {"Run", *MARKED}
    assert markup_of(visitor) == []
