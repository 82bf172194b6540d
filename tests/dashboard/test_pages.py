"""What every page promises, whatever there is to show."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from labs import TrainedLab
from seen import errors, words

from aelab import runs
from aelab.studies import studies
from aelab.studies.spec import StudySpec
from ui.i18n import LANGUAGES
from ui.latent.views import VIEWS as VIEWS_OF_LATENT

VIEWS = ("home", "datasets", "clean", "prepare", "train", "time_machine", "denoise", "latent", "reports", "compare")
each_view = pytest.mark.parametrize("view", VIEWS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_view
@each_language
def test_a_page_shows_a_lab_with_runs(lab: TrainedLab, visit, view: str, language: str) -> None:
    page = visit(view, lang=language)
    assert words(page)
    assert not page.error
    assert len(page.warning) == (view == "prepare")  # the split of the digits tears two that are nearly the same


#: Where a study asks its question, and what the address says there; elsewhere it is on the page of reports.
ASKED: dict[str, tuple[str, dict[str, str]]] = {
    **{name: ("datasets", {}) for name in ("overview", "eigenimages")},
    **{name: ("denoise", {}) for name in ("denoising", "baselines", "noise_effect")},
    "severity_curve": ("denoise", {"view": "curves"}),
    "latent_map": ("latent", {}),
    "decoding": ("latent", {"view": "decode"}),
    "traversals": ("latent", {"view": "walks"}),
    "interpolation": ("latent", {"view": "walks", "walk": "images"}),
    "arithmetic": ("latent", {"view": "walks", "walk": "groups"}),
    "manifold_grid": ("latent", {"view": "walks", "walk": "plane"}),
    "posterior": ("latent", {"view": "learned"}),
    "holes": ("latent", {"view": "learned"}),
    "clusters": ("latent", {"view": "clusters"}),
}


@pytest.mark.parametrize("spec", list(studies), ids=lambda spec: spec.name)
def test_every_study_asks_its_question_on_a_page(lab: TrainedLab, visit, spec: StudySpec) -> None:
    if spec.name == "disentanglement":  # for which the digits have no factors
        assert spec.question == VIEWS_OF_LATENT["factors"].question
        return
    view, address = ASKED.get(spec.name, ("reports", {}))
    page = visit(view, run=lab.runs["vae"], **address)
    if spec.name == "noise_effect":
        page.session_state["denoise.effect"] = True
        page.run()
    assert spec.question in words(page)


@each_view
@each_language
def test_a_page_without_runs_says_what_to_do_next(untrained: Path, visit, view: str, language: str) -> None:
    page = visit(view, lang=language)
    assert words(page)
    assert not page.error
    about_a_dataset = {"datasets": page.metric, "clean": page.progress, "prepare": page.button}
    if view in about_a_dataset:  # which needs no run
        assert page.selectbox(key="dataset").value == "digits"
        assert about_a_dataset[view]
    else:
        (message,) = (info.value for info in page.info)
        train = {"en": "Train", "es": "Entrenar", "pt": "Treinar"}[language]
        assert train in message


@each_view
def test_a_page_can_be_opened_while_the_starter_lab_waits(artifacts: Path, visit, view: str) -> None:
    page = visit(view)
    assert words(page)
    assert not page.error
    assert {row.state for row in runs.listed()} == {"queued"}


@each_view
def test_a_damaged_run_stops_no_page(lab: TrainedLab, visit, view: str) -> None:
    path = lab.folder / "runs" / lab.runs["conv_ae"] / "config.json"
    path.write_bytes(path.read_bytes()[:50])
    (lab.folder / "runs" / "empty-folder").mkdir()
    page = visit(view)
    assert words(page)
    assert not page.error
    shown = visit(view, run=lab.runs["conv_ae"])  # an old link to it
    assert words(shown)
    assert not shown.error


@each_view
def test_an_artifacts_folder_that_cannot_be_used_is_no_traceback(
    visit, view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AELAB_ARTIFACTS", str(tmp_path / "file"))
    page = visit(view)
    assert any("could not be written" in each.value for each in page.warning)
    assert len(errors(page)) <= 1


@each_view
def test_a_run_whose_dataset_is_gone_is_no_traceback(lab: TrainedLab, visit, view: str) -> None:
    path = lab.folder / "runs" / lab.runs["vae"] / "config.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"digits"', '"gone"'), encoding="utf-8")
    page = visit(view, run=lab.runs["vae"])
    said = words(page)
    if view in {"denoise", "latent"}:
        assert "There is no dataset called 'gone'" in said


@pytest.mark.parametrize("name", ["encoder.onnx", "decoder.onnx"])
@pytest.mark.parametrize("damage", ["truncated", "missing"])
def test_damaged_networks_are_named_and_another_run_can_be_chosen(
    lab: TrainedLab, visit, name: str, damage: str
) -> None:
    path = lab.folder / "runs" / lab.runs["dae"] / name
    content = path.read_bytes()
    path.unlink()
    if damage == "truncated":
        path.write_bytes(content[:200])
    page = visit("denoise", run=lab.runs["dae"])
    (sentence,) = errors(page)
    assert name.split(".", maxsplit=1)[0] in sentence
    assert lab.runs["dae"] in sentence
    page.selectbox(key="run").select(lab.runs["pca"]).run()
    page.query_params["run"] = lab.runs["pca"]  # as the browser does
    page.run()
    assert not page.error


def test_what_nobody_expected_is_excused_and_logged(
    lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Unheard(Exception):
        """Such as ONNX Runtime's and zipfile's, which share no base class with others."""

    def fail() -> None:
        raise Unheard("secret /path")

    monkeypatch.setattr(runs, "listed", fail)
    page = visit("home")
    assert not page.exception
    assert {error.value for error in page.error} == {
        "Something went wrong inside the lab; the server's output says what. Your data and runs are safe."
    }
    assert "secret" in caplog.text


@each_view
def test_the_language_that_is_chosen_on_one_page_holds_on_the_next(lab: TrainedLab, visit, view: str) -> None:
    page = visit()
    page.selectbox(key="lang").select("es").run()
    if view != "home":
        page.switch_page(f"views/{view}.py").run()
    assert page.title[0].value == visit(view, lang="es").title[0].value
    assert words(page) != words(visit(view))


def test_a_page_opens_with_the_lab_s_folder_deleted_while_the_server_runs(lab: TrainedLab, visit) -> None:
    page = visit("denoise")
    shutil.rmtree(lab.folder)
    page.run()
    assert "No run is done yet" in words(page)
