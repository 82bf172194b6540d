"""A picture can be drawn on the page, taken back, and is restored like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from labs import TrainedLab
from playwright.sync_api import Locator, expect

from browsing import Visitor
from serving import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(
    serve: Callable[[Path], Server], trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    return serve(trained_lab.copied_to(tmp_path_factory.mktemp("drawing") / "artifacts").folder)


def draw(visitor: Visitor, canvas: Locator, *corners: tuple[float, float]) -> None:
    """Draw a line through corners, which are shares of the canvas' sides."""
    box = canvas.bounding_box()
    assert box is not None, "there is no canvas"
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    visitor.page.mouse.move(*places[0])
    visitor.page.mouse.down()
    for place in places[1:]:
        visitor.page.mouse.move(*place, steps=6)
    visitor.page.mouse.up()
    visitor.settle()


def test_a_drawn_digit_is_restored_and_every_stroke_can_be_taken_back(
    server: Server, trained_lab: TrainedLab, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(server)
    visitor.open("denoise", run=trained_lab.runs["dae"], view="image")
    visitor.press("Draw", "radio")
    main = visitor.main
    canvas = main.get_by_role("img", name="A canvas to draw on with mouse, finger or pen")
    nothing_yet = main.get_by_text("Upload, take or draw a picture")
    clean = main.get_by_role("img", name="Clean image", exact=True)
    expect(nothing_yet).to_be_visible()

    draw(visitor, canvas, (0.3, 0.25), (0.7, 0.25), (0.45, 0.8))
    expect(clean).to_be_visible()
    seven = clean.get_attribute("src")
    draw(visitor, canvas, (0.35, 0.55), (0.65, 0.55))
    expect(clean).not_to_have_attribute("src", str(seven))

    undo = main.get_by_role("button", name="Undo", exact=True)
    undo.focus()
    undo.press("Enter")
    expect(clean).to_have_attribute("src", str(seven))
    main.get_by_role("button", name="Clear", exact=True).press("Enter")
    expect(nothing_yet).to_be_visible()
    ours = (server.address, server.address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in visitor.requested if not url.startswith(ours)] == []  # what is drawn goes to nobody else


def test_a_test_image_is_chosen_from_the_strip_by_keyboard(
    server: Server, trained_lab: TrainedLab, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(server, width=390)
    visitor.open("denoise", run=trained_lab.runs["dae"], view="image")
    strip = visitor.main.get_by_role("group", name="Test images to choose from")
    expect(strip.get_by_role("button")).to_have_count(10)
    wanted = strip.get_by_role("button").nth(3)
    name = wanted.get_attribute("title")
    wanted.focus()
    wanted.press("Enter")
    expect(strip.get_by_role("button", pressed=True)).to_have_attribute("title", str(name))
    number = str(name).rpartition(" ")[2]
    expect(visitor.main.get_by_text(f"Test image {number} of 359")).to_be_visible()
