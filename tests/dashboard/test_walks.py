"""Latent, walks: along dimensions, between images, by arithmetic of groups, over a plane."""

from __future__ import annotations

import dataclasses
import html
import re

import numpy as np
import pytest
from labs import TrainedLab
from seen import errors, figures, in_address, picture_of, pictures, press, title, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.store import Dataset
from aelab.inference import Inference
from aelab.pixels import to_unit
from aelab.studies import arithmetic, decoding, interpolation, kept_selections, manifold_grid, traversals
from ui import mosaic
from ui.latent.walks import groups, images, rows
from ui.latent.walks.words import distance
from ui.numbers import figure


def networks(lab: TrainedLab, model: str) -> Inference:
    return inference.load(runs.find(lab.runs[model]))


def walks(visit, lab: TrainedLab, model: str, **address: str) -> AppTest:
    return visit("latent", run=lab.runs[model], view="walks", **address)


def bodies(page: AppTest) -> list[str]:
    """Return the pieces of HTML on a page."""
    return [element.proto.body for element in page.get("html")]


def row_pictures(page: AppTest) -> list[str]:
    """Return the addresses of the rows of images."""
    (body,) = (each for each in bodies(page) if 'class="aelab-rows"' in each)
    return re.findall(r'src="([^"]+)"', body)


def row_names(page: AppTest) -> list[str]:
    (body,) = (each for each in bodies(page) if 'class="aelab-rows"' in each)
    return [html.unescape(name) for name in re.findall(r"<strong>([^<]*)</strong>", body)]


def large(page: AppTest) -> list[str]:
    """Return the addresses of the images that are shown large."""
    (body,) = (each for each in bodies(page) if 'class="aelab-figures"' in each)
    return re.findall(r'src="([^"]+)"', body)


def row_of(images: np.ndarray) -> str:
    return mosaic.exact_uri(mosaic.mosaic(images, len(images)))


# Along dimensions


@pytest.mark.parametrize("model", ["vae", "conv_ae"])
def test_every_dimension_has_a_row_those_that_carry_most_first(lab: TrainedLab, visit, model: str) -> None:
    page = walks(visit, lab, model)
    found = traversals.run(networks(lab, model), store.open_dataset("digits"), traversals.Config())
    assert row_pictures(page) == [row_of(images) for images in found.images]
    assert row_names(page) == [f"Dimension {dimension + 1}" for dimension in found.dimensions]
    best = found.dimensions[0]
    unit = "carries most**: " if model == "vae" else "varies most**: "
    assert f"**Dimension {best + 1} {unit}" in words(page)
    assert "N = 359 test images" in words(page)


def test_a_dimension_is_scrubbed_beside_the_base(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "conv_ae")
    dataset = store.open_dataset("digits")
    found = traversals.run(networks(lab, "conv_ae"), dataset, traversals.Config())
    run = lab.runs["conv_ae"]
    page.selectbox(key=f"walks.dimension.{run}.{found.dimensions[0]}").select(2).run()
    page.slider(key="walks.at.3").set_value(-2.0).run()
    around = decoding.surroundings(networks(lab, "conv_ae"), dataset)
    code = around.mean[None].copy()
    code[0, found.dimensions[2]] -= 2 * found.units[2]
    image = networks(lab, "conv_ae").decode(code)[0]
    assert large(page) == [mosaic.exact_uri(image), mosaic.exact_uri(found.base[0])]
    away = float(np.linalg.norm(around.codes - code, axis=1).min())
    assert f"the nearest is {figure(away)} away" in words(page)


def test_a_walk_around_an_image_and_how_far_stand_in_the_address(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "vae")
    page.button_group(key="walks.base").set_value("image").run()
    page.number_input(key="walks.image.digits").set_value(12).run()
    page.slider(key="walks.reach").set_value(1.5).run()
    assert (in_address(page, "base"), in_address(page, "image"), in_address(page, "reach")) == ("image", "12", "1.5")
    again = walks(visit, lab, "vae", base="image", image="12", reach="1.5")
    config = traversals.Config(image=12, reach=1.5)
    found = traversals.run(networks(lab, "vae"), store.open_dataset("digits"), config)
    assert row_pictures(again) == row_pictures(page) == [row_of(images) for images in found.images]


def test_an_address_that_asks_for_what_there_is_not_shows_the_usual(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "vae", walk="sideways", base="image", image="999999", reach="nan", steps="12")
    words(page)
    assert page.slider(key="walks.reach").value == 3
    assert page.number_input(key="walks.image.digits").value == store.open_dataset("digits").indices("test")[0]


# Between two images


