"""What will be trained: the network, its layers and its loss, as the form stands."""

from __future__ import annotations

import html

import pytest
from labs import TrainedLab
from seen import csv_of, downloads, words
from streamlit.testing.v1 import AppTest

from aelab.models import models
from aelab.models.equations import line_of
from aelab.models.spec import ModelSpec
from aelab.models.tracing import Summary, summarize
from ui.architecture import layer_table

SHAPE = (28, 28, 1)
NEXT, OF_RUN = "architecture", "architecture.run"
each_model = pytest.mark.parametrize("model", models.names())


def opened(page: AppTest, key: str = NEXT) -> AppTest:
    page.session_state[key] = True
    return page.run()


def unusual(spec: ModelSpec) -> dict[str, str]:
    """Return a small code, and of every choice the last."""
    choices = {name: spec.config.choices(name) for name in spec.config.names()}
    last = {name: found[-1] for name, found in choices.items() if found}
    return {**({"latent_dim": "8"} if "latent_dim" in spec.config.names() else {"filters": "8"}), **last}


def drawings(page: AppTest) -> list[str]:
    return [found.proto.body for found in page.get("html") if 'class="aelab-network"' in found.proto.body]


def table_of(summary: Summary):
    networks = {"encoder": summary.encoder, "decoder": summary.decoder, "critic": summary.opponent}
    return layer_table({**networks, "restorer": summary.restorer})


@each_model
@pytest.mark.parametrize("settings", [lambda spec: {}, unusual], ids=["usual", "unusual"])
def test_every_family_is_drawn_listed_and_written_down(lab: TrainedLab, visit, model: str, settings) -> None:
    spec, asked = models[model], settings(models[model])
    page = opened(visit("train", model=model, **asked))
    said = words(page)
    assert not page.error
    config = spec.config.parse(asked)
    summary = summarize(spec, config, SHAPE)

    (drawn,) = drawings(page)
    for rows in filter(None, (summary.encoder, summary.decoder, summary.opponent, summary.restorer)):
        assert f"{sum(row.parameters for row in rows):,}".replace(",", "\N{NO-BREAK SPACE}") in drawn
    assert ("Critic" in drawn) == bool(summary.opponent)
    assert ("Encoder" in drawn) == bool(summary.encoder)
    told = f"Numbers in the code: **{config.code_length}**" if config.code_length else "No code: the network paints"
    assert told in said

    table = table_of(summary)
    (shown,) = (frame.value for frame in page.dataframe if "multiply_adds" in frame.value)
    assert shown[["parameters", "multiply_adds"]].equals(table[["parameters", "multiply_adds"]])
    assert shown["parameters"].sum() == summary.parameters + sum(row.parameters for row in summary.opponent)
    assert csv_of(table, f"{model}-layers.csv") in downloads(page)

    assert [each.value.strip("$\n") for each in page.latex] == [spec.equation]
    lines = [line_of(spec, symbol) for symbol in spec.symbols]
    assert [each.value for each in page.code] == [line.text for line in lines if line]
    for symbol, line in zip(spec.symbols, lines, strict=True):
        assert f"${symbol.latex}$".replace("\\", "") in said
        assert line is None or f"{line.file}:{line.number}" in said


def test_the_symbols_are_worth_what_the_form_says(lab: TrainedLab, visit) -> None:
    page = opened(visit("train", model="vae"))
    assert "$beta$ = **1**: weight of the divergence (*Beta*)" in words(page)
    page.number_input(key="train.vae.beta").set_value(4.5)
    page.number_input(key="train.vae.free_bits").set_value(0.25)
    page.selectbox(key="train.vae.loss").select("gaussian").run()
    said = words(page)
    assert "$beta$ = **4.5**: weight of the divergence (*Beta*)" in said
    assert "$lambda$ = **0.25 nats**" in said
    assert "= **normal, its variance learned (gaussian)**: likelihood of the image" in said


def test_what_corrupts_the_images_is_told_beside_its_symbol(lab: TrainedLab, visit) -> None:
    page = opened(visit("train", model="dae", second_noise="masking", second_level="0.2"))
    told = "$c$ = **Gaussian noise 0.3, then Masking 0.2**: what corrupts the image, and how strongly"
    assert told in words(page)


def test_the_drawing_follows_the_form_and_says_itself_in_words(lab: TrainedLab, visit) -> None:
    page = opened(visit("train", model="conv_ae"))
    page.number_input(key="train.conv_ae.latent_dim").set_value(49).run()
    (drawn,) = drawings(page)
    label = html.unescape(drawn.split('aria-label="')[1].split('"')[0])
    assert label.startswith("Drawing of the network: Convolutional autoencoder. Image, 28 × 28 × 1. Encoder")
    assert "Code, numbers: 49" in label
    assert "Numbers in the code: **49**, for the 784 values of an image: 16 to 1." in words(page)


def test_nothing_is_made_while_it_is_closed_and_it_is_found_as_it_was_left(lab: TrainedLab, visit) -> None:
    page = visit("train")
    assert not drawings(page)
    assert not page.latex
    opened(page).switch_page("views/home.py").run()
    page.switch_page("views/train.py").run()
    assert len(drawings(page)) == 1
    page.session_state[NEXT] = False
    page.run()
    page.switch_page("views/home.py").run()
    page.switch_page("views/train.py").run()
    assert not drawings(page)


def test_a_run_is_explained_with_its_own_settings(lab: TrainedLab, visit) -> None:
    page = opened(visit("train", model="gan", follow=lab.runs["vae"]), OF_RUN)
    said = words(page)
    assert "Numbers in the code: **2**, for the 784 values of an image: 392 to 1." in said
    assert "$K$ = **2**: latent dimension" in said
    opened(page)
    words(page)
    assert len(drawings(page)) == 2
    assert len(downloads(page)) == 2
