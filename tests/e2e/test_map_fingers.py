"""Fingers on the map, as the browser itself gets them: two zoom, one draws, and the page can be scrolled past it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from labs import TrainedLab
from playwright.sync_api import Locator, expect

from browsing import Visitor
from serving import Server

pytestmark = pytest.mark.browser

Place = tuple[float, float]


@pytest.fixture(scope="module")
def server(
    serve: Callable[[Path], Server], trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    return serve(trained_lab.copied_to(tmp_path_factory.mktemp("fingers") / "artifacts").folder)


@pytest.fixture
def visitor(server: Server, trained_lab: TrainedLab, visit: Callable[..., Visitor]) -> Visitor:
    """Return a tab on a phone, which shows a map."""
    found = visit(server, width=390, height=844)
    found.page.context.new_cdp_session(found.page).send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    found.open("latent", run=trained_lab.runs["conv_ae"])
    found.map().locator(".over").evaluate("over => over.scrollIntoView({block: 'center'})")
    found.settle()
    return found


def drag(visitor: Visitor, *ways: list[Place]) -> None:
    """Move fingers over the map, each along places in shares of its width and height."""
    area = visitor.map().locator(".over").bounding_box()
    assert area is not None
    session = visitor.page.context.new_cdp_session(visitor.page)
    for step, places in enumerate(zip(*ways, strict=True)):
        points = [
            {"id": finger, "x": area["x"] + x * area["width"], "y": area["y"] + y * area["height"]}
            for finger, (x, y) in enumerate(places)
        ]
        session.send("Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": points})
        visitor.page.wait_for_timeout(30)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    visitor.settle()


def line(first: Place, last: Place, steps: int = 8) -> list[Place]:
    return [
        (first[0] + (last[0] - first[0]) * step / steps, first[1] + (last[1] - first[1]) * step / steps)
        for step in range(steps + 1)
    ]


def scale(page_map: Locator) -> float:
    found: float = page_map.evaluate("({latent}) => latent.camera.scale")
    return found


def scrolled(visitor: Visitor) -> float:
    found: float = visitor.main.evaluate("main => main.scrollTop")
    return found


def test_two_fingers_zoom_the_map_and_not_the_page(visitor: Visitor) -> None:
    before = scale(visitor.map())
    drag(visitor, line((0.4, 0.5), (0.2, 0.5)), line((0.6, 0.5), (0.8, 0.5)))
    assert scale(visitor.map()) / before == pytest.approx(3, rel=0.05)
    assert visitor.page.evaluate("visualViewport.scale") == 1


def test_one_finger_draws_a_lasso_upwards_and_downwards(visitor: Visitor) -> None:
    visitor.map().get_by_role("button", name="Lasso", exact=True).click()
    before = scrolled(visitor)
    corners = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]
    drag(visitor, [place for first, last in itertools.pairwise(corners) for place in line(first, last)])
    assert scrolled(visitor) == before
    count = visitor.main.get_by_role("heading", name=re.compile("^Images selected: "))
    expect(count).not_to_have_text("Images selected: 0")


def test_a_finger_that_moves_down_scrolls_the_page_past_the_map(visitor: Visitor) -> None:
    before, close = scrolled(visitor), scale(visitor.map())
    drag(visitor, line((0.5, 0.8), (0.5, 0.2)))
    assert scrolled(visitor) > before + 50
    assert scale(visitor.map()) == close


def test_a_finger_that_rests_on_a_place_decodes_it(visitor: Visitor) -> None:
    visitor.map().get_by_role("button", name="Decode", exact=True).click()
    drag(visitor, line((0.3, 0.3), (0.6, 0.6)))
    expect(visitor.map().locator(".where")).to_contain_text("Decoded at")
    expect(visitor.map().locator(".near")).to_contain_text("Nearest real code")
