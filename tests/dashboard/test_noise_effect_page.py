"""What a noise does to the pixels, on the Denoise page: told, drawn, and pictured at every severity."""

from __future__ import annotations

import json

import numpy as np
from labs import TrainedLab, until
from seen import errors, picture_of, pictures, words
from streamlit.testing.v1 import AppTest

from aelab import runs
from aelab.datasets.importing import import_path
from aelab.noise import noises
from aelab.pixels import to_unit
from aelab.studies import noise_effect
from aelab.studies.noise_effect import Config, at_severities
from aelab.tasks import train


def opened(page: AppTest) -> AppTest:
    page.session_state["denoise.effect"] = True
    return page.run()


def bars(page: AppTest) -> list[dict]:
    """Return the lines of the histograms."""
    return [line for each in page.get("plotly_chart") for line in json.loads(each.proto.spec)["data"]]


def test_nothing_of_it_is_made_while_it_is_closed(lab: TrainedLab, visit) -> None:
    page = visit("denoise")
    assert not bars(page)
    assert "of the pixels" not in words(page)


def test_the_page_tells_and_draws_what_the_study_has_counted(lab: TrainedLab, visit) -> None:
    page = visit("denoise")
    page.selectbox(key="noise.second").select("salt_pepper").run()
    said = words(opened(page))
    run = runs.find(lab.runs["dae"])
    found = noise_effect.run(run.images(), Config(noise="gaussian:0.2+salt_pepper:0.1", limit=0))
    share = f"Gaussian noise 0.2, then Salt and pepper noise 0.1 touches **{100 * found.touched:.1f}%** of the pixels"
    assert share in said
    assert f"N = {found.n} test images" in said
    assert f"PSNR (dB) ↑ {found.measures['psnr'].mean:.2f} ±" in said
    assert [line["name"] for line in bars(page)] == ["Clean image", "Noisy", "Change"]


def test_a_picture_shows_each_chosen_noise_at_its_severities_and_all_of_them_when_asked(lab: TrainedLab, visit) -> None:
    page = opened(visit("denoise"))
    data = runs.find(lab.runs["dae"]).images()
    image = to_unit(data.take(data.indices("test")[:1]))

    def rows() -> list[str]:
        return [name for name in noises.names() if picture_of(at_severities(image, noises[name]), 6) in pictures(page)]

    assert rows() == ["gaussian"]
    page.selectbox(key="noise.second").select("jpeg").run()
    assert rows() == ["gaussian", "jpeg"]
    page.toggle(key="denoise.effect.all").set_value(True).run()
    assert rows() == list(noises.names())
    assert all(f"**{noise.label}**" in words(page) for noise in noises)


def test_at_severity_0_it_says_that_nothing_is_changed(lab: TrainedLab, visit) -> None:
    page = visit("denoise")
    page.slider(key="severity.gaussian").set_value(0.0).run()
    said = words(opened(page))
    assert "Not one image is changed: their PSNR is infinite." in said
    assert "nan" not in said


def test_images_of_one_shade_leave_no_gap_in_the_words(lab: TrainedLab, visit, workers) -> None:
    shades = np.linspace(0, 255, 200).astype(np.uint8)
    images = np.broadcast_to(shades[:, None, None], (200, 16, 16)).copy()
    np.savez(lab.folder / "plain.npz", images=images, labels=np.zeros(200, int))
    import_path(lab.folder / "plain.npz", "plain")
    run = train.submit("plain", "dae", {"latent_dim": 2, "filters": 2, "epochs": 1})
    until(lambda: runs.status(run).state == "done")
    page = opened(visit("denoise", run=run.id))
    for noise in ("gaussian", "masking", "gaussian_blur", "occlusion"):
        said = words(page.selectbox(key="noise").select(noise).run())
        assert not errors(page)
        assert "nan" not in said
        assert f"{noises[noise].label} {noises[noise].default:g} touches" in said


def test_without_test_images_the_page_says_so_and_another_run_can_be_chosen(lab: TrainedLab, visit) -> None:
    path = runs.find(lab.runs["dae"]).images().folder / "split.npy"
    split = np.load(path)
    np.save(path, np.zeros_like(split))
    page = visit("denoise")
    assert errors(page) == [
        "digits has no test images, and what restores is measured on those. Split its images anew on the Prepare page, "
        "and train again."
    ]
    assert page.selectbox(key="run").options
    np.save(path, split)
