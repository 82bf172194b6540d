"""The map in a real browser: lasso, click, keys, legend and what stays selected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labs import TrainedLab
from playwright.sync_api import Locator, expect

from aelab import inference, runs
from aelab.datasets import store
from aelab.studies import latent_map
from aelab.studies.lasso import inside
from aelab.studies.latent_map import LatentMap
from browsing import Visitor
from serving import Server

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def server(
    serve: Callable[[Path], Server], trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    return serve(trained_lab.copied_to(tmp_path_factory.mktemp("map") / "artifacts").folder)


@pytest.fixture(autouse=True)
def _in_lab(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AELAB_ARTIFACTS", str(server.artifacts))
    yield


def expected_map(lab: TrainedLab, model: str, **config: object) -> LatentMap:
    networks = inference.load(runs.find(lab.runs[model]))
    return latent_map.run(networks, store.open_dataset("digits"), latent_map.Config.parse(config))


def chosen(page_map: Locator) -> list[int]:
    """Return the images that stand out on the map."""
    found: list[int] = page_map.evaluate(
        "({latent}) => latent.cloud.chosen ? [...latent.ids].filter((id, point) => latent.cloud.chosen[point]) : []"
    )
    return found


def place_of(page_map: Locator, point: int) -> tuple[float, float]:
    """Return where in the window a point is."""
    x, y = page_map.evaluate(
        """(map, point) => {
          const box = map.querySelector(".over").getBoundingClientRect(), [x, y] = map.latent.placeOf(point);
          return [box.x + x, box.y + y];
        }""",
        point,
    )
    return x, y


def sheet(page_map: Locator, corners: list[tuple[float, float]]) -> list[list[float]]:
    """Return corners in the window as places on the map."""
    found: list[list[float]] = page_map.evaluate(
        """(map, corners) => {
          const box = map.querySelector(".over").getBoundingClientRect();
          return corners.map(([x, y]) => map.latent.camera.toSheet(x - box.x, y - box.y));
        }""",
        corners,
    )
    return found


def lasso(visitor: Visitor, shares: list[tuple[float, float]], *, shift: bool = False) -> list[list[float]]:
    """Draw a lasso through shares of the map's width and height; return its corners on the map."""
    page_map = visitor.map()
    page_map.get_by_role("button", name="Lasso", exact=True).click()
    area: Any = page_map.locator(".over").bounding_box()
    corners = [(area["x"] + x * area["width"], area["y"] + y * area["height"]) for x, y in shares]
    on_map = sheet(page_map, corners)
    if shift:
        visitor.page.keyboard.down("Shift")
    visitor.page.mouse.move(*corners[0])
    visitor.page.mouse.down()
    for corner in corners[1:]:
        visitor.page.mouse.move(*corner)
    visitor.page.mouse.up()
    if shift:
        visitor.page.keyboard.up("Shift")
    visitor.settle()
    return on_map


LEFT = [(0.2, 0.2), (0.5, 0.15), (0.45, 0.8), (0.15, 0.7)]
RIGHT = [(0.6, 0.3), (0.9, 0.3), (0.8, 0.7)]


def test_a_lasso_selects_what_is_inside_it_and_shift_adds_to_that(
    server: Server, trained_lab: TrainedLab, visit: Visit
) -> None:
    found = expected_map(trained_lab, "conv_ae")
    visitor = visit(server)
    visitor.open("latent", run=trained_lab.runs["conv_ae"])
    first = inside(found.coordinates, lasso(visitor, LEFT))
    assert 10 < np.count_nonzero(first) < len(first) - 10
    assert chosen(visitor.map()) == found.indices[first].tolist()
    count = visitor.main.get_by_role("heading", name=re.compile("^Images selected: "))
    expect(count).to_have_text(f"Images selected: {np.count_nonzero(first)}")

    second = inside(found.coordinates, lasso(visitor, RIGHT, shift=True))
    assert np.any(second & ~first)
    assert chosen(visitor.map()) == found.indices[first | second].tolist()
    visitor.map().get_by_role("button", name="Clear", exact=True).click()
    expect(count).to_have_text("Images selected: 0")
    assert chosen(visitor.map()) == []