def test_two_images_have_the_line_the_circle_and_the_blend_between_them(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "conv_ae", walk="images", **{"from": "5", "to": "17"})
    config = interpolation.Config(first=5, second=17)
    found = interpolation.run(networks(lab, "conv_ae"), store.open_dataset("digits"), config)
    assert row_pictures(page) == [row_of(images) for images in found.table]
    page.slider(key="walks.step.11").set_value(11).run()
    dataset = store.open_dataset("digits")
    made = networks(lab, "conv_ae").reconstruct(to_unit(dataset.images[[17]]))[0]
    assert large(page) == [mosaic.exact_uri(each) for each in (made, made, dataset.images[17])]
    (figure,) = figures(page)
    assert title(figure) == "Distance from the nearest of N = 359 codes (lower: nearer to data)"
    assert list(figure["data"][0]["y"]) == pytest.approx(found.linear.distances.tolist())


def test_the_same_image_twice_is_said(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "vae", walk="images", **{"from": "5", "to": "5"})
    assert "There is no one great circle between these two codes" in words(page)


def test_an_image_can_be_thrown_from_a_class(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "vae", walk="images")
    page.selectbox(key="walks.to.digits.among").select(4).run()
    press_die(page, "walks.to.digits")
    index = page.number_input(key="walks.to.digits").value
    dataset = store.open_dataset("digits")
    assert (dataset.labels[index], dataset.split[index]) == (4, 2)
    assert in_address(page, "to") == str(index)
    assert row_pictures(page)[2].startswith("data:image/png")


def press_die(page: AppTest, key: str) -> AppTest:
    return page.button(key=f"{key}.die").click().run()


# Groups


def test_with_minus_without_plus_is_shown_with_what_is_nearest(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "conv_ae", walk="groups", image="5", **{"with": "class:8", "without": "class:3"})
    dataset = store.open_dataset("digits")
    config = arithmetic.Config(plus="8", minus="3", image=5)
    found = arithmetic.run(networks(lab, "conv_ae"), dataset, config)
    assert row_pictures(page) == [row_of(found.images)]
    shown = [found.plus.image[0], found.minus.image[0], found.images[0], found.images[4]]
    assert large(page) == [mosaic.exact_uri(each) for each in shown]
    said = words(page)
    assert "**the image + 1.00 · (8 − 3)**: the nearest of N = 359 test images is of class" in said
    assert f"{figure(found.nearest.distances[4, 0])} away" in said
    page.select_slider(key=f"walks.strength.{lab.runs['conv_ae']}").set_value(0.0).run()
    made = networks(lab, "conv_ae").reconstruct(to_unit(dataset.images[[5]]))[0]
    assert large(page)[-1] == large(page)[-2] == mosaic.exact_uri(made)


def test_selected_images_are_a_group(lab: TrainedLab, visit) -> None:
    dataset = store.open_dataset("digits")
    page = walks(visit, lab, "vae", walk="groups")
    assert "selected" not in page.selectbox(key="walks.with.digits").options
    name = kept_selections.keep(dataset, dataset.indices("test")[[1, 4, 9]])
    page = walks(visit, lab, "vae", walk="groups", selected=name)
    page.selectbox(key="walks.with.digits").select("selected").run()
    assert "(selected: 3 − 0)" in words(page)
    assert any("mean of N = 3" in body for body in bodies(page))
    page.button_group(key="latent.view").set_value("map").run()
    press(page, "Select nothing")
    page.button_group(key="latent.view").set_value("walks").run()
    assert "selected: 3" not in words(page)  # what is selected no more is no group


def test_images_without_classes_are_told_what_to_do(lab: TrainedLab, unlabelled: Dataset, visit) -> None:
    page = walks(visit, lab, "vae", walk="groups")
    assert "These images have no two classes and no known factors" in words(page)
    page.button_group(key="walks.kind").set_value("images").run()
    assert not errors(page)
    assert len(row_pictures(page)) == 3


# The plane


def test_the_plane_is_spaced_by_normal_quantiles_beside_equal_steps(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "vae", walk="plane", side="7")
    dataset = store.open_dataset("digits")
    expected = [
        manifold_grid.run(networks(lab, "vae"), dataset, manifold_grid.Config(steps=7, at=at)).images
        for at in ("quantiles", "even")
    ]
    assert pictures(page) == [picture_of(each.reshape(49, *each.shape[2:]), 7) for each in expected]
    assert "Each image of the first plane stands for 2% of the prior." in words(page)


def test_of_a_larger_code_two_numbers_are_chosen(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "conv_ae", walk="plane", across="3", upwards="6")
    said = words(page)
    assert "To the right: dimension 3; upwards: dimension 6. The other numbers of the code stay at their mean." in said
    assert "At quantiles of the codes: " in said


# Runs of other kinds


def test_a_run_without_an_encoder_is_walked_between_draws(gan_lab: TrainedLab, visit) -> None:
    page = walks(visit, gan_lab, "gan", walk="images", **{"from": "3"})
    found = interpolation.run(
        networks(gan_lab, "gan"), store.open_dataset("digits"), interpolation.Config(first=3, second=1)
    )
    assert row_pictures(page) == [row_of(images) for images in found.table]
    assert page.button_group(key="walks.kind").options == ["Dimensions", "Two images", "Plane"]
    for kind in ("dimensions", "plane"):
        page.button_group(key="walks.kind").set_value(kind).run()
        assert not errors(page)
        words(page)


