"""Latent, the decoder: what lives at a position of the latent space."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab
from seen import errors, figures, picture_of, pictures, title, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets import store
from aelab.inference import Inference
from aelab.pixels import to_unit
from ui.numbers import figure


def networks(lab: TrainedLab, model: str) -> Inference:
    return inference.load(runs.find(lab.runs[model]))


def codes_of(lab: TrainedLab, model: str) -> np.ndarray:
    """Return the codes of the test images."""
    dataset = store.open_dataset("digits")
    return networks(lab, model).encode(to_unit(dataset.images[dataset.indices("test")]))


def show(page: AppTest, view: str) -> AppTest:
    return page.button_group(key="latent.view").set_value(view).run()


def decoded(lab: TrainedLab, *position: float) -> str:
    """Return the picture of a decoded position of the plane."""
    return picture_of(networks(lab, "vae").decode(np.array([position], np.float32)), 1)


def test_the_middle_of_the_plane_is_decoded_first(lab: TrainedLab, visit) -> None:
    page = show(visit("latent", run=lab.runs["vae"]), "decode")
    assert "What the decoder makes of (0.00, 0.00)" in words(page)
    assert pictures(page) == [decoded(lab, 0, 0)]
    (figure,) = figures(page)
    assert title(figure) == "The decoded plane"
    assert figure["layout"]["images"][0]["source"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("text", ["(-1, 3)", "-1,3", "[-1; 3]"])
def test_a_typed_position_moves_sliders_and_image(lab: TrainedLab, visit, text: str) -> None:
    page = show(visit("latent", run=lab.runs["vae"]), "decode")
    page.text_input(key="decode.typed").input(text).run()
    assert (page.slider(key="decode.x").value, page.slider(key="decode.y").value) == (-1, 3)
    said = words(page)
    assert "What the decoder makes of (-1.00, 3.00)" in said
    assert pictures(page) == [decoded(lab, -1, 3)]
    codes = codes_of(lab, "vae")
    nearest = np.linalg.norm(codes - np.array([-1, 3]), axis=1).min()
    assert f"Of the codes of N = 359 test images, the nearest is {figure(nearest)} away" in said
    marker = figures(page)[0]["data"][-1]
    assert (list(marker["x"]), list(marker["y"])) == ([-1], [3])


@pytest.mark.parametrize("text", ["here", "1", "1, 2, 3", "nan, 0", "1e400, 0", "**1**, 2"])
def test_what_is_no_position_is_said_and_the_image_stays(lab: TrainedLab, visit, text: str) -> None:
    page = show(visit("latent", run=lab.runs["vae"]), "decode")
    page.text_input(key="decode.typed").input("1, 1").run()
    page.text_input(key="decode.typed").input(text).run()
    (sentence,) = errors(page)
    assert sentence == (f"A position here is 2 numbers with commas between them, such as (-1, 3); it is {text!r}.")
    assert pictures(page) == [decoded(lab, 1, 1)]
    page.text_input(key="decode.typed").input("0, 2").run()
    assert not errors(page)
    assert pictures(page) == [decoded(lab, 0, 2)]


def test_a_slider_that_is_moved_takes_the_place_of_what_was_typed(lab: TrainedLab, visit) -> None:
    page = show(visit("latent", run=lab.runs["vae"]), "decode")
    page.text_input(key="decode.typed").input("nonsense").run()
    page.slider(key="decode.x").set_value(2.5).run()
    assert not errors(page)
    assert page.text_input(key="decode.typed").value == ""
    assert pictures(page) == [decoded(lab, 2.5, 0)]


def test_an_old_mistake_is_not_shown_beside_an_empty_field(lab: TrainedLab, visit) -> None:
    page = show(visit("latent", run=lab.runs["vae"]), "decode")
    page.text_input(key="decode.typed").input("nonsense").run()
    assert errors(page)
    show(page, "map")
    show(page, "decode")
    assert not page.text_input(key="decode.typed").value
    assert not errors(page)


def test_a_larger_latent_space_is_walked_along_one_dimension(lab: TrainedLab, visit) -> None:
    page = show(visit("latent", run=lab.runs["conv_ae"]), "decode")
    codes = codes_of(lab, "conv_ae")
    widest = int(np.argmax(codes.std(axis=0)))
    assert page.selectbox(key="decode.dimension").value == widest
    slider = page.slider(key=f"decode.value.{widest}")
    slider.set_value(slider.max).run()
    said = words(page)
    assert f"Decoded at {slider.max:+.2f}" in said
    assert "The mean code of N = 359 test images, moved along dimension " in said
    assert f"dimension {widest + 1} from {-slider.max:g} to {slider.max:g}:" in said
    mean = codes.mean(axis=0)
    walk = np.repeat(mean[None], 11, axis=0)
    walk[:, widest] += np.linspace(-slider.max, slider.max, 11, dtype=np.float32)
    images = networks(lab, "conv_ae").decode(walk)
    single, row = pictures(page)
    assert row == picture_of(images, 11)
    assert single == picture_of(images[-1:], 1)


def test_another_run_is_decoded_where_it_makes_sense(lab: TrainedLab, visit) -> None:
    page = show(visit("latent", run=lab.runs["vae"]), "decode")
    page.selectbox(key="run").select(lab.runs["pca"]).run()
    assert "The mean code of N = 359 test images, moved along dimension" in words(page)
    page.selectbox(key="run").select(lab.runs["vae"]).run()
    assert "What the decoder makes of (0.00, 0.00)" in words(page)


def test_a_position_of_as_many_numbers_as_the_code_is_decoded(lab: TrainedLab, visit) -> None:
    page = show(visit("latent", run=lab.runs["conv_ae"]), "decode")
    position = [1.5, -2, 0, 3, 0.25, -1, 4, 2]
    page.text_input(key="decode.typed").input(str(position)).run()
    assert not errors(page)
    single, row = pictures(page)
    code = np.array([position], np.float32)
    assert single == picture_of(networks(lab, "conv_ae").decode(code), 1)
    widest = page.selectbox(key="decode.dimension").value
    slider = page.slider(key=f"decode.value.{widest}")
    walk = np.repeat(code, 11, axis=0)
    walk[:, widest] += np.linspace(-slider.max, slider.max, 11, dtype=np.float32)
    assert row == picture_of(networks(lab, "conv_ae").decode(walk), 11)
    assert "The position, moved along dimension " in words(page)


@pytest.mark.parametrize("text", ["1, 2", "1,2,3,4,5,6,7,nan", "1,2,3,4,5,6,7,1e39"])
def test_what_is_no_position_of_a_larger_code_is_said_and_the_mean_code_is_decoded(
    lab: TrainedLab, visit, text: str
) -> None:
    page = show(visit("latent", run=lab.runs["conv_ae"]), "decode")
    before = pictures(page)
    page.text_input(key="decode.typed").input(text).run()
    (sentence,) = errors(page)
    assert sentence.startswith("A position here is 8 numbers with commas between them, such as (-1, 3, 0, 1)")
    assert pictures(page) == before


@pytest.mark.parametrize("model", ["vae", "conv_ae"])
def test_the_code_of_an_image_is_a_position(lab: TrainedLab, visit, model: str) -> None:
    page = show(visit("latent", run=lab.runs[model]), "decode")
    page.number_input(key="decode.image.digits").set_value(7).run()
    page.button(key="decode.image.go").click().run()
    assert not errors(page)
    code = networks(lab, model).encode(to_unit(store.open_dataset("digits").images[[7]]))
    read = [float(each) for each in page.text_input(key="decode.typed").value.strip("()").split(",")]
    np.testing.assert_allclose(read, code[0], rtol=1e-4)
    assert pictures(page)[0] == picture_of(networks(lab, model).decode(np.array([read], np.float32)), 1)
