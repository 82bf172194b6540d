"""The drawing of a network: nothing of it is left out, and its blocks are as large as it says."""

from __future__ import annotations

import itertools
import math
from html.parser import HTMLParser

import pytest

from aelab.models import models
from aelab.models.spec import ModelSpec
from aelab.models.tracing import LayerSummary, Summary, summarize
from ui.network_drawing import Line, Part, blocks, draw, size, skip_marks

SHAPES = ((28, 28, 1), (64, 48, 3), (128, 128, 3))
BODIES = [
    pytest.param(spec, {"body": body} if body else {}, id=f"{spec.name}-{body}")
    for spec in models
    for body in (spec.config.choices("body") if "body" in spec.config.names() else (None,)) or ()
]


class Seen(HTMLParser):
    """What somebody sees of a drawing: its words, and the roles, widths and heights of its blocks."""

    def __init__(self, drawn: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.bars: list[tuple[str, str]] = []
        self.labels: list[str] = []
        self.open = 0
        self.feed(drawn)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.open += tag != "br"
        if "style" in found:
            self.bars.append((found["class"], found["style"]))
        if "aria-label" in found:
            self.labels.append(found["aria-label"])

    def handle_endtag(self, tag: str) -> None:
        self.open -= 1

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def networks(summary: Summary) -> list[tuple[LayerSummary, ...]]:
    return [rows for rows in (summary.encoder, summary.decoder, summary.opponent, summary.restorer) if rows]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("spec", "settings"), BODIES)
def test_every_layer_is_in_one_block_in_its_place(spec: ModelSpec, settings: dict, shape: tuple) -> None:
    for rows in networks(summarize(spec, spec.config.parse(settings), shape)):
        found = blocks(rows)
        assert tuple(itertools.chain.from_iterable(block.layers for block in found)) == rows
        assert sum(block.parameters for block in found) == sum(row.parameters for row in rows)
        assert found[-1].shape == rows[-1].shape
        assert {block.layers[0].kind for block in found}.isdisjoint({"BatchNormalization", "LeakyReLU"})


def test_mean_and_log_variance_stand_side_by_side_and_layers_in_a_row_do_not() -> None:
    config = models["vae"].config.parse({"body": "dense"})
    found = [block.name for block in blocks(summarize(models["vae"], config, (28, 28, 1)).encoder)]
    assert found == ["Flatten", "Dense", "Dense", "2 × Dense"]


def test_what_is_done_to_the_output_of_a_layer_is_named_with_it() -> None:
    first, *_ = blocks(summarize(models["conv_ae"], models["conv_ae"].config(), (28, 28, 1)).encoder)
    assert first.name + first.more == "Conv2D + BatchNormalization + LeakyReLU"


def test_where_a_skip_connection_begins_and_ends_stands_its_number() -> None:
    rows = summarize(models["unet_dae"], models["unet_dae"].config.parse({"depth": 2}), (28, 28, 1)).restorer
    marked = [(block.name, block.more) for block in blocks(rows) if any(mark in block.more for mark in "①②③")]
    assert marked == [
        ("Conv2D", " ②→"),
        ("Conv2D", " ③→"),
        ("Concatenate", " →③"),
        ("Concatenate", " →②"),
        ("Add", " + Clip →①"),
    ]
    assert skip_marks(rows)[-1] == " ①→"  # the image itself


@pytest.mark.parametrize("most", [1, 784, 2**20])
def test_a_block_is_never_wider_than_its_room_nor_gone(most: int) -> None:
    sizes = [size((count,), most) for count in range(1, min(most, 5000) + 1)]
    widths = [width for width, _ in sizes]
    assert widths == sorted(widths)
    assert 0 < widths[0] <= widths[-1] <= 100
    assert all(height > 0 for _, height in sizes)


def test_twice_the_width_is_eight_times_the_numbers_and_the_height_tells_channels() -> None:
    assert size((8 * 98,), 784)[0] == pytest.approx(2 * size((98,), 784)[0])
    assert size((784,), 784)[0] == pytest.approx(100)
    heights = [size((7, 7, channels), 10**4)[1] for channels in (1, 3, 16, 256)]
    assert heights == sorted(set(heights))
    assert heights[0] == size((49,), 10**4)[1]


def test_the_drawing_has_every_line_and_says_in_words_what_it_shows() -> None:
    lines = tuple(Line("layer", f"Layer {count}", f"gives {count}", (count,), f" + {count}") for count in (9, 3, 1))
    drawn = Seen(draw([[Part("First", lines)], [Part("", lines[:1])]], alt="all of it"))
    assert drawn.open == 0
    assert drawn.labels == ["all of it"]
    expected = [word for line in (*lines, lines[0]) for word in (line.title, line.more, line.detail)]
    assert drawn.words == ["First", *expected]
    assert len(drawn.bars) == 4
    widths = [float(style.split("width:")[1].split("%")[0]) for _, style in drawn.bars]
    assert widths == pytest.approx([100 * math.cbrt(count / 9) for count in (9, 3, 1, 9)], abs=0.1)


def test_no_word_of_a_drawing_becomes_markup() -> None:
    line = Line("code", "<b>", '"&"', (1,), "</div>")
    drawn = Seen(draw([[Part("<i>", (line,))]], alt='"><script>'))
    assert drawn.words == ["<i>", "<b>", "</div>", '"&"']
    assert drawn.labels == ['"><script>']
