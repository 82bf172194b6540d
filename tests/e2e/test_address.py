"""A link shows the same to whoever opens it, in the language of its reader; one that leads nowhere says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from labs import TrainedLab
from playwright.sync_api import Locator, expect

from browsing import Visitor
from serving import Server

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def server(
    serve: Callable[[Path], Server], trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    return serve(trained_lab.copied_to(tmp_path_factory.mktemp("address") / "artifacts").folder)


def run_shown(visitor: Visitor) -> Locator:
    return visitor.main.get_by_role("combobox", name="Run", exact=True)


def language_of(visitor: Visitor) -> Locator:
    return visitor.page.get_by_test_id("stSidebar").get_by_role("combobox")


def turn_to(visitor: Visitor, page: str) -> None:
    visitor.page.get_by_test_id("stSidebarNav").get_by_role("link", name=page).click()
    visitor.settle()


def test_a_link_that_is_passed_on_shows_the_same_run_and_epoch(
    server: Server, visit: Visit, trained_lab: TrainedLab
) -> None:
    vae, dae = trained_lab.runs["vae"], trained_lab.runs["dae"]
    visitor = visit(server)
    visitor.open("time_machine", run=vae)
    visitor.choose("In step with", dae)
    epoch = visitor.main.get_by_role("slider")
    epoch.focus()
    epoch.press("ArrowLeft")
    expect(visitor.main.get_by_text("After epoch 1 of 2")).to_have_count(2)
    visitor.settle()
    again = visit(server)
    again.page.goto(visitor.page.url)
    again.settle()
    expect(run_shown(again)).to_have_value(vae)
    expect(again.main.get_by_role("combobox", name="In step with")).to_have_value(dae)
    expect(again.main.get_by_text("After epoch 1 of 2")).to_have_count(2)


def test_a_choice_holds_from_page_to_page_and_the_browser_s_buttons_take_it_back(
    server: Server, visit: Visit, trained_lab: TrainedLab
) -> None:
    pca, vae = trained_lab.runs["pca"], trained_lab.runs["vae"]
    visitor = visit(server)
    visitor.open("latent", run=vae)
    visitor.choose("Run", pca)
    turn_to(visitor, "Denoise")
    expect(run_shown(visitor)).to_have_value(pca)
    expect(visitor.page).to_have_url(re.compile(rf"/denoise\?run={pca}$"))
    visitor.choose("Run", vae)
    visitor.page.go_back()
    visitor.settle()
    expect(run_shown(visitor)).to_have_value(pca)
    visitor.page.go_forward()
    visitor.settle()
    expect(run_shown(visitor)).to_have_value(vae)


def test_back_in_the_browser_goes_back_a_view(server: Server, visit: Visit, trained_lab: TrainedLab) -> None:
    visitor = visit(server)
    visitor.open("latent", run=trained_lab.runs["vae"], view="walks")
    visitor.press("Decode", "radio")
    expect(visitor.page).to_have_url(re.compile("view=decode"))
    visitor.page.go_back()
    visitor.settle()
    expect(visitor.main.get_by_role("radio", name="Walks", exact=True)).to_be_checked()
    expect(visitor.page).to_have_url(re.compile("view=walks"))


def test_back_in_the_browser_takes_back_a_colour(server: Server, visit: Visit, trained_lab: TrainedLab) -> None:
    visitor = visit(server)
    visitor.open("latent", run=trained_lab.runs["vae"])
    colour = visitor.main.get_by_role("combobox", name="Colour by", exact=True)
    visitor.choose("Colour by", "Reconstruction error")
    expect(visitor.page).to_have_url(re.compile("colour=error"))
    visitor.page.go_back()
    visitor.settle()
    expect(colour).to_have_value("Class")
    visitor.page.go_forward()
    visitor.settle()
    expect(colour).to_have_value("Reconstruction error")


def test_the_language_that_was_chosen_holds_after_a_reload_and_on_a_link(server: Server, visit: Visit) -> None:
    visitor = visit(server, lang="pt")
    visitor.page.goto(f"{server.address}/latent")
    expect(language_of(visitor)).to_have_value("Português")  # as the browser asks for
    visitor.settle()
    language_of(visitor).click()
    visitor.page.get_by_role("option", name="Español").click()
    visitor.settle()
    visitor.page.reload()
    expect(language_of(visitor)).to_have_value("Español")
    visitor.page.goto(f"{server.address}/reports")
    expect(language_of(visitor)).to_have_value("Español")
    visitor.page.goto(f"{server.address}/reports?lang=en")  # a link can ask for another
    expect(language_of(visitor)).to_have_value("English")
    visitor.settle()
    language_of(visitor).click()
    visitor.page.get_by_role("option", name="Português").click()
    visitor.settle()
    visitor.page.reload()
    expect(language_of(visitor)).to_have_value("Português")


@pytest.mark.parametrize("path", ["time_machine", "Time-Machine", "time-machine"])
def test_a_page_is_found_however_its_address_is_written(
    server: Server, visit: Visit, trained_lab: TrainedLab, path: str
) -> None:
    visitor = visit(server)
    visitor.page.goto(f"{server.address}/{path}?run={trained_lab.runs['dae']}")
    expect(visitor.main.get_by_role("heading", name="Time machine")).to_be_visible()
    expect(run_shown(visitor)).to_have_value(trained_lab.runs["dae"])
    expect(visitor.page).to_have_url(re.compile(r"/time-machine\?"))


def test_an_address_of_no_page_says_so_and_leads_on(server: Server, visit: Visit) -> None:
    visitor = visit(server)
    visitor.page.goto(f"{server.address}/elsewhere")
    expect(visitor.main.get_by_text("There is no page at the address elsewhere.")).to_be_visible()
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    visitor.settle()
    visitor.main.get_by_role("link", name="Latent").click()
    expect(visitor.main.get_by_role("heading", name="Latent")).to_be_visible()


def test_what_is_chosen_is_told_in_the_language_that_is_turned_to(server: Server, visit: Visit) -> None:
    visitor = visit(server, lang="en")
    visitor.open("denoise")
    expect(visitor.main.get_by_role("combobox", name="Noise", exact=True)).to_have_value("Gaussian noise")
    language_of(visitor).click()
    visitor.page.get_by_role("option", name="Español").click()
    visitor.settle()
    expect(visitor.main.get_by_role("combobox", name="Ruido", exact=True)).to_have_value("Ruido gaussiano")