def test_what_is_selected_stays_so_on_another_projection_of_another_run(
    server: Server, trained_lab: TrainedLab, visit: Visit
) -> None:
    visitor = visit(server)
    visitor.open("latent", run=trained_lab.runs["conv_ae"])
    lasso(visitor, LEFT)
    before = chosen(visitor.map())
    visitor.press("3", "radio")
    assert chosen(visitor.map()) == before
    visitor.choose("Run", trained_lab.runs["vae"])
    assert chosen(visitor.map()) == before != []


def test_the_address_shows_the_selection_to_others_and_the_browser_s_back_undoes_it(
    server: Server, trained_lab: TrainedLab, visit: Visit
) -> None:
    visitor = visit(server)
    visitor.open("latent", run=trained_lab.runs["conv_ae"])
    lasso(visitor, LEFT)
    first = chosen(visitor.map())
    visitor.page.reload()
    visitor.settle()
    assert chosen(visitor.map()) == first != []

    again = visit(server)
    again.page.goto(visitor.page.url)
    again.settle()
    assert chosen(again.map()) == first

    lasso(visitor, RIGHT)
    assert chosen(visitor.map()) != first
    visitor.page.go_back()
    visitor.settle()
    assert chosen(visitor.map()) == first


def test_a_class_that_is_hidden_is_neither_selected_nor_pointed_at(
    server: Server, trained_lab: TrainedLab, visit: Visit
) -> None:
    found = expected_map(trained_lab, "conv_ae")
    visitor = visit(server)
    visitor.open("latent", run=trained_lab.runs["conv_ae"])
    button = visitor.map().locator(".legend").get_by_role("button", name="3", exact=True)
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    within = inside(found.coordinates, lasso(visitor, [(0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98)]))
    assert chosen(visitor.map()) == found.indices[within & (found.labels != 3)].tolist()
    visitor.page.mouse.move(*place_of(visitor.map(), int(np.flatnonzero(found.labels == 3)[0])))
    expect(visitor.map().locator(".tip")).not_to_contain_text(re.compile("^3 "))
    expect(visitor.map().locator(".legend")).not_to_contain_text("Selected, but hidden")
    visitor.map().locator(".legend").get_by_role("button", name="7", exact=True).click()
    expect(visitor.map().locator(".legend")).to_contain_text(
        f"Selected, but hidden: {(within & (found.labels == 7)).sum()}"
    )
    visitor.map().locator(".legend").get_by_role("button", name="Show all").click()
    expect(visitor.map().locator(".legend")).not_to_contain_text("Selected, but hidden")


def test_a_click_selects_the_nearest_point(server: Server, trained_lab: TrainedLab, visit: Visit) -> None:
    found = expected_map(trained_lab, "vae")
    visitor = visit(server)
    visitor.open("latent", run=trained_lab.runs["vae"])
    outermost = int(np.linalg.norm(found.coordinates - found.coordinates.mean(axis=0), axis=1).argmax())
    visitor.page.mouse.click(*place_of(visitor.map(), outermost))
    visitor.settle()
    assert chosen(visitor.map()) == [int(found.indices[outermost])]
    expect(visitor.map().locator(".tip")).to_contain_text(f"#{found.indices[outermost]}")


def test_a_lasso_in_space_selects_what_is_seen_inside_it(server: Server, trained_lab: TrainedLab, visit: Visit) -> None:
    found = expected_map(trained_lab, "conv_ae", dimensions=3)
    visitor = visit(server)
    visitor.open("latent", run=trained_lab.runs["conv_ae"])
    visitor.press("3", "radio")
    area: Any = visitor.map().locator(".over").bounding_box()
    visitor.page.mouse.move(area["x"] + 0.5 * area["width"], area["y"] + 0.5 * area["height"])
    visitor.page.mouse.down()
    visitor.page.mouse.move(area["x"] + 0.7 * area["width"], area["y"] + 0.4 * area["height"], steps=4)
    visitor.page.mouse.up()  # turned
    polygon = lasso(visitor, LEFT)
    view = np.array(visitor.map().evaluate("({latent}) => [latent.camera.right, latent.camera.up]"))
    within = inside(found.coordinates @ view.T, polygon)
    assert chosen(visitor.map()) == found.indices[within].tolist() != []