def test_a_run_that_is_told_classes_draws_the_one_that_is_chosen(cvae_lab: TrainedLab, visit) -> None:
    page = walks(visit, cvae_lab, "cvae")
    page.selectbox(key=f"told.class.{cvae_lab.runs['cvae']}").select(7).run()
    found = traversals.run(networks(cvae_lab, "cvae"), store.open_dataset("digits"), traversals.Config(label=7))
    assert row_pictures(page) == [row_of(images) for images in found.images]
    for kind in ("images", "groups", "plane"):
        page.button_group(key="walks.kind").set_value(kind).run()
        assert not errors(page)
        words(page)


def test_a_run_without_a_code_is_offered_no_walk(unet_lab: TrainedLab, visit) -> None:
    page = walks(visit, unet_lab, "unet_dae")
    assert "This run has no code" in words(page)


def test_codes_that_are_no_numbers_are_said_and_another_run_can_be_chosen(
    lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = Inference.encode

    def damaged(self: Inference, *given: object) -> np.ndarray:
        codes = encode(self, *given)  # type: ignore[arg-type]
        return codes * np.float32(np.nan) if self.run_id == lab.runs["vae"] else codes

    monkeypatch.setattr(Inference, "encode", damaged)
    page = walks(visit, lab, "vae")
    assert errors(page) == [f"The encoder of run {lab.runs['vae']} gives codes that are no numbers. Train it again."]
    page.selectbox(key="run").select(lab.runs["conv_ae"]).run()
    assert not errors(page)
    assert len(row_pictures(page)) == 8


def test_codes_that_do_not_vary_are_said_and_two_images_can_be_walked_between(
    lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = Inference.encode
    monkeypatch.setattr(Inference, "encode", lambda self, *given: 0 * encode(self, *given) + 1)
    page = walks(visit, lab, "conv_ae")
    (sentence,) = errors(page)
    assert sentence.startswith(f"All N = 359 test images have the same code in run {lab.runs['conv_ae']}")
    page.button_group(key="walks.kind").set_value("images").run()
    assert not errors(page)
    assert "There is no one great circle between these two codes" in words(page)


def test_a_run_that_is_deleted_meanwhile_is_missed_in_a_sentence(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "vae")
    runs.delete(lab.runs["vae"])
    assert f"There is no run called {lab.runs['vae']} any more." in words(page.run())
    assert not errors(page)


def test_another_run_keeps_the_kind_of_walk(lab: TrainedLab, visit) -> None:
    page = walks(visit, lab, "vae", walk="plane")
    page.selectbox(key="run").select(lab.runs["pca"]).run()
    assert page.button_group(key="walks.kind").value == "plane"
    assert not errors(page)
    page.button_group(key="walks.kind").set_value("dimensions").run()
    assert len(row_pictures(page)) == 8


def test_names_of_classes_are_text(lab: TrainedLab) -> None:
    body = rows.markup([rows.Row("<b>1</b>", ["<i>"], np.zeros((2, 4, 4, 1), np.float32), '"><script>')])
    assert "<b>" not in body
    assert "<script>" not in body
    assert "&lt;b&gt;1&lt;/b&gt;" in body


def test_one_way_can_leave_the_data_and_the_other_not(lab: TrainedLab) -> None:
    data = store.open_dataset("digits")
    around = decoding.surroundings(networks(lab, "conv_ae"), data)
    found = interpolation.run(networks(lab, "conv_ae"), data, interpolation.Config(first=5, second=17))
    near, far = (np.full_like(found.linear.distances, times * around.apart) for times in (1.9, 2.1))

    def answer(line: np.ndarray, arc: np.ndarray) -> str:
        ways = {"linear": line, "spherical": arc}
        changed = {way: dataclasses.replace(getattr(found, way), distances=each) for way, each in ways.items()}
        return images._answer(around, dataclasses.replace(found, **changed))

    assert "Neither way leaves the data" in answer(near, near)
    assert "The line stays near the data, the great circle leaves it" in answer(near, far)
    assert "The great circle stays near the data, the line leaves it" in answer(far, near)
    assert "Between these images the decoder makes things up" in answer(far, far)


def test_how_far_is_far_is_not_said_of_one_image(lab: TrainedLab) -> None:
    around = decoding.surroundings(networks(lab, "conv_ae"), store.open_dataset("digits"))
    alone = dataclasses.replace(around, indices=around.indices[:1], codes=around.codes[:1])
    data = store.open_dataset("digits")
    sums = arithmetic.run(networks(lab, "conv_ae"), data, arithmetic.Config(plus="8", minus="3"))
    for said in (
        distance(alone, around.codes[1:2]),
        groups._answer(data, alone, sums, len(sums.strengths) - 1, ("8", "3"), "#5"),
    ):
        assert "only test image" in said
        assert "made up" not in said
        assert "at the median" not in said
