"""From a zip of scraped photos to a clean dataset, as a student does it in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browsing import Visitor
from serving import Server

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Shots = Callable[[str], Path]


@pytest.fixture(scope="module")
def server(serve: Callable[[Path], Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    artifacts = tmp_path_factory.mktemp("pictures") / "artifacts"
    (artifacts / "runs" / "busy").mkdir(parents=True)  # a lab that is not new trains no starter lab
    return serve(artifacts)


def test_scraped_photos_are_imported_cleaned_prepared_and_looked_at(
    server: Server, visit: Visit, shots: Shots, shared_data: Callable[[str], Path]
) -> None:
    photos = shared_data("fruit_200.zip")
    visitor = visit(server)
    visitor.open("datasets")
    expect(visitor.main.get_by_text("digits holds")).to_be_visible()
    visitor.main.get_by_text("Bring your own images").click()
    with visitor.page.expect_file_chooser() as chooser:
        visitor.main.get_by_role("button", name="Upload", exact=True).first.click()
    chooser.value.set_files(photos)
    expect(visitor.main.get_by_role("textbox", name="Name of the dataset").first).to_have_value("fruit_200")
    visitor.press("Import")
    expect(visitor.main.get_by_text("fruit_200 holds 200 images of 64 × 64 pixels")).to_be_visible()

    visitor.open("clean", dataset="fruit_200")
    answer = visitor.main.get_by_text(re.compile("look wrong in some way"))
    expect(answer).to_contain_text("You leave out 0; 200 stay.")
    visitor.main.get_by_text("Exact repeats (5)").click()
    visitor.settle()
    visitor.press("Accept every proposal: leave out 4")
    expect(answer).to_contain_text("You leave out 4; 196 stay.")
    visitor.shoot(shots("clean"))
    visitor.page.reload()
    visitor.settle()
    expect(answer).to_contain_text("You leave out 4; 196 stay.")
    visitor.press("Make the clean dataset")
    expect(visitor.main.get_by_role("combobox", name="Dataset", exact=True)).to_have_value("fruit_200-clean")

    visitor.open("prepare", dataset="fruit_200-clean")
    visitor.enter("Height (px)", "32")
    visitor.enter("Width (px)", "32")
    expect(visitor.main.get_by_text("No picture stands on two sides of the split")).to_be_visible()
    visitor.press("Make this dataset")
    expect(visitor.main.get_by_text("fruit_200-clean-32 becomes 196 images of 32 × 32 pixels")).to_be_visible()
    visitor.shoot(shots("prepare"))

    visitor.open("datasets", dataset="fruit_200-clean-32")
    visitor.press("a list, to open one", "radio")
    visitor.shoot(shots("browse"))
