"""What is selected on a map can be taken away: every picture, what became of it, and its row."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from labs import TrainedLab
from PIL import Image

from aelab import inference, runs
from aelab.datasets import store
from aelab.errors import LabError
from aelab.metrics.mse import mse
from aelab.pixels import to_uint8, to_unit
from aelab.reports import selection

CHOSEN = np.array([3, 40, 41])


@pytest.fixture
def asked(lab: TrainedLab):
    return inference.load(runs.find(lab.runs["conv_ae"])), store.open_dataset("digits")


def test_each_selected_image_has_its_row_with_the_error_of_its_reconstruction(asked) -> None:
    networks, digits = asked
    rows = selection.table(networks, digits, CHOSEN)
    given = to_unit(digits.take(CHOSEN))
    assert rows["index"].tolist() == CHOSEN.tolist()
    assert rows["class"].tolist() == [digits.class_names[label] for label in digits.labels[CHOSEN]]
    np.testing.assert_allclose(rows["mse"], mse(given, networks.reconstruct(given), data_range=1.0), rtol=1e-6)


def test_a_zip_has_every_image_and_its_reconstruction_pixel_by_pixel(asked) -> None:
    networks, digits = asked
    with zipfile.ZipFile(io.BytesIO(selection.zipped(networks, digits, CHOSEN))) as archive:
        names = archive.namelist()
        image = np.asarray(Image.open(archive.open("images/000040.png")))
        made = np.asarray(Image.open(archive.open("reconstructions/000040.png")))
        rows = pd.read_csv(archive.open("selection.csv"))
    assert len(names) == 2 * len(CHOSEN) + 1
    np.testing.assert_array_equal(image, digits.take([40])[0, :, :, 0])
    np.testing.assert_array_equal(made, to_uint8(networks.reconstruct(to_unit(digits.take([40]))))[0, :, :, 0])
    assert rows["index"].tolist() == CHOSEN.tolist()


def test_nothing_selected_is_an_empty_table_and_too_many_are_refused_with_a_way_out(asked) -> None:
    networks, digits = asked
    assert len(selection.table(networks, digits, np.zeros(0, np.intp))) == 0
    with pytest.raises(LabError, match="make a dataset of them"):
        selection.zipped(networks, digits, np.zeros(selection.MOST_IN_A_ZIP + 1, np.intp))