def test_the_map_is_used_by_keyboard_alone(server: Server, trained_lab: TrainedLab, visit: Visit) -> None:
    visitor = visit(server)
    visitor.open("latent", run=trained_lab.runs["vae"])
    page_map = visitor.map()
    surface = page_map.locator(".over")
    surface.focus()
    before = page_map.evaluate("({latent}) => latent.at")
    surface.press("ArrowRight")
    surface.press("Shift+ArrowUp")
    after = page_map.evaluate("({latent}) => latent.at")
    steps = np.subtract(after, before)
    assert steps[0] > 0
    assert steps[1] == pytest.approx(5 * steps[0], rel=1e-3)
    scale = page_map.evaluate("({latent}) => latent.camera.scale")
    surface.press("+")
    assert page_map.evaluate("({latent}) => latent.camera.scale") > scale
    surface.press("0")
    assert page_map.evaluate("({latent}) => latent.camera.scale") == pytest.approx(scale)
    for _ in range(40):  # to some point
        surface.press("ArrowLeft")
        if page_map.evaluate("({latent}) => latent.near?.[0]?.apart < 12"):
            break
    point = page_map.evaluate("({latent}) => latent.ids[latent.near[0].point]")
    expect(page_map.locator(".told")).to_contain_text(f"#{point}")
    surface.press("Enter")
    visitor.settle()
    assert chosen(visitor.map()) == [point]
    surface.press("Escape")
    visitor.settle()
    assert chosen(visitor.map()) == []


def test_images_are_drawn_on_the_map_instead_of_points(server: Server, trained_lab: TrainedLab, visit: Visit) -> None:
    visitor = visit(server)
    visitor.open("latent", run=trained_lab.runs["conv_ae"])
    visitor.main.get_by_text("Images instead of points").click()
    visitor.settle()
    drawn = visitor.map().evaluate("({latent}) => latent.thumbnails.rows.length")
    assert drawn == 359  # each of them, since there are no more


def test_a_browser_without_webgl_gets_a_plain_chart(server: Server, trained_lab: TrainedLab, visit: Visit) -> None:
    visitor = visit(server)
    visitor.page.add_init_script(
        """
        const known = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
          return kind === "webgl" && this.className === "points" ? null : known.call(this, kind, ...more);
        };
        """
    )
    visitor.open("latent", run=trained_lab.runs["conv_ae"])
    expect(visitor.main.get_by_text("This browser has no WebGL")).to_be_visible()
    expect(visitor.main.locator(".js-plotly-plot")).to_be_visible()


def test_a_finger_decodes_and_selects_on_a_narrow_screen(server: Server, trained_lab: TrainedLab, visit: Visit) -> None:
    visitor = visit(server, width=390)
    visitor.open("latent", run=trained_lab.runs["vae"])
    page_map = visitor.map()
    assert page_map.evaluate("map => map.scrollWidth <= map.clientWidth")
    page_map.get_by_role("button", name="Decode", exact=True).click()
    area: Any = page_map.locator(".over").bounding_box()
    visitor.page.mouse.move(area["x"] + 0.3 * area["width"], area["y"] + 0.5 * area["height"])
    visitor.page.mouse.down()
    visitor.page.mouse.move(area["x"] + 0.6 * area["width"], area["y"] + 0.4 * area["height"], steps=5)
    visitor.page.mouse.up()
    expect(page_map).to_have_attribute("data-decoder", "ready")
    expect(page_map.locator(".where")).to_contain_text("Decoded at")
