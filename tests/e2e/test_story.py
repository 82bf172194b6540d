"""The whole story in one lab that begins empty: each test is what a person does on one page, in a real browser."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from browsing import Visitor
from serving import Server

pytestmark = pytest.mark.browser

STARTERS = ("pca", "conv_ae", "vae", "dae")
EPOCHS = 300  # of 100 steps: half a minute, so that it still trains when the server is gone
READY = re.compile(r"Trained runs ready to be explored: 4")

Visit = Callable[[Server], Visitor]
Shots = Callable[[str], Path]


@pytest.fixture(scope="module")
def server(serve: Callable[[Path], Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    return serve(tmp_path_factory.mktemp("story") / "artifacts")


@pytest.fixture(scope="module")
def ready(server: Server, browser: Browser) -> Server:
    """The same server when its starter lab is done, whichever test is the first."""
    visitor = Visitor(browser, server.address)
    visitor.open("home")
    expect(visitor.main.get_by_text(READY)).to_be_visible()
    visitor.close()
    return server


def run_of(server: Server, model: str) -> str:
    """Return the id of the only run of a model."""
    [folder] = (server.artifacts / "runs").glob(f"{model}-*")
    return folder.name


def source_when_drawn(image: Locator) -> str:
    """Return the address of an image once the browser has it."""
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 0
    return str(image.get_attribute("src"))


def test_an_empty_lab_trains_its_starter_lab_by_itself_and_says_how_far_it_is(
    server: Server, visit: Visit, shots: Shots
) -> None:
    visitor = visit(server)
    visitor.open("home")
    visitor.shoot(shots("home-at-work"))
    bars = visitor.main.get_by_role("progressbar")
    expect(bars.first).to_be_visible()
    expect(
        visitor.main.get_by_text(re.compile(rf"^Training · ({'|'.join(STARTERS)})-digits-\w+ · ")).first
    ).to_be_visible()
    expect(visitor.main.get_by_text(re.compile(r"\b[1-9]\d?%")).first).to_be_visible()
    expect(visitor.main.get_by_text(READY)).to_be_visible()
    expect(bars).to_have_count(0)
    visitor.settle()
    runs = visitor.cells("Table of all runs with their state")
    assert {(row["Model"], row["State"]) for row in runs} == {(model, "done") for model in STARTERS}


def test_the_images_of_a_class_can_be_paged_through(ready: Server, visit: Visit) -> None:
    visitor = visit(ready)
    visitor.open("datasets")
    expect(visitor.main.get_by_text("digits holds 1797 images of 28 × 28 pixels")).to_be_visible()
    visitor.choose("Class", "3")
    first = source_when_drawn(visitor.main.get_by_role("img", name="Images 1 to 100 of 183"))
    visitor.press("Page 2")
    second = source_when_drawn(visitor.main.get_by_role("img", name="Images 101 to 183 of 183"))
    assert second != first


def test_a_zip_of_photos_becomes_a_dataset(
    ready: Server, visit: Visit, shared_data: Callable[[str], Path], shots: Shots
) -> None:
    photos = shared_data("fruit_200.zip")
    visitor = visit(ready)
    visitor.open("datasets")
    visitor.main.get_by_text("Bring your own images").click()
    with visitor.page.expect_file_chooser() as chooser:
        visitor.main.get_by_role("button", name="Upload", exact=True).first.click()
    chooser.value.set_files(photos)
    name = visitor.main.get_by_role("textbox", name="Name of the dataset", exact=True)
    expect(name).to_have_value("fruit_200")  # suggested, once the file is there
    visitor.enter("Name of the dataset", "fruit", "textbox")
    visitor.enter("Height (px)", "32")
    visitor.enter("Width (px)", "32")
    visitor.shoot(shots("import-form"))
    visitor.press("Import")
    expect(visitor.main.get_by_text(re.compile(r"fruit holds \d+ images of 32 × 32 pixels, colour"))).to_be_visible()
    expect(visitor.main.get_by_text("in this order: apples, bananas")).to_be_visible()


def test_a_training_outlives_a_reload_and_a_restart_of_the_server(ready: Server, visit: Visit, shots: Shots) -> None:
    visitor = visit(ready)
    page, main = visitor.page, visitor.main
    visitor.open("train")
    visitor.choose("Model", "Shallow autoencoder")
    for label, value in {
        "Latent dimension": 8,
        "Epochs": EPOCHS,
        "Images to use": 400,
        "Batch size (images)": 4,
    }.items():
        visitor.enter(label, str(value))
    visitor.press("Train")
    shown = main.get_by_role("combobox", name="Training shown here")
    expect(shown).to_have_value(re.compile("^shallow_ae-digits-"))
    run = run_of(ready, "shallow_ae")
    epoch = main.get_by_text(re.compile(rf"After epoch \d+ of {EPOCHS}: loss"))
    expect(epoch).to_be_visible()
    early = epoch.inner_text()
    expect(main.get_by_role("progressbar")).to_be_visible()
    expect(main.get_by_role("figure", name=re.compile("over epochs, training and validation"))).to_be_visible()
    expect(epoch).not_to_have_text(early)  # it grows without being asked to
    visitor.press("Train")  # the same form is the same run
    assert run_of(ready, "shallow_ae") == run

    workers = ready.workers()
    for worker in workers:
        worker.suspend()  # so that it does not end before the restart, however slow the browser is
    page.reload()
    expect(shown).to_have_value(run)
    expect(epoch).to_be_visible()
    visitor.shoot(shots("train-at-work"))

    ready.kill()
    assert workers
    assert ready.workers() == workers, "the worker ended with the server"
    ready.start()
    expect(shown).to_have_value(run)
    expect(main.get_by_role("progressbar")).to_be_visible()
    for worker in workers:
        worker.resume()
    expect(main.get_by_text(re.compile(r"^Done in "))).to_be_visible()
    expect(main.get_by_text(f"After epoch {EPOCHS} of {EPOCHS}")).to_be_visible()
    source_when_drawn(main.get_by_role("img", name=re.compile("originals and reconstructions by epoch")))


def test_more_noise_chosen_from_the_keyboard_changes_the_answer(ready: Server, visit: Visit) -> None:
    visitor = visit(ready)
    visitor.open("denoise", run=run_of(ready, "dae"))
    sentence = visitor.main.get_by_text("Restoring changes PSNR by")

    def noisy_psnr() -> float:
        found = re.search(r"from (\S+) to (\S+) dB, over N = 359", sentence.inner_text())
        assert found is not None, sentence.inner_text()
        assert float(found[2]) > float(found[1]), "a denoising run makes it worse"
        return float(found[1])

    before = noisy_psnr()
    slider, thumb = visitor.main.get_by_role("slider"), visitor.main.get_by_test_id("stSliderThumbValue")
    slider.focus()
    for _ in range(100):  # a key pressed in the very moment in which Streamlit takes the last one is lost
        if float(thumb.inner_text()) >= 0.3:
            break
        slider.press("ArrowRight")
    visitor.settle()
    assert noisy_psnr() < before - 1


def test_a_lasso_on_the_map_shows_the_images_inside(ready: Server, visit: Visit) -> None:
    visitor = visit(ready)
    visitor.open("latent", run=run_of(ready, "conv_ae"))
    expect(visitor.main.get_by_text(re.compile(r"These 2 axes hold \d+\.\d%"))).to_be_visible()
    visitor.lasso()
    heading = visitor.main.get_by_role("heading", name=re.compile(r"^Images selected: [1-9]"))
    expect(heading).to_be_visible()
    source_when_drawn(visitor.main.get_by_role("img", name=re.compile("the selected images")))


def test_a_click_on_a_point_of_the_map_shows_its_image(ready: Server, visit: Visit) -> None:
    visitor = visit(ready)
    visitor.open("latent", run=run_of(ready, "conv_ae"))
    visitor.page.mouse.click(*visitor.first_point())
    expect(visitor.main.get_by_role("heading", name="Images selected: 1", exact=True)).to_be_visible()


def test_any_point_of_a_plane_can_be_decoded_by_typing_or_clicking(ready: Server, visit: Visit, shots: Shots) -> None:
    visitor = visit(ready)
    visitor.open("latent", run=run_of(ready, "vae"))
    visitor.press("Decode", "radio")
    visitor.enter("Position", "(-1, 3)", "textbox")
    answer = visitor.main.get_by_text(re.compile(r"What the decoder makes of \("))
    expect(answer).to_contain_text("(-1.00, 3.00)")
    picture = visitor.main.get_by_role("img", name="The decoded image")
    typed = source_when_drawn(picture)
    visitor.shoot(shots("decode-typed"))

    visitor.enter("Position", "somewhere", "textbox")
    expect(visitor.main.get_by_role("alert")).to_contain_text("somewhere")
    area = visitor.plane()
    visitor.page.mouse.click(area["x"] + 0.75 * area["width"], area["y"] + 0.75 * area["height"])
    expect(answer).to_contain_text(re.compile(r"\(\d\.\d\d, -\d\.\d\d\)"))  # right and below the middle
    visitor.settle()
    assert source_when_drawn(picture) != typed
    expect(visitor.main.get_by_role("textbox", name="Position")).to_have_value("")
    expect(visitor.main.get_by_role("alert")).to_have_count(0)


def test_tsne_is_made_by_a_worker_and_then_kept(ready: Server, visit: Visit) -> None:
    visitor = visit(ready)
    visitor.open("latent", run=run_of(ready, "conv_ae"))
    visitor.press("t-SNE", "radio")
    worth = visitor.main.get_by_text(re.compile(r"divergence reached: \d\.\d+ nats"))
    expect(worth).to_be_visible()
    expect(visitor.map()).to_be_visible()
    said, jobs = worth.inner_text(), len(list((ready.artifacts / "jobs").glob("latent_map-*")))

    again = visit(ready)
    again.open("latent", run=run_of(ready, "conv_ae"))
    again.press("t-SNE", "radio")
    expect(again.main.get_by_text(said)).to_be_visible()
    assert len(list((ready.artifacts / "jobs").glob("latent_map-*"))) == jobs == 1


def test_the_report_can_be_taken_away_and_says_what_the_page_says(ready: Server, visit: Visit) -> None:
    visitor = visit(ready)
    visitor.open("reports")
    shown = {row["Run"]: row for row in visitor.cells("Measures of every chosen run")}
    assert {run_of(ready, model) for model in STARTERS} <= set(shown)
    with visitor.page.expect_download() as download:
        visitor.press("Download as CSV")
    assert download.value.suggested_filename == "report-digits.csv"
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    overall = {row["run"]: row for row in rows if row["class"] == rows[0]["class"]}
    assert overall.keys() == shown.keys()
    assert len(rows) == 11 * len(shown)  # all images together, and each of ten classes
    for run, row in overall.items():
        assert (row["n"], row["split"], row["model"]) == ("359", "test", shown[run]["Model"])
        assert float(row["mse"]) == pytest.approx(float(shown[run]["MSE ↓"]))
        assert float(row["mse_low"]) < float(row["mse"]) < float(row["mse_high"])
        assert math.isfinite(float(row["psnr"]))
        assert 0 < float(row["ssim"]) < 1
