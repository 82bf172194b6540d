"""What will be trained can be read on any screen: nothing lies over anything else, and nothing is cut off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from labs import TrainedLab

from browsing import Visitor
from serving import Server

pytestmark = pytest.mark.browser

#: Pairs of neighbouring lines of which one reaches into the other, and what reaches out of its column.
_TANGLED = """
drawing => [...drawing.querySelectorAll(".aelab-column")].flatMap(column => {
  const room = column.getBoundingClientRect();
  const lines = [...column.children].map(line => line.getBoundingClientRect());
  const over = lines.filter((line, index) => index && line.top < lines[index - 1].bottom - 0.5);
  const parts = [...column.querySelectorAll("*")].map(part => part.getBoundingClientRect());
  return [...over, ...parts.filter(part => part.left < room.left - 0.5 || part.right > room.right + 0.5)];
})
"""
_CUT_OFF = "shown => shown.scrollWidth > shown.clientWidth"


@pytest.fixture(scope="module")
def server(
    serve: Callable[[Path], Server], trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    return serve(trained_lab.copied_to(tmp_path_factory.mktemp("architecture") / "artifacts").folder)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_network_and_equation_fit_the_screen(
    server: Server, visit: Callable[..., Visitor], width: int, dark: bool
) -> None:
    visitor = visit(server, width=width, dark=dark)
    visitor.open("train", model="vae_gan", latent_dim="1")
    visitor.main.get_by_text("What will be trained", exact=True).click()
    visitor.settle()
    drawing = visitor.main.get_by_role("img", name="Drawing of the network")
    drawing.scroll_into_view_if_needed()
    assert drawing.locator(".aelab-line").count() > 15
    assert drawing.evaluate(_TANGLED) == []
    visitor.main.get_by_role("tab", name="Loss", exact=True).click()
    visitor.settle()
    equation = visitor.main.locator(".katex-display")
    equation.scroll_into_view_if_needed()
    assert not equation.evaluate(_CUT_OFF)
    for code in visitor.main.get_by_test_id("stCode").all():
        assert not code.evaluate(_CUT_OFF)
