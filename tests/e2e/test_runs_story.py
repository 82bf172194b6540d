"""What a person does with runs that are there: change a setting, compare, delete and undo, replay two in step."""

from __future__ import annotations

import json
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
Shots = Callable[[str], Path]


@pytest.fixture(scope="module")
def server(
    serve: Callable[[Path], Server], trained_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    return serve(trained_lab.copied_to(tmp_path_factory.mktemp("runs") / "artifacts").folder)


def field(visitor: Visitor, label: str) -> Locator:
    return visitor.main.get_by_role("spinbutton", name=label, exact=True)


def test_change_a_setting_puts_those_of_the_run_into_the_fields_and_into_the_new_run(
    server: Server, visit: Visit, trained_lab: TrainedLab
) -> None:
    visitor = visit(server)
    visitor.open("train", follow=trained_lab.runs["vae"])
    visitor.choose("Model", "Convolutional autoencoder")
    visitor.enter("Epochs", "7")  # what the browser would send back in place of the run's
    visitor.press("Change a setting…")
    expect(visitor.main.get_by_role("combobox", name="Model", exact=True)).to_have_value("Variational autoencoder")
    for label, value in {"Latent dimension": "2", "Epochs": "2", "Images to use": "300", "Filters": "8"}.items():
        expect(field(visitor, label)).to_have_value(value)
    visitor.enter("Seed", "5")
    for label, value in {"Latent dimension": "2", "Epochs": "2", "Images to use": "300", "Filters": "8"}.items():
        expect(field(visitor, label)).to_have_value(value)
    before = {path.name for path in (server.artifacts / "runs").glob("vae-*")}
    visitor.press("Train")
    expect(visitor.main.get_by_text(re.compile(r"^Done in "))).to_be_visible()
    [new] = {path.name for path in (server.artifacts / "runs").glob("vae-*")} - before
    settings = [
        (server.artifacts / "runs" / run / "config.json").read_text(encoding="utf-8")
        for run in (trained_lab.runs["vae"], new)
    ]
    assert _settings(settings[1]) == _settings(settings[0]) | {"seed": 5}


def _settings(config: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(config)["settings"]
    return found


def test_a_run_is_compared_deleted_and_brought_back(server: Server, visit: Visit, trained_lab: TrainedLab) -> None:
    pca, other = trained_lab.runs["pca"], trained_lab.runs["conv_ae"]  # which no other test here needs
    visitor = visit(server)
    visitor.open("compare", runs=f"{pca},{other}")

    def compared() -> set[str]:
        return {row["Run"] for row in visitor.cells("Measures of every chosen run")}

    assert compared() == {pca, other}
    expect(visitor.main.get_by_role("combobox", name="Run to work on")).to_have_value(other)  # the first of them
    visitor.press("Delete")
    expect(visitor.main.get_by_text(f"Deleted: {other}")).to_be_visible()
    assert compared() == {pca}
    assert not (server.artifacts / "runs" / other).exists()
    visitor.press("Undo")
    expect(visitor.main.get_by_text(f"Deleted: {other}")).to_have_count(0)
    assert (server.artifacts / "runs" / other / "metrics.json").exists()
    again = visit(server)
    again.open("compare", runs=f"{pca},{other}")
    assert {row["Run"] for row in again.cells("Measures of every chosen run")} == {pca, other}


def test_two_runs_are_replayed_in_step(server: Server, visit: Visit, trained_lab: TrainedLab, shots: Shots) -> None:
    visitor = visit(server)
    visitor.open("time_machine", run=trained_lab.runs["vae"], beside=trained_lab.runs["dae"])
    said = visitor.main.get_by_text(re.compile(r"After epoch \d of 2: loss"))
    pictures = visitor.main.get_by_role("img", name=re.compile("originals and their reconstructions"))
    expect(said).to_have_text([re.compile("After epoch 2")] * 2)
    visitor.settle()
    last = [picture.get_attribute("src") for picture in pictures.all()]
    assert len(last) == 2
    slider = visitor.main.get_by_role("slider")
    slider.focus()
    slider.press("ArrowLeft")
    expect(said).to_have_text([re.compile("After epoch 1")] * 2)
    visitor.settle()
    first = [picture.get_attribute("src") for picture in pictures.all()]
    assert all(then != now for then, now in zip(first, last, strict=True))
    expect(visitor.page).to_have_url(re.compile("epoch=1"))
    visitor.main.get_by_role("button", name="Play", exact=True).click()
    expect(said).to_have_text([re.compile("After epoch 2")] * 2)  # it moves on by itself
    expect(visitor.main.get_by_role("button", name="Play", exact=True)).to_be_visible()  # and stops at the end
    visitor.settle()
    assert [picture.get_attribute("src") for picture in pictures.all()] == last
    expect(visitor.page).to_have_url(re.compile("epoch=2"))
    visitor.shoot(shots("two-in-step"))
